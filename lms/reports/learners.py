"""The completion list of a course."""

from sqlalchemy import and_

from lms.accounts.models import Organisation, Person
from lms.certificates.models import Certificate
from lms.courses.models import Course, Enrolment
from lms.i18n import lazy_gettext as _l
from lms.reports import people, standing
from lms.reports.columns import Column, Kind, Listing, filled

_CERTIFICATE = and_(
    Certificate.person_id == Enrolment.person_id,
    Certificate.course_id == Enrolment.course_id,
    Certificate.revoked_at.is_(None),
)
_JOINS = (
    (Person, Person.id == Enrolment.person_id),
    (Organisation, Organisation.id == Person.organisation_id),
    (Certificate, _CERTIFICATE),
)
_COLUMNS = (
    *people.COLUMNS,
    Column(
        "enrolled_at",
        _l("Enrolled"),
        Enrolment.enrolled_at,
        Enrolment.enrolled_at,
        Kind.moment,
        can_be_empty=False,
        width=17,
    ),
    Column("status", _l("Status"), Enrolment.status, people.plain(Enrolment.status)),
    Column(
        "progress_percent",
        _l("Progress"),
        Enrolment.progress_percent,
        Enrolment.progress_percent,
        Kind.number,
        width=18,
    ),
    Column(
        "best_score_percent",
        _l("Best score"),
        Enrolment.best_score_percent,
        Enrolment.best_score_percent,
        Kind.number,
        width=20,
    ),
    Column("completed_at", _l("Completed"), Enrolment.completed_at, Enrolment.completed_at, Kind.moment, width=17),
    Column(
        "certificate_number",
        _l("Certificate"),
        Certificate.number,
        filled(Certificate.number),
        reach=3,
        width=22,
    ),
)
"""In the order that is promised to whoever reads the files."""


def listing(course: Course) -> Listing:
    return Listing(
        name="learners",
        key=Enrolment.id,
        belongs=Enrolment.course_id == course.id,
        conditions=standing.conditions(course),
        also=(Enrolment.id.label("id"),),
        joins=_JOINS,
        columns=_COLUMNS,
    )

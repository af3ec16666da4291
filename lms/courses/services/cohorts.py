"""When a course opens for somebody and when it is due, by the cohorts that they are in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms import db
from lms.courses.models import Cohort, CohortCourse, CohortMember, Enrolment

Row = tuple[datetime | None, datetime | None, str]
"""A cohort's opening and deadline of a course, and its name."""
WAITING_SOURCES = frozenset({"cohort", "list"})
"""Enrolments that wait for their cohort's opening: whoever came in by themselves had the course at once."""


@dataclass(frozen=True, slots=True)
class Dates:
    opens_at: datetime | None = None
    """None: at once."""
    due_at: datetime | None = None
    """None: without a deadline."""
    cohorts: tuple[str, ...] = ()
    """The names of those that these dates come from."""


def dates(enrolment: Enrolment) -> Dates:
    """Of one enrolment: the earliest opening and the latest deadline of its cohorts. One query."""
    wanted = (
        select(CohortCourse.opens_at, CohortCourse.due_at, Cohort.name)
        .join(Cohort, Cohort.id == CohortCourse.cohort_id)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(
            CohortCourse.course_id == enrolment.course_id,
            CohortMember.person_id == enrolment.person_id,
            ~Cohort.archived,
        )
        .order_by(Cohort.name, Cohort.id)
    )
    return of_rows(enrolment, [(row.opens_at, row.due_at, row.name) for row in db.session.execute(wanted)])


def of_rows(enrolment: Enrolment, rows: Iterable[Row]) -> Dates:
    """The same, of what its cohorts say."""
    return together(rows, waits=enrolment.source in WAITING_SOURCES)


def together(rows: Iterable[Row], waits: bool = True) -> Dates:
    """What several cohorts come to: nobody loses by being in one more."""
    rows = list(rows)
    if not rows:
        return Dates()
    openings, deadlines = [opens_at for opens_at, _, _ in rows], [due_at for _, due_at, _ in rows]
    opens_at = min((at for at in openings if at), default=None) if waits and None not in openings else None
    due_at = max((at for at in deadlines if at), default=None) if None not in deadlines else None
    return Dates(opens_at, due_at, tuple(name for _, _, name in rows))

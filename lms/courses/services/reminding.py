"""Mails that remind of courses: one left lying, a deadline that is near, news in a course.

Each of these goes to people who take the course and have not completed it, who have an address and want reminders, and
in the daytime of where they are. What was told is known by the mail's key, so that it is told once, whoever works.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, String, and_, case, cast, exists, extract, func, literal, or_, select
from sqlalchemy.orm import aliased, contains_eager

from lms import clock, db
from lms.accounts import reminders
from lms.accounts.models import Person
from lms.courses.models import Cohort, CohortCourse, CohortMember, Course, CourseVersion, Enrolment, EnrolmentStatus
from lms.mail import outbox
from lms.mail.models import Mail

BATCH = 100
MOST_IDLE = 3
"""So often somebody is reminded of a course left lying, and never again."""
DUE_SOON = timedelta(days=3)
IDLE_MAIL, DUE_MAIL, NEWS_MAIL = MAILS = ("course-idle", "course-due", "course-news")
"""How the keys of the mails begin."""
NEWS = timedelta(days=14)
"""What is older is no news, for those who turn reminders on again."""


def remind(idle_days: int) -> int:
    """One batch of each kind; returns how many mails were queued: 0 when there is nothing left to tell.

    Within a transaction: it holds the rows of the enrolments, so that nobody completes a course while being reminded.
    As many queries for a batch as for one.
    """
    zones = reminders.awake(clock.now(), db.session.scalars(select(Person.timezone).distinct()))
    if not zones:
        return 0
    return sum(
        (
            _queue("course_idle", _idle(zones, timedelta(days=idle_days))),
            _queue("course_due", _due(zones), "due_at"),
            _queue("course_news", _news(zones), "changes"),
        )
    )


def _queue(template: str, wanted: Select[Any], *names: str) -> int:
    """Of each row: the enrolment, the mail's key, and what the template calls by these names."""
    mails = []
    for enrolment, key, *values in db.session.execute(wanted):
        person = enrolment.person
        context = {
            "person": person,
            "course": enrolment.course,
            "enrolment": enrolment,
            "zone": reminders.known_zone(person.timezone),
            "stop": reminders.stop_address(person.id),
            **dict(zip(names, values, strict=True)),
        }
        mails.append((key, person.email, person.language, context))
    return len(outbox.queue_all(template, mails))


def _learning(zones: list[str], *columns: Any) -> Select[Any]:
    """Enrolments that may be reminded of now, a batch of them; held until the transaction ends.

    Those that another worker holds are left to it. PostgreSQL looks again at what it waited for, so that a completion
    that came first counts.
    """
    return (
        select(Enrolment, *columns)
        .join(Enrolment.person)
        .join(Enrolment.course)
        .options(contains_eager(Enrolment.person).lazyload(Person.organisation), contains_eager(Enrolment.course))
        .where(
            Enrolment.status == EnrolmentStatus.active,
            Person.active,
            Person.reminders,
            Person.email.is_not(None),
            Person.timezone.in_(zones),
            Course.published,
            ~Course.archived,
        )
        .order_by(Enrolment.id)
        .limit(BATCH)
        .with_for_update(of=Enrolment, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _key(kind: str, number: Any) -> Any:
    """Of the mail about an enrolment and something that a number names; as SQL."""
    return literal(f"{kind}/") + cast(Enrolment.id, String) + "/" + cast(number, String)


def prefixes(enrolment: Enrolment) -> list[str]:
    """How the keys of all reminders of an enrolment begin."""
    return [f"{kind}/{enrolment.id}/" for kind in MAILS]


def _idle(zones: list[str], after: timedelta) -> Select[Any]:
    """Begun, and not touched for a while; once in each such while, as the mails before its last act do not count."""
    told = [aliased(Mail) for _ in range(MOST_IDLE)]
    number = sum((case((mail.id.is_(None), 0), else_=1) for mail in told), literal(1))
    wanted = _learning(zones, _key(IDLE_MAIL, number))
    for at, mail in enumerate(told, 1):
        wanted = wanted.outerjoin(mail, mail.key == _key(IDLE_MAIL, literal(at)))
        wanted = wanted.where(or_(mail.id.is_(None), mail.queued_at <= Enrolment.last_act_at))
    return wanted.where(Enrolment.last_act_at <= clock.now() - after, told[-1].id.is_(None))


def _due(zones: list[str]) -> Select[Any]:
    """The latest deadline of a person's cohorts counts, if all of them have one; see `cohorts.together`."""
    latest = func.max(CohortCourse.due_at).label("due_at")
    dates = (
        select(CohortMember.person_id, CohortCourse.course_id, latest)
        .join(CohortCourse, CohortCourse.cohort_id == CohortMember.cohort_id)
        .join(Cohort, and_(Cohort.id == CohortMember.cohort_id, ~Cohort.archived))
        .group_by(CohortMember.person_id, CohortCourse.course_id)
        .having(func.count(CohortCourse.due_at) == func.count())
        .subquery()
    )
    due_at, now = dates.c.due_at, clock.now()
    key = _key(DUE_MAIL, cast(extract("epoch", due_at), BigInteger))
    of_enrolment = and_(dates.c.person_id == Enrolment.person_id, dates.c.course_id == Enrolment.course_id)
    wanted = _learning(zones, key, due_at).join(dates, of_enrolment)
    return wanted.where(due_at > now, due_at <= now + DUE_SOON, ~exists().where(Mail.key == key))


def _news(zones: list[str]) -> Select[Any]:
    """Versions of which a trainer said that learners are to hear, since they take the course."""
    key = _key(NEWS_MAIL, CourseVersion.number)
    wanted = _learning(zones, key, CourseVersion.changes)
    wanted = wanted.join(CourseVersion, CourseVersion.course_id == Enrolment.course_id)
    return wanted.where(
        CourseVersion.tell,
        CourseVersion.at > Enrolment.enrolled_at,
        CourseVersion.at > clock.now() - NEWS,
        ~exists().where(Mail.key == key),
    )

"""One learner of one course: everything that is known of the way through it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from lms import db
from lms.certificates.models import Certificate
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment, EnrolmentRequest, Lesson, LessonProgress
from lms.courses.services import Dates, Outline, reminding
from lms.mail.models import Mail
from lms.quizzes.models import Attempt
from lms.reports import messages


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at a moment; `what` says of what kind, `about` holds the row it is about."""

    at: datetime
    what: str
    about: Any = None


@dataclass(frozen=True, slots=True)
class History:
    enrolment: Enrolment
    dates: Dates
    outline: Outline
    steps: Mapping[int, LessonProgress]
    """By the lesson's id."""
    attempts: Sequence[Attempt]
    """Those of a quiz stand together, the first one first."""
    certificates: Sequence[Certificate]
    requests: Sequence[EnrolmentRequest]
    mails: Sequence[Mail]

    @property
    def timeline(self) -> list[Happening]:
        """The newest first."""
        return sorted(self._happenings(), key=lambda one: one.at, reverse=True)

    def _happenings(self) -> Iterator[Happening]:
        enrolment, lessons = self.enrolment, {lesson.id: lesson for lesson in self.outline.lessons}
        yield Happening(enrolment.enrolled_at, "enrolled")
        for at, what in (
            (enrolment.completed_at, "completed"),
            (enrolment.withdrawn_at, "withdrawn"),
            (enrolment.approved_at, "approved"),
        ):
            if at:
                yield Happening(at, what)
        for lesson_id, step in self.steps.items():
            yield from _of_step(lessons[lesson_id], step)
        for attempt in self.attempts:
            if attempt.submitted_at:
                yield Happening(attempt.submitted_at, "submitted", (lessons.get(attempt.quiz_id), attempt))
        yield from (Happening(one.issued_at, "certified", one) for one in self.certificates)
        yield from (Happening(one.asked_at, "asked", one) for one in self.requests)
        yield from (Happening(mail.sent_at or mail.queued_at, "mailed", mail) for mail in self.mails)


def _of_step(lesson: Lesson, step: LessonProgress) -> Iterator[Happening]:
    if step.opened_at:
        yield Happening(step.opened_at, "opened", lesson)
    if step.completed_at:
        yield Happening(step.completed_at, "done", lesson)


def enrolment(course: Course, number: int) -> Enrolment | None:
    """With the person, in one query."""
    wanted = select(Enrolment).join(Enrolment.person).options(contains_eager(Enrolment.person))
    return db.session.scalar(wanted.where(Enrolment.course_id == course.id, Enrolment.id == number))


def of(course: Course, enrolment: Enrolment) -> History:
    """Seven queries, however long it is."""
    outline = courses.outline(course, enrolment)
    taught = {lesson.id for lesson in outline.lessons}
    mine = {"person_id": enrolment.person_id, "course_id": course.id}
    certificates = db.session.scalars(select(Certificate).filter_by(**mine).order_by(Certificate.id)).all()
    requests = db.session.scalars(select(EnrolmentRequest).filter_by(**mine).order_by(EnrolmentRequest.id)).all()
    steps = db.session.scalars(select(LessonProgress).where(LessonProgress.enrolment_id == enrolment.id))
    return History(
        enrolment=enrolment,
        dates=courses.dates(enrolment),
        outline=outline,
        steps={step.lesson_id: step for step in steps if step.lesson_id in taught},
        attempts=_attempts(enrolment),
        certificates=certificates,
        requests=requests,
        mails=_mails(enrolment, certificates, requests),
    )


def _attempts(enrolment: Enrolment) -> Sequence[Attempt]:
    wanted = select(Attempt).where(Attempt.enrolment_id == enrolment.id)
    return db.session.scalars(wanted.order_by(Attempt.quiz_id, Attempt.number)).all()


def attempt(enrolment: Enrolment, attempt_id: int) -> Attempt | None:
    """One that the learner has handed in."""
    wanted = select(Attempt).where(Attempt.id == attempt_id, Attempt.enrolment_id == enrolment.id)
    return db.session.scalar(wanted.where(Attempt.submitted_at.is_not(None)))


def _mails(
    enrolment: Enrolment, certificates: Sequence[Certificate], requests: Sequence[EnrolmentRequest]
) -> Sequence[Mail]:
    """What the person was sent about this course, known by the keys of the mails."""
    keys = [f"certificate/{one.id}" for one in certificates]
    keys += [f"request_{end}/{one.id}" for one in requests for end in ("approved", "declined")]
    beginnings = [messages.prefix(enrolment), *reminding.prefixes(enrolment)]
    about = or_(Mail.key.in_(keys), *(Mail.key.startswith(one, autoescape=True) for one in beginnings))
    wanted = select(Mail).where(Mail.recipient == enrolment.person.email, about)
    return db.session.scalars(wanted.order_by(Mail.id)).all()

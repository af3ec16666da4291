"""A draft as the rows that learners' pages show. They are made for one page and never kept."""

from typing import Any

from lms import clock
from lms.accounts.models import Person
from lms.authoring import contents
from lms.authoring.models import Draft, DraftPart
from lms.authoring.services import drafts
from lms.bundles.bundle import Page, Quiz
from lms.bundles.services import bodies, mark
from lms.courses import models
from lms.courses.models import Course, Enrolment, EnrolmentStatus
from lms.courses.services import Outline
from lms.quizzes import models as quizzes


def course(course: Course, draft: Draft) -> Course:
    written = contents.to_course(draft, course.slug)
    return Course(
        id=course.id,
        slug=course.slug,
        title=written.title,
        summary=written.summary,
        description=written.description,
        hours=written.hours,
        pass_mark=written.pass_mark,
        completion=dict(written.completion),
        statement=written.statement,
        requires=list(written.requires),
        published=course.published,
        archived=course.archived,
        enrolment=course.enrolment,
        enrolment_key="",
        version=course.version,
    )


def outline(draft: Draft) -> Outline:
    return Outline([(_unit(unit), [_lesson(x) for x in lessons]) for unit, lessons in drafts.outline(draft)])


def _unit(part: DraftPart) -> models.Unit:
    unit = contents.to_unit(part)
    return models.Unit(
        id=part.id,
        course_id=part.course_id,
        slug=part.slug,
        position=part.position,
        title=unit.title,
        summary=unit.summary,
        requires=list(unit.requires),
        opens_at=unit.opens_at,
        retired=False,
    )


def _lesson(part: DraftPart) -> models.Lesson:
    lesson = contents.to_lesson(part, questions=False)
    return models.Lesson(
        id=part.id,
        course_id=part.course_id,
        unit_id=part.unit_id,
        slug=part.slug,
        position=part.position,
        kind=part.kind,
        title=lesson.title,
        body=lesson.body if isinstance(lesson, Page) else {},
        minutes=lesson.minutes,
        video=lesson.video if isinstance(lesson, Page) else {},
        retired=False,
    )


def quiz(part: DraftPart) -> tuple[quizzes.Quiz, list[quizzes.Question]]:
    """With the questions that can be read; by language as far as they are there."""
    written = contents.to_lesson(part)
    if not isinstance(written, Quiz):
        raise TypeError(part.slug)
    row = quizzes.Quiz(lesson_id=part.id, **written.settings.columns())
    return row, [_question(part, number, *one) for number, one in enumerate(bodies(written).items(), 1)]


def _question(part: DraftPart, number: int, name: str, body: dict[str, Any]) -> quizzes.Question:
    values = {"name": name, "position": number, "body": body, "max_mark": mark(body), "retired": False}
    return quizzes.Question(id=number, quiz_id=part.id, **values)


def enrolment(course: Course, person: Person) -> Enrolment:
    """Of somebody who has just begun."""
    return Enrolment(
        id=0,
        course_id=course.id,
        person_id=person.id,
        status=EnrolmentStatus.active,
        source="self",
        enrolled_at=clock.now(),
        progress_percent=0,
        seconds=0,
    )

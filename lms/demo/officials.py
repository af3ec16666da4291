"""The course as it was taken: twenty-five officials of four provinces, three of them women."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from lms import clock
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment, Lesson, LessonKind
from lms.quizzes import grading, kinds, services as quizzes
from lms.quizzes.models import Quiz
from lms.quizzes.services import Asked

STILL_LEARNING = 1
"""Of the twenty-five, how many have not completed the course."""


def take(course: Course, people: Sequence[Person], begin: datetime, chance: Random) -> None:
    """Everybody reads and answers in the order of the course, over some weeks."""
    for at, person in enumerate(people):
        moment = begin + timedelta(days=chance.randrange(14), hours=chance.randrange(9))
        with clock.at(moment):
            enrolment = courses.enrol(person, course, source="demo")
        lessons = courses.outline(course).lessons
        if at < STILL_LEARNING:
            lessons = lessons[: len(lessons) // 2]
        for lesson in lessons:
            moment = _next_working_hour(moment, chance)
            _study(course, enrolment, lesson, moment, chance)


def _next_working_hour(moment: datetime, chance: Random) -> datetime:
    return moment + timedelta(days=chance.choice((0, 1, 1, 2, 4)), minutes=chance.randrange(30, 240))


def _study(course: Course, enrolment: Enrolment, lesson: Lesson, moment: datetime, chance: Random) -> None:
    with clock.at(moment):
        courses.visit(enrolment, lesson)
        if lesson.kind == LessonKind.page:
            courses.complete_lesson(course, enrolment, lesson)
            return
    quiz = quizzes.of_lesson(lesson)
    skill = chance.uniform(0.55, 0.9)
    for number in range(3):
        moment += timedelta(minutes=chance.randrange(12, 40))
        with clock.at(moment):
            if _attempt(course, enrolment, lesson, quiz, skill, chance) >= quiz.pass_mark:
                return
        skill = 1.0 if number == 1 else skill + 0.1


def _attempt(course: Course, enrolment: Enrolment, lesson: Lesson, quiz: Quiz, skill: float, chance: Random) -> float:
    """One sitting; the score in percent."""
    attempt = quizzes.start(enrolment, quiz)
    given = {one.row.id: answer(one, chance.random() < skill, chance) for one in quizzes.asked(attempt)}
    quizzes.save(attempt, given)
    quizzes.submit(quiz, attempt)
    return attempt.score_percent or 0


def answer(asked: Asked, right: bool, chance: Random) -> list[str]:
    """What a form would send: the right answer, or one that is wrong at least in part."""
    question = asked.question
    if question.kind == kinds.Kind.matching:
        return _matched(question, right)
    if question.kind in (kinds.Kind.short_answer, kinds.Kind.numerical):
        return [question.options[0].text if right else "៩៩៩"]
    chosen = [str(at) for at, option in enumerate(question.options) if (option.weight > 0) == right]
    return chosen if question.kind == kinds.Kind.multiple else [chance.choice(chosen)]


def _matched(question: kinds.Question, right: bool) -> list[str]:
    rights = grading.choices(question)
    picks = [rights.index(pair.right) for pair in grading.lefts(question)]
    return [str(pick if right else (pick + 1) % len(rights)) for pick in picks]

"""Every kind of page, as everyone for whom it is different."""

import re
from dataclasses import dataclass

from flask import Flask

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course
from lms.quizzes.kinds import Kind
from tests import world
from tests.conftest import Visitor, reread
from tests.test_access import address

CHANGING = re.compile(r'value="[^"]{40,}"')
"""The forms' tokens, which differ each time."""
MAIN = re.compile(r"<main.*</main>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stop:
    role: str
    path: str
    sends: bool = False
    """Whether the page's form is sent empty first, to see what it says then."""


@dataclass(frozen=True, slots=True)
class Walk:
    stops: list[Stop]
    keys: dict[str, str]
    """Of each role's person: what their session knows them by."""


FURTHER = [
    Stop("learner", "/courses/innovation/lessons/quiz/?page=review"),
    Stop("trainer", "/manage/courses/innovation/quizzes/quiz/allowances", sends=True),
    Stop("learner", "/events/no-such-thing/"),
    Stop("visitor", "/no-such-thing"),
    Stop("learner", "/manage/events/coming/"),
    Stop("visitor", "/verify/?number=AAAA-AAAA-AAAA"),
    Stop("trainer", "/manage/courses/innovation/learners?sex=odd&status=odd&q=kumru"),
    Stop("trainer", "/manage/courses/innovation/learners?q=nobody"),
    Stop("trainer", "/manage/courses/innovation/progress/lessons?state=odd"),
    Stop("trainer", "/manage/courses/innovation/message", sends=True),
    Stop("trainer", "/manage/courses/innovation/quizzes/quiz/results?attempts=all&question=1&below=100"),
    Stop("trainer", "/manage/courses/innovation/quizzes/quiz/results?below=odd"),
    Stop("trainer", "/manage/courses/innovation/quizzes/quiz/statistics?attempts=all"),
    Stop("trainer", "/manage/courses/innovation/quizzes/quiz/grading?state=done"),
    Stop("trainer", "/manage/courses/innovation/quizzes/quiz/regrading/plan?everything=1"),
    Stop("trainer", "/manage/events/coming/attendees?sex=odd"),
    *(Stop("trainer", f"/manage/courses/innovation/edit/quizzes/quiz/questions/new?kind={kind}") for kind in Kind),
    Stop("trainer", "/manage/courses/innovation/edit/quizzes/quiz/questions/new?kind=true_false", sends=True),
    Stop("trainer", "/manage/courses/innovation/bank/?words=nothing"),
    Stop("trainer", "/manage/courses/innovation/bank/?category=Budget&kind=single&tag=easy"),
    Stop("trainer", "/manage/courses/innovation/bank/categories", sends=True),
    Stop("trainer", "/manage/courses/innovation/bank/import", sends=True),
    *(Stop("trainer", f"/manage/bank/questions/new?kind={kind}") for kind in ("gaps", "essay")),
    Stop("trainer", "/manage/bank/questions/new?kind=single", sends=True),
    Stop("trainer", "/manage/courses/innovation/edit/quizzes/quiz/bank?shared=1"),
    Stop("trainer", "/manage/courses/innovation/edit/quizzes/quiz/questions/1/bank", sends=True),
    Stop("visitor", "/login", sends=True),
    Stop("visitor", "/register", sends=True),
    Stop("visitor", "/password/forgot", sends=True),
    Stop("visitor", "/events/coming/register", sends=True),
    Stop("newcomer", "/password", sends=True),
    Stop("newcomer", "/events/coming/register", sends=True),
]


def plan(app: Flask, course: Course) -> Walk:
    """Makes the small world and a learner of the given course, and finds where to go."""
    small = world.make()
    learner = small.people["learner"]
    assert learner
    with db.transaction():
        courses.enrol(learner, course)
    lessons = [lesson.slug for lesson in courses.outline(course).lessons]
    keys = {role: person.fs_uniquifier for role, person in small.people.items() if person}
    at_course = [Stop("learner", f"/courses/{course.slug}/"), Stop("visitor", f"/courses/{course.slug}/")]
    at_course += [Stop("learner", f"/courses/{course.slug}/lessons/{lesson}/") for lesson in lessons[:4]]
    return Walk([*_different(app, small), *at_course, *_at_grading(small), *FURTHER], keys)


def _at_grading(small: world.World) -> list[Stop]:
    quiz, (attempt, question) = "/manage/courses/innovation/quizzes/quiz", small.essay
    return [
        Stop("trainer", f"{quiz}/grading/{attempt}/{question}", sends=True),
        Stop("trainer", f"{quiz}/regrading/plan?question={small.replaced}"),
        Stop("trainer", f"{quiz}/regrading/plan?question={small.replaced}", sends=True),
    ]


def _different(app: Flask, small: world.World) -> list[Stop]:
    """Every address that shows a page, once for each of its shapes."""
    stops, seen = [], set()
    for role in world.ROLES:
        reader = _reader(app, small, role)
        for rule in world.rules(app):
            if "GET" not in (rule.methods or ()):
                continue
            for values in small.arguments(rule):
                at = address(app, rule, values)
                answer = reader.get(at)
                if answer.status_code != 200 or answer.mimetype != "text/html":
                    continue
                shape = (at, CHANGING.sub("", "".join(MAIN.findall(answer.text))))
                if shape not in seen:
                    seen.add(shape)
                    stops.append(Stop(role, at))
    return stops


def _reader(app: Flask, small: world.World, role: str) -> Visitor:
    reread()
    person = small.people[role]
    client: Visitor = app.test_client()
    return client.sign_in(person) if person else client

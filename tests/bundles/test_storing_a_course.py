"""A course that is edited stays the same course: attempts, progress and completions outlive every import."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db, signals
from lms.bundles.load import load
from lms.bundles.read import read
from lms.bundles.services import Stored, store
from lms.bundles.write import to_files
from lms.courses import services as courses
from lms.courses.models import Course, CourseFile, CourseVersion, Enrolment, Lesson, LessonProgress, Unit
from lms.errors import RefusedError
from lms.quizzes import services as quizzes
from lms.quizzes.models import Attempt, Question, Response
from tests import factories
from tests.bundles.samples import COURSE, GIFT, PAGE, QUIZ, market, picture
from tests.conftest import counted_queries

PAGES = "01-stalls/01-who-sells"
PRICES = "01-stalls/02-prices"
CHECK = "01-stalls/03-check"


def imported(changes: dict[str, str | bytes | None] | None = None) -> Stored:
    with db.transaction():
        return store(read(market(changes)))


def both(stem: str, ending: str, text: str | None) -> dict[str, str | bytes | None]:
    """The same file in both languages."""
    return {f"{stem}.{code}.{ending}": text for code in ("en", "km")}


WITHOUT_PRICES = both(PRICES, "md", None)
WITHOUT_CHECK = {f"{CHECK}.quiz.toml": None, **both(CHECK, "gift", None)}


def lesson(course: Course, slug: str) -> Lesson:
    return db.session.scalars(select(Lesson).where(Lesson.course_id == course.id, Lesson.slug == slug)).one()


def enrolled(course: Course, *slugs: str, **person: Any) -> Enrolment:
    """Someone who has completed these lessons."""
    with db.transaction():
        enrolment = courses.enrol(factories.learner(**person), course)
        for slug in slugs:
            courses.complete_lesson(course, enrolment, lesson(course, slug))
    return enrolment


def standing(enrolment: Enrolment) -> tuple[str, float]:
    db.session.refresh(enrolment)
    return str(enrolment.status), enrolment.progress_percent


@contextmanager
def completions() -> Iterator[list[Enrolment]]:
    seen: list[Enrolment] = []
    with signals.course_completed.connected_to(seen.append):
        yield seen


def questions(course: Course) -> dict[str, list[tuple[int, bool]]]:
    """The ids of each question, and whether they are retired."""
    found: dict[str, list[tuple[int, bool]]] = {}
    for row in db.session.scalars(select(Question).order_by(Question.id)):
        found.setdefault(row.name, []).append((row.id, row.retired))
    return found


# Once and again


def test_a_new_course_is_reported_in_numbers(app: Flask) -> None:
    stored = imported()
    assert stored.course.slug == "market"
    assert stored.course.published
    assert stored.changes == {
        "courses added": 1,
        "units added": 1,
        "lessons added": 3,
        "quizzes added": 1,
        "questions added": 4,
        "files added": 2,
    }


def test_what_is_stored_already_is_not_written_again(app: Flask) -> None:
    first = imported()
    enrolled(first.course, "who-sells")
    db.session.expire_all()
    with counted_queries() as sent:
        again = imported()
    assert not again.changes
    assert {statement.split()[0] for statement in sent} == {"SELECT"}
    assert len(sent) == 6


def test_the_number_of_queries_that_find_no_change_does_not_grow_with_the_course(app: Flask) -> None:
    many = {
        path: text
        for number in range(10, 40)
        for path, text in both(f"01-stalls/{number}-x{number}", "md", PAGE).items()
    }
    imported(many)
    db.session.expire_all()
    with counted_queries() as sent:
        imported(many)
    assert len(sent) == 6


def test_what_was_exported_changes_nothing_when_it_is_imported(app: Flask) -> None:
    course = imported().course
    with db.transaction():
        assert not store(read(to_files(load(course)))).changes


def test_a_bundle_that_is_refused_changes_nothing(app: Flask) -> None:
    imported()
    with pytest.raises(RefusedError):
        imported({"course.toml": COURSE.replace("A market", "Another"), "notes.html": "x"})
    assert courses.by_slug("market").title["en"] == "A market"


def test_an_import_leaves_other_courses_alone(app: Flask) -> None:
    other = factories.course("other")
    imported()
    imported(WITHOUT_PRICES)
    assert len(courses.outline(other).lessons) == 2


def test_an_import_does_not_publish_what_was_taken_off(app: Flask) -> None:
    course = imported().course
    with db.transaction():
        course.published = False
    assert not imported({"course.toml": COURSE.replace("A market", "Another")}).course.published


# Edits


def test_a_new_title_is_a_change_of_one_lesson_and_nothing_else(app: Flask) -> None:
    course = imported().course
    enrolment = enrolled(course, "who-sells")
    before = lesson(course, "who-sells").id
    changed = imported({f"{PAGES}.en.md": PAGE.replace("Who sells here?", "Who sells?")})
    assert changed.changes == {"lessons changed": 1}
    assert lesson(course, "who-sells").id == before
    assert lesson(course, "who-sells").title["en"] == "Who sells?"
    assert standing(enrolment) == ("active", 33.3)


def test_a_question_with_a_new_wording_is_a_new_row_and_the_old_one_is_kept(app: Flask) -> None:
    course = imported().course
    [(old, _)] = questions(course)["fee"]
    text = GIFT.replace("Is there a fee?", "Is there a market fee?")
    assert imported(both(CHECK, "gift", text)).changes == {"questions changed": 1}
    now = questions(course)
    assert now["fee"][0] == (old, True)
    assert now["fee"][1][1] is False
    assert len(now["rivers"]) == len(now["count"]) == len(now["who"]) == 1


def test_a_wording_that_comes_back_is_the_same_row_again(app: Flask) -> None:
    course = imported().course
    before = questions(course)
    imported(both(CHECK, "gift", GIFT.replace("Is there a fee?", "Is there a market fee?")))
    assert imported().changes == {"questions changed": 1}
    after = questions(course)
    assert after["fee"][0] == before["fee"][0]
    assert after["fee"][1][1] is True
    assert len(after["fee"]) == 2


def test_questions_in_another_order_stay_the_same_rows(app: Flask) -> None:
    course = imported().course
    before = questions(course)
    blocks = GIFT.split("\n\n")
    assert imported(both(CHECK, "gift", "\n\n".join([*blocks[1:], blocks[0]]))).changes == {"questions moved": 4}
    assert questions(course) == before
    quiz = quizzes.of_lesson(lesson(course, "check"))
    assert [row.name for row in quizzes.questions(quiz)] == ["rivers", "count", "who", "fee"]


def test_an_attempt_keeps_its_questions_and_answers_when_these_are_reworded(app: Flask) -> None:
    course = imported().course
    enrolment = enrolled(course)
    check = lesson(course, "check")
    quiz = quizzes.of_lesson(check)
    with db.transaction():
        attempt = quizzes.start(enrolment, quiz)
        fee = next(asked for asked in quizzes.asked(attempt) if asked.row.name == "fee")
        quizzes.save(attempt, {fee.row.id: ["1"]})
    changed = imported(both(CHECK, "gift", GIFT.replace("Is there a fee?", "Any fee?").partition("::who::")[0]))
    assert changed.changes == {"questions changed": 1, "questions retired": 1}
    db.session.expire_all()
    again = {asked.row.name: asked for asked in quizzes.asked(attempt)}
    assert again["fee"].question.text == "Is there a fee?"
    assert again["fee"].given == 1
    assert "who" in again
    with db.transaction():
        quizzes.submit(quiz, attempt)
    assert attempt.mark == 1
    assert attempt.out_of == 4
    assert [row.name for row in quizzes.questions(quiz)] == ["fee", "rivers", "count"]


def test_a_quiz_that_leaves_and_comes_back_has_kept_its_attempts(app: Flask) -> None:
    course = imported().course
    enrolment = enrolled(course)
    with db.transaction():
        quizzes.start(enrolment, quizzes.of_lesson(lesson(course, "check")))
    assert imported(WITHOUT_CHECK).changes == {"lessons retired": 1}
    assert quizzes.find("market", "check") is None
    assert imported().changes == {"lessons revived": 1}
    assert len(quizzes.attempts(enrolment, quizzes.of_lesson(lesson(course, "check")))) == 1
    for model, number in ((Attempt, 1), (Response, 0), (Question, 4)):
        assert db.session.scalar(select(func.count()).select_from(model)) == number


def test_settings_of_a_quiz_change_in_place(app: Flask) -> None:
    course = imported().course
    changed = imported({f"{CHECK}.quiz.toml": QUIZ.replace("attempts = 3", "attempts = 0\nfinal = true")})
    assert changed.changes == {"quizzes changed": 1}
    assert quizzes.of_lesson(lesson(course, "check")).final


def test_a_lesson_can_move_to_another_unit(app: Flask) -> None:
    course = imported().course
    moved = {
        **WITHOUT_PRICES,
        **both("02-money/01-prices", "md", PAGE.partition("![")[0]),
        "02-money/unit.toml": 'title.en = "Money"\ntitle.km = "លុយ"\n',
    }
    assert imported(moved).changes == {"units added": 1, "lessons changed": 1}
    assert [unit.slug for unit, _lessons in courses.outline(course).units] == ["stalls", "money"]


def test_a_unit_without_a_folder_is_retired_with_its_lessons(app: Flask) -> None:
    more = {
        **both("02-money/01-fees", "md", PAGE.partition("![")[0]),
        "02-money/unit.toml": 'title.en = "M"\ntitle.km = "M"\n',
    }
    course = imported(more).course
    assert imported().changes == {"units retired": 1, "lessons retired": 1}
    assert [unit.slug for unit in load(course).units] == ["stalls"]
    assert imported(more).changes == {"units revived": 1, "lessons revived": 1}
    assert db.session.scalar(select(func.count()).select_from(Unit)) == 2


def test_files_follow_the_bundle(app: Flask) -> None:
    course = imported().course
    new = picture("PNG", (9, 9))
    changed = imported(
        {"01-stalls/images/map.png": new, "01-stalls/images/map.svg": None, "01-stalls/images/b.png": new}
    )
    assert changed.changes == {"files added": 1, "files changed": 1, "files deleted": 1}
    rows = db.session.scalars(select(CourseFile).order_by(CourseFile.path)).all()
    assert [(row.path, courses.data(row.digest), row.content_type) for row in rows] == [
        ("stalls/images/b.png", new, "image/png"),
        ("stalls/images/map.png", new, "image/png"),
    ]
    assert courses.file(course, "stalls/images/map.png").digest == rows[1].digest


def test_a_page_does_not_become_a_quiz_of_the_same_name(app: Flask) -> None:
    imported()
    turned = {**WITHOUT_PRICES, "01-stalls/02-prices.quiz.toml": QUIZ, **both(PRICES, "gift", GIFT)}
    with pytest.raises(RefusedError, match="01-stalls/02-prices: It was a page"):
        imported(turned)


# Progress


def test_a_lesson_that_leaves_raises_the_progress_of_those_who_had_not_read_it(app: Flask) -> None:
    course = imported().course
    some, none, all_but_one = enrolled(course, "who-sells"), enrolled(course), enrolled(course, "who-sells", "prices")
    imported(WITHOUT_PRICES)
    assert standing(some) == ("active", 50)
    assert standing(none) == ("active", 0)
    assert standing(all_but_one) == ("active", 50)


def test_a_lesson_that_comes_back_is_still_read_by_whoever_read_it(app: Flask) -> None:
    course = imported().course
    reader, other = enrolled(course, "prices"), enrolled(course, "who-sells")
    imported(WITHOUT_PRICES)
    assert standing(reader) == ("active", 0)
    imported()
    assert standing(reader) == standing(other) == ("active", 33.3)
    assert courses.outline(course, reader).complete == {lesson(course, "prices").id}


def test_a_new_lesson_lowers_progress_but_takes_no_completion_back(app: Flask) -> None:
    course = imported().course
    done = enrolled(course, "who-sells", "prices", "check")
    completed_at = done.completed_at
    with completions() as sent:
        imported(both("01-stalls/04-more", "md", PAGE))
    assert standing(done) == ("completed", 75)
    assert done.completed_at == completed_at
    assert not sent


def test_whoever_lacked_only_the_lesson_that_left_completes_the_course(app: Flask) -> None:
    course = imported().course
    ready, not_ready = enrolled(course, "who-sells", "check"), enrolled(course, "who-sells")
    with completions() as sent:
        imported(WITHOUT_PRICES)
    assert standing(ready) == ("completed", 100)
    assert standing(not_ready) == ("active", 50)
    assert sent == [ready]
    assert ready.completed_at is not None


def test_a_softer_rule_completes_those_who_meet_it(app: Flask) -> None:
    course = imported().course
    ready, not_ready = enrolled(course, "check"), enrolled(course, "who-sells")
    imported({"course.toml": COURSE.replace('lessons = "all"', 'lessons = "none"')})
    assert standing(ready) == ("completed", 33.3)
    assert standing(not_ready) == ("active", 33.3)


def test_whoever_has_withdrawn_is_not_completed(app: Flask) -> None:
    course = imported().course
    gone = enrolled(course, "who-sells", "check")
    with db.transaction():
        courses.withdraw(gone)
    imported(WITHOUT_PRICES)
    assert standing(gone) == ("withdrawn", 100)


def test_the_same_learners_in_another_course_are_not_touched(app: Flask) -> None:
    course, other = imported().course, factories.course("other", lessons=3)
    person = factories.learner()
    with db.transaction():
        mine, theirs = courses.enrol(person, course), courses.enrol(person, other)
        courses.complete_lesson(other, theirs, lesson(other, "lesson-1"))
    imported(WITHOUT_PRICES)
    assert standing(mine) == ("active", 0)
    assert standing(theirs) == ("active", 33.3)


def test_progress_is_brought_up_to_date_by_as_many_queries_for_many_as_for_one(app: Flask) -> None:
    course = imported().course
    enrolled(course, "who-sells")
    with counted_queries() as for_one:
        imported(WITHOUT_PRICES)
    imported()
    for _ in range(10):
        enrolled(course, "who-sells")
    db.session.expire_all()
    with counted_queries() as for_many:
        imported(WITHOUT_PRICES)
    assert len(for_many) <= len(for_one)
    assert set(db.session.scalars(select(Enrolment.progress_percent))) == {50}
    assert db.session.scalar(select(func.count()).select_from(LessonProgress)) == 11


# Versions


def versions(course: Course) -> list[tuple[int, list[Any]]]:
    """Every list of changes, by the number of its version."""
    rows = db.session.scalars(select(CourseVersion).where(CourseVersion.course_id == course.id))
    return [(row.number, row.changes) for row in rows.all()]


def test_a_version_is_what_changed_and_nothing_else(app: Flask) -> None:
    course = imported().course
    assert (course.version, versions(course)) == (1, [])
    imported()
    assert (course.version, versions(course)) == (1, [])
    imported({f"{PAGES}.en.md": PAGE.replace("Look at", "See")})
    title = {"en": "Who sells here?", "km": "Who sells here?"}
    assert (course.version, versions(course)) == (2, [(2, [{"what": "lesson changed", "title": title}])])


def test_a_version_says_who_made_it_and_whether_learners_are_told(app: Flask) -> None:
    imported()
    trainer = factories.trainer()
    with db.transaction():
        course = store(read(market({"01-stalls/images/map.png": picture("PNG", (9, 9))})), trainer, tell=True).course
    version = db.session.get_one(CourseVersion, (course.id, 2))
    assert (version.by_id, version.tell) == (trainer.id, True)
    assert [change["what"] for change in version.changes] == ["lesson changed", "lesson changed"]


# What has to be done before


def requiring(*slugs: str) -> dict[str, str | bytes | None]:
    listed = ", ".join(f'"{slug}"' for slug in slugs)
    return {"course.toml": COURSE.replace("hours", f"requires = [{listed}]\nhours")}


def test_a_course_requires_courses_of_this_site(app: Flask) -> None:
    with pytest.raises(RefusedError, match="requires “other”, which this site does not have"):
        imported(requiring("other"))
    factories.course("other")
    assert imported(requiring("other")).course.requires == ["other"]
    assert imported().changes == {"courses changed": 1}


def test_courses_do_not_require_each_other(app: Flask) -> None:
    imported()
    factories.course("middle", requires=["market"])
    factories.course("other", requires=["middle"])
    with pytest.raises(RefusedError, match="requires “other”, which requires this course"):
        imported(requiring("other"))


def test_units_keep_when_they_open_and_after_what(app: Flask) -> None:
    opens = 'requires = ["stalls"]\nopens_at = 2026-12-01T08:00:00+07:00\n'
    more = {**both("02-money/01-fees", "md", PAGE.partition("![")[0]), "02-money/unit.toml": f'title.en = "M"\n{opens}'}
    course = imported(more).course
    money = db.session.scalars(select(Unit).where(Unit.slug == "money")).one()
    assert (money.requires, money.opens_at) == (["stalls"], datetime(2026, 12, 1, 1, tzinfo=UTC))
    exported = to_files(load(course))["02-money/unit.toml"][:].decode()
    assert exported == 'title.en = "M"\nrequires = ["stalls"]\nopens_at = 2026-12-01T01:00:00Z\n'


def test_a_time_limit_that_comes_later_holds_for_attempts_that_go_on(app: Flask) -> None:
    course = imported().course
    quiz = quizzes.of_lesson(lesson(course, "check"))
    with db.transaction():
        attempt = quizzes.start(enrolled(course), quiz)
    assert attempt.due_at is None
    imported({f"{CHECK}.quiz.toml": QUIZ + "time_limit = 20\n"})
    assert attempt.due_at == attempt.started_at + timedelta(minutes=20)

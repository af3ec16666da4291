from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course
from lms.errors import ConflictError
from lms.quizzes import kinds
from lms.quizzes.draws import Draw, category_path
from lms.quizzes.models import BankVersion, Question, Quiz
from lms.quizzes.services import bank, drawing
from lms.quizzes.services.bank import Entry, Search
from tests import factories
from tests.conftest import counted_queries, reread


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


def question(name: str, text: str = "", **values: object) -> kinds.Question:
    return replace(factories.choice(name), text=text or f"What is {name}?", **values)


def put(owner: Course | None, name: str, path: str = "Budget", text: str = "", tags: tuple[str, ...] = ()) -> Entry:
    with db.transaction():
        row = bank.add(owner, path, {"en": question(name, text, tags=tags)}, None)
    return entry(row.id)


def entry(id_: int) -> Entry:
    return bank.find(id_) or pytest.fail("no such question")


def quiz(course: Course, *draws: Draw) -> Quiz:
    return factories.quiz(course, draws=[draw.to_json() for draw in draws])


def names(ids: list[int]) -> list[str]:
    rows = {row.id: row.name for row in db.session.scalars(select(Question))}
    return [rows[id_] for id_ in ids]


def drawn(quiz: Quiz, seed: int) -> list[str]:
    with db.transaction():
        ids = drawing.draw(quiz, seed)
    return names(ids)


def found(owner: Course | None, **wanted: object) -> list[str]:
    return [one.row.name for one in bank.search(owner, Search(**wanted)).entries]  # type: ignore[arg-type]


# What is in it


def test_a_question_is_found_as_it_was_written(course: Course) -> None:
    one = put(course, "tax", "Budget/Basics", tags=("money",))
    assert one.versions == {"en": question("tax", tags=("money",))}
    assert (one.category, one.row.tags, one.row.version) == ("Budget/Basics", ["money"], 1)


def test_a_name_is_taken_once_in_a_course_and_once_in_what_is_shared(course: Course) -> None:
    put(course, "tax")
    put(None, "tax")
    for owner in (course, None):
        with pytest.raises(ConflictError), db.transaction():
            bank.add(owner, "Other", {"en": question("tax")}, None)


def test_a_change_is_a_new_version_and_the_old_one_stays(course: Course) -> None:
    one = put(course, "tax")
    with db.transaction():
        assert bank.save(one, 1, "Budget", {"en": question("tax", "New words?")}, None)
    assert entry(one.row.id).versions["en"].text == "New words?"
    assert [version.number for version in bank.history(one.row)] == [2, 1]


def test_who_was_slower_changes_nothing(course: Course) -> None:
    one = put(course, "tax")
    with db.transaction():
        bank.save(one, 1, "Budget", {"en": question("tax", "Mine?")}, None)
    with db.transaction():
        assert not bank.save(entry(one.row.id), 1, "Budget", {"en": question("tax", "Theirs?")}, None)
    assert entry(one.row.id).versions["en"].text == "Mine?"


def test_saving_what_is_there_makes_no_version(course: Course) -> None:
    one = put(course, "tax")
    with db.transaction():
        assert bank.save(one, 1, "Budget", one.versions, None)
    assert db.session.scalar(select(func.count()).select_from(BankVersion)) == 1


def test_moving_to_another_category_makes_no_version(course: Course) -> None:
    one = put(course, "tax")
    with db.transaction():
        assert bank.save(one, 1, "Law", one.versions, None)
    moved = entry(one.row.id)
    assert (moved.category, moved.row.version) == ("Law", 1)


def test_categories_are_counted_without_what_is_archived(course: Course) -> None:
    put(course, "tax")
    put(course, "fee")
    with db.transaction():
        bank.archive(put(course, "old", "Law").row, archived=True)
    assert bank.categories(course) == [("Budget", 2), ("Law", 0)]


@pytest.mark.parametrize("typed", ["Budget/Basics", " Budget / Basics ", "/Budget//Basics/"])
def test_a_path_has_one_spelling(typed: str) -> None:
    assert category_path(typed) == "Budget/Basics"


# Searching


def test_words_are_found_in_any_case_and_order(course: Course) -> None:
    put(course, "tax", text="Who pays the Market Fee?")
    put(course, "other")
    assert found(course, words="fee market") == ["tax"]


def test_khmer_words_are_found_whatever_cannot_be_seen(course: Course) -> None:
    put(course, "tax", text="ពន្ធ\u200bផ្សារ")
    assert found(course, words="ពន្ធផ្សារ") == ["tax"]


@pytest.mark.parametrize("words", ["%", "_", "\\"])
def test_signs_of_patterns_stand_for_themselves(course: Course, words: str) -> None:
    put(course, "tax")
    assert found(course, words=words) == []


def test_a_category_is_searched_with_what_is_below(course: Course) -> None:
    put(course, "a", "Budget")
    put(course, "b", "Budget/Basics")
    put(course, "c", "Budgetary")
    assert found(course, category="Budget") == ["a", "b"]


def test_a_tag_is_found_as_a_whole(course: Course) -> None:
    put(course, "a", tags=("law",))
    put(course, "b", tags=("lawful", "by law"))
    assert found(course, tag="law") == ["a"]
    assert bank.tags(course) == ["by law", "law", "lawful"]


def test_a_kind_is_searched_for(course: Course) -> None:
    put(course, "a")
    assert (found(course, kind="single"), found(course, kind="essay")) == (["a"], [])


def test_what_is_archived_is_listed_apart(course: Course) -> None:
    with db.transaction():
        bank.archive(put(course, "old").row, archived=True)
    assert (found(course), found(course, archived=True)) == ([], ["old"])


def test_the_queries_of_a_search_do_not_grow(course: Course) -> None:
    counts = []
    for first in (0, 5):
        for number in range(first, first + 5):
            put(course, f"q{number}")
        with counted_queries() as queries:
            found(course, words="what", category="Budget")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 2


# Drawing


def test_the_same_seed_draws_the_same(course: Course) -> None:
    for number in range(10):
        put(course, f"q{number}")
    one = quiz(course, Draw(category="Budget", number=3))
    first = drawn(one, 7)
    assert (len(set(first)), drawn(one, 7)) == (3, first)


def test_each_question_is_drawn_about_as_often(course: Course) -> None:
    for number in range(5):
        put(course, f"q{number}")
    one = quiz(course, Draw(category="Budget", number=2))
    counts = Counter(name for seed in range(200) for name in drawn(one, seed))
    # 80 each are expected; a binomial of 200 with 0.4 leaves 50 to 110 once in a hundred thousand times.
    assert len(counts) == 5
    assert all(50 < count < 110 for count in counts.values())


def test_nothing_is_drawn_twice_in_an_attempt(course: Course) -> None:
    for number in range(4):
        put(course, f"q{number}")
    draws = [Draw(category="Budget", number=2), Draw(question="q0"), Draw(category="Budget", number=2)]
    one = quiz(course, *draws)
    for seed in range(20):
        found = drawn(one, seed)
        assert len(found) == len(set(found)) == 4
        assert found[2] == "q0" or found[1] == "q0" or "q0" in found


def test_where_there_are_fewer_it_is_these(course: Course) -> None:
    put(course, "only")
    one = quiz(course, Draw(category="Budget", number=5))
    assert drawn(one, 1) == ["only"]
    assert drawing.available(course, [Draw.from_json(draw) for draw in one.draws]) == [1]


def test_only_the_category_and_the_tags_are_drawn_from(course: Course) -> None:
    put(course, "a", "Budget/Basics", tags=("easy", "law"))
    put(course, "b", "Budget", tags=("easy",))
    put(course, "c", "Law", tags=("easy", "law"))
    assert drawn(quiz(course, Draw(category="Budget", number=9, tags=("easy", "law"))), 1) == ["a"]


def test_another_course_and_what_is_shared_are_drawn_from_only_when_asked_for(course: Course) -> None:
    other = factories.course("other", lessons=0)
    put(other, "theirs")
    put(None, "shared")
    put(course, "ours")
    one = quiz(course, Draw(category="Budget", number=9), Draw(category="Budget", number=9, shared=True))
    assert drawn(one, 1) == ["ours", "shared"]


def test_a_new_attempt_asks_the_newest_version_and_an_old_one_keeps_its_own(course: Course) -> None:
    one = put(course, "tax")
    drawing_quiz = quiz(course, Draw(question="tax"))
    with db.transaction():
        old = drawing.draw(drawing_quiz, 1)
    with db.transaction():
        bank.save(one, 1, "Budget", {"en": question("tax", "New words?")}, None)
    with db.transaction():
        new = drawing.draw(drawing_quiz, 1)
    reread()
    texts = [db.session.get_one(Question, id_).body["en"]["text"] for id_ in (*old, *new)]
    assert texts == ["What is tax?", "New words?"]


def test_drawing_again_makes_no_row_twice(course: Course) -> None:
    put(course, "tax")
    one = quiz(course, Draw(question="tax"))
    before = db.session.scalar(select(func.count()).select_from(Question)) or 0
    drawn(one, 1)
    drawn(one, 2)
    assert db.session.scalar(select(func.count()).select_from(Question)) == before + 1


def test_what_is_archived_is_not_drawn(course: Course) -> None:
    with db.transaction():
        bank.archive(put(course, "old").row, archived=True)
    assert drawn(quiz(course, Draw(category="Budget", number=3), Draw(question="old")), 1) == []


# Where it is used


def test_a_question_knows_the_quizzes_that_ask_it(course: Course) -> None:
    one = put(course, "tax", "Budget/Basics", tags=("easy",))
    quiz(course, Draw(category="Budget", number=1, tags=("easy",)))
    use = drawing.uses(one)
    assert [(found.course.slug, found.lesson.slug, found.by_name) for found in use] == [("innovation", "quiz", False)]


def test_a_shared_question_is_used_by_any_course(course: Course) -> None:
    one = put(None, "tax")
    quiz(course, Draw(question="tax", shared=True))
    assert [found.by_name for found in drawing.uses(one)] == [True]
    assert drawing.uses(put(course, "tax")) == []


# Copies, and what a quiz may draw


def test_a_copy_has_the_newest_words_of_every_question_and_its_pictures(course: Course) -> None:
    person = factories.trainer()
    first, old = put(course, "tax", "Budget/Basics", tags=("law",)), put(course, "old", "Law")
    put(None, "shared")
    with db.transaction():
        bank.save(first, 1, "Budget/Basics", {"en": question("tax", "New words?", tags=("law",))}, None)
        bank.archive(old.row, archived=True)
        bank.keep_files(first.row, {"images/a.png": ("image/png", courses.keep(b"x"))})
    made = factories.course("copy", lessons=0)
    with counted_queries() as sent, db.transaction():
        bank.copy(course, made, person)
    assert len(sent) == 4
    one, other = sorted(bank.everything(made, archived=True), key=lambda entry: entry.row.archived)
    assert (one.versions, one.category) == ({"en": question("tax", "New words?", tags=("law",))}, "Budget/Basics")
    assert (one.row.version, one.version.by_id, other.row.archived) == (1, person.id, True)
    assert [file.path for file in bank.files(one.row)] == ["images/a.png"]
    assert found(made, tag="law") == ["tax"]
    assert found(course) == ["tax"]


def test_draws_that_find_nothing_are_told_in_one_query(course: Course) -> None:
    put(course, "tax", "Budget/Basics", tags=("Land law",))
    put(None, "shared", "Common")
    with db.transaction():
        bank.archive(put(course, "old", "Law").row, archived=True)
    there = {Draw("tax"), Draw("shared", shared=True), Draw(category="Budget"), Draw(category="Common", shared=True)}
    there |= {Draw(category="Budget", tags=("land LAW",))}
    gone = {Draw("shared"), Draw("tax", shared=True), Draw("old"), Draw(category="Law"), Draw(category="Bud")}
    gone |= {Draw(category="Budget", tags=("rice",)), Draw(category="Budget", shared=True)}
    with counted_queries() as sent:
        assert drawing.lacking(course, there | gone) == gone
    assert len(sent) == 1

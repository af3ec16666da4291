"""The course's own question bank goes with the course, keeps what was asked, and is never changed by publishing."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lms import db
from lms.bundles.bundle import BankQuestion, File
from lms.bundles.load import load, whole
from lms.bundles.read import read
from lms.bundles.services import Stored, store
from lms.bundles.write import to_files
from lms.courses.models import Course
from lms.errors import RefusedError
from lms.quizzes import moodle
from lms.quizzes.imported import Item
from lms.quizzes.kinds import Kind, Option, Question
from lms.quizzes.models import BankVersion, Question as Row, Quiz
from lms.quizzes.services import bank, drawing
from lms.quizzes.services.bank import Entry
from tests.bundles.samples import QUIZ, contents, market, picture, problems
from tests.conftest import counted_queries

CHECK = "01-stalls/03-check"
TRUE = (Option("true", 100), Option("false", 0))
TAX = Question("tax", Kind.true_false, "Is there a tax?", TRUE, tags=("law",))
FEE = Question("fee", Kind.true_false, "Is there a fee?", TRUE)
MAP = Question("map", Kind.true_false, "![A map](images/map.png) Here?", TRUE)


def text(*questions: tuple[str, Question]) -> str:
    return moodle.write_items(Item(0, one, tuple(filter(None, path.split("/")))) for path, one in questions)


BANK = {
    "bank.en.xml": text(("Budget", TAX), ("Budget/Basics", FEE), ("", MAP)),
    "bank.km.xml": text(("Budget", replace(TAX, text="ពន្ធ?"))),
    "bank/images/map.png": picture(),
}
DRAWN = '\n[[draw]]\ncategory = "Budget"\nnumber = 2\n\n[[draw]]\nquestion = "map"\n'


def imported(changes: dict[str, str | bytes | None] | None = None) -> Stored:
    with db.transaction():
        return store(read(market({**BANK, **(changes or {})})))


def entries(course: Course) -> dict[str, Entry]:
    return {entry.row.name: entry for entry in bank.everything(course, archived=True)}


def test_a_bank_is_read_by_category_and_name_in_all_languages() -> None:
    found = read(market(BANK)).bank
    assert [(one.category, one.name, list(one.versions)) for one in found] == [
        ("", "map", ["en"]),
        ("Budget", "tax", ["en", "km"]),
        ("Budget/Basics", "fee", ["en"]),
    ]
    assert [file.path for file in found[0].files] == ["images/map.png"]


def test_an_import_takes_the_bank_and_the_same_again_changes_nothing(app: Flask) -> None:
    stored = imported()
    assert stored.changes["bank questions added"] == 3
    assert entries(stored.course)["tax"].versions["km"].text == "ពន្ធ?"
    assert not imported().changes
    assert to_files(whole(stored.course)) == to_files(read(market(BANK)))
    assert load(stored.course).bank == ()


def test_what_is_there_already_is_found_in_two_more_queries(app: Flask) -> None:
    imported()
    db.session.expire_all()
    with counted_queries() as sent:
        imported()
    assert len(sent) == 8


def test_a_question_in_other_words_has_a_new_version_and_attempts_keep_the_old_one(app: Flask) -> None:
    course = imported({f"{CHECK}.quiz.toml": QUIZ + DRAWN}).course
    quiz = db.session.scalars(select(Quiz)).one()
    with db.transaction():
        asked = drawing.draw(quiz, 1)
    version = course.version
    changes = imported(
        {f"{CHECK}.quiz.toml": QUIZ + DRAWN, "bank.en.xml": BANK["bank.en.xml"].replace("Is there a fee", "Any fee")}
    ).changes
    assert changes == {"bank questions changed": 1}
    assert entries(course)["fee"].row.version == 2
    assert course.version == version
    rows = [db.session.get_one(Row, id_) for id_ in asked]
    assert {row.name: row.retired for row in rows} == {"fee": False, "tax": False, "map": False}
    assert next(row for row in rows if row.name == "fee").body["en"]["text"] == "Is there a fee?"


def test_what_the_bundle_does_not_have_is_archived_and_comes_back_with_it(app: Flask) -> None:
    course = imported().course
    only = {"bank.en.xml": text(("Budget", TAX)), "bank/images/map.png": None}
    assert imported(only).changes == {"bank questions archived": 2}
    assert entries(course)["fee"].row.archived
    assert imported().changes == {"bank questions revived": 2}
    assert entries(course)["fee"].row.version == 1


def test_a_bundle_without_a_bank_leaves_it_as_it_is(app: Flask) -> None:
    course = imported().course
    assert not imported(dict.fromkeys(BANK)).changes
    assert not any(entry.row.archived for entry in entries(course).values())


def test_another_category_is_a_change_without_a_new_version(app: Flask) -> None:
    course = imported().course
    moved = {
        "bank.en.xml": text(("Law", TAX), ("Law", FEE), ("", MAP)),
        "bank.km.xml": text(("Law", replace(TAX, text="ពន្ធ?"))),
    }
    assert imported(moved).changes == {"bank questions changed": 2}
    assert entries(course)["tax"].category == "Law"
    assert db.session.query(BankVersion).count() == 3


def test_another_picture_is_a_change(app: Flask) -> None:
    course = imported().course
    assert imported({"bank/images/map.png": picture(size=(9, 9))}).changes == {"bank questions changed": 1}
    [question] = [one for one in whole(course).bank if one.name == "map"]
    assert question.files[0].content[:] == picture(size=(9, 9))


def test_two_questions_may_mean_different_pictures_by_one_path() -> None:
    files = [File("images/map.png", "image/png", contents({"x": picture(size=(n, n))})["x"]) for n in (4, 5)]
    other = replace(MAP, name="plan")
    bundle = replace(
        read(market()),
        bank=(BankQuestion("", {"en": MAP}, (files[0],)), BankQuestion("", {"en": other}, (files[1],))),
    )
    written = to_files(bundle)
    assert len([path for path in written if path.startswith("bank/")]) == 2
    assert read(written) == bundle


WRONG = [
    ({"bank.en.xml": "<quiz>"}, "bank.en.xml:1: "),
    ({"bank.en.xml": text(("A", replace(TAX, name="")))}, "bank.en.xml:10: The question has no name."),
    ({"bank.en.xml": text(("A", TAX), ("B", TAX))}, "The title “tax” is taken by the question on line"),
    ({"bank.km.xml": text(("Law", TAX))}, "“tax” is in another category than in bank.en.xml: “Budget”."),
    ({"bank.km.xml": text(("Budget", replace(TAX, mark=2)))}, "“tax” has not the same mark as in bank.en.xml."),
    ({"bank/images/map.png": None}, "There is no picture “images/map.png” in the folder “bank”."),
    ({"bank/images/more.png": picture()}, "bank/images/more.png: No question of the bank shows this picture."),
    ({"bank/images/map.png": b"x"}, "bank/images/map.png: This is no sound PNG picture."),
    ({"bank/images/map.exe": b"x"}, "bank/images/map.exe: Pictures are PNG"),
    ({"bank/map.png": picture()}, "bank/map.png: A bundle has no place for this file"),
    ({"bank.qqq.xml": text(("A", FEE))}, "bank.qqq.xml: “qqq” is not the code of a language"),
    ({"bank.xml": text(("A", FEE))}, "bank.xml: A bundle has no place for this file"),
    (
        {"bank.en.xml": moodle.write_items([Item(0, MAP)], {"images/map.png": picture()})},
        "The file “images/map.png” is embedded. Put it into bank/images",
    ),
    (
        {"bank.en.xml": BANK["bank.en.xml"].replace('type="truefalse"', 'type="coderunner"', 1)},
        "“coderunner” is a kind of question that is not supported.",
    ),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_what_is_wrong_in_a_bank_is_told_by_file_and_line(changes: dict[str, str | bytes | None], message: str) -> None:
    told = problems(market({**BANK, **changes}))
    assert any(message in one and one.startswith("bank") for one in told), told


# Draws


def draws(text: str) -> list[str]:
    with pytest.raises(RefusedError) as refused, db.transaction():
        store(read(market({**BANK, f"{CHECK}.quiz.toml": f"{QUIZ}{text}"})))
    return [str(problem) for problem in refused.value.problems]


LACKING = [
    ('question = "toll"', "The question bank of the course has no question named “toll”."),
    ('question = "tax"\nshared = true', "The shared question bank has no question named “tax”."),
    ('category = "Law"', "The question bank of the course has nothing in “Law”."),
    ('category = "Budget"\nshared = true', "The shared question bank has nothing in “Budget”."),
    (
        'category = "Budget"\ntags = ["rice"]',
        "The question bank of the course has nothing in “Budget” with the tags rice.",
    ),
    ('category = "Bud"', "The question bank of the course has nothing in “Bud”."),
]


@pytest.mark.parametrize(("draw", "message"), LACKING)
def test_a_draw_of_what_no_bank_has_is_refused_with_its_line_and_nothing_is_stored(
    app: Flask, draw: str, message: str
) -> None:
    assert draws(f"{DRAWN}\n[[draw]]\n{draw}\n") == [f"{CHECK}.quiz.toml:15: {message}"]
    assert db.session.scalars(select(Course)).all() == []


def test_draws_find_the_bank_of_the_bundle_and_the_shared_one(app: Flask) -> None:
    with db.transaction():
        bank.add(None, "Common", {"en": FEE}, None)
    more = '\n[[draw]]\ncategory = "Budget"\nnumber = 1\ntags = ["Law"]\n\n[[draw]]\nquestion = "fee"\nshared = true\n'
    course = imported({f"{CHECK}.quiz.toml": QUIZ + DRAWN + more}).course
    quiz = db.session.scalars(select(Quiz)).one()
    assert len(quiz.draws) == 4
    assert to_files(whole(course))[f"{CHECK}.quiz.toml"][:].decode() == QUIZ + DRAWN + more


def test_a_question_that_was_archived_cannot_be_drawn_any_more(app: Flask) -> None:
    imported({f"{CHECK}.quiz.toml": QUIZ + DRAWN})
    gone = {"bank.en.xml": text(("Budget", TAX)), "bank/images/map.png": None}
    with pytest.raises(RefusedError, match="no question named “map”"):
        imported({f"{CHECK}.quiz.toml": QUIZ + DRAWN, **gone})


def test_the_mark_of_a_question_is_kept_beside_it(app: Flask) -> None:
    marked = moodle.write([replace(FEE, mark=2.5)])
    gone = {f"{CHECK}.{code}.gift": None for code in ("en", "km")}
    imported({**gone, f"{CHECK}.en.xml": marked})
    assert [row.max_mark for row in db.session.scalars(select(Row))] == [2.5]

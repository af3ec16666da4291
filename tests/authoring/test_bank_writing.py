"""Writing questions of the bank in the browser, and carrying them between the bank and a quiz."""

from dataclasses import replace

import pytest
from flask import Flask

from lms import db
from lms.quizzes.draws import Draw
from lms.quizzes.models import Quiz
from lms.quizzes.services import bank, drawing
from tests import factories
from tests.authoring import uploads
from tests.authoring.people import Desk
from tests.authoring.test_bank_pages import OWN, SHARED, entry, put, question
from tests.conftest import Visitor, reread

QUIZ = "/manage/courses/innovation/edit/quizzes/quiz"
TYPED = {
    "kind": "single",
    "category": "Budget",
    "text-en": "Is there a fee?",
    "rows": "4",
    "right": "0",
    "option-0-en": "Yes",
    "option-1-en": "No",
}


def named(at: Desk, name: str) -> int:
    row = bank.named(at.course, name)
    assert row
    return row.id


# Writing


def test_a_question_is_written_and_named_by_what_it_says(trainer: Visitor, at: Desk) -> None:
    answer = trainer.submit(f"{OWN}/questions/new", **TYPED, tags="law, money")
    assert answer.status_code == 302
    made = entry(named(at, "is-there-a-fee"))
    assert answer.location == f"{OWN}/questions/{made.row.id}"
    assert (made.category, made.row.tags) == ("Budget", ["law", "money"])
    assert bank.history(made.row)[0].by_id == at.trainer.id


def test_a_name_that_is_taken_gets_a_number(trainer: Visitor, at: Desk) -> None:
    put(at.course, "fee")
    trainer.submit(f"{OWN}/questions/new", **TYPED, name="fee")
    assert entry(named(at, "fee-2")).versions["en"].text == "Is there a fee?"


@pytest.mark.parametrize("wrong", [{"text-en": ""}, {"category": " / "}, {"right": ""}])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    trainer: Visitor, at: Desk, wrong: dict[str, str]
) -> None:
    answer = trainer.submit(f"{OWN}/questions/new", **{**TYPED, **wrong})
    assert answer.status_code == 422
    assert "is-invalid" in answer.text or "alert-danger" in answer.text
    assert "Yes</textarea>" in answer.text
    assert bank.search(at.course, bank.Search()).count == 0


def test_room_for_more_answers_saves_nothing(trainer: Visitor, at: Desk) -> None:
    page = trainer.submit(f"{OWN}/questions/new", **TYPED, go="more-rows").text
    assert "option-6-en" in page
    assert bank.search(at.course, bank.Search()).count == 0


def test_the_form_says_first_who_is_asked(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    with db.transaction():
        db.session.query(Quiz).one().draws = [Draw(question="tax").to_json()]
    page = trainer.get(f"{OWN}/questions/{id_}/edit").text
    assert "New attempts in 1 quiz ask it from now on; attempts already begun keep the old wording." in page


def test_saving_makes_a_version_that_new_attempts_ask(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    with db.transaction():
        quiz = db.session.query(Quiz).one()
        quiz.draws = [Draw(question="tax").to_json()]
        old = drawing.draw(quiz, 1)
    reread()
    assert save(trainer, id_, 1, "Is it new?") == 302
    with db.transaction():
        new = drawing.draw(db.session.query(Quiz).one(), 1)
    assert old != new
    assert entry(id_).versions["en"].text == "Is it new?"
    assert entry(id_).versions["en"].name == "tax"


def save(visitor: Visitor, id_: int, seen: int, text: str, **more: str) -> int:
    page = visitor.submit(f"{OWN}/questions/{id_}/edit", **{**TYPED, "text-en": text, "seen": str(seen), **more})
    return page.status_code


def test_saving_what_is_there_makes_no_version(trainer: Visitor, at: Desk) -> None:
    trainer.submit(f"{OWN}/questions/new", **TYPED)
    id_ = named(at, "is-there-a-fee")
    assert save(trainer, id_, 1, "Is there a fee?") == 302
    assert entry(id_).row.version == 1


def test_of_two_who_save_at_once_one_wins_and_the_other_sees_both(app: Flask, trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    colleague: Visitor = app.test_client()
    colleague.sign_in(factories.trainer(of=at.course))
    assert save(colleague, id_, 1, "Theirs?") == 302
    answer = trainer.submit(f"{OWN}/questions/{id_}/edit", **{**TYPED, "text-en": "Mine?", "seen": "1"})
    assert answer.status_code == 409
    assert "Theirs?" in answer.text
    assert "Mine?</textarea>" in answer.text
    assert 'name="seen" value="2"' in answer.text
    assert entry(id_).versions["en"].text == "Theirs?"
    assert save(trainer, id_, 2, "Mine?") == 302
    assert [version.number for version in bank.history(entry(id_).row)] == [3, 2, 1]


def test_a_picture_is_added_while_one_writes_and_what_was_typed_stays(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    typed = {**TYPED, "text-en": "Half a sen", "seen": "1", "go": "picture"}
    answer = uploads.send(trainer, f"{OWN}/questions/{id_}/edit", uploads.picture(), "Map.PNG", **typed)
    assert answer.status_code == 200
    assert "Half a sen</textarea>" in answer.text
    assert f"{OWN}/questions/{id_}/files/images/map.png" in answer.text
    assert entry(id_).row.version == 1


def test_a_question_in_khmer_alone_is_named_by_its_beginning(trainer: Visitor, at: Desk) -> None:
    typed = {name.replace("-en", "-km"): value for name, value in TYPED.items()}
    trainer.submit(f"{OWN}/questions/new", **{**typed, "text-km": "តើមានថ្លៃទេ?"})
    assert named(at, "តើមានថ្លៃទេ?")


def test_a_picture_that_is_not_there_is_said_before_the_question_is_saved(trainer: Visitor, at: Desk) -> None:
    typed = {**TYPED, "text-en": "What is on ![the map](images/map.png)?"}
    answer = trainer.submit(f"{OWN}/questions/new", **typed)
    assert answer.status_code == 422
    assert "There is no picture “images/map.png”." in answer.text
    id_ = put(at.course, "tax")
    assert trainer.submit(f"{OWN}/questions/{id_}/edit", **typed, seen="1").status_code == 422
    assert entry(id_).row.version == 1
    uploads.send(trainer, f"{OWN}/questions/{id_}/files", uploads.picture(), "map.png")
    assert trainer.submit(f"{OWN}/questions/{id_}/edit", **typed, seen="1").status_code == 302


def test_a_question_of_a_language_that_is_not_offered_keeps_it(trainer: Visitor, at: Desk) -> None:
    with db.transaction():
        row = bank.add(None, "Budget", {"fr": question("impot"), "en": question("impot")}, None)
    page = trainer.get(f"{SHARED}/questions/{row.id}/edit").text
    assert 'id="text-fr"' in page


# From the bank into a quiz


def test_a_quiz_takes_a_question_by_its_name_once(trainer: Visitor, at: Desk) -> None:
    put(at.course, "tax")
    assert ">Take it<" in trainer.get(f"{QUIZ}/bank").text
    for _ in range(2):
        assert trainer.submit(f"{QUIZ}/bank", question="tax").status_code == 302
    assert at.part("quiz").content["draws"] == [{"question": "tax"}]
    assert "The quiz takes it." in trainer.get(f"{QUIZ}/bank").text


def test_a_quiz_takes_so_many_at_random_from_a_category(trainer: Visitor, at: Desk) -> None:
    put(None, "tax", "Budget/Basics", tags=("law",))
    trainer.submit(f"{QUIZ}/bank", category="Budget", number="3", tag="law", shared="1")
    draw = {"category": "Budget", "number": 3, "tags": ["law"], "shared": True}
    assert at.part("quiz").content["draws"] == [draw]


@pytest.mark.parametrize("asked", [{"question": "nothing"}, {"category": "Nothing"}, {}])
def test_a_quiz_takes_nothing_that_is_not_there(trainer: Visitor, at: Desk, asked: dict[str, str]) -> None:
    put(None, "nothing", "Nothing")
    assert trainer.submit(f"{QUIZ}/bank", **asked).status_code == 404
    assert "draws" not in at.part("quiz").content or not at.part("quiz").content["draws"]


# From a quiz into the bank


def give(visitor: Visitor, at: Desk, **fields: str) -> int:
    seen = str(at.part("quiz").version)
    sent = {"key": "fee", "seen": seen, "category": "Budget", **fields}
    return visitor.submit(f"{QUIZ}/questions/1/bank", **sent).status_code


@pytest.fixture
def illustrated(at: Desk) -> Desk:
    at.write("quiz", gift={"en": "// Mine\n::fee:: A ![fee](images/fee.png)? {T}\n\n::other:: Other? {F}\n"})
    return at


@pytest.fixture
def written(trainer: Visitor, illustrated: Desk) -> Desk:
    uploads.send(trainer, "/manage/courses/innovation/edit/units/unit-2/files", uploads.picture(), "fee.png")
    return illustrated


def test_a_question_whose_picture_is_missing_stays_in_the_quiz(trainer: Visitor, illustrated: Desk) -> None:
    sent = {"key": "fee", "seen": str(illustrated.part("quiz").version), "category": "Budget"}
    answer = trainer.submit(f"{QUIZ}/questions/1/bank", **sent)
    assert answer.status_code == 422
    assert "There is no picture “images/fee.png”." in answer.text
    assert bank.named(illustrated.course, "fee") is None


def test_a_question_of_a_quiz_goes_into_the_bank_and_is_asked_from_there(trainer: Visitor, written: Desk) -> None:
    assert "A " in trainer.get(f"{QUIZ}/questions/1/bank").text
    assert give(trainer, written, instead="1") == 302
    content = written.part("quiz").content
    assert "fee" not in content["gift"]["en"]
    assert content["draws"] == [{"question": "fee"}]
    made = entry(named(written, "fee"))
    assert made.versions["en"].text == "A ![fee](images/fee.png)?"
    assert [row.path for row in bank.files(made.row)] == ["images/fee.png"]


def test_a_question_can_stay_in_the_quiz_too(trainer: Visitor, written: Desk) -> None:
    assert give(trainer, written, shared="1") == 302
    assert "::fee::" in written.part("quiz").content["gift"]["en"]
    assert bank.named(None, "fee")
    assert bank.named(written.course, "fee") is None


def test_without_a_category_it_stays_where_it_is(trainer: Visitor, written: Desk) -> None:
    assert give(trainer, written, category="") == 422
    assert bank.named(written.course, "fee") is None


def test_of_a_quiz_that_was_changed_meanwhile_nothing_is_taken(trainer: Visitor, written: Desk) -> None:
    assert give(trainer, written, instead="1", seen="1") == 302
    assert bank.named(written.course, "fee") is None
    assert "::fee::" in written.part("quiz").content["gift"]["en"]


def test_the_same_question_twice_has_two_names(trainer: Visitor, written: Desk) -> None:
    give(trainer, written)
    give(trainer, written)
    first, second = entry(named(written, "fee")), entry(named(written, "fee-2"))
    assert second.versions["en"] == replace(first.versions["en"], name="fee-2")

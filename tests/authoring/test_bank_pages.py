"""The question bank in the browser: looking for questions, their versions and uses, moving, copying, archiving."""

from dataclasses import replace

import pytest

from lms import db
from lms.courses.models import Course
from lms.quizzes import kinds
from lms.quizzes.draws import Draw
from lms.quizzes.models import Quiz
from lms.quizzes.services import bank
from lms.quizzes.services.bank import Entry, Owner
from tests import factories
from tests.authoring import uploads
from tests.authoring.people import Desk
from tests.authoring.uploads import huge, photo, picture
from tests.conftest import Visitor, counted_queries, reread

OWN = "/manage/courses/innovation/bank"
SHARED = "/manage/bank"


def question(name: str, text: str = "", **values: object) -> kinds.Question:
    return replace(factories.choice(name), text=text or f"What is {name}?", **values)


def put(owner: Owner, name: str, path: str = "Budget", text: str = "", **values: object) -> int:
    versions = {"en": question(name, text, **values), "km": question(name, "ពន្ធ?", **values)}
    with db.transaction():
        return bank.add(owner, path, versions, None).id


def entry(id_: int) -> Entry:
    reread()
    return bank.find(id_) or pytest.fail("no such question")


# Looking for questions


def test_the_list_shows_what_is_looked_for_in_a_category_and_below(trainer: Visitor, at: Desk) -> None:
    put(at.course, "tax", "Budget/Basics", tags=("law",))
    put(at.course, "fee", "Market")
    everything = trainer.get(f"{OWN}/").text
    assert "tax" in everything
    assert "fee" in everything
    found = trainer.get(f"{OWN}/?category=Budget").text
    assert ">tax</a>" in found
    assert ">fee</a>" not in found
    assert ">fee</a>" in trainer.get(f"{OWN}/?words=what+FEE&kind=single").text
    assert ">tax</a>" in trainer.get(f"{OWN}/?tag=law").text
    assert "No question is found." in trainer.get(f"{OWN}/?archived=1&words=tax").text


def test_each_bank_shows_its_own(trainer: Visitor, at: Desk) -> None:
    one = put(at.course, "ours")
    other = put(None, "everybodys")
    assert ">everybodys</a>" not in trainer.get(f"{OWN}/").text
    assert ">everybodys</a>" in trainer.get(f"{SHARED}/").text
    assert trainer.get(f"{SHARED}/questions/{one}").status_code == 404
    assert trainer.get(f"{OWN}/questions/{other}").status_code == 404


def test_the_shared_bank_is_for_those_who_write_courses(client: Visitor, at: Desk) -> None:
    assert client.sign_in(factories.learner()).get(f"{SHARED}/").status_code == 403
    assert client.sign_in(factories.officer()).get(f"{SHARED}/").status_code == 403
    assert client.sign_in(factories.trainer()).get(f"{SHARED}/").status_code == 200
    assert client.get(f"{OWN}/").status_code == 403


def test_a_longer_list_costs_no_more_queries(trainer: Visitor, at: Desk) -> None:
    put(at.course, "first")
    trainer.get(f"{OWN}/")
    with counted_queries() as few:
        trainer.get(f"{OWN}/")
    for number in range(40):
        put(at.course, f"q{number}", f"Budget/{number}", tags=(f"tag{number}",))
    with counted_queries() as many:
        page = trainer.get(f"{OWN}/")
    assert "Page 1 of 2" in page.text
    assert len(many) == len(few) <= 12


# One question


def test_a_question_shows_its_wordings_versions_and_who_wrote_them(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax", text="Old words?")
    found = entry(id_)
    with db.transaction():
        bank.save(found, 1, "Budget", {**found.versions, "en": question("tax", "New words?")}, at.trainer)
    page = trainer.get(f"{OWN}/questions/{id_}").text
    assert "New words?" in page
    assert "ពន្ធ?" in page
    assert at.trainer.name in page
    old = trainer.get(f"{OWN}/questions/{id_}/versions/1").text
    assert "Old words?" in old
    assert "This is an old version." in old
    assert trainer.get(f"{OWN}/questions/{id_}/versions/3").status_code == 404


def test_a_question_shows_the_quizzes_and_drafts_that_ask_it(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax", "Budget/Basics")
    assert "No quiz asks it yet." in trainer.get(f"{OWN}/questions/{id_}").text
    at.write("quiz", draws=[Draw(category="Budget", number=2).to_json()])
    assert "in the draft" in trainer.get(f"{OWN}/questions/{id_}").text
    with db.transaction():
        quiz = db.session.query(Quiz).one()
        quiz.draws = [Draw(question="tax").to_json()]
    assert "by its name" in trainer.get(f"{OWN}/questions/{id_}").text


def test_moving_a_question_makes_the_category_and_no_version(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    assert trainer.submit(f"{OWN}/questions/{id_}/move", category=" Law / Fees ").status_code == 302
    assert (entry(id_).category, entry(id_).row.version) == ("Law/Fees", 1)
    assert trainer.submit(f"{OWN}/questions/{id_}/move", category=" / ").status_code == 422
    assert entry(id_).category == "Law/Fees"


def test_a_copy_has_a_free_name_and_its_pictures(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    send(trainer, id_, picture(), "map.png")
    answer = trainer.submit(f"{OWN}/questions/{id_}/copy", into="same")
    copied = entry(int(answer.location.rpartition("/")[2]))
    assert copied.row.name == "tax-2"
    assert copied.versions["en"] == replace(entry(id_).versions["en"], name="tax-2")
    assert [file.path for file in bank.files(copied.row)] == ["images/map.png"]


def test_a_copy_goes_to_all_courses_and_back(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    shared = trainer.submit(f"{OWN}/questions/{id_}/copy", into="shared").location
    assert shared.startswith("/manage/bank/questions/")
    back = trainer.submit(f"{shared}/copy", into="innovation").location
    assert back.startswith(f"{OWN}/questions/")
    assert entry(int(back.rpartition("/")[2])).row.name == "tax-2"


def test_nothing_is_copied_into_a_course_of_others(trainer: Visitor, at: Desk) -> None:
    factories.course("theirs")
    id_ = put(at.course, "tax")
    assert trainer.submit(f"{OWN}/questions/{id_}/copy", into="theirs").status_code == 403
    assert bank.search(factories_course("theirs"), bank.Search()).count == 0


def factories_course(slug: str) -> Course:
    reread()
    return db.session.query(Course).filter_by(slug=slug).one()


def test_an_archived_question_leaves_the_list_and_comes_back(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    trainer.submit(f"{OWN}/questions/{id_}/archive", archived="1")
    assert ">tax</a>" not in trainer.get(f"{OWN}/").text
    assert ">tax</a>" in trainer.get(f"{OWN}/?archived=1").text
    trainer.submit(f"{OWN}/questions/{id_}/archive", archived="0")
    assert ">tax</a>" in trainer.get(f"{OWN}/").text


# Categories


def test_the_tree_counts_what_is_below(trainer: Visitor, at: Desk) -> None:
    put(at.course, "a", "Budget/Basics")
    put(at.course, "b", "Budget/Basics/Tax")
    put(at.course, "c", "Budget")
    page = trainer.get(f"{OWN}/categories").text
    assert "Budget (3)" in page
    assert "Budget › Basics (2)" in page
    assert "Budget › Basics › Tax (1)" in page


def test_a_category_is_renamed_with_what_is_below_and_quizzes_follow(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax", "Budget/Basics")
    other = put(None, "tax", "Budget/Basics")
    draws = [Draw(category="Budget/Basics", number=1).to_json(), Draw(category="Budget", shared=True).to_json()]
    at.write("quiz", draws=draws)
    with db.transaction():
        db.session.query(Quiz).one().draws = draws
    answer = trainer.submit(f"{OWN}/categories", **{"from": "Budget", "to": "Money / Plans"})
    assert answer.status_code == 302
    assert entry(id_).category == "Money/Plans/Basics"
    assert entry(other).category == "Budget/Basics"
    now = [Draw(category="Money/Plans/Basics", number=1).to_json(), Draw(category="Budget", shared=True).to_json()]
    assert at.part("quiz").content["draws"] == now
    assert db.session.query(Quiz).one().draws == now


def test_a_category_can_move_into_itself_or_into_another(trainer: Visitor, at: Desk) -> None:
    deep, top = put(at.course, "deep", "A/B"), put(at.course, "top", "A")
    trainer.submit(f"{OWN}/categories", **{"from": "A", "to": "A/B"})
    assert (entry(deep).category, entry(top).category) == ("A/B/B", "A/B")
    trainer.submit(f"{OWN}/categories", **{"from": "A/B/B", "to": "A/B"})
    assert (entry(deep).category, entry(top).category) == ("A/B", "A/B")
    assert bank.categories(at.course) == [("A/B", 2)]


def test_of_an_archived_question_no_version_is_called_asked(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    assert "asked now" in trainer.get(f"{OWN}/questions/{id_}").text
    trainer.submit(f"{OWN}/questions/{id_}/archive", archived="1")
    assert "asked now" not in trainer.get(f"{OWN}/questions/{id_}").text


def test_a_category_named_as_before_keeps_its_questions(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax", "A/B")
    assert trainer.submit(f"{OWN}/categories", **{"from": "A", "to": " A "}).status_code == 302
    assert entry(id_).category == "A/B"


def test_out_of_another_category_each_goes_one_step_up(trainer: Visitor, at: Desk) -> None:
    top, deep = put(at.course, "top", "A/B"), put(at.course, "deep", "A/B/B")
    trainer.submit(f"{OWN}/categories", **{"from": "A/B", "to": "A"})
    assert (entry(top).category, entry(deep).category) == ("A", "A/B")


@pytest.mark.parametrize(("old", "new", "status"), [("A", "", 422), ("A", "x" * 256, 422), ("B", "C", 404)])
def test_a_name_that_cannot_be_changes_nothing(trainer: Visitor, at: Desk, old: str, new: str, status: int) -> None:
    put(at.course, "one", "A")
    assert trainer.submit(f"{OWN}/categories", **{"from": old, "to": new}).status_code == status
    assert bank.categories(at.course) == [("A", 1)]


# Pictures


def send(visitor: Visitor, id_: int, data: bytes, name: str) -> int:
    return uploads.send(visitor, f"{OWN}/questions/{id_}/files", data, name).status_code


def test_a_picture_is_drawn_anew_and_shown_to_trainers_alone(trainer: Visitor, at: Desk, client: Visitor) -> None:
    id_ = put(at.course, "tax", text="![Map](images/the-map.jpg)")
    assert send(trainer, id_, photo(), "The Map!.JPG") == 302
    address = f"{OWN}/questions/{id_}/files/images/the-map.jpg"
    assert f'src="{address}"' in trainer.get(f"{OWN}/questions/{id_}").text
    answer = trainer.get(address)
    assert answer.mimetype == "image/jpeg"
    assert b"SECRET" not in answer.data
    assert client.sign_in(factories.learner()).get(address).status_code == 403


def test_another_picture_of_that_name_replaces_none(trainer: Visitor, at: Desk) -> None:
    id_ = put(at.course, "tax")
    for size in ((80, 60), (81, 60), (80, 60)):
        send(trainer, id_, picture(size=size), "map.png")
    paths = [file.path for file in bank.files(entry(id_).row)]
    assert "images/map.png" in paths
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("data", [b"", b"MZ program", huge(), b"<html><script>"])
def test_what_is_no_sound_picture_is_refused(trainer: Visitor, at: Desk, data: bytes) -> None:
    id_ = put(at.course, "tax")
    assert send(trainer, id_, data, "map.png") == 422
    assert bank.files(entry(id_).row) == []

"""A trainer edits a quiz in the browser: by forms and as GIFT, beside other trainers, without losing a word."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import DraftFile, DraftPart
from lms.courses.models import Course
from lms.quizzes import formats, gift
from lms.quizzes.draws import Draw
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Attempt, Question
from lms.quizzes.services import bank
from tests import factories
from tests.authoring import uploads
from tests.conftest import Visitor, counted_queries, reread

QUIZ = "/manage/courses/innovation/edit/quizzes/quiz"
CHOICE = {
    "kind": "single",
    "rows": "4",
    "text-en": "Which?",
    "option-0-en": "This",
    "option-1-en": "That",
    "right": "0",
}
SETTINGS = {"title-en": "Final quiz", "pass_mark": "70", "per_page": "3", "attempts": "2"}


@pytest.fixture
def course(app: Flask) -> Course:
    made = factories.course()
    factories.quiz(made)
    return made


@pytest.fixture
def tola(course: Course, client: Visitor) -> Person:
    made = factories.trainer(of=course)
    client.sign_in(made)
    client.get(QUIZ)
    return made


def part() -> DraftPart:
    reread()
    return db.session.scalars(select(DraftPart).where(DraftPart.slug == "quiz")).one()


def stored(code: str = "en") -> list[str]:
    return [question.name for question in gift.parse(part().content["gift"].get(code, ""))]


def change(**content: object) -> None:
    """What another trainer saves meanwhile."""
    row = part()
    with db.transaction():
        row.content = {**row.content, **content}
        row.version += 1


def send(client: Visitor, view: str = "", seen: int | None = None, **fields: object):
    values = {"seen": part().version if seen is None else seen, **fields}
    return client.submit(f"{QUIZ}{view}", **values)


def filled(html: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
    assert found, name
    return unescape(found[1])


# Questions, by forms


def test_the_list_shows_each_question_and_what_is_not_translated(tola: Person, client: Visitor) -> None:
    page = client.get(QUIZ)
    assert page.status_code == 200
    assert "What of q1?" in page.text
    assert page.text.count("ភាសាខ្មែរ is missing") == 3


def test_a_new_question_is_written_in_both_languages(tola: Person, client: Visitor) -> None:
    fields = {**CHOICE, "text-km": "មួយណា {~=}?", "option-0-km": "នេះ", "option-1-km": "នោះ", "note-0-en": "Yes #1"}
    assert send(client, "/questions/new", **fields).status_code == 302
    assert stored() == ["q1", "q2", "q3", "which"]
    added = gift.parse(part().content["gift"]["km"])[0]
    assert (added.name, added.text, added.kind) == ("which", "មួយណា {~=}?", Kind.single)
    assert gift.parse(part().content["gift"]["en"])[-1].options[0].feedback == "Yes #1"


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_a_form(tola: Person, client: Visitor, kind: Kind) -> None:
    page = client.get(f"{QUIZ}/questions/new?kind={kind}")
    assert page.status_code == 200
    assert 'name="text-km"' in page.text


def test_an_unknown_kind_leads_back_to_the_list(tola: Person, client: Visitor) -> None:
    assert client.get(f"{QUIZ}/questions/new?kind=poem").location == QUIZ


def test_a_question_is_edited_where_it_stands(tola: Person, client: Visitor) -> None:
    page = client.get(f"{QUIZ}/questions/2")
    assert filled(page.text, "text-en") == "What of q2?"
    send(client, "/questions/2", **{**CHOICE, "key": "q2"})
    assert stored() == ["q1", "q2", "q3"]
    assert gift.parse(part().content["gift"]["en"])[1].text == "Which?"


def test_more_rows_are_shown_with_what_was_typed_and_nothing_is_saved(tola: Person, client: Visitor) -> None:
    before = part().version
    page = send(client, "/questions/new", **{**CHOICE, "go": "more-rows", "text-km": "<មួយណា>"})
    assert page.status_code == 200
    assert 'name="option-6-km"' in page.text
    assert (filled(page.text, "text-km"), filled(page.text, "option-1-en")) == ("<មួយណា>", "That")
    assert part().version == before


def test_a_question_with_a_mistake_is_refused_with_everything_kept(tola: Person, client: Visitor) -> None:
    page = send(client, "/questions/new", **{**CHOICE, "text-km": "មួយណា?"})
    assert page.status_code == 422
    assert 'id="option-0-km-error"' in page.text
    assert (filled(page.text, "text-km"), filled(page.text, "option-1-en")) == ("មួយណា?", "That")
    assert stored() == ["q1", "q2", "q3"]


def test_the_form_opens_again_for_the_next_question(tola: Person, client: Visitor) -> None:
    answer = send(client, "/questions/new", **{**CHOICE, "go": "another"})
    assert answer.location == f"{QUIZ}/questions/new?kind=single"


def test_a_question_moves_up_is_copied_and_deleted(tola: Person, client: Visitor) -> None:
    send(client, "/move", key="q2", by=-1)
    assert stored() == ["q2", "q1", "q3"]
    send(client, "/copy", key="q1")
    assert stored() == ["q2", "q1", "q1-2", "q3"]
    assert "What of q2?" in client.get(f"{QUIZ}/questions/1/delete").text
    send(client, "/questions/1/delete", key="q2")
    assert stored() == ["q1", "q1-2", "q3"]


def test_a_question_that_is_not_there_is_not_found(tola: Person, client: Visitor) -> None:
    assert client.get(f"{QUIZ}/questions/4").status_code == 404
    assert client.get(f"{QUIZ}/questions/0/delete").status_code == 404
    assert client.get(QUIZ.replace("quizzes/quiz", "quizzes/lesson-1")).status_code == 404


ORDER = {"kind": "ordering", "rows": "4", "text-en": "In order?", "option-0-en": "Plan", "option-1-en": "Do"}


def test_what_gift_cannot_hold_makes_the_text_xml_and_says_so(tola: Person, client: Visitor) -> None:
    send(client, "/questions/new", **ORDER)
    text = part().content["gift"]["en"]
    assert formats.is_xml(text)
    assert [question.kind for question in formats.read_text(text)] == [Kind.single] * 3 + [Kind.ordering]
    page = client.get(QUIZ)
    assert "kept as Moodle XML now" in page.text
    assert "Things to put in order" in page.text
    send(client, "/questions/new", **CHOICE)
    assert "kept as Moodle XML now" not in client.get(QUIZ).text


def test_questions_of_an_xml_text_are_edited_moved_and_deleted(tola: Person, client: Visitor) -> None:
    send(client, "/questions/new", **ORDER)
    send(client, "/questions/4", **{**ORDER, "key": "in-order", "option-2-en": "Look"})
    send(client, "/move", key="in-order", by=-1)
    send(client, "/copy", key="q1")
    send(client, "/questions/3/delete", key="q2")
    found = formats.read_text(part().content["gift"]["en"])
    assert [question.name for question in found] == ["q1", "q1-2", "in-order", "q3"]
    assert [option.text for option in found[2].options] == ["Plan", "Do", "Look"]


def test_xml_with_a_mistake_is_kept_and_told_by_its_line(tola: Person, client: Visitor) -> None:
    text = '<quiz>\n<question type="essay">\n<name><text>a</text></name>\n</question>\n</quiz>'
    send(client, "/text", **{"gift-en": text})
    assert part().content["gift"] == {"en": text}
    assert "Line 2: The question has no text." in client.get(f"{QUIZ}/text").text


GAPS = {
    "kind": "gaps",
    "gaps": "1",
    "text-en": "The [[1]] decides.",
    "gap-0-kind": "single",
    "gap-0-option-0-en": "council",
    "gap-0-option-1-en": "clerk",
    "gap-0-right": "0",
}


def test_a_gap_is_added_where_it_is_asked_for(tola: Person, client: Visitor) -> None:
    page = send(client, "/questions/new", **{**GAPS, "go": "more-gaps", "gap-kind": "numerical"})
    assert page.status_code == 200
    assert 'name="gap-1-number-0"' in page.text
    assert filled(page.text, "gap-0-option-0-en") == "council"
    assert 'name="gap-0-right" value="0" checked' in page.text


def test_what_is_wrong_with_a_gap_stands_in_the_gap(tola: Person, client: Visitor) -> None:
    page = send(client, "/questions/new", **{**GAPS, "gap-0-right": ""})
    assert page.status_code == 422
    assert 'id="gap-0--error"' in page.text


# Pictures


def upload(client: Visitor, data: bytes, **fields: str) -> TestResponse:
    return uploads.send(client, f"{QUIZ}/questions/new", data, "map.png", seen=part().version, go="picture", **fields)


def test_a_picture_is_added_to_the_unit_and_what_was_typed_stays(tola: Person, client: Visitor) -> None:
    before = part().version
    page = upload(client, uploads.photo(), **CHOICE)
    assert page.status_code == 200
    assert filled(page.text, "text-en") == "Which?"
    assert "![What the picture shows](images/map.jpg)" in page.text
    assert part().version == before
    kept = db.session.scalars(select(DraftFile)).one()
    assert kept.path == "unit-1/images/map.jpg"


def test_what_is_no_sound_picture_is_refused_with_everything_kept(tola: Person, client: Visitor) -> None:
    for data in (b"", uploads.pdf(), uploads.huge()):
        page = upload(client, data, **CHOICE)
        assert page.status_code == 422
        assert 'id="file-error"' in page.text
        assert filled(page.text, "text-en") == "Which?"
    assert db.session.scalars(select(DraftFile)).all() == []


def test_a_question_shows_its_picture_when_it_is_tried(tola: Person, client: Visitor) -> None:
    upload(client, uploads.photo(), **CHOICE)
    send(client, "/questions/new", **{**CHOICE, "text-en": "Where is this? ![Map](images/map.jpg)"})
    page = client.get(f"{QUIZ}/preview").text
    assert 'src="/manage/courses/innovation/edit/files/unit-1/images/map.jpg"' in page


# Two trainers at once


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (ORDER, ["In order?", '<li class="given"><p>Plan</p>']),
        (GAPS, ["The [[1]] decides.", "council", "clerk"]),
        (
            {"kind": "essay", "text-en": "Describe.", "criterion-0-en": "Clarity", "level-0-0-en": "Poor"}
            | {"level-0-1-en": "Good", "points-0-1": "2", "grader_notes-en": "Be kind."},
            ["Describe.", "Clarity", "Good", "2 points", "Be kind."],
        ),
    ],
)
def test_a_conflict_shows_questions_of_every_kind_in_full(
    tola: Person, client: Visitor, fields: dict[str, str], words: list[str]
) -> None:
    seen = part().version
    send(client, "/questions/1", **{**fields, "key": "q1"})
    page = send(client, "/questions/1", seen, **{**CHOICE, "key": "q1"})
    assert page.status_code == 409
    theirs = page.text[page.text.index("What is saved now") : page.text.index('<form class="wide"')]
    for word in words:
        assert word in theirs


def test_who_is_slower_with_a_question_sees_both_and_can_save_again(tola: Person, client: Visitor) -> None:
    seen = part().version
    theirs = part().content["gift"]["en"].replace("What of q2?", "What of q2, says Dara?")
    change(gift={"en": theirs})
    page = send(client, "/questions/2", seen, **{**CHOICE, "key": "q2"})
    assert page.status_code == 409
    assert filled(page.text, "text-en") == "Which?"
    assert "What of q2, says Dara?" in page.text
    assert part().content["gift"]["en"] == theirs
    assert f'name="seen" value="{part().version}"' in page.text
    assert send(client, "/questions/2", **{**CHOICE, "key": "q2"}).status_code == 302
    assert "Which?" in part().content["gift"]["en"]


def test_a_question_that_was_deleted_meanwhile_is_not_lost(tola: Person, client: Visitor) -> None:
    seen = part().version
    change(gift={"en": "::q1:: One? {T}"})
    page = send(client, "/questions/3", seen, **{**CHOICE, "key": "q3"})
    assert page.status_code == 409
    assert "not there any more" in page.text
    assert send(client, "/questions/3", **{**CHOICE, "key": "q3"}).status_code == 302
    assert stored() == ["q1", "which"]


def test_a_question_is_not_saved_over_text_that_cannot_be_read(tola: Person, client: Visitor) -> None:
    seen = part().version
    change(gift={"en": "::q1:: One? {"})
    for version in (seen, part().version):
        page = send(client, "/questions/1", version, **{**CHOICE, "key": "q1"})
        assert page.status_code == 409
        assert filled(page.text, "text-en") == "Which?"
    assert part().content["gift"] == {"en": "::q1:: One? {"}


def test_who_is_slower_with_the_text_sees_both(tola: Person, client: Visitor) -> None:
    seen = part().version
    change(gift={"en": "::theirs:: One? {T}"})
    page = send(client, "/text", seen, **{"gift-en": "::mine:: One? {F}"})
    assert page.status_code == 409
    assert filled(page.text, "gift-en") == "::mine:: One? {F}"
    assert "::theirs:: One? {T}" in page.text
    assert stored() == ["theirs"]


def test_who_is_slower_with_the_settings_sees_both(tola: Person, client: Visitor) -> None:
    seen = part().version
    change(title={"en": "Title of theirs"})
    page = send(client, "", seen, **SETTINGS)
    assert page.status_code == 409
    assert filled(page.text, "title-en") == "Final quiz"
    assert "Title of theirs" in page.text
    assert part().content["title"] == {"en": "Title of theirs"}


@pytest.mark.parametrize("view", ["/move", "/copy", "/questions/1/delete"])
def test_who_is_slower_with_the_list_changes_nothing_and_is_told(tola: Person, client: Visitor, view: str) -> None:
    seen = part().version
    change(gift={"en": "::q1:: One? {T}\n\n::q2:: Two? {T}"})
    answer = send(client, view, seen, key="q1", by=1)
    assert answer.status_code == 302
    assert "Somebody else has changed this quiz" in client.get(QUIZ).text
    assert stored() == ["q1", "q2"]


# As text


def test_text_with_mistakes_is_kept_and_each_is_told_by_its_line(tola: Person, client: Visitor) -> None:
    text = "::one:: One? {T}\n\n::two:: Two? {\n=a\n~%x%b\n}\n"
    answer = send(client, "/text", **{"gift-en": text.replace("\n", "\r\n")})
    assert answer.location == f"{QUIZ}/text"
    assert part().content["gift"] == {"en": text}
    page = client.get(f"{QUIZ}/text").text
    assert filled(page, "gift-en") == text
    assert "Line 5: “x” is not a number." in page
    listing = client.get(QUIZ).text
    assert "cannot be read" in listing
    assert "/questions/1" not in listing


def test_languages_that_do_not_say_the_same_are_told_apart(tola: Person, client: Visitor) -> None:
    send(client, "/text", **{"gift-en": "::a:: A? {T}", "gift-km": "::a:: ក? {F}"})
    assert "not the same weights" in client.get(f"{QUIZ}/text").text.replace("have not", "not")
    assert "not the same weights" in client.get(QUIZ).text.replace("have not", "not")


def test_sound_text_leads_back_to_the_list(tola: Person, client: Visitor) -> None:
    assert send(client, "/text", **{"gift-en": "// Why\n::a:: A? {T}\n", "gift-km": " "}).location == QUIZ
    assert part().content["gift"] == {"en": "// Why\n::a:: A? {T}\n"}


def test_a_picture_that_the_unit_lacks_is_told_where_the_quiz_is_written(tola: Person, client: Visitor) -> None:
    change(gift={"en": "::map:: What is on ![the map](images/map.png)? {T}\n"})
    missing = "There is no picture “images/map.png” in the unit&#39;s folder."
    assert [missing in client.get(f"{QUIZ}{view}").text for view in ("", "/text")] == [True, True]
    unit = db.session.get_one(DraftPart, part().unit_id).slug
    uploads.send(client, f"/manage/courses/innovation/edit/units/{unit}/files", uploads.picture(), "map.png")
    assert [missing in client.get(f"{QUIZ}{view}").text for view in ("", "/text")] == [False, False]


def test_what_comes_from_moodle_gets_names_and_keeps_its_comments(tola: Person, client: Visitor) -> None:
    text = "// question: 7  name: x\n$CATEGORY: $course$/top\n\n[html]<p>Is A right?</p>{TRUE#Yes#No}\n"
    send(client, "/text", **{"gift-en": text})
    question = gift.parse(part().content["gift"]["en"])[0]
    assert (question.name, question.format) == ("is-a-right", "html")
    assert "// question: 7  name: x" in part().content["gift"]["en"]


def test_the_same_question_in_two_languages_gets_one_name(tola: Person, client: Visitor) -> None:
    send(client, "/text", **{"gift-en": "Is A right? {T}", "gift-km": "ក ត្រូវឬ? {T}"})
    assert stored() == stored("km") == ["is-a-right"]


def test_a_quiz_without_questions_says_how_to_begin(tola: Person, client: Visitor) -> None:
    send(client, "/text", **{"gift-en": ""})
    assert "There is no question yet." in client.get(QUIZ).text
    assert "There is no question yet." in client.get(f"{QUIZ}/preview").text
    send(client, "/questions/new", **CHOICE)
    assert stored() == ["which"]


# Settings and preview


def test_settings_are_saved_and_shown(tola: Person, client: Visitor) -> None:
    assert send(client, "", **SETTINGS).status_code == 302
    content = part().content
    assert content["title"] == {"en": "Final quiz"}
    assert (content["pass_mark"], content["attempts"], content["per_page"]) == (70, 2, 3)
    assert (content["shuffle"], content["final"]) == (False, False)
    assert filled(client.get(QUIZ).text, "title-en") == "Final quiz"


def test_settings_that_cannot_be_are_refused_with_everything_kept(tola: Person, client: Visitor) -> None:
    page = send(client, "", **{**SETTINGS, "pass_mark": "most"})
    assert page.status_code == 422
    assert 'value="most"' in page.text
    assert 'id="pass_mark-error"' in page.text
    assert part().content["pass_mark"] == 60


def test_trying_the_quiz_gives_a_score_and_records_nothing(tola: Person, client: Visitor) -> None:
    page = client.get(f"{QUIZ}/preview")
    assert page.text.count("<fieldset") == 3
    page = client.submit(f"{QUIZ}/preview", q1="0", q2="0", q3="1")
    assert "66.7" in page.text
    assert "Think of the villagers" in page.text
    reread()
    assert db.session.scalars(select(Attempt)).all() == []
    assert len(db.session.scalars(select(Question)).all()) == 3


def write(client: Visitor, **settings: object) -> None:
    """A quiz of a choice with a hint, and an order."""
    send(client, "/text", **{"gift-en": "::one:: One? {=Yes ~No}"})
    send(client, "/questions/1", **{**CHOICE, "key": "one", "hint-0-en": "Think again.", "penalty": "50"})
    send(client, "/questions/new", **ORDER)
    change(**settings)


def test_every_kind_can_be_tried(tola: Person, client: Visitor) -> None:
    send(client, "/text", **{"gift-en": ""})
    essay = {"kind": "essay", "text-en": "Describe."}
    for fields in (ORDER, GAPS, essay, {**CHOICE, "kind": "multiple", "right-0": "1"}):
        send(client, "/questions/new", **fields)
    assert client.get(f"{QUIZ}/preview").text.count('<fieldset class="question"') == 4
    answers = {"q1": ["0:1", "1:2"], "q2.0": "0", "q3": "I came late.", "q4": "0"}
    page = client.submit(f"{QUIZ}/preview", **answers)
    assert "Score: 75 %" in page.text.replace("\u00a0", " ")
    assert "a person grades them" in page.text


def test_a_wrong_try_earns_a_hint_and_costs_its_penalty(tola: Person, client: Visitor) -> None:
    write(client, tries=True)
    page = client.submit(f"{QUIZ}/preview", q1="1", check="1")
    assert "Think again." in page.text
    assert "Score:" not in page.text
    kept = unescape(re.search(r'name="tries1" value="([^"]*)"', page.text)[1])  # type: ignore[index]
    assert kept == '[["1"]]'
    page = client.submit(f"{QUIZ}/preview", q1="0", q2=["0:1", "1:2"], tries1=kept)
    assert "Score: 75 %" in page.text.replace("\u00a0", " ")


def test_a_question_without_a_try_left_keeps_its_answer(tola: Person, client: Visitor) -> None:
    write(client, tries=True)
    page = client.submit(f"{QUIZ}/preview", q1="1", check="1", tries1='[["1"]]')
    assert 'name="q1"' in page.text
    page = client.submit(f"{QUIZ}/preview", q1="0", check="1", tries1='[["1"]]')
    assert 'name="q1"' not in page.text
    page = client.submit(f"{QUIZ}/preview", q2=["0:1", "1:2"], tries1='[["1"], ["0"]]')
    assert "Score: 75 %" in page.text.replace("\u00a0", " ")


@pytest.mark.parametrize("said", ["", "{", "[" * 19_000, '{"a": 1}', '[1, ["x", 2], [["0"]]]', "null"])
def test_whatever_the_page_says_of_earlier_tries_is_read(tola: Person, client: Visitor, said: str) -> None:
    write(client, tries=True)
    assert client.submit(f"{QUIZ}/preview", q1="0", tries1=said, check="1").status_code == 200


def test_what_is_drawn_from_the_bank_is_tried_too(tola: Person, client: Visitor, course: Course) -> None:
    with db.transaction():
        bank.add(course, "Budget", {"en": factories.choice("fees")}, None)
    change(draws=[Draw(category="Budget", number=2).to_json()])
    page = client.get(f"{QUIZ}/preview").text
    assert "What of fees?" in page
    assert "What is taken from the question bank stands at the end" in page
    page = client.submit(f"{QUIZ}/preview", q1="0", q2="0", q3="0", q4="1")
    assert "Score: 75 %" in page.text.replace("\u00a0", " ")
    assert len(db.session.scalars(select(Question)).all()) == 3


def test_learners_see_nothing_of_a_draft(tola: Person, client: Visitor) -> None:
    send(client, "/text", **{"gift-en": "::new:: Brand new? {T}"})
    assert "Brand new?" not in client.get("/courses/innovation/lessons/quiz/").text


@pytest.mark.parametrize("view", ["", "/text", "/questions/new?kind=single", "/questions/1", "/preview"])
def test_only_those_who_look_after_the_course_come_in(client: Visitor, course: Course, view: str) -> None:
    for person, status in [(factories.trainer(), 403), (factories.learner(), 403), (factories.admin(), 200)]:
        assert client.sign_in(person).get(QUIZ + view).status_code == status


def test_a_long_quiz_takes_as_many_queries_as_a_short_one(tola: Person, client: Visitor) -> None:
    with counted_queries() as few:
        client.get(QUIZ)
    change(gift={"en": "\n\n".join(f"::q{at}:: Q{at}? {{T}}" for at in range(200))})
    with counted_queries() as many:
        client.get(QUIZ)
    assert len(many) == len(few) <= 8

"""Questions of files into the bank and into quizzes, by the browser: looked at first, then taken whole."""

import base64
import re
from dataclasses import replace

import pytest
from flask import Flask

from lms import db
from lms.authoring.services import importing as steps
from lms.authoring.services.taking import IntoBank
from lms.errors import ConflictError
from lms.quizzes import importing, kinds
from lms.quizzes.kinds import Kind, Option, Pair, Question
from lms.quizzes.services import bank
from lms.quizzes.services.bank import Entry, Owner, Search
from tests import factories
from tests.authoring import uploads
from tests.authoring.people import Desk
from tests.conftest import Visitor, counted_queries, reread

OWN = "/manage/courses/innovation/bank"
QUIZ = "/manage/courses/innovation/edit/quizzes/quiz"
GIFT = """\
$CATEGORY: $course$/top/Budget/Tax

::fee:: Is there a fee? {=Yes ~No}

::head:: Who is head? {=The chief ~The clerk}
"""
AIKEN = "Who pays?\nA. The market\nB. The seller\nANSWER: B\n"
LACKING = GIFT + "\n::broken:: No right answer {~A ~B}\n"


def look(visitor: Visitor, text: str | bytes, to: str = OWN, name: str = "questions.txt") -> str:
    """The address of the page that says what would happen."""
    data = text if isinstance(text, bytes) else text.encode()
    answer = uploads.send(visitor, f"{to}/import", data, name)
    assert answer.status_code == 302, answer.text
    return answer.location


def refused(visitor: Visitor, data: bytes, to: str = OWN) -> str:
    answer = uploads.send(visitor, f"{to}/import", data, "questions.txt")
    assert answer.status_code == 422
    return answer.text


def take(visitor: Visitor, address: str, **fields: str) -> int:
    """Agrees to what the page shows, with what its form sends."""
    query = dict(re.findall(r"[?&](\w+)=([^&]*)", address))
    page = visitor.get(address).text
    sent = dict(re.findall(r'<input type="hidden" name="(stamp|language|category|all)" value="([^"]*)"', page))
    return visitor.submit(address.partition("?")[0], **{**query, **sent, **fields}).status_code


def imported(visitor: Visitor, text: str | bytes, to: str = OWN, **fields: str) -> int:
    return take(visitor, look(visitor, text, to), **fields)


def found(owner: Owner) -> dict[str, Entry]:
    reread()
    return {entry.row.name: entry for entry in bank.found_all(owner, Search())}


def xml(*questions: str) -> str:
    return f'<?xml version="1.0"?>\n<quiz>\n{"".join(questions)}</quiz>'


def choice(name: str, text: str = "Which?", files: str = "", more: str = "") -> str:
    return f"""<question type="multichoice"><name><text>{name}</text></name>
<questiontext format="html"><text><![CDATA[{text}]]></text>{files}</questiontext>{more}
<answer fraction="100" format="html"><text>A</text></answer><answer fraction="0" format="html"><text>B</text></answer>
<single>true</single></question>
"""


def file(name: str, data: bytes) -> str:
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'


# Looking first


def test_each_question_is_shown_as_a_learner_sees_it_and_nothing_is_taken_yet(trainer: Visitor, at: Desk) -> None:
    page = trainer.get(look(trainer, GIFT)).text
    assert "Is there a fee?" in page
    assert page.count('type="radio"') == 4
    assert "Budget › Tax" in page
    assert "Take these 2 questions" in page
    assert found(at.course) == {}


def test_all_sound_questions_are_taken_with_their_categories(trainer: Visitor, at: Desk) -> None:
    assert imported(trainer, GIFT) == 302
    entries = found(at.course)
    assert {name: entry.category for name, entry in entries.items()} == {"fee": "Budget/Tax", "head": "Budget/Tax"}
    assert bank.history(entries["fee"].row)[0].by_id == at.trainer.id


def test_the_same_file_again_changes_nothing(trainer: Visitor, at: Desk) -> None:
    for text in (GIFT, AIKEN, xml(choice("map", '<img src="@@PLUGINFILE@@/a.png">', file("a.png", uploads.picture())))):
        imported(trainer, text)
        before = {name: (entry.row.version, entry.versions) for name, entry in found(at.course).items()}
        page = trainer.get(look(trainer, text)).text
        assert "There is nothing to do." in page
        assert "Take th" not in page
        assert {name: (entry.row.version, entry.versions) for name, entry in found(at.course).items()} == before


def test_a_question_of_that_name_gets_a_new_version(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    changed = GIFT.replace("Is there a fee?", "Is there any fee?")
    page = trainer.get(look(trainer, changed)).text
    assert "A new version of the one that is here" in page
    assert "Take this question" in page
    imported(trainer, changed)
    entry = found(at.course)["fee"]
    assert (entry.row.version, entry.versions["en"].text) == (2, "Is there any fee?")


def test_another_language_is_the_translation_of_the_same_question(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    khmer = "::fee:: មានកម្រៃទេ? {=មាន ~គ្មាន}"
    assert imported(trainer, khmer) == 302
    entry = found(at.course)["fee"]
    assert set(entry.versions) == {"en", "km"}
    assert entry.category == "Budget/Tax"


def test_a_translation_with_other_answers_is_refused_with_the_reason(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    page = trainer.get(look(trainer, "::fee:: មានកម្រៃទេ? {=មាន ~គ្មាន ~ប្រហែល}")).text
    assert "has not as many answers as in English" in page
    assert "Take th" not in page


def test_a_change_of_the_right_answer_goes_for_all_languages(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    imported(trainer, "::fee:: មានកម្រៃទេ? {=មាន ~គ្មាន}")
    imported(trainer, "::fee:: Is there a fee? {~Yes =No}")
    weights = {code: [one.weight for one in it.options] for code, it in found(at.course)["fee"].versions.items()}
    assert weights == {"en": [0, 100], "km": [0, 100]}


def test_a_translation_as_gift_keeps_what_gift_has_no_place_for(trainer: Visitor, at: Desk) -> None:
    tagged = choice("fee", more="<defaultgrade>3</defaultgrade><tags><tag><text>law</text></tag></tags>")
    imported(trainer, xml(tagged))
    before = found(at.course)["fee"].versions["en"]
    imported(trainer, "::fee:: មានកម្រៃទេ? {=មាន ~គ្មាន}")
    versions = found(at.course)["fee"].versions
    assert versions["en"] == before
    assert (versions["km"].mark, versions["km"].tags) == (3.0, ("law",))
    assert "There is nothing to do." in trainer.get(look(trainer, xml(tagged))).text


def test_what_names_no_category_goes_where_one_says(trainer: Visitor, at: Desk) -> None:
    assert take(trainer, look(trainer, AIKEN) + "?category=Market/Fees") == 302
    assert [entry.category for entry in found(at.course).values()] == ["Market/Fees"]


def test_all_can_go_into_one_category(trainer: Visitor, at: Desk) -> None:
    address = look(trainer, GIFT) + "?category=Law&all=1"
    assert take(trainer, address) == 302
    assert {entry.category for entry in found(at.course).values()} == {"Law"}


def test_an_archived_question_of_that_name_comes_back(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    with db.transaction():
        bank.archive(found(at.course)["fee"].row, archived=True)
    assert "fee" not in found(at.course)
    imported(trainer, GIFT)
    assert found(at.course)["fee"].row.version == 1


# What cannot be taken


def test_what_cannot_be_taken_is_named_with_its_line_and_left_out_only_when_told(trainer: Visitor, at: Desk) -> None:
    address = look(trainer, LACKING)
    page = trainer.get(address).text
    assert "What cannot be taken" in page
    assert "broken" in page
    assert "line 7" in page
    assert take(trainer, address) == 422
    assert found(at.course) == {}
    assert take(trainer, address, sound="1") == 302
    assert set(found(at.course)) == {"fee", "head"}


def test_a_kind_that_we_do_not_have_is_named(trainer: Visitor) -> None:
    calculated = '<question type="calculated"><name><text>area</text></name></question>'
    page = trainer.get(look(trainer, xml(calculated, choice("one")))).text
    assert "“calculated” is a kind of question that is not supported." in page
    assert "Take this question" in page


def test_two_questions_of_one_name_are_both_taken(trainer: Visitor, at: Desk) -> None:
    text = "::fee:: First? {=Yes ~No}\n\n::fee:: Second? {=Yes ~No}\n\n::fee:: First? {=Yes ~No}"
    page = trainer.get(look(trainer, text)).text
    assert "Stands in the file twice: nothing" in page
    assert "It stands on line 1 already." in page
    imported(trainer, text)
    assert {name: entry.versions["en"].text for name, entry in found(at.course).items()} == {
        "fee": "First?",
        "fee (2)": "Second?",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 a zip",
        b"\xff\xfe\x00",
        b"Some prose.\n\nAnd some more.",
        b"<quiz><question",
        b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz/>',
        b"<quiz>" * 50,
        b"<html><body/></html>",
        bytes(range(256)),
    ],
)
def test_a_file_that_is_none_of_these_is_refused_with_the_reason(trainer: Visitor, at: Desk, data: bytes) -> None:
    assert "The file was not taken. Nothing was changed." in refused(trainer, data)
    assert found(at.course) == {}


def test_a_file_has_to_be_chosen(trainer: Visitor) -> None:
    assert trainer.submit(f"{OWN}/import").status_code == 422


def test_a_file_beyond_the_limit_is_refused(app: Flask, trainer: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "LMS_MAX_UPLOAD_BYTES", 1000)
    assert "The file is larger than" in refused(trainer, GIFT.encode() * 20)
    assert uploads.send(trainer, f"{OWN}/import", b"x" * 2_000_000, "large.txt").status_code == 413


def test_a_token_of_another_person_or_place_opens_nothing(trainer: Visitor, at: Desk, client: Visitor) -> None:
    factories.quiz(factories.course("other"))
    address = look(trainer, GIFT)
    token = address.rpartition("/")[2]
    assert trainer.get(f"/manage/bank/import/{token}").status_code == 302
    colleague = factories.trainer(of=at.course)
    reread()
    assert client.sign_in(colleague).get(address).status_code == 302


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_taken(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    address = look(trainer, GIFT.replace("Is there a fee?", "Any fee?"))
    page = trainer.get(address).text
    stamp = re.findall(r'name="stamp" value="(\w+)"', page)[0]
    with db.transaction():
        bank.archive(found(at.course)["head"].row, archived=True)
    assert trainer.submit(address, stamp=stamp, language="en", category="Imported").status_code == 409
    assert found(at.course)["fee"].row.version == 1


# Pictures


def test_embedded_pictures_are_drawn_anew_shown_and_kept(trainer: Visitor, at: Desk) -> None:
    text = xml(choice("map", '<p>See <img src="@@PLUGINFILE@@/a.jpg"></p>', file("a.jpg", uploads.photo())))
    address = look(trainer, text)
    shown = trainer.get(f"{address}/images/a.jpg")
    assert shown.mimetype == "image/jpeg"
    assert b"SECRET" not in shown.data
    assert f'src="{address}/images/a.jpg"' in trainer.get(address).text
    take(trainer, address)
    entry = found(at.course)["map"]
    assert [(row.path, row.content_type) for row in bank.files(entry.row)] == [("images/a.jpg", "image/jpeg")]
    assert 'src="images/a.jpg"' in entry.versions["en"].text


def test_a_picture_gets_the_ending_that_it_has(trainer: Visitor, at: Desk) -> None:
    picture = uploads.picture("GIF", mode="P")
    imported(trainer, xml(choice("map", '<img src="@@PLUGINFILE@@/a.gif">', file("a.gif", picture))))
    entry = found(at.course)["map"]
    assert 'src="images/a.png"' in entry.versions["en"].text
    assert [row.path for row in bank.files(entry.row)] == ["images/a.png"]


def test_another_picture_of_that_name_leaves_the_old_one_to_old_versions(trainer: Visitor, at: Desk) -> None:
    for width in (80, 90):
        data = uploads.picture(size=(width, 60))
        imported(trainer, xml(choice("map", f'{width} <img src="@@PLUGINFILE@@/a.png">', file("a.png", data))))
    entry = found(at.course)["map"]
    assert len(bank.files(entry.row)) == 2
    [newest] = re.findall(r'src="([^"]+)"', entry.versions["en"].text)
    assert newest != "images/a.png"


@pytest.mark.parametrize("data", [b"MZ program", uploads.huge(), uploads.svg("<script>alert(1)</script>")])
def test_a_question_whose_picture_is_not_sound_is_refused(trainer: Visitor, at: Desk, data: bytes) -> None:
    text = xml(choice("map", '<img src="@@PLUGINFILE@@/a.png">', file("a.png", data)), choice("one"))
    page = trainer.get(look(trainer, text)).text
    assert "The picture images/a.png:" in page
    assert "Take this question" in page


# Into a quiz


def test_questions_are_added_to_a_quiz_that_is_being_written(trainer: Visitor, at: Desk) -> None:
    at.write("quiz", gift={"en": "// A comment\n::mine:: Mine? {T}\n"})
    assert imported(trainer, GIFT, QUIZ) == 302
    text = at.part("quiz").content["gift"]["en"]
    assert [question.name for question in importing_names(text)] == ["mine", "fee", "head"]
    assert "// A comment" in text
    assert found(at.course) == {}
    assert "There is nothing to do." in trainer.get(look(trainer, GIFT, QUIZ)).text


def importing_names(text: str) -> list[Question]:
    return importing.read(text.encode(), "quiz").questions


def test_pictures_go_to_the_unit_of_the_quiz(trainer: Visitor, at: Desk) -> None:
    text = xml(choice("map", '<img src="@@PLUGINFILE@@/a.png">', file("a.png", uploads.picture())))
    imported(trainer, text, QUIZ)
    assert trainer.get("/manage/courses/innovation/edit/files/unit-2/images/a.png").mimetype == "image/png"
    assert "There is nothing to do." in trainer.get(look(trainer, text, QUIZ)).text


def test_a_quiz_whose_text_cannot_be_read_takes_nothing(trainer: Visitor, at: Desk) -> None:
    at.write("quiz", gift={"en": "::mine:: Mine? {"})
    answer = trainer.get(f"{QUIZ}/import")
    assert answer.location == f"{QUIZ}/text"


def test_a_picture_that_the_file_lacks_keeps_a_question_out_of_the_bank(trainer: Visitor, at: Desk) -> None:
    shown = '<img src="@@PLUGINFILE@@/gone.png" alt="Gone"> What is this?'
    data = xml(choice("lacking", shown), choice("sound"))
    page = trainer.get(look(trainer, data)).text
    assert "There is no picture “images/gone.png”." in page
    imported(trainer, data, sound="1")
    assert list(found(at.course)) == ["sound"]
    assert imported(trainer, data, QUIZ) == 302, "a quiz may get it later"
    assert "lacking" in str(at.part("quiz").content["gift"])


# Cost


def test_looking_at_a_larger_file_costs_no_more_queries(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    counts = []
    for number in (2, 60):
        text = "\n\n".join(f"::q{at}:: What is {at}? {{=A ~B}}" for at in range(number))
        address = look(trainer, text)
        trainer.get(address)
        with counted_queries() as queries:
            page = trainer.get(address).text
        counts.append(len(queries))
    assert "Page 1 of 3" in page
    assert counts[0] == counts[1] <= 12


# Out and in again

KINDS = [
    factories.choice("single"),
    replace(factories.choice("hinted"), hints=("Think.", "Think more."), penalty=25.0, tags=("law", "ច្បាប់")),
    replace(factories.choice("several"), kind=Kind.multiple, shuffle=False),
    Question("truth", Kind.true_false, "Is it so?", (Option("true", 100, "Yes."), Option("false", 0, "No."))),
    Question("word", Kind.short_answer, "Who?", (Option("the chief*", 100), Option("clerk", 50)), case=True),
    Question("matching", Kind.matching, "Who?", pairs=(Pair("a", "b"), Pair("c", "d"), Pair("", "e"))),
    Question("number", Kind.numerical, "How many?", (Option("25", 100, tolerance=0.5), Option("*", 0, "No."))),
    Question("order", Kind.ordering, "Order.", (Option("one", 0), Option("two", 0), Option("three", 0))),
    Question("essay", Kind.essay, "Write.", min_words=5, max_words=100, grader_notes="Look."),
    Question(
        "gaps",
        Kind.gaps,
        "The [[1]] is [[2]].",
        gaps=(
            kinds.Gap(Kind.single, (Option("sky", 100), Option("sea", 0))),
            kinds.Gap(Kind.short_answer, (Option("blue", 100), Option("*", 0))),
        ),
    ),
]


def test_every_kind_is_among_them() -> None:
    assert {question.kind for question in KINDS} == {*Kind}


@pytest.fixture
def filled(trainer: Visitor, at: Desk) -> Visitor:
    course = at.course
    with db.transaction():
        for question in KINDS:
            bank.add(course, "Budget/Tax", {"en": question}, None)
        row = bank.add(course, "Maps", {"en": replace(factories.choice("map"), text="![M](images/a.jpg)")}, None)
    uploads.send(trainer, f"{OWN}/questions/{row.id}/files", uploads.photo(), "a.jpg")
    return trainer


def export(visitor: Visitor, format_: str, query: str = "", of: str = OWN) -> bytes:
    answer = visitor.get(f"{of}/export/file?language=en&format={format_}{query}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.data


def test_a_bank_as_moodle_xml_imports_to_the_same(filled: Visitor, at: Desk) -> None:
    data = export(filled, "moodle")
    assert "There is nothing to do." in filled.get(look(filled, data)).text
    imported(filled, data, "/manage/bank")
    ours, shared = found(at.course), found(None)
    assert {name: (it.versions, it.category) for name, it in shared.items()} == {
        name: (it.versions, it.category) for name, it in ours.items()
    }
    assert [row.digest for row in bank.files(shared["map"].row)] == [row.digest for row in bank.files(ours["map"].row)]
    assert export(filled, "moodle", of="/manage/bank") == data


def test_what_gift_can_hold_imports_to_the_same_and_the_rest_is_named(filled: Visitor, at: Desk) -> None:
    page = filled.get(f"{OWN}/export").text
    assert "6 questions have more than GIFT can hold" in page
    assert all(name in page for name in ("hinted", "several", "word", "order", "essay", "gaps"))
    data = export(filled, "gift")
    names = [question.name for question in importing.read(data, "x.gift").questions]
    assert sorted(names) == ["map", "matching", "number", "single", "truth"]
    assert "There is nothing to do." in filled.get(look(filled, data)).text


def test_only_what_is_looked_for_is_exported(filled: Visitor) -> None:
    names = [one.name for one in importing.read(export(filled, "moodle", "&category=Maps"), "x.xml").questions]
    assert names == ["map"]


def test_a_quiz_exports_its_questions(trainer: Visitor, at: Desk) -> None:
    at.write("quiz", gift={"en": GIFT.partition("\n\n")[2]})
    data = export(trainer, "gift", of=QUIZ)
    assert [question.name for question in importing.read(data, "x.gift").questions] == ["fee", "head"]
    assert "There is nothing to do." in trainer.get(look(trainer, data, QUIZ)).text


@pytest.mark.parametrize("query", ["language=xx&format=moodle", "language=en&format=aiken"])
def test_a_language_or_format_that_there_is_not_leads_nowhere(filled: Visitor, query: str) -> None:
    assert filled.get(f"{OWN}/export/file?{query}").status_code == 404


def test_an_export_costs_as_many_queries_for_many_questions(trainer: Visitor, at: Desk) -> None:
    counts = []
    for number in (1, 40):
        course = at.course
        with db.transaction():
            for one in range(number):
                bank.add(course, f"C{one}", {"en": factories.choice(f"n{number}-{one}")}, None)
        with counted_queries() as queries:
            export(trainer, "moodle")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# Two at once


def test_of_two_imports_at_once_one_is_taken_whole_and_the_other_not_at_all(app: Flask, at: Desk) -> None:
    """Both have seen the bank empty; who comes second is told, and has changed nothing."""
    data = b"::a:: A? {T}\n\n::fee:: Second? {T}"
    target = IntoBank(at.course)
    with db.transaction():
        digests = [steps.keep(one, "x.gift", 10_000) for one in (GIFT.encode(), data)]
    plans = [steps.plan(target, steps.kept(digest), steps.Wanted("en", "Imported")) for digest in digests]
    with db.transaction():
        target.take(plans[0], at.trainer)
    with pytest.raises(ConflictError), db.transaction():
        target.take(plans[1], at.trainer)
    entries = found(at.course)
    assert set(entries) == {"fee", "head"}
    assert entries["fee"].versions["en"].text == "Is there a fee?"


def test_a_question_that_was_saved_while_a_file_was_looked_at_is_not_replaced(trainer: Visitor, at: Desk) -> None:
    imported(trainer, GIFT)
    address = look(trainer, GIFT.replace("Is there a fee?", "Any fee?"))
    stamp = re.findall(r'name="stamp" value="(\w+)"', trainer.get(address).text)[0]
    entry = found(at.course)["fee"]
    with db.transaction():
        bank.save(entry, 1, entry.category, {"en": replace(entry.versions["en"], text="Theirs?")}, at.trainer)
    answer = trainer.submit(address, stamp=stamp, language="en", category="Imported")
    assert answer.status_code == 409
    assert "Something has changed meanwhile." in answer.text
    assert found(at.course)["fee"].versions["en"].text == "Theirs?"


def test_a_quiz_that_was_changed_meanwhile_is_looked_at_again(trainer: Visitor, at: Desk) -> None:
    at.write("quiz", gift={"en": "::fee:: Old? {T}\n"})
    address = look(trainer, GIFT, QUIZ)
    stamp = re.findall(r'name="stamp" value="(\w+)"', trainer.get(address).text)[0]
    at.write("quiz", gift={"en": "::fee:: Theirs? {T}\n"})
    assert trainer.submit(address, stamp=stamp, language="en").status_code == 409
    assert at.part("quiz").content["gift"] == {"en": "::fee:: Theirs? {T}\n"}

"""Moodle XML written: it reads back as the same questions, and its text can be edited by pieces."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st

from lms.quizzes import moodle
from lms.quizzes.imported import Item
from lms.quizzes.kinds import Kind, Option, Question, Unit
from lms.quizzes.moodle.writing import FOOTER, HEADER
from tests.quizzes.strategies import names, questions

CHOICE = Question("a", Kind.single, "Is 1 < 2?\n\nYes & no ]]> ]]>", (Option("yes", 100), Option("no", 0)))
EDITED = """<?xml version="1.0"?>
<!-- of the office -->
<quiz>
  <!-- about
  two -->
  <question type="category"><category><text>Rice</text></category></question>
  <question type="essay"><name><text>one</text></name><questiontext><text>១?</text></questiontext></question>
<question type="essay"
 ><name><text>two</text></name><questiontext><text>2?</text></questiontext></question >

  <!-- the end -->
</quiz>
"""


@given(questions())
def test_every_question_comes_back_as_it_was_written(question: Question) -> None:
    assert moodle.parse(moodle.write([question])) == [question]


items = st.lists(
    st.builds(
        Item,
        st.just(0),
        questions(),
        st.lists(names.filter(lambda name: name not in ("", "top") and "$" not in name), max_size=2).map(tuple),
        idnumber=names,
    ),
    max_size=3,
)


@given(items)
def test_every_list_comes_back_with_its_categories(written: list[Item]) -> None:
    found = list(moodle.items(moodle.write_items(written)))
    assert [(item.question, item.category, item.idnumber) for item in found] == [
        (item.question, item.category, item.idnumber) for item in written
    ]
    assert all(item.notes == () for item in found)


@given(questions())
def test_another_reader_of_xml_finds_the_same_text(question: Question) -> None:
    root = ET.fromstring(moodle.write([question]))
    assert (root.findtext("question/name/text") or "") == question.name
    if question.kind is not Kind.gaps:
        assert root.findtext("question/questiontext/text") == question.text


def test_the_same_questions_give_the_same_bytes() -> None:
    assert moodle.write([CHOICE]) == moodle.write(moodle.parse(moodle.write([CHOICE])))


def test_moodle_gets_its_own_names_and_fractions() -> None:
    root = ET.fromstring(moodle.write([CHOICE]))
    question = root.find("question")
    assert question is not None
    assert question.get("type") == "multichoice"
    assert question.findtext("penalty") == "0.3333333"
    assert question.findtext("single") == "true"
    assert [answer.get("fraction") for answer in question.findall("answer")] == ["100", "0"]


def test_a_factor_is_written_as_the_multiplier_that_moodle_has() -> None:
    units = (Unit("kg", 1), Unit("g", 0.001), Unit("third", 3))
    question = Question("a", Kind.numerical, "?", (Option("5", 100),), units=units)
    written = moodle.write([question])
    assert re.findall("<multiplier>(.*)</multiplier>", written)[:2] == ["1", "1e+3"]
    assert moodle.parse(written) == [question]


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    question = Question("a\x01", Kind.essay, "b\x0bc\x1f\ufffe")
    assert moodle.parse(moodle.write([question])) == [question]


def test_a_text_is_parted_into_its_questions_with_what_stands_above_each() -> None:
    pieces, rest = moodle.split(EDITED)
    assert len(pieces) == 2
    assert pieces[0].startswith("  <!-- about")
    assert pieces[0].endswith("១?</text></questiontext></question>")
    assert pieces[1].endswith("</question >")
    assert rest == "  <!-- the end -->"


def test_what_was_parted_is_joined_to_the_same_questions() -> None:
    joined = moodle.join(*moodle.split(EDITED))
    assert moodle.parse(joined) == moodle.parse(EDITED)
    assert moodle.join(*moodle.split(joined)) == joined


def test_what_stands_above_a_question_is_told_from_it() -> None:
    pieces, _ = moodle.split(EDITED)
    assert moodle.comments(pieces[0]).endswith("</category></question>")
    assert moodle.comments(pieces[1]) == ""


def test_each_question_has_a_line() -> None:
    assert moodle.lines(EDITED) == [7, 8]


def test_a_file_without_questions_has_none() -> None:
    assert moodle.split("<quiz/>") == ([], "")
    assert moodle.write([]) == HEADER + "\n" + FOOTER
    assert moodle.parse(moodle.write([])) == []

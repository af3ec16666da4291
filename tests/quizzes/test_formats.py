"""One door for the text of a quiz's questions, be it GIFT or Moodle XML."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from lms.quizzes import formats, gift, moodle
from lms.quizzes.imported import FormatError
from lms.quizzes.kinds import Kind, Option, Question
from tests.quizzes.strategies import questions

TRUE = (Option("true", 100), Option("false", 0))
PLAIN = Question("plain", Kind.true_false, "So?", TRUE)
OTHER = Question("other", Kind.true_false, "Or so?", TRUE)
ORDER = Question("order", Kind.ordering, "Sort.", (Option("a", 0), Option("b", 0)))
COMMENTED = "// From -- the office\n" + gift.write([PLAIN])

several = st.lists(questions(), max_size=3, unique_by=lambda question: question.name)


def test_what_gift_holds_is_gift_and_the_rest_is_xml() -> None:
    assert not formats.is_xml(formats.write_text([PLAIN]))
    assert formats.is_xml(formats.write_text([PLAIN, ORDER]))


@given(several)
def test_a_text_comes_back_as_it_was_written(some: list[Question]) -> None:
    assert formats.read_text(formats.write_text(some)) == some


@given(several)
def test_a_text_is_parted_and_joined_to_the_same_questions(some: list[Question]) -> None:
    text = formats.write_text(some)
    pieces, rest = formats.split(text)
    assert len(pieces) == len(formats.lines(text)) == len(some)
    assert formats.read_text(formats.join(pieces, rest)) == some
    assert formats.read_text(formats.join(pieces[::-1], rest)) == some[::-1]


@given(questions(), questions())
def test_another_question_takes_the_place_of_one(old: Question, new: Question) -> None:
    [piece], rest = formats.split(formats.write_text([old]))
    assert formats.read_text(formats.join([formats.rewrite(piece, new)], rest)) == [new]
    assert formats.read_text(formats.join([formats.rewrite("", new)])) == [new]


@pytest.mark.parametrize("new", [OTHER, ORDER])
@pytest.mark.parametrize("old", [PLAIN, ORDER])
def test_comments_stay_where_a_question_is_put_in_other_words(old: Question, new: Question) -> None:
    text = formats.write_text([old])
    text = text.replace("<question ", "<!-- From the office -->\n<question ") if old == ORDER else COMMENTED
    [piece], _ = formats.split(text)
    changed = formats.join([formats.rewrite(piece, new)])
    assert formats.read_text(changed) == [new]
    assert changed.count("the office") == 1


def test_a_question_that_needs_xml_takes_the_others_along_with_their_comments() -> None:
    pieces, rest = formats.split(f"{COMMENTED}\n// The end")
    text = formats.join([*pieces, formats.rewrite("", ORDER)], rest)
    assert formats.read_text(text) == [PLAIN, ORDER]
    assert "<!-- From - - the office -->" in text
    assert "<!-- The end -->" in text


def test_tags_are_not_told_twice() -> None:
    tagged = Question("plain", Kind.true_false, "So?", TRUE, tags=("rice", "wet"))
    [piece], _ = formats.split("// Mine\n" + gift.write([tagged]))
    changed = formats.rewrite(piece, tagged)
    assert changed.startswith("// Mine\n// [tag:rice] [tag:wet]\n::plain::")
    assert changed.count("[tag:rice]") == 1


def test_gift_may_begin_with_html() -> None:
    assert formats.read_text("<b>So?</b> {T}")[0].text == "<b>So?</b>"
    assert formats.read_text("<!-- x --><quiz/>") == []


@pytest.mark.parametrize("text", ["So?", "<quiz>", moodle.write([PLAIN, PLAIN]), gift.write([PLAIN, PLAIN])])
def test_an_unsound_text_raises_one_error_whatever_its_format(text: str) -> None:
    with pytest.raises(FormatError):
        formats.read_text(text)


def test_a_text_without_end_is_not_read() -> None:
    with pytest.raises(FormatError, match="too long"):
        formats.read_text("x" * 5_000_001)


@given(st.one_of(st.text(), st.text().map("<quiz>{}</quiz>".format)))
def test_no_text_whatever_raises_anything_else(text: str) -> None:
    with suppress(FormatError):
        assert formats.read_text(text) is not None

"""Files from elsewhere: their format is told by their content, and nothing in them does harm."""

import codecs
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import example, given, strategies as st

from lms.quizzes import gift, moodle
from lms.quizzes.imported import Format, Imported
from lms.quizzes.importing import MOST_BYTES, MOST_ITEMS, MOST_TEXT, read
from lms.quizzes.kinds import Kind, Option, Question
from tests.quizzes.strategies import questions

GIFT = "$CATEGORY: $course$/top/Rice\n\n// [id:7] [tag:x]\n::ស្រូវ:: 2 * 3 * 4 grows? {T}\n"
AIKEN = "Which?\nA. One\nB. Two\nANSWER: B\n"
XML = moodle.write([Question("ស្រូវ", Kind.single, "So?", (Option("a", 100), Option("b", 0)))])


def complaint(data: bytes | str) -> str:
    found = read(data if isinstance(data, bytes) else data.encode(), "file.txt")
    assert found.items == ()
    [problem] = found.problems
    return str(problem)


@pytest.mark.parametrize(("text", "format_"), [(GIFT, Format.gift), (AIKEN, Format.aiken), (XML, Format.moodle)])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_a_file_is_read_whatever_its_format_and_encoding(
    text: str, format_: Format, mark: bytes, encoding: str
) -> None:
    found = read(mark + text.encode(encoding), "file")
    assert (found.format, found.problems, len(found.questions)) == (format_, (), 1)


def test_windows_line_ends_count_once() -> None:
    assert read(f"\n{AIKEN}".replace("\n", "\r\n").encode(), "x").items[0].line == 2


def test_gift_of_others_is_in_moodles_format_and_keeps_category_and_number() -> None:
    [item] = read(GIFT.encode(), "x").items
    assert (item.line, item.category, item.title, item.idnumber) == (4, ("Rice",), "ស្រូវ", "7")
    assert item.question
    assert (item.question.format, item.question.tags) == ("moodle", ("x",))


def test_a_question_that_cannot_be_taken_leaves_the_others() -> None:
    found = read(b"::a:: A {T}\n\n::b:: B\n\n::c:: C {=a ~b ~%x%c}\n\nD {F}", "x")
    assert [item.question is None for item in found.items] == [False, True, True, False]
    assert [item.kind for item in found.items] == ["", "description", "", ""]
    assert [item.title for item in found.items] == ["a", "b", "c", "D {F}"]
    assert found.problems == ()


def test_two_questions_of_a_file_may_share_a_title() -> None:
    assert len(read(b"::a:: A {T}\n\n::a:: A {T}", "x").questions) == 2


def test_gift_may_begin_with_html_and_hold_a_word_of_aiken() -> None:
    assert read(b"<b>So?</b> {T}", "x").format is Format.gift
    assert read(b"The ANSWER: is\nA. {T}", "x").format is Format.gift


def test_aiken_without_its_answers_is_still_told() -> None:
    found = read(b"Which?\nA. One\nB. Two\n", "x")
    assert (found.format, len(found.items[0].problems)) == (Format.aiken, 1)


def test_pictures_written_into_a_text_become_files() -> None:
    data = b64encode(b"a picture").decode()
    text = f'[html]<img src\\="data\\:image/png;base64,{data.replace("=", chr(92) + "=")}"> {{T}}'
    [item] = read(text.encode(), "x").items
    [(name, kept)] = item.files.items()
    assert kept == b"a picture"
    assert name.startswith("images/picture-")
    assert item.question
    assert item.question.text == f'<img src="{name}">'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "1: There is no question in “file.txt”."),
        ("// nothing\n", "1: There is no question in “file.txt”."),
        ("Just a letter.\n\nYours", "1: “file.txt” is neither GIFT, Aiken nor Moodle XML."),
        (b"PK\x03\x04rest", "1: This is a document or an archive. Save it as plain text, or export it as Moodle XML."),
        (b"one\ntwo \xff", "2: The text is neither UTF-8 nor UTF-16. Save it as UTF-8."),
        (codecs.BOM_UTF16_LE + b"x", "1: The text is neither UTF-8 nor UTF-16. Save it as UTF-8."),
        ("<?xml version='1.0'?><html/>", "1: This is not Moodle XML: its outermost element is <html>, not <quiz>."),
        ("<quiz>\n</quizz>", "2: An element is not closed before the one around it."),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes | str, message: str) -> None:
    assert complaint(data) == message


def test_an_error_at_the_end_leaves_nothing_half_read() -> None:
    assert complaint(XML.replace("</quiz>", "<"))


# Hostile files


def measured(data: bytes) -> tuple[Imported, int, float]:
    """What was found, the most memory that it took, and the seconds."""
    tracemalloc.start()
    begun = time.monotonic()
    found = read(data, "x")
    seconds = time.monotonic() - begun
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found, most, seconds


LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE quiz [<!ENTITY l0 "ha">{LAUGHS}]><quiz>&l9;</quiz>',
        '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "https://example.org/x.dtd"> %x;]><quiz/>',
        '<!DOCTYPE quiz SYSTEM "https://example.org/x.dtd"><quiz/>',
    ],
)
def test_a_document_type_is_refused(text: str) -> None:
    assert complaint(text) == "1: A document type (<!DOCTYPE …>) is not taken."


def many(piece: str, size: int = 8_000_000) -> bytes:
    return piece.encode() * (size // len(piece))


def numbered(pattern: str, count: int) -> bytes:
    return "".join(pattern % at for at in range(count)).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<quiz>" + many("<a>"), "nested too deeply"),
        (b"<quiz><question>" + many("<a/>"), "too many elements"),
        (b"<quiz>" + numbered("<a%x/>", 500_000), "too many elements"),
        (b"<quiz><question " + numbered("a%x='' ", 500_000), "too long"),
        (b"<quiz><!--" + many("x"), "too long"),
        (b"<quiz>" + many("<a/>"), "more than 5000 questions"),
        (many("{T}\n\n", 500_000), "more than 5000 questions"),
        (b"<quiz>" + bytes(MOST_BYTES), "larger than 20 MB"),
        (b"x" * (MOST_TEXT + 1), "larger than 5 MB"),
    ],
    ids=["deep", "wide", "names", "attributes", "comment", "questions", "short questions", "large XML", "large text"],
)
def test_what_would_fill_the_memory_is_refused(data: bytes, message: str) -> None:
    found, most, seconds = measured(data)
    assert found.items == ()
    assert message in str(found.problems[0])
    assert most < 4 * len(data) + 20_000_000
    assert seconds < 20


CLOZE = "<quiz><question type='cloze'><questiontext><text>"
END = "</text></questiontext></question></quiz>"
ESSAY = "<quiz><question type='essay'><responsetemplate><text>"


@pytest.mark.parametrize(
    "text",
    [
        "x {" + "=a" * 1_000_000,
        "x {" + "=a" * 1_000_000 + "}",
        "x {#" + "=1:" * 500_000 + "}",
        "{" * 2_000_000,
        "::" * 1_000_000,
        "\\" * 2_000_000 + "{T}",
        "\n" * 2_000_000 + "x {T}",
        "// [tag:" * 250_000 + "\nx {T}",
        "$CATEGORY: " + "a/" * 500_000 + "\nx {T}",
        "A. x\n" * 400_000,
        "[html]x {=[markdown]" + "![" * 500_000 + " ~b}",
        CLOZE + "{1:SA:=a" * 200_000 + END,
        CLOZE + "{1:SA:=a}" * 200_000 + END,
        CLOZE + "{1:MC:" + "~a#" * 300_000 + "}" + END,
        CLOZE + "@@PLUGINFILE@@/a" * 100_000 + END,
        ESSAY + "&lt;br " * 300_000 + "</text></responsetemplate></question></quiz>",
    ],
)  # fmt: skip
def test_no_text_takes_long_or_much(text: str) -> None:
    data = text.encode()
    _, most, seconds = measured(data)
    assert most < 25 * len(data) + 20_000_000
    assert seconds < 20


def test_a_large_file_of_pictures_takes_little_more_than_its_own_size() -> None:
    def pieces() -> Iterator[str]:
        yield "<quiz>"
        for at in range(10):
            picture = b64encode(str(at).encode() * 1_000_000).decode()
            yield f"""<question type="truefalse"><name><text>q{at}</text></name><questiontext><text>So?</text>
                <file name="a.png" encoding="base64">{picture}</file></questiontext>
                <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>
                </question>"""
        yield "</quiz>"

    data = "".join(pieces()).encode()
    found, most, _ = measured(data)
    assert len(found.files) == len(found.questions) == 10
    assert most < 4 * len(data)


def test_as_many_questions_as_may_be_are_read() -> None:
    text = "".join(islice(iter(lambda: "So? {T}\n\n", ""), MOST_ITEMS))
    assert len(read(text.encode(), "x").questions) == MOST_ITEMS


TOKENS = """
<quiz> </quiz> <question _type="cloze" _type="multichoice" > </question> <questiontext> </questiontext> <text> </text>
<answer _fraction="100" </answer> <![CDATA[ ]]> &amp; &x; {1:SA:= {2:MC: } ~ # %50% \\ <file> </file> @@PLUGINFILE@@/a
<!-- --> :: { {# = -> #### $CATEGORY: // [tag: ] A._ B)_ ANSWER:_A x ១
"""
tokens = st.sampled_from([*(token.replace("_", " ") for token in TOKENS.split()), "\n", "\n\n", "\r", "\0", "\ufeff"])


@given(st.one_of(st.binary(max_size=200), st.lists(tokens, max_size=40).map(lambda some: "".join(some).encode())))
@example(b"<quiz/>")
@example(b"\xff\xfe<\0")
@example(b"<quiz><question type='category'/></quiz>")
def test_whatever_the_bytes_there_are_questions_or_problems_with_their_line(data: bytes) -> None:
    found = read(data, "x")
    count = data.count(b"\n") + data.count(b"\r") + 1
    problems = [*found.problems, *(problem for item in found.items for problem in (*item.problems, *item.notes))]
    assert all(1 <= problem.line <= count for problem in problems)
    assert all((item.question is None) is bool(item.problems) for item in found.items)
    assert found.items or found.problems


@given(st.lists(questions(), min_size=1, max_size=3))
def test_a_damaged_file_is_never_taken_for_another_without_a_word(some: list[Question]) -> None:
    text = moodle.write(some)
    cut = len(text) * 2 // 3
    assert read(text[:cut].encode(), "x").questions == []


@given(st.lists(questions(), min_size=1, max_size=3))
def test_what_we_write_is_read_as_it_was(some: list[Question]) -> None:
    assert read(moodle.write(some).encode(), "x").questions == some
    held = [question for question in some if gift.holds(question)]
    assert not held or read(gift.write(held).encode(), "x").questions == held

"""A GIFT text is parted into questions and joined again, and what is between them stays."""

from lms.quizzes import gift

TEXT = """// From the office

::one:: First? {T}

// About two
// in two lines
::two:: Second? {
\t=a
\t// between the answers
\t~b
}
::three::
 still the same block
"""
SOUND = TEXT.replace("::three::\n still the same block\n", "\n// The end\n")


def test_a_text_is_parted_into_its_questions_with_the_comments_above_each() -> None:
    questions, rest = gift.split(SOUND)
    assert [question.split("\n")[0] for question in questions] == ["// From the office", "// About two"]
    assert questions[1].endswith("\t~b\n}")
    assert rest == "// The end"


def test_what_was_parted_is_joined_to_the_same_questions() -> None:
    questions, rest = gift.split(SOUND)
    assert gift.parse(gift.join(questions, rest)) == gift.parse(SOUND)
    assert gift.join(questions, rest) == SOUND


def test_a_text_of_comments_alone_has_no_questions_and_is_kept() -> None:
    assert gift.split("// Later\n") == ([], "// Later")
    assert gift.join([], "// Later") == "// Later\n"


def test_the_comments_above_a_question_are_told_from_it() -> None:
    assert gift.comments("// a\n\n// b\n::q:: T? {T}\n// c") == "// a\n\n// b"
    assert gift.comments("::q:: T? {T}") == ""


def test_a_byte_order_mark_and_windows_line_ends_do_not_get_between_questions() -> None:
    questions, rest = gift.split("\ufeff::a:: A? {T}\r\n\r\n::b:: B? {F}\r\n")
    swapped = gift.join([questions[1], questions[0]], rest)
    assert [question.name for question in gift.parse(swapped)] == ["b", "a"]


def test_a_category_stands_among_the_comments_above_a_question() -> None:
    text = "$CATEGORY: $course$/top/Rice\n\n// Mine [tag:x]\n// [tag:y]\n::a:: A? {T}\n"
    [piece], rest = gift.split(text)
    assert (piece, rest) == (text.strip(), "")
    assert gift.comments(piece) == "$CATEGORY: $course$/top/Rice\n\n// Mine "

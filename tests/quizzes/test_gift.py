"""GIFT in and out: what Moodle's description of the format says, and our own two additions."""

import json
import string
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from lms.quizzes.gift import KINDS, GiftError, Problem, holds, parse, write
from lms.quizzes.kinds import Kind, Option, Pair, Question, faults, tidy
from tests.quizzes.strategies import questions


def one(text: str) -> Question:
    [question] = parse(text)
    return question


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(GiftError) as caught:
        parse(text)
    return [(problem.line, problem.message % problem.params) for problem in caught.value.problems]


def complaint(text: str) -> str:
    [(_, message)] = problems(text)
    return message


# Kinds of question


def test_one_right_answer_among_wrong_ones_is_a_single_choice() -> None:
    assert one("::Capital:: Which city is the capital? {~Battambang =Phnom Penh ~Kampot}") == Question(
        "Capital",
        Kind.single,
        "Which city is the capital?",
        (Option("Battambang", 0), Option("Phnom Penh", 100), Option("Kampot", 0)),
    )


def test_a_single_choice_may_reward_or_punish_other_answers_in_part() -> None:
    question = one("Where is the office? {=Siem Reap town ~%50%Siem Reap ~%-25%Thailand}")
    assert question.kind is Kind.single
    assert [option.weight for option in question.options] == [100, 50, -25]


def test_weights_without_a_right_sign_make_a_multiple_choice() -> None:
    question = one("Which are rivers? {~%50%Mekong ~%50%Bassac ~%-100%Bokor ~Kep}")
    assert question.kind is Kind.multiple
    assert [option.weight for option in question.options] == [50, 50, -100, 0]


def test_a_multiple_choice_may_have_one_right_answer() -> None:
    assert one("Which are rivers? {~%100%Mekong ~%-50%Bokor}").kind is Kind.multiple


def test_thirds_add_up_to_the_whole_mark() -> None:
    assert one("Which? {~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}").options[0].weight == 33.33333
    assert one("Which? {~%33.3%a ~%33.3%b ~%33.3%c ~d}").kind is Kind.multiple


def test_a_choice_may_hold_an_arrow() -> None:
    question = one("What is a rule? {=if it rains -> stay ~none}")
    assert (question.kind, question.options[0].text) == (Kind.single, "if it rains -> stay")


@pytest.mark.parametrize(("word", "right"), [("T", 0), ("TRUE", 0), ("true", 0), ("F", 1), (" FALSE ", 1)])
def test_a_statement_is_true_or_false(word: str, right: int) -> None:
    question = one(f"The Tonle Sap is a lake. {{{word}}}")
    assert question.kind is Kind.true_false
    assert [option.text for option in question.options] == ["true", "false"]
    assert question.options[right].weight == 100
    assert question.options[1 - right].weight == 0


def test_the_first_comment_on_a_statement_is_for_those_who_were_wrong() -> None:
    true, false = one("Rice needs water. {T#Look again.#Indeed.}").options
    assert (true.feedback, false.feedback) == ("Indeed.", "Look again.")
    true, false = one("Rice needs no water. {F#Look again.#Indeed.}").options
    assert (true.feedback, false.feedback) == ("Look again.", "Indeed.")


def test_right_answers_alone_are_short_answers() -> None:
    question = one("Two plus two? {=four =4 =%50%five#Nearly.}")
    assert question.kind is Kind.short_answer
    assert question.options == (Option("four", 100), Option("4", 100), Option("five", 50, "Nearly."))


def test_a_short_answer_keeps_its_wildcards() -> None:
    assert [o.text for o in one(r"Who? {=*Angkor* =a\*b}").options] == ["*Angkor*", r"a\*b"]


def test_an_escaped_arrow_does_not_part_a_pair() -> None:
    assert one(r"How? {=left -\> right}").options == (Option("left -> right", 100),)


@pytest.mark.parametrize(
    ("body", "text", "tolerance"),
    [
        ("#1953", "1953", 0),
        ("#3.14:0.05", "3.14", 0.05),
        ("# -2 : 1", "-2", 1),
        ("#1..5", "3", 2),
        ("#-1.5..0", "-0.75", 0.75),
        ("#៣,៥:0,1", "៣,៥", 0.1),
        ("#=7:1", "7", 1),
    ],
)
def test_a_number_has_a_tolerance_or_a_range(body: str, text: str, tolerance: float) -> None:
    question = one(f"How much? {{{body}}}")
    assert question.kind is Kind.numerical
    assert question.options == (Option(text, 100, tolerance=tolerance),)


def test_several_numbers_have_weights_and_feedback() -> None:
    question = one(
        """When did it open? {#
            =1863:0#Exactly.
            =%50%1863:2#Nearly.
            ~#Look it up.
        }"""
    )
    assert question.options == (
        Option("1863", 100, "Exactly."),
        Option("1863", 50, "Nearly.", 2),
        Option("*", 0, "Look it up."),
    )


def test_a_lone_number_may_have_feedback() -> None:
    assert one("How many? {#25:1#All provinces.}").options == (Option("25", 100, "All provinces.", 1),)


def test_pairs_are_matched_and_a_right_side_may_stand_alone() -> None:
    question = one("Match. {\n=cow -> grass\n=cat -> mouse\n= -> stone\n}")
    assert question.kind is Kind.matching
    assert question.pairs == (Pair("cow", "grass"), Pair("cat", "mouse"), Pair("", "stone"))
    assert question.options == ()


def test_braces_without_answers_ask_for_an_essay() -> None:
    assert one("Write what you think. {}") == Question("", Kind.essay, "Write what you think.")
    assert one("Write. {####Thanks.}").feedback == "Thanks."


# The text around the answers


def test_a_text_after_the_braces_leaves_a_gap() -> None:
    assert one("Rice is {=planted ~mined} in June.").text == "Rice is _____ in June."
    assert one("Rice grows in {=fields ~mines}.").text == "Rice grows in _____."


def test_a_question_without_a_title_is_known_by_its_text() -> None:
    question = one("Is it\nfar? {T}")
    assert (question.name, question.title) == ("", "Is it far?")


def test_a_text_is_markdown_unless_it_says_otherwise() -> None:
    assert one("Is *this* so? {T}").format == "markdown"
    question = one("::Q::[html]<b>So?</b> {T}")
    assert (question.format, question.text) == ("html", "<b>So?</b>")
    assert one("[unknown] So? {T}").text == "[unknown] So?"


def test_answers_may_repeat_the_format_of_the_question() -> None:
    question = one("[html]So? {=[html]Yes#[html]Good ~[plain\\=x]No ####[html]End}")
    assert [option.text for option in question.options] == ["Yes", "[plain=x]No"]
    assert (question.options[0].feedback, question.feedback) == ("Good", "End")


def test_a_question_in_several_formats_becomes_html() -> None:
    question = one("[plain]1 < 2? {=[markdown]*Yes*#[html]<b>Good</b> ~[moodle]No\\nnever}")
    assert (question.format, question.text) == ("html", "1 &lt; 2?")
    assert [option.text for option in question.options] == ["<p><em>Yes</em></p>", "No<br>\nnever"]
    assert question.options[0].feedback == "<b>Good</b>"


def test_a_format_that_says_nothing_changes_nothing() -> None:
    assert one("[plain]So? {=Yes#[html]\n~No}").format == "plain"


def test_general_feedback_follows_four_hashes() -> None:
    question = one("So? {=Yes#Good.\n~No####Yes it was.}")
    assert (question.feedback, question.options[1].feedback) == ("Yes it was.", "")
    assert one("So? {T####Always.}").feedback == "Always."
    assert one("How many? {#5:1####Always.}").feedback == "Always."


def test_escapes_stand_for_themselves() -> None:
    question = one(r"::a\:\:b:: \{x \= y\} \~ \# c\\d\e? {=1 \= 1#\#1 ~\{\}}")
    assert question.name == "a::b"
    assert question.text == r"{x = y} ~ # c\d\e?"
    assert question.options == (Option("1 = 1", 100, "#1"), Option("{}", 0))


def test_an_escaped_n_is_a_new_line() -> None:
    assert one(r"One\n\n* two {T}").text == "One\n\n* two"


def test_a_question_may_run_over_lines_and_hold_comments() -> None:
    question = one("::T::\n// note\nOne\n  two\n{\n// {~}\n=a\n   b#c\n~d\n}")
    assert question.text == "One\n  two"
    assert question.options == (Option("a\n   b", 100, "c"), Option("d", 0))


def test_the_comment_above_a_question_may_hold_its_tags() -> None:
    first, second = parse("// [id:7] [tag:rice] [tag:a \\] b]\n::a:: A {T}\n\n// [tag:other]\n\n::b:: B {T}")
    assert first.tags == ("rice", "a ] b")
    assert second.tags == ()


def test_tags_are_made_such_as_we_have() -> None:
    assert one(f"// [tag:a, b] [tag:A B] [tag:{'x' * 60}]\nSo? {{T}}").tags == ("a b", "x" * 50)


def test_categories_mean_nothing_in_a_quiz() -> None:
    assert parse("$CATEGORY: $course$/top/Rice\n::a:: A {T}\n\n$CATEGORY: x\n\n") == parse("::a:: A {T}")


def test_an_address_in_a_line_is_no_comment() -> None:
    assert one(r"See https\://example.org {T}").text == "See https://example.org"


def test_empty_lines_part_questions() -> None:
    names = [question.name for question in parse("// file\n\n::a:: A {T}\n \n\u200b\n::b:: B {F}\n// end\n\n\n")]
    assert names == ["a", "b"]


@pytest.mark.parametrize("text", ["", "\n\n", "// nothing\n", "\ufeff"])
def test_a_text_without_questions_has_none(text: str) -> None:
    assert parse(text) == []


def test_a_byte_order_mark_and_windows_lines_are_taken() -> None:
    assert parse("\ufeff::a:: A\r\nB {T}\r\n\r\n::b:: B {F}\r\n") == parse("::a:: A\nB {T}\n\n::b:: B {F}\n")


# Problems


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("::$CATEGORY: top/Unit 1", "title does not end"),
        ("Read this first.", "description"),
        ("Which? {=a ~b", "not balanced"),
        ("Which? =a ~b}", "not balanced"),
        ("Which? }=a ~b{", "not balanced"),
        ("Which? {=a ~b} And? {T}", "more than one set of braces"),
        ("::Which? {=a ~b}", "title does not end"),
        ("{=a ~b}", "no text"),
        ("Which? {~a ~b}", "No answer is marked as right"),
        ("Which? {~%-50%a ~b}", "No answer is marked as right"),
        ("Which? {=%50%a}", "No answer is marked as right"),
        ("Which? {=a =b ~c}", "come to 200 percent"),
        ("Which? {~%50%a ~%40%b ~c}", "come to 90 percent"),
        ("Which? {=a ~%100%b}", "More than one answer"),
        ("Which? {=a ~%-150%b}", "-150 is not between"),
        ("Which? {=a ~%half%b}", "“half” is not a number"),
        ("Which? {~%100%a}", "at least two answers"),
        ("Which? {=a ~}", "An answer has no text"),
        ("Which? {a ~b =c}", "“a” must begin"),
        ("Which? {a}", "“a” must begin"),
        ("How many? {#}", "is not a number"),
        ("How many? {#many}", "“many” is not a number"),
        ("How many? {#5:few}", "“few” is not a number"),
        ("How many? {#5:-1}", "tolerance"),
        ("How many? {#nan}", "“nan” is not a number"),
        ("How many? {#5..1}", "range ends below"),
        ("How many? {#=%50%5:1}", "No answer is marked as right"),
        ("How many? {#=5 ~%20%*}", "worth nothing"),
        ("Match. {=a -> b}", "at least two pairs"),
        ("Match. {=a -> b =c -> d =e}", "no arrow"),
        ("Match. {=a -> b =c -> d =e -> }", "no right side"),
        pytest.param("::" + "x" * 121 + ":: So? {T}", "longer than 120", id="a long title"),
    ],
)
def test_what_cannot_be_asked_is_named(text: str, message: str) -> None:
    assert message in complaint(text)


def test_all_problems_are_told_with_their_lines() -> None:
    text = """\
// Three questions, and hardly one is sound.
$CATEGORY: unit
::a:: A {T}

::b:: B {
  ~%x%one
  // not this one
  ~%y%two
}

::a:: C {=one ~two}

Just text
"""
    assert problems(text) == [
        (6, "“x” is not a number."),
        (8, "“y” is not a number."),
        (11, "The title “a” is taken by the question on line 3."),
        (13, "This is a description: it has no braces with answers. Descriptions are not supported."),
    ]


def test_a_problem_of_one_answer_has_the_line_of_that_answer() -> None:
    assert [line for line, _ in problems("Which? {\n\n}")] == [1, 3]
    assert problems("Which? {\n=a\n~%101%b\n~\n}")[0][0] == 3
    assert problems("Which? {\n=a\n~b\n~\n}")[0][0] == 4
    assert problems("Match. {\n=a -> b\n=c -> d\n=e ->\n}")[0][0] == 4


def test_a_second_set_of_braces_is_told_with_its_line() -> None:
    assert problems("One {=a ~b}\nand two {=c ~d}")[0][0] == 2


def test_a_question_has_not_more_answers_than_anyone_reads() -> None:
    assert "more than 500 answers" in complaint("Which? {" + "~a" * 501 + "}")


def test_a_problem_keeps_its_sentence_apart_from_its_values() -> None:
    with pytest.raises(GiftError) as caught:
        parse("How many? {#many}")
    assert caught.value.problems == (Problem(1, "“%(text)s” is not a number.", {"text": "many"}),)
    assert str(caught.value) == "1: “many” is not a number."


# Properties

SOUP = "\\~=#{}:%->.*[]()/ \n\r\t$TFn0123៥abcក្ត\u200b\ufeff\x0b\x85\u2028\0"
texts = st.one_of(st.text(max_size=20), st.text(SOUP, max_size=20), st.sampled_from(["[html]", "//x", "%5%x", "->"]))
solid = texts.filter(tidy)
weights = st.floats(-100, 100)
wrong_weights = weights.filter(lambda weight: weight != 100)
numbers = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["៣,៥", "1 000", ".5", "5.", "+1e3", "\u22122"]),
)
tolerances = st.floats(0, allow_infinity=False)


def build(kind: Kind, **parts: Any) -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        name=texts,
        kind=st.just(kind),
        text=solid,
        feedback=texts,
        format=st.sampled_from(["html", "markdown", "moodle", "plain"]),
        **parts,
    )


def shuffled(first: st.SearchStrategy[Option], others: st.SearchStrategy[Option], least: int) -> Any:
    rest = st.lists(others, min_size=least, max_size=4)
    return st.tuples(first, rest).flatmap(lambda drawn: st.permutations([drawn[0], *drawn[1]])).map(tuple)


def shares(count: int) -> Any:
    wrong = st.lists(st.builds(Option, solid, st.floats(-100, 0), texts), min_size=1, max_size=3)
    right = st.lists(st.builds(Option, solid, st.just(100 / count), texts), min_size=count, max_size=count)
    return st.tuples(right, wrong).flatmap(lambda drawn: st.permutations(drawn[0] + drawn[1])).map(tuple)


right_options = st.builds(Option, solid, st.just(100.0), texts)
other_options = st.builds(Option, solid, wrong_weights, texts)
other_numbers = st.one_of(
    st.builds(Option, numbers, weights, texts, tolerances), st.builds(Option, st.just("*"), st.just(0.0), texts)
)
verdicts = st.tuples(st.booleans(), texts, texts).map(
    lambda drawn: (
        Option("true", 100.0 * drawn[0], drawn[1]),
        Option("false", 100.0 * (not drawn[0]), drawn[2]),
    )
)
pairs = st.tuples(
    st.lists(st.builds(Pair, solid, solid), min_size=2, max_size=4),
    st.lists(st.builds(Pair, st.just(""), solid), max_size=2),
).map(lambda drawn: tuple(drawn[0] + drawn[1]))
sound_questions = st.one_of(
    build(Kind.single, options=shuffled(right_options, other_options, 1)),
    build(Kind.multiple, options=st.integers(1, 6).flatmap(shares)),
    build(Kind.true_false, options=verdicts),
    build(Kind.short_answer, options=shuffled(right_options, st.builds(Option, solid, weights, texts), 0)),
    build(
        Kind.numerical,
        options=shuffled(st.builds(Option, numbers, st.just(100.0), texts, tolerances), other_numbers, 0),
    ),
    build(Kind.matching, pairs=pairs),
)


@given(sound_questions)
def test_every_sound_question_comes_back_as_it_was_written(question: Question) -> None:
    assert faults(question) == []
    assert parse(write([question])) == [question]


@given(st.lists(sound_questions, max_size=4, unique_by=lambda question: question.name))
def test_every_list_of_questions_comes_back_as_it_was_written(questions: list[Question]) -> None:
    assert parse(write(questions)) == questions


@given(questions(KINDS))
def test_what_gift_holds_comes_back_and_nothing_else_is_held(question: Question) -> None:
    bare = Question(
        question.name,
        question.kind,
        question.text,
        question.options,
        question.pairs,
        question.feedback,
        question.format,
        tags=question.tags,
    )
    assert holds(bare)
    assert parse(write([bare])) == [bare]
    assert holds(question) is (question == bare)


@pytest.mark.parametrize("kind", [Kind.ordering, Kind.gaps])
def test_gift_has_no_orderings_and_no_gaps(kind: Kind) -> None:
    assert not holds(Question("a", kind, "Text [[1]]"))


@given(sound_questions)
def test_every_question_survives_json(question: Question) -> None:
    assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question


fragments = st.sampled_from(
    [
        *("::", "{", "}", "{}", "{#", "=", "~", "%50%", "%", "->", "#", "####", "..", ":", "\\", "//"),
        *("[html]", "$CATEGORY:", "T", "TRUE", "1", "1e999", "*", "text"),
        *(" ", "\n", "\n\n", "\r", "\ufeff", "\0", "\ud800"),
    ]
)


@given(st.one_of(st.text(), st.text(string.printable), st.lists(fragments, max_size=40).map("".join)))
@example("::")
@example("{{}")
@example("x {=")
@example("x {#1..}")
@example("x {#=}")
@example("x {= -> =->}")
@example("x {=1}{#9e999..9e999}")
@example("x {#-9e999..9e999}")
def test_no_text_whatever_raises_anything_but_a_gift_error(text: str) -> None:
    try:
        questions = parse(text)
    except GiftError as error:
        lines = {problem.line for problem in error.problems}
    else:
        lines = {1}
        assert parse(write(questions)) == questions
    assert lines
    assert lines <= set(range(1, text.count("\n") + text.count("\r") + 2))

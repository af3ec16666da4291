"""Answers embedded in a text, by Moodle's description of cloze questions."""

import pytest

from lms.quizzes.imported import FormatError
from lms.quizzes.kinds import Gap, Kind, Option
from lms.quizzes.moodle import cloze
from tests.quizzes.test_moodle import element, item, one


def gap(text: str, markup: str = "html") -> Gap:
    found = cloze.read(text, 1, markup)
    assert found.text == "[[1]]"
    return found.gaps[0]


def test_gaps_stand_in_a_text() -> None:
    question = one("cloze", "", "It {1:SHORTANSWER:=rains} in {2:NUMERICAL:=6:1}.\nBring {boots}.")
    assert question.text == "It [[1]] in [[2]].\nBring {boots}."
    assert question.gaps == (
        Gap(Kind.short_answer, (Option("rains", 100),)),
        Gap(Kind.numerical, (Option("6", 100, tolerance=1),), mark=2),
    )


def test_the_gaps_decide_the_mark_where_nothing_else_does() -> None:
    text = "{1:SA:=a} {2:SA:=b}"
    assert one("cloze", "", text).mark == 3
    assert one("cloze", "<defaultgrade>1</defaultgrade>", text).mark == 1


@pytest.mark.parametrize(
    ("names", "kind", "look", "shuffle", "case"),
    [
        ("SHORTANSWER SA MW", Kind.short_answer, "menu", False, False),
        ("SHORTANSWER_C SAC MWC", Kind.short_answer, "menu", False, True),
        ("NUMERICAL NM", Kind.numerical, "menu", False, False),
        ("MULTICHOICE MC", Kind.single, "menu", False, False),
        ("MULTICHOICE_V MCV", Kind.single, "list", False, False),
        ("MULTICHOICE_H MCH", Kind.single, "row", False, False),
        ("MULTICHOICE_S MCS", Kind.single, "menu", True, False),
        ("MULTICHOICE_VS MCVS", Kind.single, "list", True, False),
        ("MULTICHOICE_HS MCHS", Kind.single, "row", True, False),
        ("MULTIRESPONSE MR", Kind.multiple, "list", False, False),
        ("MULTIRESPONSE_H MRH", Kind.multiple, "row", False, False),
        ("MULTIRESPONSE_S MRS", Kind.multiple, "list", True, False),
        ("MULTIRESPONSE_HS MRHS", Kind.multiple, "row", True, False),
    ],
)
def test_each_kind_of_gap_has_a_long_and_short_names(
    names: str, kind: Kind, look: str, shuffle: bool, case: bool
) -> None:
    for name in [*names.split(), names.rsplit(maxsplit=1)[-1].lower()]:
        found = gap(f"{{1:{name}:=1~2}}")
        assert (found.kind, found.look, found.shuffle, found.case) == (kind, look, shuffle, case)


def test_answers_have_weights_and_feedback() -> None:
    assert gap("{:MC:~=yes#Good.~%50%partly#So so~no~%-25%never#Oh}").options == (
        Option("yes", 100, "Good."),
        Option("partly", 50, "So so"),
        Option("no", 0),
        Option("never", -25, "Oh"),
    )


def test_a_star_takes_all_other_answers() -> None:
    assert gap("{1:NM:=5:0.5#Good~*#Count}").options == (Option("5", 100, "Good", 0.5), Option("*", 0, "Count"))


def test_control_characters_are_escaped() -> None:
    assert gap(r"{1:SA:=a\}b\#c\~d\"e\/f\\#\#1\}}").options == (Option(r'a}b#c~d"e/f\ '.strip(), 100, "#1}"),)
    assert gap(r"{1:MC:=\(x\)~\alpha}").options[1].text == r"\alpha"


def test_entities_of_html_are_no_control_characters() -> None:
    assert gap("{1:SA:=Tom &amp; J&#233;r&#xE9;me#&#33;}").options == (
        Option("Tom & Jérémé".replace("émé", "éme"), 100, "&#33;"),
    )
    assert gap("{1:MC:=a &#38; b~c}").options[0].text == "a &#38; b"


def test_an_equals_sign_or_weight_in_an_answer_is_its_text() -> None:
    assert [option.text for option in gap("{1:MC:==x~%0%=y~=%5%z}").options] == ["=x", "=y", "%5%z"]


def test_several_answers_that_are_wholly_right_share_the_mark() -> None:
    assert [option.weight for option in gap("{1:MR:=a~=b~=c~%-50%d}").options] == [33.33333, 33.33333, 33.33333, -50]


def test_a_gap_may_run_over_lines() -> None:
    assert gap("{1:MC:\n=a\n~b\n}").options == (Option("a", 100), Option("b", 0))


def test_what_a_gap_lacks_is_told_with_its_line() -> None:
    found = item(element("cloze", "", "One\n{1:SA:=a}\n{1:MC:a~b}\n{1:FOO:=a}"))
    assert [(problem.line, problem.message % problem.params) for problem in found.problems] == [
        (6, "“FOO” is no kind of gap.")
    ]
    found = item(element("cloze", "", "One\n{1:SA:=a}\n{1:MC:a~b}"))
    assert [(problem.line, problem.message) for problem in found.problems] == [(5, "No answer is marked as right.")]


@pytest.mark.parametrize("text", ["{1:MC:%x%a~=b}", "{1:NM:=5:x}", "[[1]] {1:SA:=a}"])
def test_what_is_no_sound_gap_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        cloze.read(text, 1, "html")


@pytest.mark.parametrize("text", ["{1:SA:=a", "{x:SA:=a}", "{1:SA}", "{}", "{1:SA:=a\\}"])
def test_braces_that_hold_no_gap_are_text(text: str) -> None:
    assert cloze.read(text, 1, "html") == cloze.Cloze(text, (), ())


def test_what_only_looks_like_a_gap_stays_text() -> None:
    gaps = (Gap(Kind.short_answer, (Option("a", 100),)),)
    for text in ["{1:SA:=x} [[1]]", "{\u20601:SA:=x} [[1]] {:FOO:}", "{{1:MC:[[1]]"]:
        assert cloze.read(cloze.write(text, gaps, "html"), 1, "html").text == text

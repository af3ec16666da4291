"""The form of a question: what is typed is the same after GIFT, what is kept is the same after the form."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lms.authoring import question_forms, questions
from lms.authoring.gift_examples import EXAMPLES
from lms.authoring.question_forms import Typed, answers, question as form
from lms.i18n import in_language
from lms.quizzes import gift
from lms.quizzes.kinds import INVISIBLE, Kind, Question, faults
from tests.quizzes.strategies import questions as questions_of

CODES = ["km", "en"]
SIGNS = ["~", "=", "#", "####", "{", "}", ":", "::", "->", "-\\>", "\\", "\\n", "//", "*", "%", "%50%", "T", "TRUE"]
WORDS_THAT_MEAN_SOMETHING = ["[html]", "[markdown]", "$CATEGORY:", "<b>", "ភូមិ", "៥"]
UNSEEN = ["\n", "\n\n", "\r\n", "\t", " ", "\u200b", "ស្រុក\u200b", "\u200d", "\ufeff"]
NASTY = st.sampled_from([*SIGNS, *WORDS_THAT_MEAN_SOMETHING, *UNSEEN])
TEXT = st.lists(NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=6).map("".join)
WORDS = TEXT.map(lambda text: f"{text}x")
ROW_TEXTS = {
    Kind.single: ("option", "note"),
    Kind.multiple: ("option", "note"),
    Kind.true_false: ("note",),
    Kind.short_answer: ("option", "note"),
    Kind.numerical: ("note",),
    Kind.matching: ("left", "match"),
}
"""The fields of a row that differ by language."""
LANGUAGES = st.sampled_from([["km"], ["en"], ["km", "en"]])


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Without an app, nobody else says in which language to complain."""
    with in_language("en"):
        yield


@st.composite
def forms(draw: Any, kind: Kind) -> dict[str, str]:
    """Forms that are filled in rightly."""
    used, count = draw(LANGUAGES), 2 if kind == Kind.true_false else draw(st.integers(2, 5))
    values = {"rows": str(count)}
    for code in used:
        values |= {f"text-{code}": draw(WORDS), f"feedback-{code}": draw(TEXT)}
        for at in range(count):
            for name in ROW_TEXTS[kind]:
                values[f"{name}-{at}-{code}"] = draw(TEXT if name == "note" else WORDS)
    return values | draw(marks(kind, count))


@st.composite
def marks(draw: Any, kind: Kind, count: int) -> dict[str, str]:
    if kind == Kind.true_false:
        return {"right": draw(st.sampled_from(["true", "false"]))}
    if kind == Kind.single:
        right = draw(st.integers(0, count - 1))
        shares = {f"share-{at}": draw(st.sampled_from(["", "50", "-33.33333"])) for at in range(count) if at != right}
        return {"right": str(right), **shares}
    if kind == Kind.multiple:
        rights = draw(st.sets(st.integers(0, count - 1), min_size=1))
        wrong = {f"share-{at}": draw(st.sampled_from(["", "-25"])) for at in range(count) if at not in rights}
        return {f"right-{at}": "1" for at in rights} | wrong
    if kind == Kind.short_answer:
        return {f"share-{at}": draw(st.sampled_from(["", "50", "0"])) for at in range(1, count)}
    if kind == Kind.numerical:
        found = {f"number-{at}": draw(st.sampled_from(["3.5", "៣,៥", "-1 000", "0"])) for at in range(count)}
        return found | {f"margin-{at}": draw(st.sampled_from(["", "0.05", "២"])) for at in range(count)}
    return {}


def read(kind: Kind, values: dict[str, str]) -> tuple[dict[str, Question], Typed]:
    typed = Typed(dict(values))
    return question_forms.read_question(kind, typed, CODES), typed


@pytest.mark.parametrize("kind", list(ROW_TEXTS))
def test_a_question_is_the_same_after_form_and_gift_and_form(kind: Kind) -> None:
    @given(forms(kind), forms(kind))
    def goes_round(values: dict[str, str], neighbour: dict[str, str]) -> None:
        versions, typed = read(kind, values)
        assert typed.errors == {}
        beside, _ = read(kind, neighbour)
        texts = questions.put(questions.put({}, "", versions), "", beside)
        found = questions.read(texts)[0]
        assert found.kind == kind
        assert _nameless(found.versions) == versions
        again, typed = read(kind, question_forms.show_question(found.versions).values)
        assert typed.errors == {}
        assert again == versions

    goes_round()


def _nameless(versions: Any) -> dict[str, Question]:
    return {code: Question(**{**_fields(question), "name": ""}) for code, question in versions.items()}


def _fields(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in Question.__slots__}


CHOICE = {"rows": "4", "text-en": "Which?", "option-0-en": "This", "option-1-en": "That", "right": "0"}
BOTH = {**CHOICE, "text-km": "មួយណា?", "option-0-km": "នេះ", "option-1-km": "នោះ"}


def wrong(kind: Kind, **values: str) -> dict[str, list[str]]:
    return read(kind, {name.replace("_", "-"): value for name, value in values.items()})[1].errors


def test_a_language_in_which_nothing_is_written_is_left_out() -> None:
    versions, typed = read(Kind.single, {**CHOICE, "text-km": " \u200b"})
    assert (list(versions), typed.errors) == (["en"], {})


def test_rows_that_stay_empty_are_left_out() -> None:
    versions, _ = read(Kind.single, {**CHOICE, "option-1-en": "", "option-3-en": "Later"})
    assert [option.text for option in versions["en"].options] == ["This", "Later"]


@pytest.mark.parametrize("name", ["text-km", "option-0-km", "option-1-km", "option-1-en"])
def test_each_language_needs_as_many_answers(name: str) -> None:
    _, typed = read(Kind.single, {**BOTH, name: ""})
    assert list(typed.errors) == [name]


def test_a_question_without_any_word_is_refused() -> None:
    assert "text-km" in wrong(Kind.matching)


def test_a_choice_needs_a_right_answer() -> None:
    _, typed = read(Kind.single, {**CHOICE, "right": ""})
    assert typed.errors == {"": ["No answer is marked as right."]}


def test_the_right_answer_of_a_choice_must_say_something() -> None:
    _, typed = read(Kind.single, {**CHOICE, "right": "3"})
    assert list(typed.errors) == ["option-3-en"]


def test_right_answers_share_the_mark_and_wrong_ones_cost_as_much() -> None:
    values = {**CHOICE, "option-2-en": "Both", "right-0": "1", "right-2": "1"}
    versions, _ = read(Kind.multiple, values)
    assert [option.weight for option in versions["en"].options] == [50, -50, 50]


def test_shares_of_ones_own_leave_the_rest_to_the_others() -> None:
    values = {**CHOICE, "option-2-en": "Both", "right-0": "1", "right-2": "1", "share-0": "៧០"}
    versions, _ = read(Kind.multiple, values)
    assert [option.weight for option in versions["en"].options] == [70, 0, 30]


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"right-0": "1", "share-0": "-5"}, "share-0"),
        ({"right-0": "1", "share-1": "5"}, "share-1"),
        ({"right-0": "1", "share-0": "many"}, "share-0"),
        ({"right-0": "1", "share-0": "100", "share-1": "-1e9"}, "share-1"),
        ({"right-0": "1", "share-0": "40"}, ""),
    ],
)
def test_shares_that_do_not_add_up_are_refused_at_their_field(values: dict[str, str], place: str) -> None:
    _, typed = read(Kind.multiple, {**CHOICE, **values})
    assert list(typed.errors) == [place]


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"number-0": "many"}, "number-0"),
        ({"number-0": "5", "margin-0": "-1"}, "margin-0"),
        ({"number-0": "5", "margin-0": "1e999"}, "margin-0"),
        ({"number-0": "5", "number-1": "*", "share-1": "50"}, "number-1"),
        ({"number-0": "*"}, ""),
    ],
)
def test_numbers_that_are_none_are_refused_at_their_field(values: dict[str, str], place: str) -> None:
    _, typed = read(Kind.numerical, {"rows": "2", "text-en": "How many?", **values})
    assert list(typed.errors) == [place]


def grown(kind: Kind, button: str, **values: str) -> Typed:
    found = question_forms.grown(kind, Typed({**values, "go": button}))
    assert found
    return found


def test_more_rows_keep_what_was_typed_and_have_an_end() -> None:
    typed = Typed(dict(CHOICE))
    for _ in range(30):
        typed = grown(Kind.single, "more-rows", **typed.values)
    assert answers.count(typed, Kind.single) == form.MOST_ROWS
    assert typed.values["option-1-en"] == "That"


def test_a_form_grows_only_where_its_button_says_so() -> None:
    assert question_forms.grown(Kind.single, Typed({**CHOICE, "go": "save"})) is None
    assert grown(Kind.single, "more-secrets", **CHOICE).values == {**CHOICE, "go": "more-secrets"}


@pytest.mark.parametrize(("name", "kind"), [("hints", Kind.single), ("units", Kind.numerical), ("levels", Kind.essay)])
def test_hints_units_and_levels_come_one_by_one(name: str, kind: Kind) -> None:
    now = getattr(form.rows(kind, Typed({"rows": "2"})), name)
    assert getattr(form.rows(kind, grown(kind, f"more-{name}", rows="2")), name) == now + 1


def test_what_has_been_written_elsewhere_keeps_its_format() -> None:
    old = gift.parse("::q::[html]<b>Which?</b> {=This ~That}")[0]
    typed = question_forms.show_question({"en": old})
    assert question_forms.read_question(Kind.single, typed, CODES, {"en": old})["en"].format == "html"


@pytest.mark.parametrize("kind", list(EXAMPLES))
def test_the_examples_are_sound(kind: Kind) -> None:
    assert {question.kind for question in gift.parse(EXAMPLES[kind])} == {kind}


# Every kind, whatever it has


def _said(value: Any) -> Iterator[str]:
    """Every text of a question."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _said(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _said(getattr(value, one.name))


def can_be_seen(question: Question) -> bool:
    """What has a text that nobody can see is as if it had none, in a form."""
    return all(not text or text.translate(INVISIBLE).strip() for text in _said(question))


@pytest.mark.parametrize("kind", list(Kind))
def test_whatever_can_be_asked_is_the_same_after_the_form(kind: Kind) -> None:
    @given(questions_of([kind]).filter(can_be_seen))
    def goes_round(question: Question) -> None:
        versions = {"en": replace(question, name=""), "km": replace(question, name="")}
        typed = question_forms.show_question(versions)
        assert question_forms.read_question(kind, typed, ["km", "en", "fr"], versions) == versions
        assert typed.errors == {}
        larger = grown(kind, "more-rows", **typed.values)
        assert question_forms.read_question(kind, larger, CODES, versions) == versions

    goes_round()


@pytest.mark.parametrize("kind", list(Kind))
def test_whatever_is_sent_is_read_or_refused_at_a_field(kind: Kind) -> None:
    names = ["rows", "gaps", "hints", "units", "levels", "text-en", "text-km", "option-0-en", "note-1-km", "share-0"]
    names += ["right", "right-1", "number-0", "margin-0", "left-0-en", "match-1-km", "gap-0-kind", "gap-0-option-0-en"]
    names += ["gap-1-right", "gap-0-look", "criterion-0-en", "level-0-1-en", "points-0-0", "unit-0-en", "factor-1"]
    names += ["mark", "penalty", "tags", "min_words", "max_words", "scoring", "hint-0-en", "unit_penalty", "go"]
    value = st.sampled_from(["", "x", "-1", "0", "1e999", "99999", "[[1]] [[2]]", "true", "whole", "\x00", "a, a,"])

    @given(st.dictionaries(st.sampled_from(names), value))
    def is_read(values: dict[str, str]) -> None:
        versions, typed = read(kind, values)
        question_forms.shown(kind, typed)
        question_forms.grown(kind, typed)
        assert typed.errors or all(not faults(version) for version in versions.values())

    is_read()


# Kinds with parts of their own

GAPS = {
    "gaps": "2",
    "text-en": "The [[1]] has [[2]] members.",
    "gap-0-kind": "single",
    "gap-0-option-0-en": "council",
    "gap-0-option-1-en": "clerk",
    "gap-0-right": "0",
    "gap-1-kind": "numerical",
    "gap-1-number-0": "11",
}


def test_a_text_has_its_gaps_filled_in() -> None:
    versions, typed = read(Kind.gaps, GAPS)
    assert typed.errors == {}
    council, members = versions["en"].gaps
    assert [(option.text, option.weight) for option in council.options] == [("council", 100), ("clerk", 0)]
    assert (council.look, members.kind, members.options[0].text) == ("menu", Kind.numerical, "11")


def test_a_gap_that_stays_empty_is_left_out_and_the_later_ones_come_sooner() -> None:
    moved = {name.replace("gap-1", "gap-2"): value for name, value in GAPS.items()}
    versions, typed = read(Kind.gaps, {**moved, "gaps": "3", "text-en": "The [[1]] has [[3]] members."})
    assert typed.errors == {}
    assert versions["en"].text == "The [[1]] has [[2]] members."
    assert [gap.kind for gap in versions["en"].gaps] == [Kind.single, Kind.numerical]


def test_a_gap_of_the_text_needs_its_answers() -> None:
    values = {name: value for name, value in GAPS.items() if not name.startswith("gap-1-number")}
    _, typed = read(Kind.gaps, values)
    assert typed.errors == {"gap-1-": ["Write the answers of this gap, or take it out of the text."]}


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ({"gap-0-right": ""}, ["gap-0-"]),
        ({"gap-0-mark": "1.5"}, ["gap-0-mark"]),
        ({"gap-1-number-0": "eleven"}, ["gap-1-number-0"]),
        ({"text-en": "The [[1]] has members."}, ["text-en"]),
        ({"text-en": "The [[1]], [[2]] and [[3]]."}, ["text-en"]),
        ({"text-km": "[[1]] [[2]]"}, ["gap-0-option-0-km", "gap-0-option-1-km"]),
    ],
)
def test_what_is_wrong_with_a_gap_stands_at_its_field(values: dict[str, str], places: list[str]) -> None:
    _, typed = read(Kind.gaps, {**GAPS, **values})
    assert list(typed.errors) == places


def test_a_gap_is_added_in_the_kind_that_is_chosen() -> None:
    typed = grown(Kind.gaps, "more-gaps", **GAPS, **{"gap-kind": "short_answer"})
    assert [gap.kind for gap in form.rows(Kind.gaps, typed).gaps] == [Kind.single, Kind.numerical, Kind.short_answer]
    assert form.rows(Kind.gaps, grown(Kind.gaps, "more-gap-0-rows", **GAPS)).gaps[0].answers == 7


def test_items_stand_in_their_right_order() -> None:
    values = {"rows": "4", "text-en": "In order?", "option-0-en": "Plan", "option-2-en": "Do", "scoring": "neighbour"}
    versions, typed = read(Kind.ordering, values)
    assert typed.errors == {}
    assert [option.text for option in versions["en"].options] == ["Plan", "Do"]
    assert versions["en"].scoring == "neighbour"


ESSAY = {
    "rows": "2",
    "levels": "2",
    "text-en": "Describe a meeting.",
    "criterion-0-en": "Clarity",
    "level-0-0-en": "Hard to follow",
    "level-0-1-en": "Clear",
    "points-0-1": "2",
}


def test_an_essay_has_a_rubric() -> None:
    versions, typed = read(Kind.essay, {**ESSAY, "max_words": "៣០០"})
    assert typed.errors == {}
    [criterion] = versions["en"].rubric
    assert [(level.text, level.points) for level in criterion.levels] == [("Hard to follow", 0), ("Clear", 2)]
    assert versions["en"].max_words == 300


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"points-0-1": "0"}, "criterion-0-en"),
        ({"points-0-1": "many"}, "points-0-1"),
        ({"level-0-1-en": "", "points-0-1": ""}, "criterion-0-en"),
        ({"level-0-1-en": ""}, "level-0-1-en"),
        ({"criterion-0-en": ""}, "criterion-0-en"),
        ({"min_words": "9", "max_words": "5"}, "max_words"),
        ({"min_words": "1.5"}, "min_words"),
        ({"mark": "0"}, "mark"),
        ({"tags": "a, A"}, "tags"),
    ],
)
def test_what_is_wrong_with_an_essay_stands_at_its_field(values: dict[str, str], place: str) -> None:
    _, typed = read(Kind.essay, {**ESSAY, **values})
    assert list(typed.errors) == [place]


NUMBER = {"rows": "1", "text-en": "How far?", "number-0": "5", "units": "2", "unit-0-en": "m"}


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"unit-1-en": "km", "factor-1": "0"}, "factor-1"),
        ({"unit-1-en": "5"}, "unit-1-en"),
        ({"factor-1": "1000"}, "unit-1-en"),
        ({"unit-1-en": "m", "factor-1": "2"}, ""),
        ({"unit_penalty": "101"}, "unit_penalty"),
        ({"unit-0-en": "", "unit_penalty": "10"}, "unit_penalty"),
        ({"penalty": "-1"}, "penalty"),
    ],
)
def test_what_is_wrong_with_units_stands_at_its_field(values: dict[str, str], place: str) -> None:
    _, typed = read(Kind.numerical, {**NUMBER, **values})
    assert [name for name in typed.errors if name != ""] == ([place] if place else [])
    assert typed.errors


def test_hints_and_feedback_are_kept_in_each_language() -> None:
    values = {**BOTH, "hint-0-en": "Think.", "hint-0-km": "គិត", "wrong_feedback-km": "មិនត្រូវ", "penalty": "50"}
    versions, typed = read(Kind.single, values)
    assert typed.errors == {}
    assert (versions["en"].hints, versions["km"].hints) == (("Think.",), ("គិត",))
    assert (versions["km"].wrong_feedback, versions["en"].wrong_feedback) == ("មិនត្រូវ", "")
    _, typed = read(Kind.single, {**values, "hint-0-km": ""})
    assert list(typed.errors) == ["hint-0-km"]


def test_a_picture_is_offered_as_the_texts_of_the_question_are_written() -> None:
    picture = question_forms.Picture("images/map.png", "/files/map.png")
    [(_, text)] = question_forms.shown(Kind.single, Typed(), None, [picture])["pictures"]
    assert text == "![What the picture shows](images/map.png)"
    html = gift.parse("::q::[html]<b>Which?</b> {=This ~That}")[0]
    [(_, text)] = question_forms.shown(Kind.single, Typed(), {"en": html}, [picture])["pictures"]
    assert text == '<img src="images/map.png" alt="What the picture shows">'

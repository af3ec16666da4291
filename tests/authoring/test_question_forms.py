"""What is typed into the form of a question is the same after a way through GIFT, whatever signs it has."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lms.authoring import questions, quiz_forms
from lms.authoring.quiz_forms import Typed
from lms.i18n import in_language
from lms.quizzes import gift
from lms.quizzes.kinds import Kind, Question

CODES = ["km", "en"]
SIGNS = ["~", "=", "#", "####", "{", "}", ":", "::", "->", "-\\>", "\\", "\\n", "//", "*", "%", "%50%", "T", "TRUE"]
WORDS_THAT_MEAN_SOMETHING = ["[html]", "[markdown]", "$CATEGORY:", "<b>", "ភូមិ", "៥"]
UNSEEN = ["\n", "\n\n", "\r\n", "\t", " ", "\u200b", "ស្រុក\u200b", "\u200d", "\ufeff"]
NASTY = st.sampled_from([*SIGNS, *WORDS_THAT_MEAN_SOMETHING, *UNSEEN])
TEXT = st.lists(NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=6).map("".join)
WORDS = TEXT.map(lambda text: f"{text}x")
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
            for name in quiz_forms.ROW_TEXTS[kind]:
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
    return quiz_forms.read_question(kind, typed, CODES), typed


@pytest.mark.parametrize("kind", list(quiz_forms.EXAMPLES))
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
        again, typed = read(kind, quiz_forms.show_question(found.versions).values)
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


def test_more_rows_keep_what_was_typed_and_have_an_end() -> None:
    typed = Typed(dict(CHOICE))
    for _ in range(30):
        typed = quiz_forms.more_rows(Kind.single, typed)
    assert quiz_forms.rows(Kind.single, typed) == quiz_forms.MOST_ROWS
    assert typed.values["option-1-en"] == "That"


def test_what_has_been_written_elsewhere_keeps_its_format() -> None:
    old = gift.parse("::q::[html]<b>Which?</b> {=This ~That}")[0]
    typed = quiz_forms.show_question({"en": old})
    assert quiz_forms.read_question(Kind.single, typed, CODES, {"en": old})["en"].format == "html"


SETTINGS = {"title-en": "Quiz", "pass_mark": "60", "per_page": "5"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title-en", ""),
        ("title-en", "x" * 201),
        ("pass_mark", ""),
        ("pass_mark", "101"),
        ("attempts", "1.5"),
        ("attempts", "-1"),
        ("per_page", "0"),
        ("minutes", "long"),
        ("minutes", "1e9"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_their_field(name: str, value: str) -> None:
    typed = Typed({**SETTINGS, name: value})
    quiz_forms.read_settings(typed, {}, ["en", "km"])
    assert list(typed.errors) == [name]


def test_settings_are_shown_as_they_were_saved() -> None:
    typed = Typed({**SETTINGS, "attempts": "៣", "minutes": "", "final": "1", "pass_mark": "66,5"})
    content = quiz_forms.read_settings(typed, {"gift": {"en": "x"}, "title": {"fr": "Jeu"}}, ["en", "km"])
    assert content["gift"] == {"en": "x"}
    assert content["title"] == {"fr": "Jeu", "en": "Quiz"}
    shown = quiz_forms.show_settings(content)
    assert quiz_forms.read_settings(shown, content, ["en", "km"]) == content
    assert (content["attempts"], content["pass_mark"], content["shuffle"], content["final"]) == (3, 66.5, False, True)


@pytest.mark.parametrize("kind", list(quiz_forms.EXAMPLES))
def test_the_examples_are_sound(kind: Kind) -> None:
    assert {question.kind for question in gift.parse(quiz_forms.EXAMPLES[kind])} == {kind}

"""Sound questions of every kind, for property tests of all that handles questions."""

import string
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from lms.quizzes import grading
from lms.quizzes.kinds import (
    ANYTHING,
    FORMATS,
    FULL,
    NAME_LENGTH,
    Criterion,
    Gap,
    Kind,
    Level,
    Look,
    Option,
    Pair,
    Question,
    Scoring,
    Unit,
    tidy,
)

SOUP = string.ascii_letters[:4] + string.digits[:3] + "កខេាំ្១\u200b{}~=#:%*\\<>&\"'-[]|/ \n"
"""What formats and markups are made of."""
KNOWN = ["[html]", "//x", "%5%x", "->", "![map](images/map.png)", "]]>", "{1:SA:=x}", "[[x]]", "ភ្នំពេញ", "<b>so</b>"]
HALF_OF_A_MARKER = "[[", "]]"
"""A text with gaps keeps clear of these: a marker that was not meant is a fault."""

_any_text = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs")), max_size=12),
    st.text(SOUP, max_size=12),
    st.sampled_from(KNOWN),
)
texts: SearchStrategy[str] = _any_text.map(tidy)
"""Stripped, without control characters other than the line feed, sometimes empty."""
solid: SearchStrategy[str] = texts.filter(bool)
"""The same, never empty."""
names: SearchStrategy[str] = texts.map(lambda text: " ".join(text.split())[:NAME_LENGTH].strip())
tags: SearchStrategy[tuple[str, ...]] = st.lists(
    solid.map(lambda text: " ".join(text.replace(",", " ").split())).filter(bool), max_size=3, unique_by=str.casefold
).map(tuple)
weights: SearchStrategy[float] = st.one_of(
    st.sampled_from([0.0, 5.0, 10.0, 25.0, 33.33333, 50.0, 66.66667, 90.0, -100.0, -50.0, -33.33333]),
    st.integers(-9999, 9999).map(lambda hundredths: hundredths / 100),
)
"""Short of the whole mark, as Moodle writes them."""
marks: SearchStrategy[float] = st.one_of(st.just(1.0), st.integers(1, 10_000).map(lambda hundredths: hundredths / 100))
numbers: SearchStrategy[str] = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(-1000, 1000, places=3).map(str),
    st.sampled_from(["៣,៥", "1 000", ".5", "5.", "+1e3", "\u22122", "6.02E-23"]),
)
tolerances: SearchStrategy[float] = st.one_of(st.just(0.0), st.integers(0, 10**6).map(lambda parts: parts / 1000))


def questions(kinds: Iterable[Kind] = tuple(Kind)) -> SearchStrategy[Question]:
    """Whatever can be asked, of these kinds: `faults` finds nothing."""
    return st.one_of([MAKE[kind]() for kind in kinds])


@st.composite
def _question(draw: DrawFn, /, kind: Kind, **parts: SearchStrategy[Any]) -> Question:
    common: dict[str, SearchStrategy[Any]] = {
        "name": names,
        "text": solid,
        "feedback": texts,
        "format": st.sampled_from(FORMATS),
        "mark": marks,
        "tags": tags,
    }
    return Question(kind=kind, **{name: draw(part) for name, part in {**common, **parts}.items()})


def _tried(kind: Kind, **parts: SearchStrategy[Any]) -> SearchStrategy[Question]:
    """What is graded at once can be tried again, and has feedback on how it went."""
    return _question(
        kind,
        hints=st.lists(solid, max_size=2).map(tuple),
        penalty=st.sampled_from([33.33333, 0.0, 10.0, 50.0, 100.0]),
        right_feedback=texts,
        partly_feedback=texts,
        wrong_feedback=texts,
        **parts,
    )


def _option(text: SearchStrategy[str] = solid, weight: SearchStrategy[float] = weights) -> SearchStrategy[Option]:
    return st.builds(Option, text=text, weight=weight, feedback=texts)


def _some(right: SearchStrategy[Option], others: SearchStrategy[Option], least: int) -> SearchStrategy[Any]:
    """One that is wholly right among others, in any order."""
    several = st.tuples(right, st.lists(others, min_size=least, max_size=3))
    return several.flatmap(lambda both: st.permutations([both[0], *both[1]])).map(tuple)


def _single_options() -> SearchStrategy[Any]:
    return _some(_option(weight=st.just(FULL)), _option(), 1)


@st.composite
def _multiple_options(draw: DrawFn) -> tuple[Option, ...]:
    shares = draw(st.sampled_from([(100.0,), (50.0, 50.0), (33.33333,) * 3, (60.0, 40.0), (75.5, 24.5)]))
    right = [draw(_option(weight=st.just(share))) for share in shares]
    wrong = draw(st.lists(_option(weight=weights.map(lambda weight: -abs(weight))), min_size=1, max_size=3))
    return tuple(draw(st.permutations([*right, *wrong])))


def _typed_options() -> SearchStrategy[Any]:
    return _some(_option(weight=st.just(FULL)), _option(), 0)


def _numbers(weight: SearchStrategy[float]) -> SearchStrategy[Option]:
    return st.builds(Option, text=numbers, weight=weight, feedback=texts, tolerance=tolerances)


def _number_options() -> SearchStrategy[Any]:
    others = st.one_of(_numbers(weights), _option(st.just(ANYTHING), st.just(0.0)))
    return _some(_numbers(st.just(FULL)), others, 0)


def _single() -> SearchStrategy[Question]:
    return _tried(Kind.single, options=_single_options(), shuffle=st.booleans())


def _multiple() -> SearchStrategy[Question]:
    return _tried(Kind.multiple, options=_multiple_options(), shuffle=st.booleans())


def _true_false() -> SearchStrategy[Question]:
    def truth(verdict: bool, true: str, false: str) -> tuple[Option, ...]:
        return Option("true", FULL * verdict, true), Option("false", FULL * (not verdict), false)

    return _tried(Kind.true_false, options=st.builds(truth, st.booleans(), texts, texts))


def _short_answer() -> SearchStrategy[Question]:
    return _tried(Kind.short_answer, options=_typed_options(), case=st.booleans())


@st.composite
def _units(draw: DrawFn) -> tuple[Unit, ...]:
    some = draw(st.lists(st.sampled_from(["m", "km", "cm", "m²", "%", "$", "៛", "គ.ម."]), unique=True, max_size=3))
    factors = [1.0, *draw(st.lists(st.sampled_from([1.0, 0.001, 100.0, 4000.0]), min_size=2, max_size=2))]
    return tuple(map(Unit, some, factors))


@st.composite
def _numerical(draw: DrawFn) -> Question:
    units = draw(_units())
    penalty = draw(st.sampled_from([0.0, 10.0, 100.0])) if units else 0.0
    parts = {"units": st.just(units), "unit_penalty": st.just(penalty)}
    return draw(_tried(Kind.numerical, options=_number_options(), **parts))


def _matching() -> SearchStrategy[Question]:
    pairs = st.lists(st.builds(Pair, left=solid, right=solid), min_size=2, max_size=4)
    spare = st.lists(st.builds(Pair, left=st.just(""), right=solid), max_size=2)
    return _tried(Kind.matching, pairs=st.builds(lambda some, more: (*some, *more), pairs, spare))


def _ordering() -> SearchStrategy[Question]:
    items = st.lists(solid, min_size=2, max_size=5, unique=True)
    options = items.map(lambda some: tuple(Option(text, 0.0) for text in some))
    return _tried(Kind.ordering, options=options, scoring=st.sampled_from([str(one) for one in Scoring]))


def _gap(kind: Kind, options: SearchStrategy[Any], **parts: SearchStrategy[Any]) -> SearchStrategy[Gap]:
    return st.builds(Gap, kind=st.just(kind), options=options, mark=st.integers(1, 3).map(float), **parts)


gaps: SearchStrategy[Gap] = st.one_of(
    _gap(Kind.single, _single_options(), look=st.sampled_from([str(one) for one in Look]), shuffle=st.booleans()),
    _gap(Kind.multiple, _multiple_options(), look=st.sampled_from(["list", "row"]), shuffle=st.booleans()),
    _gap(Kind.short_answer, _typed_options(), case=st.booleans()),
    _gap(Kind.numerical, _number_options()),
)


@st.composite
def _with_gaps(draw: DrawFn) -> Question:
    some = tuple(draw(st.lists(gaps, min_size=1, max_size=3)))
    places = draw(st.permutations(range(1, len(some) + 1)))
    clear = texts.filter(lambda text: not any(half in text for half in HALF_OF_A_MARKER))
    text = "".join(f"{draw(clear)} [[{place}]] " for place in places) + draw(clear)
    return draw(_tried(Kind.gaps, text=st.just(text), gaps=st.just(some)))


def _rubric() -> SearchStrategy[Any]:
    points = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0]), min_size=2, max_size=3, unique=True)
    levels = st.builds(lambda some, text: tuple(Level(text, one) for one in some), points, solid)
    return st.lists(st.builds(Criterion, text=solid, levels=levels), max_size=3).map(tuple)


@st.composite
def _essay(draw: DrawFn) -> Question:
    least, room = draw(st.integers(0, 50)), draw(st.integers(0, 50))
    words = {"min_words": st.just(least), "max_words": st.just(least + room if room else 0)}
    return draw(_question(Kind.essay, rubric=_rubric(), grader_notes=texts, template=texts, **words))


MAKE: dict[Kind, Callable[[], SearchStrategy[Question]]] = {
    Kind.single: _single,
    Kind.multiple: _multiple,
    Kind.true_false: _true_false,
    Kind.short_answer: _short_answer,
    Kind.numerical: _numerical,
    Kind.matching: _matching,
    Kind.ordering: _ordering,
    Kind.gaps: _with_gaps,
    Kind.essay: _essay,
}


def right_response(question: Question) -> Any:
    """A response that is wholly right, in the shape of `grading.parse_response`; of an essay, any."""
    weights = [option.weight for option in question.options]
    if question.kind is Kind.multiple:
        return [at for at, weight in enumerate(weights) if weight > 0]
    if question.kind is Kind.matching:
        return [grading.choices(question).index(pair.right) for pair in grading.lefts(question)]
    if question.kind is Kind.ordering:
        return list(range(len(question.options)))
    if question.kind is Kind.gaps:
        return [right_response(gap.alone) for gap in question.gaps]
    if question.kind is Kind.essay:
        return f"{question.template} and more"
    best = weights.index(FULL)
    return best if question.kind in (Kind.single, Kind.true_false) else _typed(question, question.options[best].text)


def _typed(question: Question, key: str) -> str:
    """What matches an answer: any asterisk for one that stands for anything, and a unit where it is wanted."""
    if question.kind is Kind.short_answer:
        return key.replace("\\*", "*").replace("\u200b", "") or "x"
    return f"{key} {question.units[0].name}" if question.unit_penalty else key

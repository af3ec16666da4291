"""What each of Moodle's kinds of question has beside what all have.

Sources: https://docs.moodle.org/en/Moodle_XML_format and the page of each question type there.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import (
    ANYTHING,
    FULL,
    MARKER,
    N_,
    TITLE_LENGTH,
    Criterion,
    Gap,
    Kind,
    Level,
    Option,
    Pair,
    Scoring,
    Unit,
    number,
    tidy,
)
from lms.quizzes.moodle import cloze
from lms.quizzes.moodle.texts import Texts, format_of
from lms.quizzes.moodle.tree import Node

LINE_END = re.compile(r"<br\s*/?>\s*|</(?:p|div|li|h\d)>\s*", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")

SCORINGS = {
    "ALL_OR_NOTHING": Scoring.whole,
    "ABSOLUTE_POSITION": Scoring.place,
    "RELATIVE_NEXT_INCLUDE_LAST": Scoring.neighbour,
}
"""Moodle's ways to grade an order that are ours too."""
NUMBERED = {"-1": "ALL_OR_NOTHING", "0": "ABSOLUTE_POSITION", "2": "RELATIVE_NEXT_INCLUDE_LAST"}
NEAR = {
    "RELATIVE_NEXT_EXCLUDE_LAST": Scoring.neighbour,
    "RELATIVE_ONE_PREVIOUS_AND_NEXT": Scoring.neighbour,
    "RELATIVE_ALL_PREVIOUS_AND_NEXT": Scoring.neighbour,
    "1": Scoring.neighbour,
    "3": Scoring.neighbour,
    "4": Scoring.neighbour,
}
"""Those for which one of ours is nearer than the place of each item."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a kind, and the line of each of its answers, pairs or gaps."""

    kind: Kind
    fields: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[int, ...] = ()


def is_true(node: Node, tag: str, *, default: bool) -> bool:
    value = node.value(tag).lower()
    return value in ("1", "true", "yes") if value else default


def read_number(node: Node, text: str) -> Decimal:
    value = number(text)
    if value is None:
        raise node.wrong(N_("“%(text)s” is not a number."), text=text[:TITLE_LENGTH])
    return value


def value(node: Node, tag: str, default: str) -> Decimal:
    return read_number(node.child(tag) or node, node.value(tag, default))


def _answers(node: Node) -> list[Node]:
    found = node.all("answer")
    if len(found) > MOST_PARTS:
        raise cloze.too_many(node.line)
    return found


def _lines(nodes: list[Node]) -> tuple[int, ...]:
    return tuple(node.line for node in nodes)


def _option(answer: Node, text: str, texts: Texts) -> Option:
    weight = float(read_number(answer, answer.get("fraction") or "0"))
    return Option(text, weight, texts.read(answer.child("feedback")))


def _multichoice(node: Node, texts: Texts) -> Draft:
    answers = _answers(node)
    options = tuple(_option(answer, texts.read(answer), texts) for answer in answers)
    kind = Kind.single if is_true(node, "single", default=True) else Kind.multiple
    return Draft(kind, {"options": options}, _lines(answers))


def _truefalse(node: Node, texts: Texts) -> Draft:
    answers = _answers(node)
    options = [_option(answer, answer.words.strip().lower(), texts) for answer in answers]
    # Moodle has whichever first.
    options.sort(key=lambda option: option.text, reverse=True)
    return Draft(Kind.true_false, {"options": tuple(options)})


def _shortanswer(node: Node, texts: Texts) -> Draft:
    answers = _answers(node)
    options = tuple(_option(answer, answer.words, texts) for answer in answers)
    return Draft(
        Kind.short_answer, {"options": options, "case": is_true(node, "usecase", default=False)}, _lines(answers)
    )


def _numerical(node: Node, texts: Texts) -> Draft:
    answers = _answers(node)
    options = []
    for answer in answers:
        allowed = float(value(answer, "tolerance", "0"))
        option = _option(answer, answer.words, texts)
        # Moodle writes a tolerance for the answer that takes every number, too.
        options.append(option if option.text == ANYTHING else replace(option, tolerance=allowed))
    units = _units(node)
    penalty = _unit_penalty(node, options, texts) if units else 0.0
    fields = {"options": tuple(options), "units": units, "unit_penalty": penalty}
    return Draft(Kind.numerical, fields, _lines(answers))


def _units(node: Node) -> tuple[Unit, ...]:
    """Moodle multiplies the number of the answer, we the number that was given. The unit of the answers comes first."""
    found = []
    units = node.child("units")
    for unit in units.all("unit") if units else []:
        multiplier = value(unit, "multiplier", "1")
        if multiplier == 0:
            raise unit.wrong(N_("The multiplier of a unit cannot be 0."))
        found.append(Unit(unit.value("unit_name"), float(1 / multiplier)))
    first = next((at for at, unit in enumerate(found) if unit.factor == 1), 0)
    return tuple(found[first : first + 1] + found[:first] + found[first + 1 :])


def _unit_penalty(node: Node, options: Iterable[Option], texts: Texts) -> float:
    if node.value("showunits", "0") in ("1", "2"):
        texts.note(node, N_("Learners will type the unit; in Moodle they choose it."))
    graded = node.value("unitgradingtype", "0")
    if graded == "0":
        return 0.0
    if graded == "1" and any(option.weight not in (0, FULL) for option in options):
        texts.note(
            node, N_("A wrong unit will cost a share of the whole mark; in Moodle it is a share of the answer's.")
        )
    return float(value(node, "unitpenalty", "0.1") * 100)


def _match(node: Node, texts: Texts) -> Draft:
    found = node.all("subquestion")
    if len(found) > MOST_PARTS:
        raise cloze.too_many(node.line)
    pairs = tuple(Pair(texts.read(one), one.value("answer")) for one in found)
    return Draft(Kind.matching, {"pairs": pairs}, _lines(found))


def _ordering(node: Node, texts: Texts) -> Draft:
    answers = _answers(node)
    options = tuple(Option(texts.read(answer), 0.0) for answer in answers)
    graded = node.value("gradingtype", "ABSOLUTE_POSITION").upper()
    scoring = SCORINGS.get(NUMBERED.get(graded, graded))
    if scoring is None:
        texts.note(node, N_("Moodle scores this order in another way (%(scoring)s)."), scoring=graded[:TITLE_LENGTH])
    if node.value("selecttype", "ALL").upper() not in ("ALL", "0"):
        texts.note(node, N_("All items will have to be put in order; in Moodle it is some of them."))
    scored = str(scoring or NEAR.get(graded, Scoring.place))
    return Draft(Kind.ordering, {"options": options, "scoring": scored}, _lines(answers))


def _essay(node: Node, texts: Texts) -> Draft:
    if node.value("attachments", "0") != "0":
        texts.note(node, N_("Learners cannot attach files to an essay here."))
    if node.value("responseformat") == "noinline":
        texts.note(node, N_("Learners will type the essay; in Moodle they send it as a file."))
    rubric = node.child("lms:rubric")
    fields = {
        "grader_notes": texts.read(node.child("graderinfo")),
        "template": _template(node.child("responsetemplate")),
        "min_words": int(value(node, "minwordlimit", "0")),
        "max_words": int(value(node, "maxwordlimit", "0")),
        "rubric": _rubric(rubric) if rubric else (),
    }
    return Draft(Kind.essay, fields)


def _template(node: Node | None) -> str:
    """What is typed here has no format."""
    if node is None or format_of(node, "html") != "html":
        return node.words if node else ""
    return html.unescape(TAG.sub("", LINE_END.sub("\n", node.words)))


def _rubric(node: Node) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            one.words if one.child("text") else "",
            tuple(
                Level(level.words, float(read_number(level, level.get("points") or "0")))
                for level in one.all("lms:level")
            ),
        )
        for one in node.all("lms:criterion")
    )


def _cloze(node: Node, texts: Texts) -> Draft:
    holder = node.child("questiontext") or node
    markup = format_of(holder, texts.markup.own)
    found = cloze.read(texts.placed(holder), (holder.child("text") or holder).line, markup)
    if not found.gaps:
        raise holder.wrong(N_("The question has no gap."))
    text, gaps = _reordered(found.text, found.gaps, node.child("lms:gaps"))
    fields: dict[str, Any] = {
        "text": texts.converted(text, holder),
        "gaps": tuple(_converted(gap, holder, texts) for gap in gaps),
    }
    if node.child("defaultgrade") is None:
        fields["mark"] = sum(gap.mark for gap in gaps)
    return Draft(Kind.gaps, fields, found.lines if gaps == found.gaps else ())


def _converted(gap: Gap, holder: Node, texts: Texts) -> Gap:
    """The texts of its answers in the question's format; what is typed has none."""
    typed = gap.kind in (Kind.short_answer, Kind.numerical)
    options = tuple(
        replace(
            option,
            text=option.text if typed else texts.converted(option.text, holder),
            feedback=texts.converted(option.feedback, holder),
        )
        for option in gap.options
    )
    return replace(gap, options=options)


def _reordered(text: str, gaps: tuple[Gap, ...], said: Node | None) -> tuple[str, tuple[Gap, ...]]:
    """Gaps whose numbers are not in the order of the text, as we write it."""
    order = [int(one) for one in said.get("order").split() if one.isascii() and one.isdigit()] if said else []
    if sorted(order) != list(range(1, len(gaps) + 1)):
        return text, gaps
    text = MARKER.sub(lambda match: f"[[{order[int(match[1]) - 1]}]]", text)
    return text, tuple(gaps[order.index(number)] for number in range(1, len(gaps) + 1))


def _gapselect(node: Node, texts: Texts) -> Draft:
    return _choices(node, texts, node.all("selectoption"))


def _ddwtos(node: Node, texts: Texts) -> Draft:
    """Words that are dragged into a text: chosen from a menu here."""
    return _choices(node, texts, node.all("dragbox"))


def _choices(node: Node, texts: Texts, choices: list[Node]) -> Draft:
    """Gaps that name the choice which is right in them by its number; all of its group can be chosen."""
    holder = node.child("questiontext") or node
    if len(choices) > MOST_PARTS:
        raise cloze.too_many(node.line)
    words = [texts.read(choice) for choice in choices]
    groups = [choice.value("group", "1") for choice in choices]
    shuffled = node.child("shuffleanswers") is not None and is_true(node, "shuffleanswers", default=True)
    gaps: list[Gap] = []

    def gap(match: re.Match[str]) -> str:
        right = int(match[1]) - 1
        if not 0 <= right < len(words):
            raise holder.wrong(N_("The gap “%(gap)s” names a choice that is not there."), gap=match[0])
        options = (
            Option(text, FULL if at == right else 0.0)
            for at, text in enumerate(words)
            if groups[at] == groups[right] and (at == right or tidy(text) != tidy(words[right]))
        )
        gaps.append(Gap(Kind.single, tuple(options), shuffle=shuffled))
        return f"[[{len(gaps)}]]"

    text = MARKER.sub(gap, texts.read(holder))
    return Draft(Kind.gaps, {"text": text, "gaps": tuple(gaps), "shuffle": True})


KINDS: Mapping[str, Callable[[Node, Texts], Draft]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "match": _match,
    "matching": _match,
    "ordering": _ordering,
    "essay": _essay,
    "cloze": _cloze,
    "multianswer": _cloze,
    "gapselect": _gapselect,
    "ddwtos": _ddwtos,
}
"""Moodle's kinds of question that we have."""

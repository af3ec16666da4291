"""How questions and answers are shown: in which order, where the gaps are, and in a line of plain text."""

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from typing import TypeVar

from markupsafe import Markup

from lms.i18n import gettext
from lms.quizzes.grading.responses import Response, choices, chosen, is_begun, lefts, parts
from lms.quizzes.kinds import MARKER, Kind, Question

T = TypeVar("T")

_TAG_OR_MARKER = re.compile(rf"""<(?:"[^"]*"|[^">])*>|{MARKER.pattern}""", re.ASCII)
_ANYTHING = re.compile(r"(?<!\\)\*")
_TAG = re.compile(r"<[^<>]*>")


def order(question: Question, seed: int) -> list[int]:
    """The order in which to show the options (matching: the choices), always the same for the same seed.

    Questions of one attempt may share a seed: each still gets an order of its own. Items to put in order never stand
    in their right order, and choices of a matching never simply beside their left sides.
    """
    count = len(choices(question) if question.kind is Kind.matching else question.options)
    mixed = question.kind in (Kind.matching, Kind.ordering) or question.shuffle
    if question.kind is Kind.true_false or not mixed:
        return list(range(count))
    # Mixed with the name, not the text, because the name is the same in all languages.
    shown = shuffled(range(count), f"{seed}:{question.name}")
    in_order = question.kind is Kind.ordering and shown == list(range(count))
    return [*shown[1:], *shown[:1]] if in_order else shown


def gap_order(question: Question, at: int, seed: int) -> list[int]:
    """The order in which to show the choices of a gap."""
    gap = question.gaps[at]
    indices = range(len(gap.options))
    return shuffled(indices, f"{seed}:{question.name}:{at}") if gap.shuffle else list(indices)


def shuffled(things: Iterable[T], seed: object) -> list[T]:
    """In an order that is always the same for the same seed.

    Sorted by random() and not shuffled: only random() is promised to stay the same in later Pythons.
    """
    chance = random.Random(str(seed))  # noqa: S311 - an order is no secret
    return sorted(things, key=lambda _: chance.random())


def pieces(html: str, count: int) -> list[Markup | int]:
    """The HTML of a text with gaps, in pieces, and between them the index of each gap.

    Each of the `count` gaps comes once: one whose marker got lost, as in the address of a link, comes last.
    """
    found: list[Markup | int] = []
    begin = 0
    for marker in _TAG_OR_MARKER.finditer(html):
        at = int(marker[1]) - 1 if marker[1] else -1
        if 0 <= at < count and at not in found:
            found += [Markup(html[begin : marker.start()]), at]  # noqa: S704 - parts of what was safe as a whole
            begin = marker.end()
    missing = [at for at in range(count) if at not in found]
    return [*found, Markup(html[begin:]), *missing]  # noqa: S704 - cut from HTML that was made safe


def summary(question: Question, response: Response) -> str:
    """A response in one line of plain text; empty where nothing was answered."""
    if not is_begun(question, response):
        return ""
    return " ".join(_words(question, response).split())


def option_summary(question: Question, at: int) -> str:
    """One of the answers in a line of plain text."""
    text = question.options[at].text
    if question.kind is Kind.true_false:
        return gettext("True") if text == "true" else gettext("False")
    return plain(text, question.format)


def model(text: str) -> str:
    """A key of a typed answer, as it is shown: what stands for anything is an ellipsis."""
    return _ANYTHING.sub("…", text).replace("\\*", "*")


def plain(text: str, markup: str) -> str:
    """A text of a question without tags, where only plain text can stand."""
    return " ".join(unescape(_TAG.sub(" ", text)).split()) if markup == "html" else text


def _words(question: Question, response: Response) -> str:
    if isinstance(response, str):
        return response
    if question.kind is Kind.gaps:
        return _gap_words(question, response)
    if question.kind is Kind.matching:
        texts = choices(question)
        pairs = zip(lefts(question), parts(question, response), strict=True)
        return "; ".join(f"{plain(pair.left, question.format)} → {texts[at]}" for pair, at in pairs if at is not None)
    if question.kind is Kind.ordering:
        given = enumerate(parts(question, response), 1)
        return "; ".join(f"{place}. {option_summary(question, at)}" for place, at in given if at is not None)
    return "; ".join(option_summary(question, at) for at in chosen(question, response))


def _gap_words(question: Question, response: Response) -> str:
    given = enumerate(zip(question.gaps, parts(question, response), strict=True), 1)
    said = ((number, summary(replace(gap.alone, format=question.format), one)) for number, (gap, one) in given)
    return "; ".join(f"[{number}] {words}" for number, words in said if words)

"""The answers between the braces of a GIFT question."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lms.quizzes.gift.pieces import Piece, each
from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import ANYTHING, FORMATS, FULL, N_, TITLE_LENGTH, Kind, Option, Pair, number
from lms.quizzes.markup import Markup

TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
MARKER = re.compile(rf"\s*\[({'|'.join(FORMATS)})\]", re.IGNORECASE)
WEIGHT = re.compile(r"\s*%([^%\s]*)%")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer between the braces, not yet read as one of a kind of question."""

    sign: str  # "=" for right, "~" for wrong
    weight: float
    body: Piece
    feedback: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the braces hold, and the line of each option or pair."""

    kind: Kind
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    lines: tuple[int, ...] = ()


def marker(piece: Piece) -> tuple[str, Piece]:
    match = MARKER.match(piece.raw)
    return (match[1].lower(), piece.after(match.end())) if match else ("", piece)


def formatted(piece: Piece, markup: Markup) -> str:
    """A text that may have a format marker of its own."""
    own, rest = marker(piece)
    return markup.read(rest.text, own)


def read(body: Piece, markup: Markup) -> Draft:
    if body.blank:
        return Draft(Kind.essay)
    if body.mask.lstrip().startswith("#"):
        return _numerical(body.after(body.mask.index("#") + 1), markup)
    verdict, comments = body.cut("#")
    if verdict.text.strip().upper() in TRUTHS:
        return _true_false(TRUTHS[verdict.text.strip().upper()], comments, markup)
    pieces = _split(body)
    if not any(piece.mask.startswith("~") for piece in pieces):
        if any("->" in piece.cut("#")[0].mask for piece in pieces):
            return _matching(pieces, markup)
        return _short_answer(_answers(pieces, markup))
    return _choice(_answers(pieces, markup), markup)


def _split(body: Piece) -> list[Piece]:
    starts = [match.start() for match in re.finditer("[=~]", body.mask)]
    stray = body.part(0, starts[0]) if starts else body
    if not stray.blank:
        message = N_("“%(text)s” must begin with an equals sign if it is right, or with a tilde if it is wrong.")
        raise stray.wrong(message, text=stray.raw.strip()[:TITLE_LENGTH])
    if len(starts) > MOST_PARTS:
        raise body.wrong(N_("The question has more than %(most)s answers."), most=MOST_PARTS)
    return [body.part(start, stop) for start, stop in zip(starts, [*starts[1:], len(body.raw)], strict=True)]


def _answers(pieces: Iterable[Piece], markup: Markup) -> list[Answer]:
    return each(lambda piece: _answer(piece, markup), pieces)


def _answer(piece: Piece, markup: Markup) -> Answer:
    sign, rest = piece.mask[0], piece.after(1)
    weight = FULL if sign == "=" else 0.0
    if match := WEIGHT.match(rest.raw):
        weight, rest = float(_number(rest, match[1])), rest.after(match.end())
    body, feedback = rest.cut("#")
    return Answer(sign, weight, body, formatted(feedback, markup) if feedback else "")


def _number(piece: Piece, text: str) -> Decimal:
    value = number(text)
    if value is None:
        raise piece.wrong(N_("“%(text)s” is not a number."), text=text.strip()[:TITLE_LENGTH])
    return value


def _choice(answers: list[Answer], markup: Markup) -> Draft:
    options = each(lambda answer: Option(formatted(answer.body, markup), answer.weight, answer.feedback), answers)
    # Moodle's rule: an answer that is right by its sign asks for one choice, weights alone for several.
    right = sum(answer.sign == "=" and answer.weight == FULL for answer in answers)
    kind = Kind.single if right == 1 else Kind.multiple
    return Draft(kind, tuple(options), lines=_lines(answers))


def _short_answer(answers: list[Answer]) -> Draft:
    options = tuple(Option(answer.body.text, answer.weight, answer.feedback) for answer in answers)
    return Draft(Kind.short_answer, options, lines=_lines(answers))


def _lines(answers: Iterable[Answer]) -> tuple[int, ...]:
    return tuple(answer.body.line for answer in answers)


def _true_false(truth: bool, comments: Piece | None, markup: Markup) -> Draft:
    wrong, right = comments.cut("#") if comments else (None, None)
    feedback = {
        False: formatted(wrong, markup) if wrong else "",
        True: formatted(right, markup) if right else "",
    }
    options = (
        Option("true", FULL if truth else 0.0, feedback[truth]),
        Option("false", 0.0 if truth else FULL, feedback[not truth]),
    )
    return Draft(Kind.true_false, options)


def _numerical(body: Piece, markup: Markup) -> Draft:
    pieces = _split(body) if re.match(r"\s*[=~]", body.mask) else []
    answers = _answers(pieces, markup) if pieces else [_lone_number(body, markup)]
    return Draft(Kind.numerical, tuple(each(_numeric_option, answers)), lines=_lines(answers))


def _lone_number(body: Piece, markup: Markup) -> Answer:
    value, feedback = body.cut("#")
    return Answer("=", FULL, value, formatted(feedback, markup) if feedback else "")


def _numeric_option(answer: Answer) -> Option:
    """The value, and how far from it a response may be; a range becomes its middle and half its width."""
    # Moodle writes the feedback for all other numbers as a wrong answer without a number.
    if answer.sign == "~" and answer.body.raw.strip() in ("", ANYTHING):
        return Option(ANYTHING, answer.weight, answer.feedback)
    low, high = answer.body.cut("..")
    if high:
        return _range_option(answer, _number(low, low.raw), _number(high, high.raw))
    value, tolerance = answer.body.cut(":")
    _number(value, value.raw)
    allowed = float(_number(tolerance, tolerance.raw)) if tolerance else 0.0
    return Option(value.raw, answer.weight, answer.feedback, allowed)


def _range_option(answer: Answer, low: Decimal, high: Decimal) -> Option:
    if low > high:
        raise answer.body.wrong(N_("The range ends below its beginning."))
    return Option(str((low + high) / 2), answer.weight, answer.feedback, float((high - low) / 2))


def _matching(pieces: list[Piece], markup: Markup) -> Draft:
    pairs = each(lambda piece: _pair(piece.after(1), markup), pieces)
    return Draft(Kind.matching, pairs=tuple(pairs), lines=tuple(piece.line for piece in pieces))


def _pair(piece: Piece, markup: Markup) -> Pair:
    left, right = piece.cut("->")
    if right is None:
        raise piece.wrong(N_("A pair has no arrow between its two sides."))
    return Pair(formatted(left, markup), right.text)

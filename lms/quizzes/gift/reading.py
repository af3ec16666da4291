"""Reading GIFT: a text is cut into blocks, and a block into pieces that still know their line."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from lms.quizzes.kinds import (
    ANYTHING,
    FORMATS,
    FULL,
    INVISIBLE,
    N_,
    TITLE_LENGTH,
    Kind,
    Option,
    Pair,
    Question,
    faults,
    number,
    tidy,
)

S = TypeVar("S")
T = TypeVar("T")

GAP = "_____"
CATEGORY = "$CATEGORY:"
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
ESCAPED = re.compile(r"\\([\\~=#{}:n])|-\\>")
MARKER = re.compile(rf"\s*\[({'|'.join(FORMATS)})\]", re.IGNORECASE)
WEIGHT = re.compile(r"\s*%([^%\s]*)%")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line: `message` is a %-format sentence to translate, `params` are its values."""

    line: int
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.line}: {self.message % self.params}"


class GiftError(ValueError):
    """A text is not sound GIFT; `problems` tells all that is wrong with it, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def parse(text: str) -> list[Question]:
    """Read the questions of a GIFT text. Raises GiftError, which holds all the problems."""
    blocks = list(_blocks(text))
    problems = list(_repeated_titles(blocks))
    try:
        questions = _each(_question, blocks)
    except GiftError as error:
        raise GiftError([*problems, *error.problems]) from None
    if problems:
        raise GiftError(problems)
    return questions


def lines(text: str) -> list[int]:
    """The line on which each question of a sound GIFT text begins."""
    return [block.numbers[0] for block in _blocks(text)]


def last_lines(text: str) -> list[int]:
    """The line on which each of them ends."""
    return [block.numbers[-1] for block in _blocks(text)]


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one question without its comments; in `mask` every escape is blotted out."""

    text: str
    mask: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block."""

    block: Block
    start: int
    stop: int

    @property
    def line(self) -> int:
        # Counted from the first character that is not a space, because answers begin on lines of their own.
        leading = 0 if self.blank else len(self.raw) - len(self.raw.lstrip())
        return self.block.numbers[self.block.text.count("\n", 0, self.start + leading)]

    @property
    def raw(self) -> str:
        return self.block.text[self.start : self.stop]

    @property
    def mask(self) -> str:
        return self.block.mask[self.start : self.stop]

    @property
    def text(self) -> str:
        return ESCAPED.sub(_unescape, self.raw)

    @property
    def blank(self) -> bool:
        return not self.raw.strip()

    def part(self, start: int, stop: int) -> "Piece":
        return Piece(self.block, self.start + start, self.start + stop)

    def after(self, start: int) -> "Piece":
        return self.part(start, len(self.raw))

    def cut(self, mark: str) -> "tuple[Piece, Piece | None]":
        """The piece up to the first mark that is not escaped, and what follows it."""
        at = self.mask.find(mark)
        return (self, None) if at < 0 else (self.part(0, at), self.after(at + len(mark)))

    def wrong(self, message: str, **params: Any) -> GiftError:
        return GiftError([Problem(self.line, message, params)])


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


def _unescape(match: re.Match[str]) -> str:
    char: str | None = match[1]
    if char is None:
        return "->"
    return "\n" if char == "n" else char


def _blocks(text: str) -> Iterator[Block]:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines: list[tuple[int, str]] = []
    for numbered in enumerate([*text.split("\n"), ""], start=1):
        line = numbered[1].translate(INVISIBLE).strip()
        # A category line stands for itself, even when a question follows at once.
        alone = not lines and line.startswith(CATEGORY)
        if line and not line.startswith("//"):
            lines.append(numbered)
        if lines and (alone or not line):
            yield _block(lines)
            lines = []


def _block(lines: list[tuple[int, str]]) -> Block:
    text = "\n".join(line for _, line in lines)
    mask = ESCAPED.sub(lambda match: "\\" * len(match[0]), text)
    return Block(text, mask, tuple(number for number, _ in lines))


def _each(read: Callable[[S], T], sources: Iterable[S]) -> list[T]:
    """Read every source, so that one GiftError tells all that is wrong and not only the first."""
    done: list[T] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            done.append(read(source))
        except GiftError as error:
            problems.extend(error.problems)
    if problems:
        raise GiftError(problems)
    return done


def _repeated_titles(blocks: Iterable[Block]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for block in blocks:
        title, _ = _title(_whole(block))
        name = tidy(title.text) if title else ""
        if title and name and first.setdefault(name, block.numbers[0]) != block.numbers[0]:
            params = {"title": name[:TITLE_LENGTH], "first": first[name]}
            message = N_("The title “%(title)s” is taken by the question on line %(first)s.")
            yield Problem(title.line, message, params)


def _question(block: Block) -> Question:
    title, rest = _title(_whole(block))
    _check_opening(title, rest)
    before, body, after = _braces(rest)
    markup, before = _marker(before)
    body, general = body.cut("####")
    draft = _draft(body, markup or "markdown")
    question = Question(
        name=title.text if title else "",
        kind=draft.kind,
        text=before.text if after.blank else before.text + GAP + after.text,
        options=draft.options,
        pairs=draft.pairs,
        feedback=_formatted(general, markup or "markdown") if general else "",
        format=markup or "markdown",
    )
    return _checked(question, rest.line, draft.lines)


def _checked(question: Question, line: int, lines: tuple[int, ...]) -> Question:
    problems = [
        Problem(line if fault.at is None else lines[fault.at], fault.message, fault.params)
        for fault in faults(question)
    ]
    if problems:
        raise GiftError(problems)
    return question


def _whole(block: Block) -> Piece:
    start = len(block.text) - len(block.text.lstrip())
    return Piece(block, start, len(block.text))


def _title(whole: Piece) -> tuple[Piece | None, Piece]:
    if not whole.mask.startswith("::"):
        return None, whole
    title, rest = whole.after(2).cut("::")
    return (title, rest) if rest else (None, whole)


def _check_opening(title: Piece | None, rest: Piece) -> None:
    if title is None and rest.mask.startswith("::"):
        raise rest.wrong(N_("The title does not end with two colons."))
    if title is None and rest.raw.startswith(CATEGORY):
        raise rest.wrong(N_("Categories are not supported; remove the $CATEGORY line."))


def _braces(piece: Piece) -> tuple[Piece, Piece, Piece]:
    """What stands before, between and after the braces."""
    opened, closed = piece.mask.count("{"), piece.mask.count("}")
    start, stop = piece.mask.find("{"), piece.mask.find("}")
    if not opened and not closed:
        raise piece.wrong(N_("This is a description: it has no braces with answers. Descriptions are not supported."))
    if opened != closed or stop < start:
        raise piece.wrong(N_("The braces are not balanced. A brace in a text is written with a backslash before it."))
    if opened > 1:
        raise piece.wrong(N_("There is more than one set of braces. Put an empty line between two questions."))
    return piece.part(0, start), piece.part(start + 1, stop), piece.after(stop + 1)


def _marker(piece: Piece) -> tuple[str | None, Piece]:
    match = MARKER.match(piece.raw)
    return (match[1].lower(), piece.after(match.end())) if match else (None, piece)


def _formatted(piece: Piece, markup: str) -> str:
    """A text that may have a format marker of its own, as long as it is that of the question."""
    marker, rest = _marker(piece)
    if marker not in (None, markup):
        message = N_("The format [%(format)s] differs from that of the question, which is [%(expected)s].")
        raise piece.wrong(message, format=marker, expected=markup)
    return rest.text


def _draft(body: Piece, markup: str) -> Draft:
    if body.blank:
        raise body.wrong(N_("This is an essay: its braces hold no answers. Essays are not supported."))
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
    return [body.part(start, stop) for start, stop in zip(starts, [*starts[1:], len(body.raw)], strict=True)]


def _answers(pieces: Iterable[Piece], markup: str) -> list[Answer]:
    return _each(lambda piece: _answer(piece, markup), pieces)


def _answer(piece: Piece, markup: str) -> Answer:
    sign, rest = piece.mask[0], piece.after(1)
    weight = FULL if sign == "=" else 0.0
    if match := WEIGHT.match(rest.raw):
        weight, rest = float(_number(rest, match[1])), rest.after(match.end())
    body, feedback = rest.cut("#")
    return Answer(sign, weight, body, _formatted(feedback, markup) if feedback else "")


def _number(piece: Piece, text: str) -> Decimal:
    value = number(text)
    if value is None:
        raise piece.wrong(N_("“%(text)s” is not a number."), text=text.strip()[:TITLE_LENGTH])
    return value


def _choice(answers: list[Answer], markup: str) -> Draft:
    options = _each(lambda answer: Option(_formatted(answer.body, markup), answer.weight, answer.feedback), answers)
    # Moodle's rule: an answer that is right by its sign asks for one choice, weights alone for several.
    right = sum(answer.sign == "=" and answer.weight == FULL for answer in answers)
    kind = Kind.single if right == 1 else Kind.multiple
    return Draft(kind, tuple(options), lines=_lines(answers))


def _short_answer(answers: list[Answer]) -> Draft:
    options = tuple(Option(answer.body.text, answer.weight, answer.feedback) for answer in answers)
    return Draft(Kind.short_answer, options, lines=_lines(answers))


def _lines(answers: Iterable[Answer]) -> tuple[int, ...]:
    return tuple(answer.body.line for answer in answers)


def _true_false(truth: bool, comments: Piece | None, markup: str) -> Draft:
    wrong, right = comments.cut("#") if comments else (None, None)
    feedback = {
        False: _formatted(wrong, markup) if wrong else "",
        True: _formatted(right, markup) if right else "",
    }
    options = (
        Option("true", FULL if truth else 0.0, feedback[truth]),
        Option("false", 0.0 if truth else FULL, feedback[not truth]),
    )
    return Draft(Kind.true_false, options)


def _numerical(body: Piece, markup: str) -> Draft:
    pieces = _split(body) if re.match(r"\s*[=~]", body.mask) else []
    answers = _answers(pieces, markup) if pieces else [_lone_number(body, markup)]
    return Draft(Kind.numerical, tuple(_each(_numeric_option, answers)), lines=_lines(answers))


def _lone_number(body: Piece, markup: str) -> Answer:
    value, feedback = body.cut("#")
    return Answer("=", FULL, value, _formatted(feedback, markup) if feedback else "")


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


def _matching(pieces: list[Piece], markup: str) -> Draft:
    pairs = _each(lambda piece: _pair(piece.after(1), markup), pieces)
    return Draft(Kind.matching, pairs=tuple(pairs), lines=tuple(piece.line for piece in pieces))


def _pair(piece: Piece, markup: str) -> Pair:
    left, right = piece.cut("->")
    if right is None:
        raise piece.wrong(N_("A pair has no arrow between its two sides."))
    return Pair(_formatted(left, markup), right.text)

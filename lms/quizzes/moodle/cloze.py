"""Answers embedded in a text, as Moodle's cloze questions have them: `{1:MULTICHOICE:=yes#Good.~no}`.

Source: https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lms.quizzes.imported import MOST_PARTS, FormatError, Problem
from lms.quizzes.kinds import ANYTHING, FULL, MARKER, N_, TITLE_LENGTH, Gap, Kind, Look, Option, number

NAMES: dict[str, tuple[Kind, dict[str, Any]]] = {
    "SHORTANSWER": (Kind.short_answer, {}),
    "SHORTANSWER_C": (Kind.short_answer, {"case": True}),
    "NUMERICAL": (Kind.numerical, {}),
    "MULTICHOICE": (Kind.single, {}),
    "MULTICHOICE_V": (Kind.single, {"look": Look.list}),
    "MULTICHOICE_H": (Kind.single, {"look": Look.row}),
    "MULTICHOICE_S": (Kind.single, {"shuffle": True}),
    "MULTICHOICE_VS": (Kind.single, {"look": Look.list, "shuffle": True}),
    "MULTICHOICE_HS": (Kind.single, {"look": Look.row, "shuffle": True}),
    "MULTIRESPONSE": (Kind.multiple, {"look": Look.list}),
    "MULTIRESPONSE_H": (Kind.multiple, {"look": Look.row}),
    "MULTIRESPONSE_S": (Kind.multiple, {"look": Look.list, "shuffle": True}),
    "MULTIRESPONSE_HS": (Kind.multiple, {"look": Look.row, "shuffle": True}),
}
SHORT = {
    "SA": "SHORTANSWER",
    "MW": "SHORTANSWER",
    "SAC": "SHORTANSWER_C",
    "MWC": "SHORTANSWER_C",
    "NM": "NUMERICAL",
    "MC": "MULTICHOICE",
    "MCV": "MULTICHOICE_V",
    "MCH": "MULTICHOICE_H",
    "MCS": "MULTICHOICE_S",
    "MCVS": "MULTICHOICE_VS",
    "MCHS": "MULTICHOICE_HS",
    "MR": "MULTIRESPONSE",
    "MRH": "MULTIRESPONSE_H",
    "MRS": "MULTIRESPONSE_S",
    "MRHS": "MULTIRESPONSE_HS",
}
KEEPER = "\u2060"
"""Stands after a brace that begins no gap, although what follows looks like one. Nobody sees it."""
_BEGINNING = r"\s{0,9}(?P<mark>\d{0,6})\s{0,9}:\s{0,9}(?P<name>[A-Za-z_]{1,30})\s{0,9}:"
OPENING = re.compile(rf"\{{{_BEGINNING}~?", re.ASCII)
KEPT = re.compile(rf"\{{{KEEPER}({KEEPER}*{_BEGINNING})", re.ASCII)
LOOKS_LIKE = re.compile(rf"\{{(?={KEEPER}*{_BEGINNING})", re.ASCII)
END = re.compile(r"\\.|(?P<end>\})", re.DOTALL)
ESCAPED = re.compile(r'\\([\\}#~/"])')
SPECIAL = re.compile(r'[}#~]|\\(?=[\\}#~/"]|\Z)')
BREAK = re.compile(r"\\.|(?P<mark>~|(?<!&)#|&#(?!x[0-9a-fA-F]{1,6};|[0-9]{1,7};))", re.DOTALL)
"""Ends an answer or begins its feedback; the number sign of an HTML entity does neither."""
SIGN = re.compile(r"\s*(?:(?P<right>=)|%(?P<weight>[^%\s]{1,20})%)?")


@dataclass(frozen=True, slots=True)
class Cloze:
    """A text with a marker for each gap, and the line of each."""

    text: str
    gaps: tuple[Gap, ...]
    lines: tuple[int, ...]


def read(text: str, line: int, markup: str) -> Cloze:
    """Raises FormatError, with the line of each gap; `line` is that of the text."""
    parts: list[str] = []
    gaps: list[Gap] = []
    lines: list[int] = []
    problems: list[Problem] = []
    end = 0
    for opening, body, stop in _found(text):
        at = line + text.count("\n", 0, opening.start())
        try:
            gaps.append(_gap(opening, body, at, markup))
        except FormatError as error:
            problems += error.problems
        lines.append(at)
        parts += [_around(text[end : opening.start()], at), f"[[{len(lines)}]]"]
        end = stop
        if len(lines) > MOST_PARTS:
            raise too_many(line)
    if problems:
        raise FormatError(problems)
    return Cloze("".join([*parts, _around(text[end:], line)]), tuple(gaps), tuple(lines))


def too_many(line: int) -> FormatError:
    return FormatError([Problem(line, N_("The question has more than %(most)s answers."), {"most": MOST_PARTS})])


def _found(text: str) -> Iterator[tuple[re.Match[str], str, int]]:
    """What begins each gap, what it holds, and where it ends."""
    end = 0
    while opening := OPENING.search(text, end):
        closing = next((match for match in END.finditer(text, opening.end()) if match["end"]), None)
        if closing is None:
            return
        end = closing.end()
        yield opening, text[opening.end() : closing.start()], end


def _around(text: str, line: int) -> str:
    """A text between gaps."""
    if marker := MARKER.search(text):
        message = N_("The text has “%(marker)s”, which stands for a gap here.")
        raise FormatError([Problem(line, message, {"marker": marker[0]})])
    return KEPT.sub(r"{\1", text)


def _gap(opening: re.Match[str], body: str, line: int, markup: str) -> Gap:
    name = opening["name"].upper()
    if (known := NAMES.get(SHORT.get(name, name))) is None:
        message = N_("“%(name)s” is no kind of gap.")
        raise FormatError([Problem(line, message, {"name": opening["name"]})])
    kind, look = known
    some = islice(_answers(body), MOST_PARTS + 1)
    answers = [_option(kind, answer, feedback, line, markup) for answer, feedback in some]
    if len(answers) > MOST_PARTS:
        raise too_many(line)
    mark = max(int(opening["mark"] or 1), 1)
    return Gap(kind, _shared(answers) if kind is Kind.multiple else tuple(answers), float(mark), **look)


def _answers(body: str) -> Iterator[tuple[str, str]]:
    """Each answer and its feedback, still escaped."""
    start, answer = 0, None
    for match in BREAK.finditer(body):
        if not match["mark"]:
            continue
        mark = match.end() - 1
        if body[mark] == "~":
            yield (body[start:mark], "") if answer is None else (answer, body[start:mark])
            start, answer = match.end(), None
        elif answer is None:
            start, answer = match.end(), body[start:mark]
    yield (body[start:], "") if answer is None else (answer, body[start:])


def _option(kind: Kind, answer: str, feedback: str, line: int, markup: str) -> Option:
    sign = SIGN.match(answer)
    weight = FULL if sign and sign["right"] else 0.0
    if sign and sign["weight"]:
        weight = _number(sign["weight"], line)
    text = _plain(answer[sign.end() if sign else 0 :])
    if kind in (Kind.short_answer, Kind.numerical) and markup == "html":
        text = html.unescape(text)
    value, _, tolerance = text.partition(":") if kind is Kind.numerical else (text, "", "")
    allowed = _number(tolerance, line) if tolerance.strip() else 0.0
    return Option(value, weight, _plain(feedback), allowed)


def _number(text: str, line: int) -> float:
    value = number(text)
    if value is None:
        raise FormatError([Problem(line, N_("“%(text)s” is not a number."), {"text": text.strip()[:TITLE_LENGTH]})])
    return float(value)


def _shared(options: list[Option]) -> tuple[Option, ...]:
    """Where each right answer is said to be worth all, they share the mark."""
    right = sum(option.weight == FULL for option in options)
    if right < 2 or any(0 < option.weight < FULL for option in options):
        return tuple(options)
    share = round(FULL / right, 5)
    return tuple(
        Option(option.text, share if option.weight == FULL else option.weight, option.feedback) for option in options
    )


def _plain(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def write(text: str, gaps: tuple[Gap, ...], markup: str) -> str:
    """The text with each marker made the gap that it stands for."""
    parts = MARKER.split(text)
    written = [LOOKS_LIKE.sub("{" + KEEPER, part) if at % 2 == 0 else "" for at, part in enumerate(parts)]
    for at in range(1, len(parts), 2):
        written[at] = _write(gaps[int(parts[at]) - 1], markup)
    return "".join(written)


def order(text: str) -> list[int]:
    """The numbers of the gaps as the text has them."""
    return [int(found) for found in MARKER.findall(text)]


def _write(gap: Gap, markup: str) -> str:
    name = next(name for name, (kind, look) in NAMES.items() if kind is gap.kind and _looks(gap) == look)
    answers = "~".join(_write_option(gap.kind, option, markup) for option in gap.options)
    return f"{{{int(gap.mark)}:{name}:{answers}}}"


def _looks(gap: Gap) -> dict[str, Any]:
    """What tells the names of one kind apart."""
    if gap.kind is Kind.short_answer:
        return {"case": True} if gap.case else {}
    if gap.kind is Kind.numerical:
        return {}
    look = {} if gap.look == Look.menu else {"look": gap.look}
    return {**look, "shuffle": True} if gap.shuffle else look


def _write_option(kind: Kind, option: Option, markup: str) -> str:
    text = option.text
    if kind in (Kind.short_answer, Kind.numerical) and markup == "html":
        text = html.escape(text, quote=False)
    text = _escape(text)
    if kind is Kind.numerical and option.text != ANYTHING:
        text += f":{option.tolerance!r}".removesuffix(".0")
    sign = "=" if option.weight == FULL else f"%{option.weight!r}%".replace(".0%", "%")
    if option.weight == 0 and not text.startswith(("=", "%", "~")):
        sign = ""
    # A blank keeps an ampersand from making an entity of the feedback's sign.
    feedback = "#" + _escape(option.feedback) if option.feedback else ""
    return sign + text + (" " if text.endswith("&") and feedback else "") + feedback


def _escape(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)

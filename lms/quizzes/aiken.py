"""Questions with one right answer, as text in Aiken's format.

Source: https://docs.moodle.org/en/Aiken_format. A question is a line (here also several), each answer a line that
begins with a capital letter and a full stop or bracket, and the last line says which is right: `ANSWER: B`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lms.quizzes.imported import MOST_PARTS, FormatError, Item, Problem, checked
from lms.quizzes.kinds import FULL, INVISIBLE, N_, TITLE_LENGTH, Kind, Option, Question

OPTION = re.compile(r"\s*(?P<letter>[A-Z])[.)](?:\s+(?P<text>.*))?")
ANSWER = re.compile(r"\s*ANSWER\s*:(?P<letter>.*)")


MOST_PROBLEMS = 20
"""Of one question that are told."""


@dataclass(slots=True)
class _Draft:
    """The lines of a question, with their numbers, up to its answer."""

    text: list[tuple[int, str]] = field(default_factory=list)
    options: list[tuple[int, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.text[0][0] if self.text else self.options[0][0] if self.options else 1

    def wrong(self, line: int, message: str, **params: str | int) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, message, params))


def items(rows: Iterator[str]) -> Iterator[Item]:
    """Read the questions of the lines of a text."""
    draft, number = _Draft(), 0
    for number, row in enumerate(rows, 1):
        seen = row.translate(INVISIBLE).strip()
        if not seen:
            continue
        if answer := ANSWER.fullmatch(seen):
            yield _item(draft, number, answer["letter"].strip())
            draft = _Draft()
        elif option := OPTION.fullmatch(seen):
            _add(draft, number, option)
        elif draft.options:
            # The answer is missing, so that this line begins the next question.
            draft.wrong(number, N_("Here a line is missing that says which answer is right, as in ANSWER: B."))
            yield _item(draft, number, "")
            draft = _Draft([(number, row)])
        else:
            draft.text.append((number, row))
    if draft.text or draft.options:
        last = (draft.options or draft.text)[-1][0]
        draft.wrong(last, N_("Here a line is missing that says which answer is right, as in ANSWER: B."))
        yield _item(draft, last, "")


def _add(draft: _Draft, line: int, option: re.Match[str]) -> None:
    if any(letter == option["letter"] for _, letter, _ in draft.options):
        draft.wrong(line, N_("The letter %(letter)s stands there twice."), letter=option["letter"])
    elif len(draft.options) < MOST_PARTS:
        draft.options.append((line, option["letter"], option["text"] or ""))


def _item(draft: _Draft, line: int, right: str) -> Item:
    letters = [letter for _, letter, _ in draft.options]
    if not draft.text:
        draft.wrong(draft.line if draft.options else line, N_("The question has no text."))
    if not draft.problems and right not in letters:
        draft.wrong(line, N_("“%(letter)s” is not the letter of an answer."), letter=right[:TITLE_LENGTH])
    text = "\n".join(row for _, row in draft.text)
    first = draft.line if draft.text or draft.options else line
    item = Item(first, title=" ".join(text.split())[:TITLE_LENGTH], problems=tuple(draft.problems))
    if draft.problems:
        return item
    options = tuple(Option(text, FULL if letter == right else 0.0) for _, letter, text in draft.options)
    try:
        lines = [number for number, _, _ in draft.options]
        question = Question("", Kind.single, text, options, format="plain")
        return replace(item, question=checked(question, first, lines))
    except FormatError as error:
        return replace(item, problems=error.problems)

"""Two texts beside each other, line by line. Pure functions."""

from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2
"""So many lines that are the same stand around what differs."""


@dataclass(frozen=True, slots=True)
class Line:
    whose: str
    """`theirs`, `mine`, `both`, or `gap` for lines of both that are left out."""
    text: str


def differences(theirs: str, mine: str) -> list[Line]:
    """Empty where the texts are the same."""
    if theirs == mine:
        return []
    old, new = theirs.split("\n"), mine.split("\n")
    found: list[Line] = []
    changes = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)
    for number, group in enumerate(changes):
        if number:
            found.append(Line("gap", "…"))
        for kind, begin, end, new_begin, new_end in group:
            if kind == "equal":
                found += [Line("both", line) for line in old[begin:end]]
            else:
                found += [Line("theirs", line) for line in old[begin:end]]
                found += [Line("mine", line) for line in new[new_begin:new_end]]
    return found

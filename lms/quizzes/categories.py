"""Where in a question bank a question is kept, as Moodle writes it: `$course$/top/Budget/Basics`."""

import re
from collections.abc import Sequence

from lms.quizzes.kinds import tidy

CONTEXT = re.compile(r"\$[^$/]*\$")
"""Whose drawers they are, e.g. `$course$`, `$module$` or `$cat12$`; ours are of the course that imports."""
TOP = "top"
"""Moodle's outermost drawer, which holds no question."""


def read(text: str) -> tuple[str, ...]:
    """From the outermost drawer to the innermost."""
    # A slash within a name is written twice.
    parts = (part.replace("\0", "/") for part in text.replace("\0", "").replace("//", "\0").split("/"))
    names = [" ".join(tidy(part).split()) for part in parts]
    if names and CONTEXT.fullmatch(names[0]):
        names = names[1:]
    if names and names[0] == TOP:
        names = names[1:]
    return tuple(filter(None, names))


def write(category: Sequence[str]) -> str:
    return "/".join(["$course$", TOP, *map(_escape, category)])


def _escape(name: str) -> str:
    """Blanks, which are not counted, keep a slash at the end of a name from the one between two."""
    before, after = " " * name.startswith("/"), " " * name.endswith("/")
    return before + name.replace("/", "//") + after

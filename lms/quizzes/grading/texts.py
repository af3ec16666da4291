"""Typed texts: what matches an answer, and how long one is."""

import re

from lms.quizzes.kinds import comparable

_BETWEEN_WORDS = re.compile(r"[\s\u200b]+")


def matches(key: str, text: str, case: bool = False) -> bool:
    r"""Tell whether a text matches a key, in which * stands for anything and \* for an asterisk."""
    parts = [part.replace("\\*", "*") for part in re.split(r"(?<!\\)\*", comparable(key, case))]
    return _in_sequence(parts, comparable(text, case))


def _in_sequence(parts: list[str], text: str) -> bool:
    # By hand and not as a regular expression, which takes ages for a key like *a*a*a*a*a*a*.
    first, *rest = parts
    if not rest:
        return first == text
    last = rest.pop()
    if not (text.startswith(first) and text.endswith(last) and len(first) + len(last) <= len(text)):
        return False
    at, stop = len(first), len(text) - len(last)
    for part in rest:
        found = text.find(part, at, stop)
        if found < 0:
            return False
        at = found + len(part)
    return True


def word_count(text: str) -> int:
    """Words are parted by blanks and by zero-width spaces, as Khmer keyboards type them between words."""
    return len([word for word in _BETWEEN_WORDS.split(text) if comparable(word)])

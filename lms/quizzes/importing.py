"""Files of questions from elsewhere: what format one has, and what is in it. A file is trusted in nothing."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lms.quizzes import aiken, gift, moodle
from lms.quizzes.gift import rows
from lms.quizzes.imported import Format, FormatError, Imported, Item, Problem
from lms.quizzes.inline import taken_out
from lms.quizzes.kinds import N_

__all__ = ["MOST_BYTES", "MOST_ITEMS", "MOST_TEXT", "Format", "FormatError", "Imported", "Item", "Problem", "read"]

MOST_BYTES = 20_000_000
"""Of Moodle XML, which has pictures in it."""
MOST_TEXT = 5_000_000
"""Bytes of GIFT or Aiken."""
MOST_ITEMS = 5000

XML = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|quiz\b|question\b)", re.IGNORECASE)
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
OTHERS = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x1f\x8b")
"""What ZIP files and documents of office programs begin with."""


def read(data: bytes, name: str) -> Imported:
    """What a file holds; `name` is what it is called. Its format is told by its content."""
    format_ = None
    try:
        text = decode(data)
        format_ = tell(text)
        _check_size(data, format_)
        found = tuple(map(taken_out, islice(_items(text, format_), MOST_ITEMS + 1)))
    except FormatError as error:
        return Imported(format_, problems=error.problems)
    problem = _problem(found, format_, name)
    return Imported(format_, problems=(problem,)) if problem else Imported(format_, found)


def is_xml(text: str) -> bool:
    """Whether a text means to be Moodle XML; one of GIFT may begin with HTML."""
    return XML.match(text.removeprefix("\ufeff")) is not None


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16. Raises FormatError."""
    if data.startswith(OTHERS):
        raise _wrong(1, N_("This is a document or an archive. Save it as plain text, or export it as Moodle XML."))
    mark, encoding = next(((mark, name) for mark, name in MARKS.items() if data.startswith(mark)), (b"", ""))
    encoding = encoding or _without_mark(data)
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(line, N_("The text is neither UTF-8 nor UTF-16. Save it as UTF-8.")) from None


def _without_mark(data: bytes) -> str:
    """UTF-16 shows by the first character, which is a Latin one or a blank in all that we read."""
    if data[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if data[:1] == b"\0" else "utf-8"


def tell(text: str) -> Format:
    """The format of a text."""
    if is_xml(text):
        return Format.moodle
    answers, options = False, False
    for row in filter(None, rows(text)):
        answers = answers or aiken.ANSWER.fullmatch(row) is not None
        options = options or aiken.OPTION.fullmatch(row) is not None
    return Format.aiken if options and (answers or "{" not in text) else Format.gift


def _check_size(data: bytes, format_: Format) -> None:
    most = MOST_BYTES if format_ is Format.moodle else MOST_TEXT
    if len(data) > most:
        raise _wrong(1, N_("The file is larger than %(limit)s MB."), limit=most // 1_000_000)


def _items(text: str, format_: Format) -> Iterator[Item]:
    if format_ is Format.moodle:
        return moodle.items(text)
    if format_ is Format.aiken:
        return aiken.items(rows(text))
    # Moodle's own format is what the description takes a text for that names none.
    return gift.items(text, "moodle")


def _problem(found: tuple[Item, ...], format_: Format, name: str) -> Problem | None:
    """Why nothing can be taken of the file as a whole."""
    if len(found) > MOST_ITEMS:
        return Problem(1, N_("The file has more than %(most)s questions. Part it."), {"most": MOST_ITEMS})
    if not found:
        return Problem(1, N_("There is no question in “%(file)s”."), {"file": name[-80:]})
    if format_ is Format.gift and _only_prose(found):
        return Problem(1, N_("“%(file)s” is neither GIFT, Aiken nor Moodle XML."), {"file": name[-80:]})
    return None


def _only_prose(found: Iterable[Item]) -> bool:
    return all(item.kind == "description" for item in found)


def _wrong(line: int, message: str, **params: int) -> FormatError:
    return FormatError([Problem(line, message, params)])

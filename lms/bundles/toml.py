"""TOML from people: every key is asked for by its type, and what is wrong is told with the line of the key."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from babel import localedata

from lms.db import Translated
from lms.i18n import gettext

Complain = Callable[[int, str], None]
"""Takes the line and the message of a problem."""
Path = tuple[str | int, ...]
"""Of a key; tables that are several under one name are told apart by numbers from 0."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 80
YEARS = range(2000, 3000)
"""In which something may open."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_HEADER = re.compile(r"\s*(\[\[?)([^\]]*)\]")
_KEY = re.compile(r"""\s*([\w."' -]+?)\s*=""")
_DELIMITER = re.compile("\"\"\"|'''")


@lru_cache
def is_language(code: str) -> bool:
    """A code of two or three letters that Babel knows, e.g. `km`."""
    return bool(re.fullmatch("[a-z]{2,3}", code)) and localedata.exists(code)


def parse(text: str, complain: Complain) -> "Table":
    """The table of a whole text; after a complaint, if it is not TOML, an empty one."""
    try:
        data = tomllib.loads(text)
    except RecursionError:
        complain(1, gettext("The values are nested too deeply."))
    except ValueError as error:
        complain(*_syntax(str(error), text))
    else:
        return Table(data, (), dict(_lines(text)), complain)
    return empty()


def empty() -> "Table":
    """One without keys that complains of nothing: for a file that has been complained of as a whole."""
    return Table({}, (), {}, lambda _line, _message: None)


def _syntax(message: str, text: str) -> tuple[int, str]:
    found = _AT_LINE.search(message)
    line = int(found[1]) if found else max(text.rstrip().count("\n") + 1, 1)
    detail = _AT_LINE.sub("", message).removesuffix(" (at end of document)")
    return line, gettext("This is not valid TOML: %(detail)s.", detail=detail)


def _lines(text: str) -> Iterator[tuple[Path, int]]:
    """The line of each key, by its dotted path, the first one last. Lines inside a long text are no keys."""
    found: list[tuple[Path, int]] = []
    header: Path = ()
    several: dict[Path, int] = {}
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not inside and (match := _HEADER.match(line)):
            header = _header(_path(match[2]), match[1] == "[[", several)
            found += [(header, number), (header[:-1], number)] if match[1] == "[[" else [(header, number)]
        elif not inside and (match := _KEY.match(line)):
            path = header + _path(match[1])
            found += [(path[:length], number) for length in range(len(header) + 1, len(path) + 1)]
        for delimiter in _DELIMITER.findall(line):
            inside = "" if inside == delimiter else inside or delimiter
    return reversed(found)


def _header(path: tuple[str, ...], is_one_of_several: bool, several: dict[Path, int]) -> Path:
    """Where a table stands, with the number of each that is one of several, which are counted up here."""
    placed: Path = ()
    for part in path:
        placed += (several[placed],) if placed in several else ()
        placed += (part,)
    if is_one_of_several:
        several[placed] = several.get(placed, -1) + 1
        placed += (several[placed],)
    return placed


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip(" \"'") for part in dotted.split("."))


class Table:
    """Each key is taken once; `end` complains of those that nobody asked for.

    After a complaint a taker returns an empty value of its type, so that reading goes on to the next problem.
    """

    def __init__(self, data: Mapping[str, Any], path: Path, lines: Mapping[Path, int], complain: Complain) -> None:
        self._data, self._path, self._lines, self._complain = dict(data), path, lines, complain

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def line(self, key: str = "") -> int:
        """Where the key stands, or else the table that should hold it, or else 1."""
        path = (*self._path, key)
        return next((self._lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._lines), 1)

    def wrong(self, key: str, message: str) -> None:
        self._complain(self.line(key), message)

    def name(self, key: str) -> str:
        return ".".join(part for part in (*self._path, key) if isinstance(part, str))

    def end(self) -> None:
        for key in self._data:
            self.wrong(key, gettext("The key “%(key)s” is unknown here.", key=self.name(key)[:80]))

    def table(self, key: str) -> "Table":
        """A table of its own, empty where it is not given."""
        value = self._data.pop(key, {})
        if not isinstance(value, dict):
            self.wrong(key, gettext("“%(key)s” must be a table of keys and values.", key=self.name(key)))
            value = {}
        return Table(value, (*self._path, key), self._lines, self._complain)

    def tables(self, key: str) -> "list[Table]":
        """Tables of one name, in their order; none where they are not given."""
        values = self._data.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.wrong(key, gettext("“%(key)s” must be tables that begin with [[%(key)s]].", key=self.name(key)))
            return []
        path = (*self._path, key)
        return [Table(value, (*path, at), self._lines, self._complain) for at, value in enumerate(values)]

    def text(self, key: str, lines: bool = False) -> str:
        """A text that must be there; of one line, unless `lines`."""
        if key not in self._data:
            self.wrong(key, gettext("“%(key)s” is missing.", key=self.name(key)))
            return ""
        value = self._data.pop(key)
        if not isinstance(value, str):
            self.wrong(key, gettext("“%(key)s” must be a text in quotation marks.", key=self.name(key)))
            return ""
        value = value.replace("\r\n", "\n").strip()
        if not value:
            self.wrong(key, gettext("“%(key)s” is empty.", key=self.name(key)))
        if CONTROL.search(value) or (not lines and "\n" in value):
            self.wrong(key, gettext("“%(key)s” has a line break or a control character.", key=self.name(key)))
        return value

    def number(self, key: str, default: float, high: float) -> float:
        value = self._data.pop(key, default)
        # A bool is an int in Python, not in TOML.
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= high:
            message = gettext("“%(key)s” must be a number from 0 to %(high)s.", key=self.name(key), high=high)
            self.wrong(key, message)
            return default
        return float(value)

    def whole(self, key: str, default: int, high: int, low: int = 0) -> int:
        value = self._data.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            values = {"key": self.name(key), "low": low, "high": high}
            self.wrong(key, gettext("“%(key)s” must be a whole number from %(low)s to %(high)s.", **values))
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._data.pop(key, default)
        if not isinstance(value, bool):
            self.wrong(key, gettext("“%(key)s” must be true or false, without quotation marks.", key=self.name(key)))
            return default
        return value

    def share(self, key: str, words: Collection[str], high: int) -> str | int:
        """One of these words, or a whole number from 1."""
        value = self._data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.whole(key, 1, high, low=1)
        text = self.text(key)
        if text and text not in words:
            values = {"key": self.name(key), "choices": ", ".join(words)}
            self.wrong(key, gettext("“%(key)s” must be a whole number from 1, or one of: %(choices)s.", **values))
        return text

    def word(self, key: str, words: Collection[str], default: str) -> str:
        """One of these words."""
        value = self._data.pop(key, default)
        if value not in words:
            values = {"key": self.name(key), "choices": ", ".join(words)}
            self.wrong(key, gettext("“%(key)s” must be one of: %(choices)s.", **values))
            return default
        return str(value)

    def short(self, key: str, most: int) -> str:
        """A text of so many characters at most; empty where it is not given."""
        value = self.text(key) if key in self else ""
        if len(value) > most:
            values = {"key": self.name(key), "limit": most}
            self.wrong(key, gettext("“%(key)s” is longer than %(limit)s characters.", **values))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Some texts, none of them empty."""
        value = self._data.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            values = {"key": self.name(key), "example": '["first", "second"]'}
            self.wrong(key, gettext("“%(key)s” must be a list of texts, as in %(example)s.", **values))
            return ()
        return tuple(" ".join(one.split()) for one in value)

    def slugs(self, key: str) -> tuple[str, ...]:
        """Names of courses or units, each once."""
        value = self._data.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and is_slug(one) for one in value):
            values = {"key": self.name(key), "example": '["first", "second"]'}
            self.wrong(key, gettext("“%(key)s” must be a list of names, as in %(example)s.", **values))
            return ()
        if len(set(value)) < len(value):
            self.wrong(key, gettext("“%(key)s” has a name twice.", key=self.name(key)))
        return tuple(value)

    def moment(self, key: str) -> datetime | None:
        """In UTC, to the second; None where it is not given."""
        value = self._data.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None or value.year not in YEARS:
            message = gettext("“%(key)s” must be a moment, as in 2027-01-31T08:00:00+07:00.", key=self.name(key))
            self.wrong(key, message)
            return None
        return value.astimezone(UTC).replace(microsecond=0)

    def translated(
        self, key: str, languages: Collection[str], required: bool = False, lines: bool = False
    ) -> Translated:
        """A text in some of these languages, or, where none are given, in any; with `required` in one at least."""
        if isinstance(self._data.get(key), str):
            del self._data[key]
            self.wrong(key, gettext("“%(key)s” needs a language, as in %(key)s.en.", key=self.name(key)))
            return {}
        if required and not self._data.get(key):
            message = gettext("“%(key)s” is missing; it needs a language, as in %(key)s.en.", key=self.name(key))
            self.wrong(key, message)
        table = self.table(key)
        found = {code: table.text(code, lines) for code in sorted(table.languages(languages))}
        table.end()
        return found

    def languages(self, languages: Collection[str]) -> list[str]:
        """The languages for which it has a key; one that is not of these, if there are any, is complained of."""
        for code in list(self._data):
            if fault := language_fault(code, languages):
                del self._data[code]
                self.wrong(code, fault)
        return list(self._data)


def is_slug(name: str) -> bool:
    """Whether a course, unit or lesson can have this name in its address."""
    return bool(SLUG.fullmatch(name)) and len(name) <= MAX_SLUG


def language_fault(code: str, languages: Collection[str]) -> str:
    """Why a text cannot be in this language; empty if it can. Without `languages`, any language will do."""
    if not is_language(code):
        return gettext("“%(code)s” is not the code of a language, like km or en.", code=code[:80])
    if languages and code not in languages:
        return gettext("The course has no title in “%(code)s”; add it to course.toml, or leave this out.", code=code)
    return ""

"""A stranger's XML as a tree of each question, with its lines, and never more in memory than one of them.

The parser takes no document type, so that there are no entities to expand or fetch, and bounds what makes a parser
grow: depth, elements, names, and the length of one tag.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from lms.quizzes.imported import FormatError, Problem
from lms.quizzes.kinds import N_, TITLE_LENGTH, tidy

ROOT = "quiz"
CHUNK = 1 << 16
LONGEST_TAG = 1 << 18
"""Bytes of one tag or comment."""
DEEPEST = 30
MOST_ELEMENTS = 20_000
"""Of one question."""
MOST_NAMES = 2000
"""Of elements and attributes that differ; the parser keeps each for good."""

_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*>""")
_CODES = expat.errors.codes
REASONS = {
    _CODES[expat.errors.XML_ERROR_TAG_MISMATCH]: N_("An element is not closed before the one around it."),
    _CODES[expat.errors.XML_ERROR_NO_ELEMENTS]: N_("The XML ends before its outermost element is closed."),
    _CODES[expat.errors.XML_ERROR_UNCLOSED_TOKEN]: N_("A tag or a comment is not closed."),
    _CODES[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION]: N_("A CDATA section is not closed."),
    _CODES[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: N_("XML does not know this entity. Write & as &amp; here."),
    _CODES[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: N_("An attribute stands there twice."),
    _CODES[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: N_("Something follows the end of the outermost element."),
    _CODES[expat.errors.XML_ERROR_MISPLACED_XML_PI]: N_("Something stands before <?xml; that must come first."),
}
MALFORMED = N_("This is not sound XML. In a text, & and < are written as &amp; and &lt;, or the text is in CDATA.")


@dataclass(slots=True)
class Node:
    """An element, and where it stands: its line, and its place in the bytes."""

    tag: str
    attributes: dict[str, str]
    line: int
    start: int
    stop: int = 0
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def child(self, tag: str) -> "Node | None":
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, tag: str) -> list["Node"]:
        return [child for child in self.children if child.tag == tag]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default).strip()

    @property
    def words(self) -> str:
        """The text, which most elements have in a <text> of its own."""
        inner = self.child("text")
        return (inner or self).text

    def value(self, tag: str, default: str = "") -> str:
        """The words of a child, tidy; the default where there is none or it is empty."""
        child = self.child(tag)
        return (tidy(child.words) if child else "") or default

    def wrong(self, message: str, /, kind: str = "", **params: Any) -> FormatError:
        return FormatError([Problem(self.line, message, params)], kind)


class RefusedError(Exception):
    """What makes the parser stop."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message, self.params = message, params


def read(data: bytes) -> Iterator[Node]:
    """Each element within <quiz>, one after another, of XML in UTF-8. Raises FormatError."""
    return _read(_Builder(data))


@dataclass(frozen=True, slots=True)
class Whole:
    """All elements within <quiz>, and where it begins and ends in the bytes."""

    nodes: tuple[Node, ...]
    start: int
    stop: int


def whole(data: bytes) -> Whole:
    builder = _Builder(data)
    nodes = tuple(_read(builder))
    return Whole(nodes, builder.start, max(builder.start, builder.stop))


def _read(builder: "_Builder") -> Iterator[Node]:
    parser, data = builder.parser, builder.data
    try:
        for at in range(0, len(data), CHUNK):
            parser.Parse(data[at : at + CHUNK])
            if at + CHUNK - parser.CurrentByteIndex > LONGEST_TAG:
                raise RefusedError(N_("A tag or a comment is too long."))
            yield from builder.taken()
        parser.Parse(b"", True)  # noqa: FBT003 - it has no names for its arguments
        yield from builder.taken()
    except RefusedError as refused:
        raise _error(data, parser.CurrentLineNumber, refused.message, refused.params) from None
    except expat.ExpatError as error:
        raise _error(data, error.lineno, REASONS.get(error.code, MALFORMED), {}) from None


def _error(data: bytes, line: int, message: str, params: dict[str, Any]) -> FormatError:
    return FormatError([Problem(min(max(line, 1), data.count(b"\n") + 1), message, params)])


class _Builder:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.names: dict[str, str] = {}
        # The encoding is said here because the text has been decoded, whatever its first line says.
        self.parser = parser = expat.ParserCreate("utf-8", intern=self.names)
        parser.buffer_text = True
        parser.buffer_size = CHUNK
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self.open: list[tuple[Node, list[str]]] = []
        self.elements = 0
        self.start = self.stop = 0
        self.done: list[Node] = []

    def taken(self) -> list[Node]:
        done, self.done = self.done, []
        return done

    def _doctype(self, *_: object) -> None:
        raise RefusedError(N_("A document type (<!DOCTYPE …>) is not taken."))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag != ROOT:
            message = N_("This is not Moodle XML: its outermost element is <%(tag)s>, not <quiz>.")
            raise RefusedError(message, tag=tag[:TITLE_LENGTH])
        if len(self.open) >= DEEPEST:
            raise RefusedError(N_("The elements are nested too deeply."))
        self.elements = 0 if len(self.open) <= 1 else self.elements + 1
        if self.elements > MOST_ELEMENTS or len(self.names) > MOST_NAMES:
            raise RefusedError(N_("There are too many elements."))
        node = Node(tag, attributes, self.parser.CurrentLineNumber, self.parser.CurrentByteIndex)
        if not self.open:
            self.start = _tag_end(self.data, node.start)
        if len(self.open) > 1:
            self.open[-1][0].children.append(node)
        self.open.append((node, []))

    def _characters(self, text: str) -> None:
        if len(self.open) > 1:
            self.open[-1][1].append(text)

    def _end(self, _tag: str) -> None:
        node, texts = self.open.pop()
        node.text = "".join(texts)
        if len(self.open) == 1:
            node.stop = _tag_end(self.data, self.parser.CurrentByteIndex)
            self.done.append(node)
        elif not self.open:
            self.stop = self.parser.CurrentByteIndex


def _tag_end(data: bytes, start: int) -> int:
    """Where the tag that begins there ends."""
    found = _TAG_END.match(data, start)
    return found.end() if found else len(data)

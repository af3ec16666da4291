"""Texts of Moodle XML: their formats, and the files that are embedded in them."""

import binascii
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from lms.quizzes.imported import Problem
from lms.quizzes.kinds import N_, TITLE_LENGTH
from lms.quizzes.markup import Markup
from lms.quizzes.moodle.tree import Node

NAMES = {"html": "html", "moodle": "moodle_auto_format", "plain": "plain_text", "markdown": "markdown"}
"""Moodle's names of our formats."""
FORMATS = {
    **{theirs: ours for ours, theirs in NAMES.items()},
    **{ours: ours for ours in NAMES},
    "0": "moodle",
    "1": "html",
    "2": "plain",
    "4": "markdown",
}
USUAL = "html"
"""The format of a text that does not name it."""
IMAGES = "images/"
LONGEST_NAME = 60

_PLACE = "@@PLUGINFILE@@/"
_QUOTED = rf"""(?P<quote>["']){_PLACE}(?P<name>[^"'<>\n]{{1,500}})(?P=quote)"""
_BARE = rf"""{_PLACE}(?P<bare>[^\s"'<>()\[\]#~{{}}]{{1,500}})"""
_USED = re.compile(f"{_QUOTED}|{_BARE}")
_USED_BARE = re.compile(_BARE)
_ENDS = r"""(?=[\s"'<>()\[\]#~{}]|\Z)"""
_SAFE_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_OWN = re.compile(rf"(?<![\w./-]){IMAGES}(?P<path>[A-Za-z0-9_-][A-Za-z0-9_./-]*){_ENDS}")


def format_of(node: Node | None, default: str) -> str:
    """Ours for Moodle's; one that we do not know as it is, so that it can be named."""
    name = node.get("format") if node else ""
    return FORMATS.get(name, name) or default


@dataclass(slots=True)
class Files:
    """The embedded files of a whole import: one name never stands for two contents."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, path: str, data: bytes) -> str:
        """The name that texts have for it, e.g. `images/map.png`."""
        name = IMAGES + safe_path(path)
        if self.kept.get(name, data) != data:
            wanted = PurePosixPath(name)
            name = str(wanted.with_name(f"{wanted.stem}-{sha256(data).hexdigest()[:12]}{wanted.suffix}"))
        self.kept[name] = data
        return name


def safe_path(path: str) -> str:
    """As it is where it makes no trouble; otherwise in plain letters, digits and hyphens."""
    parts = [part for part in path.split("/") if part]
    if parts and all(_SAFE_PART.fullmatch(part) for part in parts):
        return "/".join(parts)
    plain = unicodedata.normalize("NFKD", parts[-1] if parts else "").encode("ascii", "ignore").decode()
    stem, dot, ending = plain.rpartition(".")
    ending = re.sub(r"[^A-Za-z0-9]+", "", ending).lower()[:10]
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", stem if dot else plain).strip("-")[:LONGEST_NAME].strip("-").lower()
    return f"{name or 'file'}.{ending}" if dot and ending else name or "file"


@dataclass(slots=True)
class Texts:
    """Reads the texts of one question."""

    markup: Markup
    files: Files
    mine: dict[str, bytes] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def read(self, node: Node | None) -> str:
        """A text in the question's format, its files under their names here."""
        return self.converted(self.placed(node), node) if node else ""

    def converted(self, text: str, node: Node) -> str:
        return self.markup.read(text, format_of(node, self.markup.own))

    def placed(self, node: Node) -> str:
        """A text in its own format."""
        inner = node.child("text")
        if inner and inner.children:
            raise inner.wrong(N_("HTML in a <text> must be in CDATA, or its < must be written as &lt;."))
        names = self._names(node)

        def bare(match: re.Match[str]) -> str:
            return self._named(_path(match["bare"]), names, node)

        def used(match: re.Match[str]) -> str:
            path = _path(match["name"] or match["bare"])
            if match["quote"] and path not in names:
                return _USED_BARE.sub(bare, match[0])
            quotes = match["quote"] or ""
            return f"{quotes}{self._named(path, names, node)}{quotes}"

        return _USED.sub(used, node.words)

    def note(self, node: Node, message: str, /, **params: Any) -> None:
        self.notes.append(Problem(node.line, message, params))

    def _named(self, path: str, names: Mapping[str, str], node: Node) -> str:
        if path not in names:
            message = N_("The file “%(file)s” is not in this export; it has to be added.")
            self.note(node, message, file=path[:TITLE_LENGTH])
        return names.get(path) or IMAGES + safe_path(path)

    def _names(self, node: Node) -> dict[str, str]:
        """The names here of the files embedded in one text, by those that it has for them."""
        found = {}
        for file in node.all("file"):
            path = f"{file.get('path')}/{file.get('name')}".strip("/")
            found[re.sub("/+", "/", path)] = name = self.files.keep(path, _decoded(file))
            self.mine[name] = self.files.kept[name]
        return found


def _path(written: str) -> str:
    return unquote(unescape(written).partition("?")[0])


def _decoded(file: Node) -> bytes:
    try:
        if file.get("encoding", "base64") != "base64":
            raise ValueError
        return binascii.a2b_base64(file.text.strip().encode("ascii"))
    except ValueError:  # includes binascii.Error and UnicodeEncodeError
        name = file.get("name")[:TITLE_LENGTH]
        raise file.wrong(N_("The embedded file “%(file)s” is damaged."), file=name) from None


def embedded(text: str, files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """A text as Moodle wants it, and the files that it names, by Moodle's path of each."""
    used: dict[str, bytes] = {}

    def placed(match: re.Match[str]) -> str:
        path = match["path"]
        if IMAGES + path not in files:
            return match[0]
        used[path] = files[IMAGES + path]
        return _PLACE + quote(path)

    return _OWN.sub(placed, text), used

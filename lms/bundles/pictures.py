"""Whether a picture is what its name says, and harmless.

SVG may run programs and fetch addresses (SVG 2, sections 5 and 15; XML 1.0, section 2.8): one that tries is refused.
"""

import re
from collections.abc import Iterator
from xml.parsers import expat

from lms.bundles.toml import Complain
from lms.courses.pieces import Data, stream
from lms.i18n import gettext

CONTENT_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
MAX_PIXELS = 25_000_000
SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"
_ACTIVE = {"script", "foreignobject", "handler", "listener", "iframe", "object", "embed", "audio", "video"}
_ADDRESSES = {"href", "src"}
_INSIDE = re.compile(r"#|data:image/(png|jpeg|gif|webp);base64,")
_OUTWARD_STYLE = re.compile(r"""\\|@import|url\((?!\s*['"]?#)""", re.IGNORECASE)
"""A backslash too: it could spell the others so that they are not seen."""


def check(data: Data, content_type: str, complain: Complain) -> None:
    """Complains of everything that is wrong with a picture of this type."""
    if content_type == CONTENT_TYPES[".svg"]:
        _Drawing(complain).check(data[:])
    else:
        _check_pixels(data, content_type, complain)


def _check_pixels(data: Data, content_type: str, complain: Complain) -> None:
    from PIL import Image

    name = content_type.removeprefix("image/").upper()
    try:
        with Image.open(stream(data), formats=[name]) as image:
            width, height = image.size
            image.verify()
    except Exception:  # noqa: BLE001 - Pillow raises many kinds of errors on bytes that are no picture
        complain(0, unsound(name))
        return
    if width * height > MAX_PIXELS:
        complain(0, too_many_pixels(MAX_PIXELS))


def unsound(kind: str) -> str:
    return gettext("This is no sound %(kind)s picture.", kind=kind)


def too_many_pixels(most: int) -> str:
    return gettext("The picture has more than %(limit)s million pixels.", limit=most // 1_000_000)


class _Drawing:
    """Reads an SVG once, without building it, and without a document type there are no entities to expand."""

    def __init__(self, complain: Complain) -> None:
        self._complain = complain
        self._depth = 0
        self._styles: list[str] = []
        self._in_style = False
        # UTF-8 whatever the drawing says, or a browser might read another text than this check.
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._characters
        parser.EndElementHandler = self._end

    def check(self, data: bytes) -> None:
        text = _text(data)
        if text is None:
            self._complain(0, _not_utf_8())
            return
        try:
            self._parser.Parse(text, True)  # noqa: FBT003 - it has no name
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "")
            self._complain(error.lineno, gettext("This is no sound SVG picture: %(reason)s.", reason=reason))
        except _RefusedAtOnceError:
            pass

    def _wrong(self, message: str) -> None:
        self._complain(self._parser.CurrentLineNumber, message)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() != "utf-8":
            self._wrong(_not_utf_8())

    def _doctype(self, *_declared: object) -> None:
        self._wrong(gettext("An SVG picture here has no document type (DOCTYPE) and no entities; remove it."))
        raise _RefusedAtOnceError

    def _instruction(self, target: str, _data: str) -> None:
        self._wrong(gettext("An SVG picture here has no processing instruction; remove <?%(target)s?>.", target=target))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        if not self._depth and (namespace, element) != (SVG, "svg"):
            self._wrong(gettext('The outermost element of an SVG picture is <svg xmlns="%(svg)s">.', svg=SVG))
        if element.lower() in _ACTIVE or namespace.endswith("xhtml"):
            self._wrong(gettext("<%(element)s> is not allowed in a picture.", element=element))
        for key, value in attributes.items():
            for fault in _attribute_faults(key, value):
                self._wrong(fault)
        self._depth += 1
        self._in_style |= element == "style"

    def _characters(self, text: str) -> None:
        if self._in_style:
            self._styles.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.endswith(" style"):
            if _OUTWARD_STYLE.search("".join(self._styles)):
                self._wrong(_outward_style())
            self._styles, self._in_style = [], False


def _text(data: bytes) -> str | None:
    """None if it is not UTF-8; UTF-16 may look like it, with a zero in every other place."""
    try:
        return None if b"\0" in data else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


class _RefusedAtOnceError(Exception):
    """Stops the parser: what follows is not worth the risk of reading it."""


def _attribute_faults(name: str, value: str) -> Iterator[str]:
    namespace, _, attribute = name.rpartition(" ")
    attribute = attribute.lower()
    target = value.strip().lower().rpartition(":")[2] if attribute == "attributename" else attribute
    if target.startswith("on"):
        yield gettext("“%(name)s” is not allowed in a picture: it runs a program.", name=target)
    elif target != attribute and target in _ADDRESSES:
        yield gettext("An animation may not change an address.")
    if attribute in _ADDRESSES and not _INSIDE.match(value.strip()):
        yield gettext("The address “%(address)s” leads out of the picture.", address=value[:80])
    if (namespace, attribute) == (_XML, "base"):
        yield gettext("“xml:base” is not allowed in a picture.")
    # Those of other namespaces are a drawing program's notes, in which a path of Windows may stand.
    if not namespace and attribute not in _ADDRESSES and _OUTWARD_STYLE.search(value):
        yield _outward_style()


def _outward_style() -> str:
    return gettext("A style may not fetch anything from outside of the picture, nor hold a backslash.")


def _not_utf_8() -> str:
    return gettext("The picture must be in UTF-8.")

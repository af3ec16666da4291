"""A certificate as a PDF: a template that a host can override by its name, laid out by WeasyPrint.

Nothing is read but our fonts and the pictures that the sheet names. What all certificates share (the fonts, the parsed
style sheet, the decoded pictures) is made once in each process.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

import jinja2
import segno
from markupsafe import Markup

from lms.certificates import sheet as wording
from lms.certificates.sheet import Sheet, Signatory, Text
from lms.paths import PACKAGE, TEMPLATES

__all__ = ["Sheet", "Signatory", "Text", "render"]

TEMPLATE = "lms/pdf/certificate.html"
STYLE = "lms/pdf/certificate.css"
SCALES = (1, 0.92, 0.84, 0.76, 0.68, 0.6, 0.5, 0.4, 0.3)
"""Sizes to try, until everything is on one page."""

_FONTS = PACKAGE / "static" / "fonts"
_PICTURES = {".png": "image/png", ".svg": "image/svg+xml"}
_lock = Lock()
"""Pango's font map, which all certificates share, is not made for several threads at once."""


def render(sheet: Sheet, environment: jinja2.Environment | None = None) -> bytes:
    """One page, A4 landscape; the same bytes for the same sheet. What is too long for the page is set smaller.

    The first call in a process takes about a second. Raises `ValueError` when a picture is no PNG or SVG or the
    texts are beyond all measure, `OSError` when a picture can't be read or anything else is asked for.
    """
    environment = environment or _shipped()
    pictures = {path: _Picture(path) for path in _picture_paths(sheet)}
    template, style = environment.get_template(TEMPLATE), environment.get_template(STYLE).render()
    values = {
        "sheet": sheet,
        "picture": {path: picture.url for path, picture in pictures.items()},
        "qr": _qr(sheet.verify_url),
        "text": wording,
    }
    with _lock:
        for scale in SCALES:
            html = template.render(values, scale=scale)
            if pdf := _press().print(html, style, {picture.url: picture for picture in pictures.values()}):
                return pdf
    raise ValueError(f"the texts of certificate {sheet.number} don't fit on a page")


def _picture_paths(sheet: Sheet) -> list[Path]:
    return [*sheet.logos, *(who.picture for who in sheet.signatories if who.picture)]


def _qr(address: str) -> Markup:
    code = segno.make_qr(address, error="m")
    svg = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, title=f"QR: {address}")
    return Markup(svg)  # noqa: S704 - segno escapes the title, the rest is numbers


@cache
def _shipped() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)


class _Picture:
    """A logo or a signature. Its address is made of its content, so a changed file is never taken for the old one."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in _PICTURES:
            raise ValueError(f"{path} is neither a PNG nor an SVG file")
        self.type = _PICTURES[path.suffix.lower()]
        self.content = path.read_bytes()
        self.url = f"picture:{sha256(self.content).hexdigest()}"


class _Press:
    """WeasyPrint, and what its documents share; used by one thread at a time."""

    def __init__(self) -> None:
        self.weasyprint: Any = import_module("weasyprint")
        self.urls: Any = import_module("weasyprint.urls")
        self.fonts: Any = import_module("weasyprint.text.fonts").FontConfiguration()
        self.styles: dict[str, Any] = {}
        self.images: dict[str, Any] = {}

    def print(self, html: str, style: str, pictures: Mapping[str, _Picture]) -> bytes | None:
        """None when it takes more than a page."""
        files = _Files(pictures, self.urls.URLFetcherResponse)
        try:
            document = self.weasyprint.HTML(string=html, base_url="lms:", url_fetcher=files).render(
                self.fonts, stylesheets=[self.parsed(style, files)], cache=self.images
            )
            pdf = document.write_pdf(pdf_tags=True) if len(document.pages) == 1 else None
        except self.urls.FatalURLFetchingError as error:
            raise error.__cause__ from None
        if files.refused:  # within an SVG, where the error was swallowed
            self.images.clear()
            raise PermissionError(files.refused[0])
        if any(self.images.get(url, True) is None for url in pictures):
            raise ValueError("a logo or signature is no picture that can be read")
        return bytes(pdf) if pdf else None

    def parsed(self, style: str, files: "_Files") -> Any:
        if style not in self.styles:
            self.styles[style] = self.weasyprint.CSS(
                string=style, base_url=f"{_FONTS.as_uri()}/", url_fetcher=files, font_config=self.fonts
            )
        return self.styles[style]


class _Files:
    """What WeasyPrint may fetch; asking for anything else stops the printing."""

    _fail_on_errors = True  # read by weasyprint.urls.fetch

    def __init__(self, pictures: Mapping[str, _Picture], response: Any) -> None:
        self.pictures = pictures
        self.response = response
        self.refused: list[str] = []

    def __call__(self, url: str) -> Any:
        if picture := self.pictures.get(url):
            return self.response(url, picture.content, {"Content-Type": picture.type})
        for font in _FONTS.glob("*.ttf"):
            if url == font.as_uri():
                return self.response(url, font.read_bytes(), {"Content-Type": "font/ttf"})
        self.refused.append(f"a certificate reads its own fonts and pictures, not {url}")
        raise PermissionError(self.refused[-1])


@cache
def _press() -> _Press:
    return _Press()

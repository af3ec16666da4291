"""A picture is what its name says, and does nothing but show itself."""

import struct
import zlib

import pytest

from lms.bundles.read import read
from tests.bundles.samples import SVG, market, picture, problems

MAP = "01-stalls/images/new"


def told(ending: str, data: bytes | str) -> list[str]:
    return [problem.removeprefix(f"{MAP}.{ending}") for problem in problems(market({f"{MAP}.{ending}": data}))]


def drawing(inside: str, attributes: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg"\n {attributes}>\n{inside}\n</svg>'


def is_taken(svg: str) -> bool:
    return bool(read(market({f"{MAP}.svg": svg})))


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("png", "PNG"), ("jpg", "JPEG"), ("jpeg", "JPEG"), ("JPG", "JPEG"), ("gif", "GIF"), ("webp", "WEBP")],
)
def test_the_usual_kinds_are_taken(ending: str, kind: str) -> None:
    [unit] = read(market({f"{MAP}.{ending}": picture(kind)})).units
    assert {one.path: one.content_type for one in unit.files}[f"images/new.{ending}"] == f"image/{kind.lower()}"


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<html>", picture("JPEG"), picture()[:-20], picture()[:40]])
def test_what_is_no_png_is_refused(data: bytes) -> None:
    assert told("png", data) == [": This is no sound PNG picture."]


def test_a_picture_of_a_kind_that_browsers_do_not_know_is_refused() -> None:
    assert "Pictures are PNG" in told("tiff", picture("TIFF"))[0]
    assert told("png", picture("TIFF")) == [": This is no sound PNG picture."]


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_size() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    for side, message in ((8_000, "more than 25 million pixels"), (60_000, "no sound PNG")):
        header = struct.pack(">2L5B", side, side, 8, 0, 0, 0, 0)
        parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b"")
        assert message in told("png", b"\x89PNG\r\n\x1a\n" + b"".join(parts))[0]


# Drawings


@pytest.mark.parametrize(
    ("inside", "line", "message"),
    [
        ("<script>alert(1)</script>", 3, "<script> is not allowed"),
        ("<SCRIPT/>", 3, "<SCRIPT> is not allowed"),
        ("\n<g>\n<foreignObject/></g>", 5, "<foreignObject> is not allowed"),
        ('<x:script xmlns:x="http://www.w3.org/2000/svg"/>', 3, "<script> is not allowed"),
        ('<p xmlns="http://www.w3.org/1999/xhtml"/>', 3, "<p> is not allowed"),
        ('<rect onclick="x()"/>', 3, "“onclick” is not allowed"),
        ('<rect ONLOAD="x()"/>', 3, "“onload” is not allowed"),
        ('<image href="https://example.org/x.png"/>', 3, "The address “https://example.org/x.png” leads out"),
        ('<image href="other.png"/>', 3, "The address “other.png” leads out"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', 3, "The address “data:image/svg+xml"),
        ('<a href="javascript:x()"/>', 3, "The address “javascript:x()” leads out"),
        ('<use xmlns:l="http://www.w3.org/1999/xlink" l:href="x.svg#a"/>', 3, "The address “x.svg#a” leads out"),
        ('<set attributeName="href" to="javascript:x()"/>', 3, "An animation may not change an address."),
        ('<set attributeName="onclick" to="x()"/>', 3, "“onclick” is not allowed"),
        ('<rect fill="url(https://example.org/x)"/>', 3, "A style may not fetch anything"),
        ("<rect style=\"fill: url('//example.org/x')\"/>", 3, "A style may not fetch anything"),
        ("<style>@import 'x.css';</style>", 3, "A style may not fetch anything"),
        ("<style><g/>@import 'x.css';</style>", 3, "A style may not fetch anything"),
        ("<style><![CDATA[a { fill: u\\72l(x) }]]></style>", 3, "A style may not fetch anything"),
        ("<?xml-stylesheet href='x.css'?>", 3, "An SVG picture here has no processing instruction"),
        ('<g xml:base="https://example.org/"/>', 3, "“xml:base” is not allowed"),
        ("<g>", 4, "This is no sound SVG picture: mismatched tag."),
        ("&nothing;", 3, "This is no sound SVG picture: undefined entity."),
        ("<x:g/>", 3, "This is no sound SVG picture: unbound prefix."),
    ],
)
def test_a_drawing_that_does_something_is_refused_with_the_line(inside: str, line: int, message: str) -> None:
    assert told("svg", drawing(inside))[0].startswith(f":{line}: {message}")


@pytest.mark.parametrize(
    "inside",
    [
        '<g id="a"/><use href="#a"/>',
        '<rect fill="url(#gradient)" style="stroke: url( \'#other\' )"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        "<style>text { font-weight: bold }</style><text>C:\\ is a drive</text>",
        '<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:export="C:\\x.png"/>',
        '<animate attributeName="x" to="3"/>',
        "<!-- url(x) --><title>ផ្សារ</title>",
    ],
)
def test_a_drawing_that_only_shows_itself_is_taken(inside: str) -> None:
    assert is_taken(drawing(inside))


def test_a_drawing_with_entities_is_not_read_further() -> None:
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n' + drawing("&b;")
    assert told("svg", laughs) == [":1: An SVG picture here has no document type (DOCTYPE) and no entities; remove it."]


def test_a_drawing_is_svg_and_nothing_else() -> None:
    assert told("svg", "<html/>") == [
        ':1: The outermost element of an SVG picture is <svg xmlns="http://www.w3.org/2000/svg">.'
    ]
    assert "no sound SVG" in told("svg", "")[0]
    assert told("svg", picture()) == [": The picture must be in UTF-8."]


def test_a_drawing_is_in_utf_8() -> None:
    assert is_taken('<?xml version="1.0" encoding="UTF-8"?>\n' + SVG)
    assert told("svg", '<?xml version="1.0" encoding="iso-2022-jp"?>' + SVG)[0] == ":1: The picture must be in UTF-8."
    assert told("svg", SVG.encode("utf-16")) == [": The picture must be in UTF-8."]
    assert told("svg", SVG.encode("utf-16-le")) == [": The picture must be in UTF-8."]


def test_everything_wrong_with_a_drawing_is_told_at_once() -> None:
    assert len(told("svg", drawing('<script/><rect onclick="x"/>', 'onload="x"'))) == 3

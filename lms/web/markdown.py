"""Markdown from people to HTML that is safe to show."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from html import escape, unescape
from urllib.parse import quote, unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from lms import i18n
from lms.i18n import lazy_gettext as _l

CALLOUTS = {
    "NOTE": _l("Note"),
    "TIP": _l("Tip"),
    "IMPORTANT": _l("Important"),
    "WARNING": _l("Warning"),
    "EXAMPLE": _l("Example"),
}
"""A quotation whose first line is one of these in `[!…]` becomes a box, whose heading is the word beside it."""
FILES = "files/"
"""Where attachments lie below a unit; pictures lie in `images/`, films in `videos/`."""
Size = tuple[int, int]
"""Width and height in pixels, or in units of a drawing."""

_CALLOUT = re.compile(rf"\[!({'|'.join(CALLOUTS)})\][ \t]*(?:\n|$)", re.IGNORECASE)
_TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_OTHER_TAGS = {"b", "caption", "h5", "h6", "i", "s", "small", "sub", "sup", "tfoot", "u"}
"""Of HTML that people bring from elsewhere; Markdown has no way to write them."""
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "loading"}, "ol": {"start"}}
_CLASSES = {"div": {"callout", *(f"callout-{name.lower()}" for name in CALLOUTS)}, "p": {"callout-title"}}
_RELATIVE_IMAGE = re.compile(r'<img loading="lazy" class="figure"([^>]*) src="(?!https?:|/)([^"]+)"')
_FILE_LINK = re.compile(rf'(<a[^>]* href=")({FILES}[^"]+)"')


def _boxes(state: StateCore) -> None:
    """Makes boxes of quotations that begin with a callout's name."""
    opened: list[tuple[Token, bool]] = []
    found: list[Token] = []
    for at, token in enumerate(state.tokens):
        if token.type == "blockquote_open":
            first = state.tokens[at + 2] if state.tokens[at + 1].type == "paragraph_open" else None
            name = _CALLOUT.match(first.content) if first else None
            opened.append((token, name is not None))
            found.append(token)
            if first and name:
                token.tag = "div"
                token.attrSet("class", f"callout callout-{name[1].lower()}")
                found += _heading(state.md, str(CALLOUTS[name[1].upper()]))
                first.content = first.content[name.end() :]
                first.map = [first.map[0] + name[0].count("\n"), first.map[1]] if first.map else None
        else:
            found.append(token)
            if token.type == "blockquote_close" and opened.pop()[1]:
                token.tag = "div"
    state.tokens = found


def _heading(markdown: MarkdownIt, word: str) -> list[Token]:
    begin, text, end = Token("paragraph_open", "p", 1), Token("inline", "", 0), Token("paragraph_close", "p", -1)
    begin.attrSet("class", "callout-title")
    text.content, text.children = word, []
    return [begin, text, end]


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_markdown.core.ruler.before("inline", "callouts", _boxes)


@lru_cache(maxsize=1024)
def _clean(text: str, markup: str, language: str) -> str:
    """Tables scroll by themselves on a narrow screen, so each stands in a box that can be reached by key."""
    with i18n.in_language(language):
        html = _html(text, markup)
    html = nh3.clean(
        html,
        tags=_TAGS if markup == "markdown" else _TAGS | _OTHER_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    html = html.replace("<table>", '<div class="table-responsive" tabindex="0"><table class="table">')
    html = html.replace("</table>", "</table></div>").replace("<p></p>\n", "")
    return html.replace("<img ", '<img loading="lazy" class="figure" ')


def _html(text: str, markup: str) -> str:
    if markup == "markdown":
        return str(_markdown.render(text))
    text = escape(text, quote=False) if markup == "plain" else text
    return text if markup == "html" else text.replace("\n", "<br>\n")


def render(
    text: str,
    address: Callable[[str], str] | str | None = None,
    sizes: Mapping[str, Size] | None = None,
    markup: str = "markdown",
) -> Markup:
    """Sanitised HTML; `address` turns the path of a picture or attachment into its address, or is what it lies below.

    Room is kept for the pictures whose `sizes` are known, by path, so that the text does not jump when they come. A
    `markup` other than Markdown is `html`, `plain`, or `moodle`: HTML whose line ends count.
    """
    html = _clean(text, markup, i18n.language())
    if address:
        found_at = address if callable(address) else lambda path: f"{address}{quote(unquote(path))}"
        html = _RELATIVE_IMAGE.sub(lambda found: _image(found, found_at, sizes or {}), html)
        html = _FILE_LINK.sub(lambda found: f'{found[1]}{escape(found_at(unescape(found[2])))}"', html)
    return Markup(html)  # noqa: S704  # nh3 has cleaned it


def _image(found: re.Match[str], address: Callable[[str], str], sizes: Mapping[str, Size]) -> str:
    path = unescape(found[2])
    size = sizes.get(path)
    room = f' width="{size[0]}" height="{size[1]}"' if size else ""
    kind = "figure" if path.endswith(".svg") or not size else "figure photo"
    return f'<img loading="lazy" class="{kind}"{room}{found[1]} src="{escape(address(path))}"'


def pictures(text: str) -> Iterator[tuple[int, str]]:
    """The line and the address of every picture in a text."""
    return ((line, address) for line, kind, address in _addresses(text) if kind == "image")


@lru_cache(maxsize=1024)
def picture_paths(text: str) -> tuple[str, ...]:
    """The addresses of its pictures, for pages that are shown again and again."""
    return tuple(path for _line, path in pictures(text))


def files(text: str) -> Iterator[tuple[int, str]]:
    """The line and the path of every attachment that a text links to."""
    return ((line, found) for line, kind, found in _addresses(text) if kind == "link_open" and found.startswith(FILES))


def _addresses(text: str) -> Iterator[tuple[int, str, str]]:
    """The line, the kind and the address of every picture and link."""
    line = 1
    for block in _markdown.parse(text):
        line = block.map[0] + 1 if block.map else line
        breaks = 0
        for part in block.children or ():
            if part.type in ("image", "link_open"):
                yield line + breaks, part.type, str(part.attrGet("src") or part.attrGet("href") or "")
            breaks += part.type in ("softbreak", "hardbreak")

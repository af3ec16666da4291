"""Markdown from people to HTML that is safe to show."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "loading"}, "ol": {"start"}}
_RELATIVE_IMAGE = re.compile(r'(<img[^>]* src=")(?!https?:|/)([^"]+)"')


@lru_cache(maxsize=1024)
def _clean(text: str) -> str:
    """Tables scroll by themselves on a narrow screen, so each stands in a box that can be reached by key."""
    html = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    html = html.replace("<table>", '<div class="table-responsive" tabindex="0"><table class="table">')
    return html.replace("</table>", "</table></div>").replace("<img ", '<img loading="lazy" class="figure" ')


def render(text: str, image_address: Callable[[str], str] | None = None) -> Markup:
    """Sanitised HTML; `image_address` turns the relative path of a picture into its address."""
    html = _clean(text)
    if image_address:
        html = _RELATIVE_IMAGE.sub(lambda found: f'{found[1]}{image_address(found[2])}"', html)
    return Markup(html)  # noqa: S704  # nh3 has cleaned it


def pictures(text: str) -> Iterator[tuple[int, str]]:
    """The line and the address of every picture in a text."""
    line = 1
    for block in _markdown.parse(text):
        line = block.map[0] + 1 if block.map else line
        breaks = 0
        for part in block.children or ():
            if part.type == "image":
                yield line + breaks, str(part.attrGet("src"))
            breaks += part.type in ("softbreak", "hardbreak")

"""One question has one text format: what to do with texts that come in several."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape

from markdown_it import MarkdownIt

LONGEST_MARKDOWN = 50_000
"""Characters; what is longer keeps its signs, because reading it could take very long."""


@dataclass(slots=True)
class Markup:
    """Reads the texts of one question; one that is in another format than the question makes them all HTML."""

    own: str
    """Of the question's text."""
    target: str
    mixed: bool = False
    """Some text was in another format, so that all have to be read again, as HTML."""

    def read(self, text: str, markup: str = "") -> str:
        markup = markup or self.own
        if text.strip() and markup != self.own:
            self.mixed = True
        return text if markup == self.target or self.target != "html" else to_html(text, markup)


def to_html(text: str, markup: str) -> str:
    """A text of any format as HTML. Moodle's own format is HTML whose line ends count."""
    if not text.strip():
        return ""
    if markup == "markdown" and len(text) <= LONGEST_MARKDOWN:
        return str(_markdown().render(text))
    if markup in ("plain", "markdown"):
        text = escape(text, quote=False)
    return text if markup == "html" else re.sub(r"\r\n?|\n", "<br>\n", text.strip())


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")

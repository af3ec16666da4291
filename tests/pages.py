"""A page as a reader's browser takes it: its links and its forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    """What is sent when it is submitted as it stands."""


class Page(HTMLParser):
    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.words: dict[str, str] = {"title": "", "h1": ""}
        self._open: list[str] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.address, given["href"]))
        elif tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self.forms.append(Form(action, given.get("method", "get").lower()))
        elif self.forms:
            self._take_field(tag, given)

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and "selected" in given and self._select:
            self._add(self._select, given.get("value", ""))
        elif tag == "textarea" or (tag == "input" and _is_sent(given)):
            self._add(given.get("name", ""), given.get("value", ""))

    def _add(self, name: str, value: str) -> None:
        if name:
            self.forms[-1].fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in self.words.keys() & set(self._open):
            self.words[tag] += data

    @property
    def own_links(self) -> list[str]:
        """Of the same site, without fragments."""
        return [link.partition("#")[0] for link in self.links if _is_own(link)]


def _is_own(link: str) -> bool:
    return urlsplit(link).scheme in ("", "http") and urlsplit(link).netloc in ("", "localhost")


def _is_sent(given: dict[str, str]) -> bool:
    if given.get("type") in ("checkbox", "radio"):
        return "checked" in given
    return given.get("type") not in ("submit", "button", "file", "reset")

"""The privacy notice: one text by language, whose version is what consent records."""

import tomllib
from dataclasses import dataclass
from functools import cache

from lms.i18n import locales, pick_version
from lms.paths import CONTENT

FENCE = "+++"


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    version: str
    text: str
    """Markdown."""


def notice() -> Notice:
    """In the reader's language."""
    return pick_version(_notices(tuple(locales())))


def version() -> str:
    """What a consent given now agrees to."""
    return notice().version


@cache
def _notices(codes: tuple[str, ...]) -> dict[str, Notice]:
    files = {code: CONTENT / f"privacy.{code}.md" for code in codes}
    return {code: _read(file.read_text("utf-8")) for code, file in files.items() if file.exists()}


def _read(content: str) -> Notice:
    _, head, text = content.split(FENCE, 2)
    facts = tomllib.loads(head)
    return Notice(facts["title"], facts["version"], text.strip())

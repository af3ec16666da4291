"""Names in addresses, out of titles. Pure functions."""

import re
import unicodedata
from collections.abc import Collection, Mapping

LONGEST = 60
_OTHER = re.compile(r"[^a-z0-9]+")


def propose(title: Mapping[str, str]) -> str:
    """From the first title in Latin letters, English before others; empty where there is none."""
    in_order = [title.get("en", ""), *title.values()]
    return next(filter(None, map(_latin, in_order)), "")


def _latin(text: str) -> str:
    """Empty if most letters are of another script: what is left of them would say nothing."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    slug = _OTHER.sub("-", plain).strip("-")[:LONGEST].strip("-")
    letters = sum(map(str.isalpha, text))
    return slug if sum(map(str.isalpha, slug)) * 2 > letters or (slug and not letters) else ""


def free(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number from 2 that makes it another."""
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)

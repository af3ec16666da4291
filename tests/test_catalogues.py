"""Every sentence that the plugin can say is in the catalogue of every language, and says the same there."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from lms.paths import TRANSLATIONS

ROOT = Path(__file__).parents[1]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None}
LETTERS = {"km": re.compile(r"[\u1780-\u17ff]")}
SAME_IN_KHMER: set[str] = {"CSV", "PDF", "XLSX", "“%(text)s”"}
"""Sentences without a word to translate."""
MARKED_ELSEWHERE = {
    "lms/i18n.py",
    "lms/web/forms.py",
    "lms/bundles/bank_files.py",
    "lms/bundles/questions.py",
    "lms/authoring/question_forms/question.py",
    "lms/authoring/services/importing.py",
}
"""Files that look up what others have marked with `N_`."""
PLACE = re.compile(r"%\((\w+)\)s")

Key: TypeAlias = tuple[str | None, str]


@cache
def extracted() -> dict[Key, Message]:
    """What `make translations` would collect now: the same folders, by the same mappings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    methods, options = [], {}
    for mapping in project["tool"]["babel"]["mappings"]:
        patterns = mapping["pattern"] if isinstance(mapping["pattern"], list) else [mapping["pattern"]]
        for pattern in patterns:
            methods.append((pattern, mapping["method"]))
            options[pattern] = {name: value for name, value in mapping.items() if name not in ("method", "pattern")}
    found = Catalog()
    for folder in ("lms", "templates"):
        for file, line, message, comments, context in extract_from_dir(
            ROOT / folder, methods, options, keywords=KEYWORDS
        ):
            found.add(message, locations=[(f"{folder}/{file}", line)], auto_comments=comments, context=context)
    return dict(entries(found))


@cache
def catalogue(language: str) -> dict[Key, Message]:
    path = TRANSLATIONS / language / "LC_MESSAGES" / "lms.po"
    with path.open("rb") as file:
        return dict(entries(read_po(file, locale=language)))


def entries(catalogue: Catalog) -> Iterator[tuple[Key, Message]]:
    return (((one.context, forms(one.id)[0]), one) for one in catalogue if one.id)


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """A sentence as its forms for one and for many."""
    return [text] if isinstance(text, str) else list(text or [])


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def test_the_extraction_finds_code_pages_and_mails() -> None:
    files = {
        file.partition("/")[0] + Path(file).suffix for one in extracted().values() for file, _line in one.locations
    }
    assert files == {"lms.py", "templates.html", "templates.txt"}


@pytest.mark.parametrize("language", LETTERS)
def test_no_sentence_is_missing_and_none_is_left_over(language: str) -> None:
    translated = catalogue(language)
    assert sorted(text for _context, text in extracted().keys() - translated.keys()) == []
    assert sorted(text for _context, text in translated.keys() - extracted().keys()) == []


@pytest.mark.parametrize("language", LETTERS)
def test_every_sentence_is_translated_and_no_translation_is_unsure(language: str) -> None:
    wanting = [text for (_context, text), one in catalogue(language).items() if one.fuzzy or not all(forms(one.string))]
    assert wanting == []


@pytest.mark.parametrize("language", LETTERS)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    """A form for one may do without the number."""
    wrong = []
    for (_context, text), one in catalogue(language).items():
        wanted = set().union(*map(places, forms(one.id)))
        if any(places(form) != wanted for form in forms(one.string)):
            wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize("language", LETTERS)
def test_a_translation_is_written_in_the_letters_of_its_language(language: str) -> None:
    read = catalogue(language).items()
    foreign = [text for (_context, text), one in read if not all(map(LETTERS[language].search, forms(one.string)))]
    assert sorted(set(foreign) - SAME_IN_KHMER) == []


def test_every_sentence_in_the_code_can_be_collected() -> None:
    """A call with anything but the sentence itself is passed over by the extraction, and never translated."""
    sentences = {"gettext": 1, "ngettext": 2, "pgettext": 2, "lazy_gettext": 1, "_l": 1, "N_": 1}
    passed_over = []
    for path in sorted((ROOT / "lms").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in sentences:
                given = call.args[: sentences[call.func.id]]
                if not all(isinstance(one, ast.Constant) for one in given):
                    passed_over.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert [place for place in passed_over if place.partition(":")[0] not in MARKED_ELSEWHERE] == []

"""The catalogues are read as translators write them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms import i18n

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Lesson"
msgstr "មេរៀន"

msgid "Hello %(name)s"
msgstr "សួស្តី %(name)s"

msgctxt "verb"
msgid "Register"
msgstr "ចុះឈ្មោះ"

msgid "%(num)s hour"
msgid_plural "%(num)s hours"
msgstr[0] "%(num)s ម៉ោង"

#, fuzzy
msgid "Unsure"
msgstr "មិនប្រាកដ"
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "km" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "lms.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
    i18n._catalogue.cache_clear()
    yield
    i18n._catalogue.cache_clear()


@pytest.fixture
def khmer(app: Flask, catalogue: None) -> Iterator[None]:
    with i18n.in_language("km"):
        yield


def test_a_sentence_is_read_in_the_forced_language(khmer: None) -> None:
    assert i18n.gettext("Lesson") == "មេរៀន"
    assert i18n.gettext("Hello %(name)s", name="Sokha") == "សួស្តី Sokha"


def test_one_word_has_a_translation_for_each_place(khmer: None) -> None:
    assert i18n.pgettext("verb", "Register") == "ចុះឈ្មោះ"
    assert i18n.pgettext("noun", "Register") == "Register"


def test_numbers_in_a_sentence_have_the_digits_of_the_language(khmer: None) -> None:
    assert i18n.ngettext("%(num)s hour", "%(num)s hours", 12) == "១២ ម៉ោង"


def test_an_unsure_translation_is_not_shown(khmer: None) -> None:
    assert i18n.gettext("Unsure") == "Unsure"


def test_english_and_a_language_without_a_catalogue_show_the_sentence_itself(app: Flask, catalogue: None) -> None:
    for code in ("en", "fr"):
        with i18n.in_language(code):
            assert i18n.gettext("Lesson") == "Lesson"

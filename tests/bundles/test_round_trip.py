"""What goes in comes out, and goes in again as the same."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from lms import db
from lms.bundles import archive
from lms.bundles.bundle import Bundle, Page, Quiz
from lms.bundles.load import load, whole
from lms.bundles.read import read, read_path
from lms.bundles.services import store
from lms.bundles.write import save, to_files
from lms.courses.models import Course
from lms.errors import ConflictError
from lms.paths import CONTENT
from tests.bundles.samples import LIMITS, bundles, contents, market, zipped

INNOVATION = CONTENT / "courses" / "innovation-for-local-administration"


@settings(deadline=None)
@given(bundles())
def test_a_bundle_survives_its_files(bundle: Bundle) -> None:
    files = to_files(bundle)
    assert read(files) == bundle
    assert to_files(read(files)) == files


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bundles())
def test_a_bundle_survives_the_database(app: Flask, bundle: Bundle) -> None:
    try:
        for slug in bundle.requires:
            db.session.add(Course(slug=slug, title={}, summary={}, description={}, completion={}, statement={}))
        assert whole(store(bundle).course) == bundle
        db.session.expire_all()
        again = store(bundle)
        assert not again.changes
        assert whole(again.course) == bundle
    finally:
        db.session.rollback()


def test_the_shipped_course_is_sound_and_loses_nothing_on_its_way_through(app: Flask) -> None:
    bundle = read_path(INNOVATION, LIMITS)
    course = store(bundle).course
    db.session.expire_all()
    assert load(course) == bundle
    exported = to_files(load(course))
    assert set(exported) == set(archive.read(INNOVATION, LIMITS))
    assert read(exported) == bundle
    assert not store(read(exported)).changes
    assert to_files(load(course)) == exported


def test_the_shipped_course_is_complete_in_both_languages() -> None:
    bundle = read_path(INNOVATION, LIMITS)
    texts = [bundle.title, bundle.summary, bundle.description, bundle.statement]
    for unit in bundle.units:
        texts += [unit.title, unit.summary]
        for lesson in unit.lessons:
            texts.append(lesson.title)
            texts += [lesson.body] if isinstance(lesson, Page) else []
            assert not isinstance(lesson, Quiz) or all(lesson.questions[code] for code in ("en", "km"))
    assert [text for text in texts if not (text.get("en") and text.get("km"))] == []


def test_files_in_their_plain_form_come_out_byte_for_byte() -> None:
    plain = to_files(read(market()))
    by_hand = [path for path in plain if not path.endswith(".gift")]
    assert {path: plain[path] for path in by_hand} == {path: contents(market())[path] for path in by_hand}


SIGNS = [
    '"" four ""',
    '""' + '""',
    "\\",
    "a\\\nb\\n",
    "'" * 3 + "\nhours = 1",
    '"' * 3 + "\n[x]",
    "#\n=\n[x]",
    "a\t\n b",
]


@pytest.mark.parametrize("text", SIGNS)
def test_signs_that_mean_something_in_toml_survive(text: str) -> None:
    bundle = replace(read(market()), description={"en": text, "km": f"ក\n{text}"})
    assert read(to_files(bundle)) == bundle


def test_a_zip_holds_the_same_files_as_a_folder(tmp_path: Path) -> None:
    files = to_files(read(market()))
    save(files, tmp_path / "market")
    save(files, tmp_path / "market.zip")
    assert archive.read(tmp_path / "market", LIMITS) == archive.read(tmp_path / "market.zip", LIMITS) == files
    assert sorted(path.name for path in tmp_path.iterdir()) == ["market", "market.zip"]


def test_a_zip_of_the_same_course_is_the_same_zip(tmp_path: Path) -> None:
    files = to_files(read(market()))
    save(files, tmp_path / "market.zip")
    save(dict(reversed(files.items())), tmp_path / "market.zip")
    assert (tmp_path / "market.zip").read_bytes() == zipped(files)
    with zipfile.ZipFile(tmp_path / "market.zip") as packed:
        assert packed.namelist() == sorted(files)
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_export_does_not_touch_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConflictError):
        save(to_files(read(market())), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]

"""The shipped series: a folder of text, one file for it and one for each of its events, in order."""

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from lms import db, i18n
from lms.events.models import Event, Series, Speaker


def load_series(folder: Path, starts: Sequence[datetime], timezone: str | None = None) -> Series:
    """Adds the series of `series.toml` and the events of `NN-*.toml`, which begin at `starts`: one moment for each.

    What is there already, by its slug, stays as it is. `timezone` is an IANA name; without it the site's is used.
    """
    given = _read(folder / "series.toml")
    series = db.session.scalar(select(Series).where(Series.slug == given["slug"])) or Series(slug=given["slug"])
    if series.id is None:
        series.title, series.summary, series.description = _texts(given)
        db.session.add(series)
        db.session.flush()
    for position, (file, starts_at) in enumerate(zip(event_files(folder), starts, strict=True), 1):
        _add_event(series, position, _read(file), starts_at, timezone or i18n.zone().key)
    db.session.flush()
    return series


def event_files(folder: Path) -> list[Path]:
    """One for each event, in order."""
    return sorted(folder.glob("[0-9][0-9]-*.toml"))


def _add_event(series: Series, position: int, given: dict[str, Any], starts_at: datetime, timezone: str) -> None:
    if db.session.scalar(select(Event.id).where(Event.slug == given["slug"])):
        return
    title, summary, description = _texts(given)
    event = Event(
        slug=given["slug"],
        series_id=series.id,
        position=position,
        title=title,
        summary=summary,
        description=description,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=given["minutes"]),
        timezone=timezone,
        location={},
        capacity=given.get("capacity"),
        join_url=given.get("join_url", ""),
        questions=given.get("questions", []),
        uid=str(uuid4()),
    )
    event.speakers = [_speaker(number, speaker) for number, speaker in enumerate(given.get("speakers", []), 1)]
    db.session.add(event)


def _speaker(position: int, given: dict[str, Any]) -> Speaker:
    name = {"en": given["name"], "km": given.get("name_km", given["name"])}
    return Speaker(position=position, name=name, role=given["role"], organisation=given["organisation"])


def _texts(given: dict[str, Any]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    return given["title"], given["summary"], given["description"]


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))

"""The series that travels with the code."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.events import services
from lms.events.models import Event, Speaker
from lms.paths import CONTENT
from tests.conftest import Visitor, reread

FOLDER = CONTENT / "series" / "inspiration-for-social-innovation"
STARTS = [datetime(2050, 3, day, 7, tzinfo=UTC) for day in (1, 8, 15)]


def load() -> None:
    with db.transaction():
        services.load_series(FOLDER, STARTS)


def test_the_series_has_its_events_in_order_with_speakers_and_both_languages(app: Flask) -> None:
    load()
    series = services.series_by_slug("inspiration-for-social-innovation")
    assert series is not None
    assert [(event.position, event.starts_at) for event in series.events] == list(enumerate(STARTS, 1))
    for event in series.events:
        assert event.ends_at - event.starts_at == timedelta(minutes=90)
        assert event.timezone == "Asia/Phnom_Penh"
        texts = [event.title, event.summary, event.description]
        texts += [question["label"] for question in event.questions]
        texts += [text for speaker in event.speakers for text in (speaker.name, speaker.role, speaker.organisation)]
        assert event.speakers
        assert all(text["en"] and text["km"] for text in texts)


def test_loading_it_again_changes_nothing(app: Flask) -> None:
    load()
    uids = list(db.session.scalars(select(Event.uid).order_by(Event.id)))
    load()
    assert list(db.session.scalars(select(Event.uid).order_by(Event.id))) == uids
    assert db.session.scalar(select(func.count()).select_from(Speaker)) == 5


def test_a_date_is_needed_for_each_event(app: Flask) -> None:
    with pytest.raises(ValueError, match="zip"), db.transaction():
        services.load_series(FOLDER, STARTS[:2])
    reread()
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0


def test_its_pages_show_in_both_languages(client: Visitor) -> None:
    load()
    for language, title in (("en", "Systems thinking: seeing"), ("km", "ការគិតជាប្រព័ន្ធ៖")):
        headers = {"Accept-Language": language}
        for address in (
            "/events/",
            "/series/inspiration-for-social-innovation/",
            "/events/inspiration-systems-thinking/",
        ):
            assert title in client.get(address, headers=headers).text

"""The way into the meeting, and who was there."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, db, signals
from lms.certificates.models import Certificate
from lms.errors import ConflictError
from lms.events import services
from lms.events.models import Attendance, AttendanceSource, Event, Registration, RegistrationStatus
from tests import factories
from tests.conftest import Visitor, reread

JOIN = "/events/systems-thinking/join"
MEETING = "https://meet.example.org/room"


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> object:
    """For requests as well, which run in contexts of their own."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return to


def attendance() -> list[tuple[int, str]]:
    reread()
    rows = db.session.execute(select(Attendance.registration_id, Attendance.source).order_by(Attendance.source)).all()
    return [(registration_id, source) for registration_id, source in rows]


def attended() -> list[int]:
    """The registrations that were announced as having attended, at each closing."""
    heard: list[int] = []

    def note(registration: Registration) -> None:
        heard.append(registration.id)

    with signals.event_attended.connected_to(note), db.transaction():
        services.close_ended()
    return heard


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client: Visitor) -> None:
    factories.event()
    assert client.get(JOIN).location == "/login?next=%2Fevents%2Fsystems-thinking%2Fjoin"


def test_a_confirmed_person_gets_in_from_fifteen_minutes_before_until_the_end(client: Visitor, set_clock) -> None:  # type: ignore[no-untyped-def]
    event, person = factories.event(), factories.person()
    registration = factories.registration(event, person)
    starts_at, ends_at, registration_id = event.starts_at, event.ends_at, registration.id
    client.sign_in(person)
    opens_at = starts_at - timedelta(minutes=15)

    set_clock(opens_at - timedelta(seconds=1))
    early = client.get(JOIN)
    assert early.status_code == 200
    assert "The meeting is not open yet" in early.text
    assert MEETING not in early.text
    assert attendance() == []

    for moment in (opens_at, starts_at, ends_at - timedelta(seconds=1)):
        set_clock(moment)
        assert client.get(JOIN).location == MEETING
    assert attendance() == [(registration_id, AttendanceSource.link)]

    set_clock(ends_at)
    late = client.get(JOIN)
    assert "This event is over" in late.text
    assert MEETING not in late.text


def test_the_page_that_waits_says_when_and_looks_again_by_itself(client: Visitor) -> None:
    event = factories.event(starts_in=timedelta(minutes=16))
    client.sign_in(factories.registration(event, factories.person()).person)
    text = client.get(JOIN).text
    assert '<meta http-equiv="refresh" content="60">' in text or '<meta http-equiv="refresh" content="59">' in text
    assert "The way in opens on" in text
    assert "(Phnom Penh time)" in text


def test_the_page_of_the_event_shows_the_way_in_only_while_it_is_open(client: Visitor, set_clock) -> None:  # type: ignore[no-untyped-def]
    event, person = factories.event(), factories.person()
    factories.registration(event, person)
    starts_at = event.starts_at
    client.sign_in(person)
    assert JOIN not in client.get("/events/systems-thinking/").text
    set_clock(starts_at)
    assert JOIN in client.get("/events/systems-thinking/").text


@pytest.mark.parametrize("status", [None, RegistrationStatus.waitlisted, RegistrationStatus.cancelled])
def test_nobody_else_gets_in(client: Visitor, status: RegistrationStatus | None) -> None:
    event, person = factories.event(starts_in=timedelta(minutes=1)), factories.person()
    if status:
        factories.registration(event, person, status)
    factories.registration(event, factories.person())
    answer = client.sign_in(person).get(JOIN)
    assert answer.status_code == 403
    assert MEETING not in answer.text
    assert attendance() == []


def test_an_event_that_is_hidden_has_no_way_in(client: Visitor) -> None:
    factories.event(starts_in=timedelta(minutes=1), published=False)
    assert client.sign_in(factories.person()).get(JOIN).status_code == 404


def test_a_meeting_without_an_address_records_nobody(client: Visitor) -> None:
    event = factories.event(starts_in=timedelta(minutes=1), join_url="")
    client.sign_in(factories.registration(event, factories.person()).person)
    assert "The meeting has no address yet" in client.get(JOIN).text
    assert attendance() == []


def test_an_event_called_off_lets_nobody_in(client: Visitor) -> None:
    event = factories.event(starts_in=timedelta(minutes=1))
    client.sign_in(factories.registration(event, factories.person()).person)
    with db.transaction():
        services.cancel_event(event)
    assert "This event is called off" in client.get(JOIN).text
    assert attendance() == []


def test_whoever_gave_up_the_place_meanwhile_is_not_let_in(app: Flask) -> None:
    registration = factories.registration(factories.event(starts_in=timedelta(minutes=1)), factories.person())
    with db.transaction():
        services.cancel(registration)
    with pytest.raises(ConflictError), db.transaction():
        services.join(registration, 15)


def present(client: Visitor, shown: list[int], ticked: list[int], **fields: str) -> object:
    data = {"csrf_token": client.token(), "shown": shown, "present": ticked, **fields}
    return client.post("/manage/events/systems-thinking/attendance", data=data)


def three() -> tuple[Event, list[int]]:
    event = factories.event(starts_in=timedelta(minutes=-5))
    return event, [factories.registration(event, factories.person()).id for _ in range(3)]


def test_a_trainer_ticks_who_was_there_and_takes_it_back(client: Visitor) -> None:
    event, (first, second, third) = three()
    trainer = factories.trainer(of=event)
    trainer_id = trainer.id
    client.sign_in(trainer)
    answer = present(
        client, [first, second, third], [first, second], next="/manage/events/systems-thinking/attendees?page=2"
    )
    assert answer.location == "/manage/events/systems-thinking/attendees?page=2"
    assert attendance() == [(first, "trainer"), (second, "trainer")]
    assert {row.recorded_by_id for row in db.session.scalars(select(Attendance))} == {trainer_id}
    present(client, [first, third], [third])
    assert attendance() == [(second, "trainer"), (third, "trainer")]


def test_a_list_that_is_out_of_date_does_not_undo_who_came_by_the_link(client: Visitor) -> None:
    event, (first, second, third) = three()
    with db.transaction():
        services.join(db.session.get_one(Registration, first), 15)
    client.sign_in(factories.trainer(of=event))
    present(client, [first, second, third], [second])
    assert attendance() == [(first, "link"), (second, "trainer")]
    present(client, [first, second, third], [first, second])
    assert attendance() == [(first, "link"), (second, "trainer")]


def test_registrations_of_another_event_are_passed_over(client: Visitor) -> None:
    event, _ids = three()
    other = factories.registration(factories.event("other"), factories.person()).id
    client.sign_in(factories.trainer(of=event))
    present(client, [other], [other])
    assert attendance() == []


def test_a_list_of_any_length_is_saved(app: Flask) -> None:
    event, (first, second, _third) = three()
    others = range(1_000_000, 1_070_000)
    with db.transaction():
        services.record_attendance(factories.trainer(of=event), event, {first, second, *others}, {second, *others})
    assert attendance() == [(second, "trainer")]


def test_only_those_who_look_after_the_event_may_tick(client: Visitor) -> None:
    _event, ids = three()
    for person in (factories.learner(), factories.officer(), factories.trainer(of=factories.event("other"))):
        assert present(client.sign_in(person), ids, ids).status_code == 403
    assert attendance() == []
    assert present(client.sign_in(factories.admin()), ids, ids).status_code == 302
    assert len(attendance()) == 3


def test_the_way_back_stays_on_this_site(client: Visitor) -> None:
    event, ids = three()
    client.sign_in(factories.trainer(of=event))
    for address in ("https://evil.example", "//evil.example", "/\\evil.example", ""):
        assert present(client, ids, ids, next=address).location == "/manage/events/systems-thinking/"


def test_who_waits_cannot_be_marked_as_present(app: Flask) -> None:
    event = factories.event()
    waiting = factories.registration(event, factories.person(), RegistrationStatus.waitlisted)
    with pytest.raises(ConflictError), db.transaction():
        services.set_attendance(factories.trainer(of=event), waiting, present=True)


def test_nobody_was_there_when_the_event_was_called_off(client: Visitor) -> None:
    event, ids = three()
    client.sign_in(factories.trainer(of=event))
    with db.transaction():
        services.cancel_event(event)
        event.starts_at -= timedelta(days=1)
        event.ends_at -= timedelta(days=1)
    assert present(client, ids, ids).status_code == 409
    assert attendance() == []
    assert db.session.scalars(select(Certificate)).all() == []


def test_an_event_is_closed_once_and_announces_who_was_there(app: Flask) -> None:
    event, (first, second, _third) = three()
    trainer = factories.trainer(of=event)
    with db.transaction():
        services.join(db.session.get_one(Registration, first), 15)
        for key in (first, second):
            services.set_attendance(trainer, db.session.get_one(Registration, key), present=True)
    assert attended() == []
    with clock.at(event.ends_at):
        assert attended() == [first, second]
        assert attended() == []
    reread()
    assert event.closed_at == event.ends_at


def test_an_event_called_off_is_not_closed(app: Flask) -> None:
    event = factories.event()
    with db.transaction():
        services.cancel_event(event)
    with clock.at(event.ends_at), db.transaction():
        assert services.close_ended() == 0


def test_a_tick_after_the_end_is_announced_at_once(app: Flask) -> None:
    event, (first, second, _third) = three()
    trainer = factories.trainer(of=event)
    heard: list[int] = []

    def note(registration: Registration) -> None:
        heard.append(registration.id)

    with signals.event_attended.connected_to(note):
        with db.transaction():
            services.set_attendance(trainer, db.session.get_one(Registration, first), present=True)
        assert heard == []
        with clock.at(event.ends_at), db.transaction():
            services.set_attendance(trainer, db.session.get_one(Registration, second), present=True)
    assert heard == [second]


def test_a_person_sees_that_they_took_part(client: Visitor) -> None:
    event, (first, _second, _third) = three()
    with db.transaction():
        services.join(db.session.get_one(Registration, first), 15)
    person = db.session.get_one(Registration, first).person
    assert [found.attended for found in services.registrations(person)] == [True]
    with db.transaction():
        event.starts_at -= timedelta(days=1)
        event.ends_at -= timedelta(days=1)
    assert "You took part." in client.sign_in(person).get("/events/systems-thinking/").text

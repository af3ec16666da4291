"""The attendee list: who may see it, what it shows, and ticking who was there."""

import re
from datetime import UTC, datetime
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.events.models import Attendance, AttendanceSource, Event, Registration, RegistrationStatus
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.reports import crowd

LIST = "/manage/events/systems-thinking/attendees"
REGISTERED = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
QUESTIONS = [
    {"key": "hope", "kind": "text", "label": {"en": "What do you hope for?", "km": "សង្ឃឹម"}},
    {
        "key": "level",
        "kind": "choice",
        "label": {"en": "How well?"},
        "choices": [{"key": "new", "en": "It is new to me"}],
    },
]
COLUMNS = (
    "name,name_latin,sex,province,organisation,stakeholder_type,email,phone,registered_at,status,waiting_position,"
    "attended,joined_at,certificate_number"
)


@pytest.fixture
def event(app: Flask) -> Event:
    return factories.event(questions=QUESTIONS)


@pytest.fixture
def trainer(client: Visitor, event: Event) -> Visitor:
    """Signed in, and looks after the event."""
    return client.sign_in(factories.trainer(event))


def registered(event: Event, name: str = "Lina", status: str = "confirmed", **answers: str) -> Registration:
    person = factories.person(name)
    values = {"status": RegistrationStatus(status), "registered_at": REGISTERED, "answers": answers}
    return factories._kept(Registration(event_id=event.id, person_id=person.id, **values))


def came(registration: Registration, source: AttendanceSource) -> None:
    factories._kept(Attendance(registration_id=registration.id, source=source, joined_at=REGISTERED))


def noted() -> set[int]:
    """The registrations that a trainer has ticked."""
    reread()
    wanted = select(Attendance.registration_id).where(Attendance.source == AttendanceSource.trainer)
    return set(db.session.scalars(wanted))


def shown(page: str) -> list[str]:
    return [name.strip() for name in re.findall(r'<th scope="row">\s*([^<]+)', page)]


@pytest.mark.parametrize("file", ["", ".csv", ".xlsx"])
def test_who_may_see_it(file: str, client: Visitor, event: Event) -> None:
    assert "/login" in client.get(LIST + file).location
    people: list[Person] = [
        factories.learner(),
        factories.trainer(factories.event("another")),
        factories.trainer(event),
        factories.officer(),
        factories.admin(),
    ]
    assert [client.sign_in(one).get(LIST + file).status_code for one in people] == [403, 403, 200, 200, 200]


def test_an_event_in_preparation_does_not_exist_for_others(client: Visitor) -> None:
    event = factories.event("draft", published=False)
    people = (factories.learner(), factories.trainer(), factories.officer(), factories.trainer(event))
    address = "/manage/events/draft/attendees"
    assert [client.sign_in(one).get(address).status_code for one in people] == [404, 404, 200, 200]


def test_a_row_tells_of_a_registration_in_words(trainer: Visitor, event: Event) -> None:
    came(registered(event, "សុខា", hope="ទឹកស្អាត", level="new"), AttendanceSource.link)
    page = trainer.get(LIST).text
    for words in ("សុខា", "Confirmed", "Came in by the link", "1 March 2026", "What do you hope for?", "ទឹកស្អាត"):
        assert words in page
    assert "It is new to me" in page


def test_files_have_the_columns_and_one_for_each_question(trainer: Visitor, event: Event) -> None:
    came(registered(event, hope="=1+1", level="new"), AttendanceSource.trainer)
    answer = trainer.get(f"{LIST}.csv")
    assert answer.data.decode("utf-8-sig").splitlines()[0] == f"{COLUMNS},hope,level"
    row = crowd.read_csv(answer)[0]
    assert (row["attended"], row["joined_at"]) == ("yes", "2026-03-01T12:00:00+07:00")
    assert (row["hope"], row["level"]) == ("=1+1", "new")
    assert crowd.read_xlsx(trainer.get(f"{LIST}.xlsx")) == [row]


def test_the_waiting_list_is_numbered_in_its_order_whatever_is_filtered(trainer: Visitor, event: Event) -> None:
    for name, status in (("A", "waitlisted"), ("B", "confirmed"), ("C", "cancelled"), ("Dora", "waitlisted")):
        registered(event, name, status)
    rows = crowd.read_csv(trainer.get(f"{LIST}.csv?q=dora&status=waitlisted"))
    assert [(row["name"], row["waiting_position"]) for row in rows] == [("Dora", "2")]
    assert "number 2" in trainer.get(f"{LIST}?q=dora&status=waitlisted").text


def test_whoever_registers_again_has_one_certificate(trainer: Visitor, event: Event) -> None:
    gone = registered(event, status="cancelled")
    back = Registration(event_id=event.id, person_id=gone.person_id, answers={})
    back.status, back.registered_at = RegistrationStatus.confirmed, REGISTERED
    factories._kept(back)
    with db.transaction():
        crowd.certify([gone.person_id], event_id=event.id)
    rows = crowd.read_csv(trainer.get(f"{LIST}.csv"))
    assert [bool(row["certificate_number"]) for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("attended=yes", ["A"]),
        ("attended=no", ["B", "C"]),
        ("status=waitlisted", ["C"]),
        ("registered_from=2026-03-02", []),
        ("order=-attended", ["A", "C", "B"]),
        ("order=-waiting_position", ["C", "B", "A"]),
        ("", ["A", "B", "C"]),
    ],
)
def test_filters_and_orders(query: str, names: list[str], trainer: Visitor, event: Event) -> None:
    came(registered(event, "A"), AttendanceSource.link)
    registered(event, "B")
    registered(event, "C", "waitlisted")
    assert shown(trainer.get(f"{LIST}?{query}").text) == names


@pytest.mark.parametrize("query", ["attended=maybe", "order=answers", "order=hope", "status=completed"])
def test_a_filter_that_makes_no_sense_shows_nobody(query: str, trainer: Visitor, event: Event) -> None:
    registered(event)
    page = trainer.get(f"{LIST}?{query}")
    assert page.status_code == 422
    assert shown(page.text) == []


def test_a_trainer_ticks_who_was_there(trainer: Visitor, event: Event) -> None:
    here, absent = registered(event, "Here"), registered(event, "Absent")
    page = trainer.get(f"{LIST}?order=name").text
    action = re.search(r'<form method="post" action="([^"]+)"', page)[1]
    back = re.search(r'name="next" value="([^"]+)"', page)[1].replace("&amp;", "&")
    ids = re.findall(r'name="shown" value="(\d+)"', page)
    assert set(map(int, ids)) == {here.id, absent.id}
    answer = trainer.submit(action, shown=ids, present=[here.id], next=back)
    assert noted() == {here.id}
    assert "order=name" in answer.location
    assert page.count("checked") == 0
    assert trainer.get(answer.location).text.count("checked") == 1


def test_a_tick_is_taken_back(trainer: Visitor, event: Event) -> None:
    registration = registered(event)
    came(registration, AttendanceSource.trainer)
    action = re.search(r'<form method="post" action="([^"]+)"', trainer.get(LIST).text)[1]
    trainer.submit(action, shown=[registration.id])
    assert noted() == set()


def test_only_the_confirmed_are_ticked_and_not_those_who_came_in_by_themselves(trainer: Visitor, event: Event) -> None:
    came(registered(event), AttendanceSource.link)
    registered(event, status="waitlisted")
    assert 'name="present"' not in trainer.get(LIST).text


def test_an_officer_looks_and_does_not_tick(client: Visitor, event: Event) -> None:
    registered(event)
    page = client.sign_in(factories.officer()).get(LIST).text
    assert "Lina" in page
    assert "checkbox" not in page


def test_an_empty_list_says_so(trainer: Visitor) -> None:
    assert "Nobody has registered for this event yet" in trainer.get(LIST).text


def test_queries_do_not_grow_with_the_attendees(trainer: Visitor, event: Event) -> None:
    def queries(address: str) -> int:
        with counted_queries() as seen:
            assert trainer.get(address).status_code == 200
        return len(seen)

    people = crowd.add_people(300, Random(2))
    crowd.register(event, people[:10], Random(2))
    addresses = [LIST, f"{LIST}?sex=female&order=waiting_position&attended=yes", f"{LIST}.csv", f"{LIST}.xlsx"]
    few = [queries(address) for address in addresses]
    crowd.register(event, people[10:], Random(3))
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 8
    assert few[2] <= 3

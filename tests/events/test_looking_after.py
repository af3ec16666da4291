"""What a trainer changes about an event."""

from datetime import timedelta

import pytest

from lms import db
from lms.accounts.models import Role
from lms.events import services
from lms.events.models import Event, EventStatus
from tests import factories
from tests.conftest import Visitor, reread

MANAGE = "/manage/events/systems-thinking/"


def only_event() -> Event:
    reread()
    return db.session.query(Event).one()


def test_more_places_are_given_on_the_page(client: Visitor) -> None:
    event = factories.event(capacity=0)
    with db.transaction():
        services.register(factories.person(), event)
    client.sign_in(factories.trainer(of=event))
    assert client.submit(MANAGE, capacity="3").location == MANAGE
    found = only_event()
    assert (found.capacity, found.seats_taken) == (3, 1)
    client.submit(MANAGE, capacity="")
    assert only_event().capacity is None


@pytest.mark.parametrize(
    ("typed", "message"),
    [("0", "1 place is taken already"), ("-1", "from 0 up"), ("x", "Not a valid"), ("9" * 12, "write less")],
)
def test_a_number_that_cannot_be_is_refused_beside_the_field(client: Visitor, typed: str, message: str) -> None:
    event = factories.event(capacity=5)
    with db.transaction():
        services.register(factories.person(), event)
    client.sign_in(factories.trainer(of=event))
    answer = client.submit(MANAGE, capacity=typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert f'value="{typed}"' in answer.text
    assert only_event().capacity == 5


def test_an_event_is_called_off_on_the_page(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.event()))
    client.submit(f"{MANAGE}call-off")
    assert only_event().status == EventStatus.cancelled
    assert "This event is called off" in client.get(MANAGE).text


def test_only_its_trainers_and_administrators_look_after_an_event(client: Visitor) -> None:
    factories.event()
    others = [factories.learner(), factories.officer(), factories.person(roles=[Role.trainer])]
    for person in others:
        client.sign_in(person)
        assert client.get(MANAGE).status_code == 403
        assert client.submit(MANAGE, capacity="3").status_code == 403
        assert client.submit(f"{MANAGE}call-off").status_code == 403
        assert f'"{MANAGE}"' not in client.get("/events/systems-thinking/").text
    client.sign_in(factories.admin())
    assert client.get(MANAGE).status_code == 200
    assert f'"{MANAGE}"' in client.get("/events/systems-thinking/").text


def test_an_event_that_is_over_can_no_longer_be_changed(client: Visitor) -> None:
    event = factories.event(starts_in=timedelta(days=-1))
    client.sign_in(factories.trainer(of=event))
    assert "This event is over" in client.get(MANAGE).text
    assert client.submit(MANAGE, capacity="3").status_code == 409
    assert client.submit(f"{MANAGE}call-off").status_code == 409

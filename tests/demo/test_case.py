"""The demo's figures are those of the case, counted from its rows."""

from collections import Counter

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.courses.models import Enrolment
from lms.events.models import Attendance, Event, Registration
from lms.mail.models import Mail
from lms.models import Base
from tests.conftest import Visitor, reread

FOUR_PROVINCES = {"KH-3", "KH-7", "KH-16", "KH-17"}


@pytest.fixture
def demo(app: Flask) -> Flask:
    done = run(app)
    assert done.exit_code == 0, done.output
    return app


def rows() -> dict[str, int]:
    reread()
    tables = Base.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def learners() -> list[Person]:
    return list(db.session.scalars(select(Person).join(Enrolment, Enrolment.person_id == Person.id)))


def attendees() -> list[Person]:
    came = select(Registration.person_id).join(Attendance, Attendance.registration_id == Registration.id)
    return list(db.session.scalars(select(Person).where(Person.id.in_(came))))


def test_the_case_in_figures(demo: Flask) -> None:
    assert Counter(person.sex for person in learners()) == {"female": 3, "male": 22}
    assert {person.province for person in learners()} == FOUR_PROVINCES
    assert len(attendees()) == 147
    assert {person.stakeholder_type for person in attendees()} == {"cso"}
    assert {person.province for person in attendees()} == FOUR_PROVINCES
    completed = db.session.scalar(select(func.count()).where(Enrolment.completed_at.is_not(None)))
    certificates = db.session.scalars(select(Certificate.kind)).all()
    came = db.session.scalar(select(func.count(func.distinct(Attendance.registration_id))))
    assert Counter(certificates) == {"completion": completed, "attendance": came}
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
    people = db.session.scalars(select(Person)).all()
    assert all(person.name.startswith("គំរូ ") and person.name_latin.startswith("Kumru ") for person in people)
    assert len({person.name for person in people}) == len(people)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_it_is_loaded_once_signed_in_to_and_taken_out_again(demo: Flask, client: Visitor) -> None:
    before = rows()
    assert run(demo).exit_code == 0
    assert rows() == before
    password, accounts = printed_accounts(demo)
    for name in accounts:
        assert client.submit("/login", sign_in=name, password=password).status_code == 302, name
    assert run(demo, "--remove").exit_code == 0
    after = rows()
    assert (after["lms_person"], after["lms_enrolment"], after["lms_course"]) == (0, 0, 1)
    assert db.session.scalar(select(func.sum(Event.seats_taken))) == 0


def run(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["lms", "demo", *options])


def printed_accounts(app: Flask) -> tuple[str, list[str]]:
    """What a newcomer reads: the password and the names."""
    head, *lines = run(app, "--accounts").output.splitlines()
    return head.rpartition(" ")[2].rstrip(":"), [line[2:24].strip() for line in lines]

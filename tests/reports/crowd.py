"""Many different people at once, and how to read the lists that show them."""

import csv
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from random import Random
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import String, cast, insert, literal, select
from werkzeug.test import TestResponse

from lms import db
from lms.accounts.models import Organisation, Person
from lms.certificates.models import Certificate, CertificateKind
from lms.courses.models import Course, Enrolment, EnrolmentStatus
from lms.db import Moment
from lms.events.models import Attendance, AttendanceSource, Event, Registration, RegistrationStatus

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
NAMES = [
    "សុខ ដារ៉ា",
    "ស្រីល័ក្ខ",
    "ចាន់ធី",
    "គឹម អ៊ុយ",
    "dara",
    "Dara",
    "Zoë",
    "=1+1",
    "+855",
    "-2",
    "@SUM(A1)",
    "\tTab",
    "'=x",
    "100% & <b>",
]
LATIN = ["Sok Dara", "SREY", "", "chan_thy", "Kim 100%", "Zed"]
PROVINCES = ["KH-3", "KH-7", "KH-16", "KH-17", ""]
ORGANISATIONS = ["រដ្ឋបាលខេត្តកំពត", "Kampot Women's Network", "=cmd|' /C calc'!A0", "50% for all"]
SEXES = ["female", "male", "other", "not_said"]
KINDS = ["government", "cso", ""]


def add_people(count: int, chance: Random) -> list[int]:
    """Returns their ids. Each has a phone number, by which a row of a list is known again."""
    organisations = [*_organisations(), None]
    rows = [
        {
            "name": chance.choice(NAMES),
            "name_latin": chance.choice(LATIN),
            "sex": chance.choice(SEXES),
            "province": chance.choice(PROVINCES),
            "organisation_id": chance.choice(organisations),
            "stakeholder_type": chance.choice(KINDS),
            "email": f"p{number}@example.org" if number % 3 else None,
            "phone": f"+8551{number:07}",
            "fs_uniquifier": secrets.token_hex(8) + str(number),
            "created_at": NOON,
        }
        for number in range(count)
    ]
    with db.transaction():
        db.session.execute(insert(Person), rows)
    return list(db.session.scalars(select(Person.id).where(Person.phone.like("+8551%")).order_by(Person.id)))


def _organisations() -> list[int]:
    with db.transaction():
        db.session.execute(
            insert(Organisation), [{"name": name, "folded_name": name.casefold()} for name in ORGANISATIONS]
        )
    return list(db.session.scalars(select(Organisation.id)))


def enrol(course: Course, people: list[int], chance: Random) -> None:
    rows = [_enrolment(course, person, chance) for person in people]
    graduates = [row["person_id"] for row in rows if row["status"] == EnrolmentStatus.completed]
    with db.transaction():
        db.session.execute(insert(Enrolment), rows)
        certify(graduates[::2], course_id=course.id)


def _enrolment(course: Course, person: int, chance: Random) -> dict[str, Any]:
    status = chance.choice(list(EnrolmentStatus))
    enrolled_at = NOON + timedelta(hours=chance.randrange(240))
    is_complete = status == EnrolmentStatus.completed
    return {
        "course_id": course.id,
        "person_id": person,
        "status": status,
        "enrolled_at": enrolled_at,
        "completed_at": enrolled_at + timedelta(hours=chance.randrange(1, 240)) if is_complete else None,
        "progress_percent": 100 if is_complete else chance.choice([0, 100 / 3, 200 / 3]),
        "best_score_percent": chance.choice([None, 62.5, 87.654321, 100]),
    }


def certify(people: list[int], **achievement: int) -> None:
    kind = CertificateKind.completion if "course_id" in achievement else CertificateKind.attendance
    rows = [
        {
            "number": f"TEST-{secrets.token_hex(6)}",
            "kind": kind,
            "person_id": person,
            "name": "n",
            "name_latin": "n",
            "title": {},
            "statement": {},
            "achieved_at": NOON,
            "issued_at": NOON,
            **achievement,
        }
        for person in people
    ]
    if rows:
        db.session.execute(insert(Certificate), rows)


def register(event: Event, people: list[int], chance: Random) -> None:
    """Some of the confirmed came by the link, some were ticked by a trainer."""
    statuses = [chance.choice(list(RegistrationStatus)) for _person in people]
    rows = [
        {
            "event_id": event.id,
            "person_id": person,
            "status": status,
            "registered_at": NOON + timedelta(hours=chance.randrange(240)),
            "answers": {"hope": chance.choice(["", "ទឹកស្អាត", "=1+1"])},
        }
        for person, status in zip(people, statuses, strict=True)
    ]
    with db.transaction():
        db.session.execute(insert(Registration), rows)
        confirmed = select(Registration).where(
            Registration.status == RegistrationStatus.confirmed, Registration.person_id.in_(people)
        )
        for registration in db.session.scalars(confirmed.order_by(Registration.id)):
            for source in AttendanceSource:
                if chance.random() < 0.4:
                    joined_at = NOON + timedelta(days=20, minutes=chance.randrange(60))
                    key = {"registration_id": registration.id, "source": source}
                    db.session.execute(insert(Attendance).values(**key, joined_at=joined_at))


def phones_on_screen(pages: Iterator[str]) -> list[str]:
    return [phone for page in pages for phone in re.findall(r'href="tel:([^"]+)"', page)]


def read_csv(answer: TestResponse) -> list[dict[str, str]]:
    """What a program that knows the format reads: the mark of harmless cells is taken off."""
    text = answer.data.decode("utf-8-sig")
    rows = csv.DictReader(StringIO(text, newline=""))
    return [{name: _original(cell) for name, cell in row.items()} for row in rows]


def _original(cell: str) -> str:
    return cell[1:] if re.match(r"'+[=+\-@\t\r\n]", cell) else cell


def read_xlsx(answer: TestResponse, zone: str = "+07:00", sheet: str = "") -> list[dict[str, str]]:
    """The same texts as `read_csv`, of the first sheet or another."""
    book = load_workbook(BytesIO(answer.data))
    names, *rows = (book[sheet] if sheet else book.active).iter_rows(values_only=True)
    return [{name: _as_text(cell, zone) for name, cell in zip(names, row, strict=True)} for row in rows]


def _as_text(cell: object, zone: str) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds") + zone
    return "" if cell is None else f"{cell:g}" if isinstance(cell, int | float) else str(cell)


def enrol_many(course: Course, count: int) -> None:
    """Made by the database itself, in no time."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < count))
    n = cast(numbers.c.n, String)
    person = {
        "name": literal("គំរូ សុខ ដារ៉ា ") + n,
        "name_latin": literal("Kumru Sok Dara ") + n,
        "sex": literal("female"),
        "province": literal("KH-3"),
        "organisation_id": select(Organisation.id).limit(1).scalar_subquery(),
        "stakeholder_type": literal("government"),
        "phone": literal("+85599") + n,
        "fs_uniquifier": literal("many-") + n,
        "created_at": literal(NOON, Moment),
    }
    enrolment = {
        "course_id": literal(course.id),
        "person_id": Person.id,
        "status": literal("completed"),
        "enrolled_at": literal(NOON, Moment),
        "completed_at": literal(NOON, Moment),
        "progress_percent": literal(100.0),
        "best_score_percent": literal(87.5),
    }
    many = Person.fs_uniquifier.startswith("many-")
    _organisations()
    with db.transaction():
        db.session.execute(insert(Person).from_select(list(person), select(*person.values()).select_from(numbers)))
        db.session.execute(insert(Enrolment).from_select(list(enrolment), select(*enrolment.values()).where(many)))

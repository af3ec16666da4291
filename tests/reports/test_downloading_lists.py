"""The files: their form, and that they hold what the page shows."""

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from random import Random
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.accounts.provinces import PROVINCES
from lms.certificates.models import Certificate
from lms.courses.models import Course, Enrolment, EnrolmentStatus
from lms.reports import files
from tests import factories
from tests.conftest import Visitor
from tests.reports import crowd

LIST = "/manage/courses/innovation/learners"
COLUMNS = [
    "name", "name_latin", "sex", "province", "organisation", "stakeholder_type", "email", "phone", "enrolled_at",
    "status", "progress_percent", "best_score_percent", "completed_at", "certificate_number",
]  # fmt: skip
AT = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course()


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    """Signed in, and looks after the course."""
    return client.sign_in(factories.trainer(course))


def enrolled(course: Course, **values: Any) -> Person:
    person = factories.person(**values)
    values = {"status": EnrolmentStatus.completed, "completed_at": AT + timedelta(days=2), "progress_percent": 100}
    factories._kept(
        Enrolment(course_id=course.id, person_id=person.id, enrolled_at=AT, best_score_percent=87.654, **values)
    )
    return person


def test_the_csv_has_a_mark_and_the_columns_in_order(trainer: Visitor, course: Course) -> None:
    person = enrolled(course, name="សុខ ដារ៉ា", name_latin="Sok Dara", phone="+85512345678", email="dara@example.org")
    with db.transaction():
        crowd.certify([person.id], course_id=course.id)
    number = db.session.scalars(select(Certificate.number)).one()
    answer = trainer.get(f"{LIST}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.decode() == (
        "\ufeff" + ",".join(COLUMNS) + "\r\n"
        "សុខ ដារ៉ា,Sok Dara,female,Kampong Cham,,government,dara@example.org,'+85512345678,2026-04-01T01:30:00+07:00,"
        f"completed,100,87.7,2026-04-03T01:30:00+07:00,{number}\r\n"
    )


def test_a_missing_value_is_an_empty_cell(trainer: Visitor, course: Course) -> None:
    bare = {"name_latin": "", "province": "", "stakeholder_type": "", "email": None}
    person = factories.person("Bare", **bare)
    factories._kept(Enrolment(course_id=course.id, person_id=person.id, enrolled_at=AT))
    assert trainer.get(f"{LIST}.csv").data.endswith(b"Bare,,female,,,,,,2026-04-01T01:30:00+07:00,active,0,,,\r\n")
    sheet = load_workbook(BytesIO(trainer.get(f"{LIST}.xlsx").data)).active
    assert [cell.value for cell in sheet[2]][1:4] == [None, "female", None]


def test_a_revoked_certificate_is_not_listed(trainer: Visitor, course: Course) -> None:
    person = enrolled(course)
    with db.transaction():
        crowd.certify([person.id], course_id=course.id)
        db.session.scalars(select(Certificate)).one().revoked_at = AT
    assert crowd.read_csv(trainer.get(f"{LIST}.csv"))[0]["certificate_number"] == ""


def test_the_spreadsheet_has_real_dates_and_numbers_and_a_frozen_heading(trainer: Visitor, course: Course) -> None:
    enrolled(course, name="សុខ ដារ៉ា", phone="+85512345678")
    sheet = load_workbook(BytesIO(trainer.get(f"{LIST}.xlsx").data)).active
    heading, row = sheet.iter_rows()
    assert [cell.value for cell in heading] == COLUMNS
    assert heading[0].font.bold
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:N2"
    cells = dict(zip(COLUMNS, row, strict=True))
    assert cells["name"].value == "សុខ ដារ៉ា"
    assert cells["name"].font.name == files.FONT
    assert cells["enrolled_at"].value == datetime(2026, 4, 1, 1, 30)  # noqa: DTZ001  # as Excel has it
    assert cells["enrolled_at"].number_format == "yyyy-mm-dd hh:mm"
    assert (cells["progress_percent"].value, cells["best_score_percent"].value) == (100, 87.7)
    assert (cells["phone"].value, cells["phone"].quotePrefix) == ("+85512345678", True)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "=cmd|' /C calc'!A0", "'=1"])
def test_no_cell_is_a_formula(name: str, trainer: Visitor, course: Course) -> None:
    enrolled(course, name=name, name_latin="http://example.org/")
    text = trainer.get(f"{LIST}.csv").data.decode("utf-8-sig")
    assert next(csv.DictReader(StringIO(text, newline="")))["name"] == f"'{name}"
    sheet = load_workbook(BytesIO(trainer.get(f"{LIST}.xlsx").data)).active
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix
    assert sheet["B2"].hyperlink is None


@given(text=st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝a0 ក"), max_size=6))
def test_a_harmless_cell_gives_the_original_back(text: str) -> None:
    safe = files.harmless(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (safe.removeprefix("'") if files.harmless(safe) != safe else safe) == text


def test_files_are_named_after_the_course_and_the_day_and_kept_by_nobody(trainer: Visitor) -> None:
    for ending in ("csv", "xlsx"):
        answer = trainer.get(f"{LIST}.{ending}")
        day = clock.now().astimezone(ZoneInfo("Asia/Phnom_Penh")).date()
        assert f"innovation-learners-{day}.{ending}" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_number_does_not_shorten_a_file(trainer: Visitor, course: Course) -> None:
    crowd.enrol(course, crowd.add_people(30, Random(1)), Random(1))
    assert len(crowd.read_csv(trainer.get(f"{LIST}.csv?page=2"))) == 30


def test_an_empty_list_is_a_file_with_its_heading(trainer: Visitor) -> None:
    assert trainer.get(f"{LIST}.csv").data.decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"
    assert crowd.read_xlsx(trainer.get(f"{LIST}.xlsx")) == []


days = st.dates(datetime(2026, 2, 27).date(), datetime(2026, 3, 14).date()).map(str)  # noqa: DTZ001  # no moments
QUERIES = st.fixed_dictionaries(
    {"order": st.sampled_from(["-" * minus + column for column in COLUMNS for minus in (0, 1)])},
    optional={
        "sex": st.sampled_from(crowd.SEXES),
        "province": st.sampled_from(["KH-3", "KH-7"]),
        "status": st.sampled_from([*EnrolmentStatus]),
        "organisation": st.sampled_from(["kampot", "%", "រដ្ឋ", "'"]),
        "q": st.sampled_from(["dara", "=", "100%", "_", "0101", "example", "សុខ"]),
        "enrolled_from": days,
        "completed_to": days,
    },
)


def wanted(query: dict[str, str]) -> list[str]:
    """The phone numbers that a list must show, reckoned without SQL."""
    found = [(enrolment, enrolment.person) for enrolment in db.session.scalars(select(Enrolment))]
    found = [(enrolment, person) for enrolment, person in found if _is_wanted(enrolment, person, query)]
    down, name = query["order"].startswith("-"), query["order"].removeprefix("-")
    numbers = dict(db.session.execute(select(Certificate.person_id, Certificate.number)).all())

    def key(pair: tuple[Enrolment, Person]) -> tuple[Any, int]:
        return _sort_value(name, *pair, numbers), pair[0].id

    full = [pair for pair in found if key(pair)[0] not in (None, "")]
    empty = sorted((pair for pair in found if key(pair)[0] in (None, "")), key=lambda pair: pair[0].id, reverse=down)
    return [person.phone for _enrolment, person in [*sorted(full, key=key, reverse=down), *empty]]


def _is_wanted(enrolment: Enrolment, person: Person, query: dict[str, str]) -> bool:
    def local(moment: datetime | None) -> str:
        return str(moment.astimezone(ZoneInfo("Asia/Phnom_Penh")).date()) if moment else ""

    texts = [person.name, person.name_latin, person.email or ""]
    q = query.get("q", "").casefold()
    works_at = person.organisation.name.casefold() if person.organisation else ""
    return all(
        [
            query.get("sex", person.sex) == person.sex,
            query.get("province", person.province) == person.province,
            query.get("status", enrolment.status) == enrolment.status,
            "organisation" not in query or query["organisation"] in works_at,
            any(q in text.casefold() for text in texts) or (q.isdigit() and q.lstrip("0") in person.phone),
            "enrolled_from" not in query or local(enrolment.enrolled_at) >= query["enrolled_from"],
            "completed_to" not in query or "" < local(enrolment.completed_at) <= query["completed_to"],
        ]
    )


def _sort_value(name: str, enrolment: Enrolment, person: Person, numbers: dict[int, str]) -> Any:
    if name == "certificate_number":
        value: Any = numbers.get(person.id)
    elif name == "organisation":
        value = person.organisation and person.organisation.name
    elif name == "province":
        value = PROVINCES.get(person.province, {}).get("en")
    else:
        value = getattr(enrolment, name) if hasattr(enrolment, name) else getattr(person, name)
    return value.lower().encode() if isinstance(value, str) and value else value


def test_page_csv_and_spreadsheet_agree_for_any_filters(trainer: Visitor, course: Course) -> None:
    crowd.enrol(course, crowd.add_people(70, Random(7)), Random(7))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(query=QUERIES)
    def agree(query: dict[str, str]) -> None:
        expected = wanted(query)
        rows = crowd.read_csv(trainer.get(f"{LIST}.csv?{urlencode(query)}"))
        assert [row["phone"] for row in rows] == expected
        assert crowd.read_xlsx(trainer.get(f"{LIST}.xlsx?{urlencode(query)}")) == rows
        assert crowd.phones_on_screen(_pages(trainer, query, len(expected))) == expected

    agree()


def _pages(trainer: Visitor, query: dict[str, str], rows: int) -> Any:
    for number in range(1, -(-rows // 25) + 1):
        yield trainer.get(LIST, query_string={**query, "page": number}).text


def test_page_csv_and_spreadsheet_agree_for_attendees_too(client: Visitor) -> None:
    event = factories.event(questions=[{"key": "hope", "kind": "text", "label": {"en": "Hope"}}])
    client.sign_in(factories.trainer(event))
    crowd.register(event, crowd.add_people(60, Random(5)), Random(5))
    address = "/manage/events/systems-thinking/attendees"
    for query in (
        {},
        {"attended": "yes", "order": "-joined_at"},
        {"status": "waitlisted", "order": "-waiting_position"},
    ):
        rows = crowd.read_csv(client.get(f"{address}.csv?{urlencode(query)}"))
        pages = (client.get(address, query_string={**query, "page": number}).text for number in (1, 2, 3))
        phones = list(dict.fromkeys(crowd.phones_on_screen(pages)))
        assert [row["phone"] for row in rows] == phones
        assert len(phones) > 5
        assert crowd.read_xlsx(client.get(f"{address}.xlsx?{urlencode(query)}")) == rows

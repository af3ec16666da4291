"""When a course opens and is due for somebody who may be in several cohorts."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis import given, strategies as st

from lms import db
from lms.courses import services
from lms.courses.models import Cohort, Course
from lms.courses.services.cohorts import Dates, dates, together
from tests import factories
from tests.conftest import counted_queries

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.integers(0, 40)
MOMENTS = DAYS.map(lambda day: START + timedelta(days=day))
ROWS = st.lists(st.tuples(st.none() | MOMENTS, st.none() | MOMENTS, st.sampled_from("abc")), max_size=5)
NEVER, EVER = START - timedelta(days=1), START + timedelta(days=100)


def is_open(found: Dates, at: datetime) -> bool:
    return found.opens_at is None or found.opens_at <= at


def is_late(found: Dates, at: datetime) -> bool:
    return found.due_at is not None and found.due_at < at


@given(ROWS, MOMENTS)
def test_it_is_open_as_soon_as_one_cohort_has_it_open(rows: list, at: datetime) -> None:
    by_hand = not rows or any(opens is None or opens <= at for opens, _due, _name in rows)
    assert is_open(together(rows), at) == by_hand


@given(ROWS, MOMENTS)
def test_it_is_late_only_when_it_is_late_for_every_cohort(rows: list, at: datetime) -> None:
    by_hand = bool(rows) and all(due is not None and due < at for _opens, due, _name in rows)
    assert is_late(together(rows), at) == by_hand


@given(ROWS, st.randoms())
def test_the_order_of_the_cohorts_does_not_matter(rows: list, chance: object) -> None:
    other = list(rows)
    chance.shuffle(other)  # type: ignore[attr-defined]
    one, two = together(rows), together(other)
    assert (one.opens_at, one.due_at, sorted(one.cohorts)) == (two.opens_at, two.due_at, sorted(two.cohorts))


@given(ROWS.filter(bool), ROWS.filter(bool))
def test_nobody_loses_by_being_in_one_more(rows: list, more: list) -> None:
    before, after = together(rows), together(rows + more)
    assert (after.opens_at or NEVER) <= (before.opens_at or NEVER)
    assert (after.due_at or EVER) >= (before.due_at or EVER)


@given(ROWS)
def test_who_came_in_by_themselves_waits_for_no_cohort(rows: list) -> None:
    found = together(rows, waits=False)
    assert found.opens_at is None
    assert found.due_at == together(rows).due_at


def cohorts(course: Course, person: object, *days: tuple[int | None, int | None]) -> list[Cohort]:
    def at(day: int | None) -> datetime | None:
        return None if day is None else START + timedelta(days=day)

    return [
        factories.cohort(f"c{number}", members=[person], courses=[course], opens_at=at(opens), due_at=at(due))
        for number, (opens, due) in enumerate(days)
    ]


def test_the_dates_of_an_enrolment_are_found_in_one_query(app: Flask) -> None:
    course, person = factories.course(), factories.learner()
    with db.transaction():
        enrolment = services.enrol(person, course, "cohort")
    assert dates(enrolment) == Dates()
    gone, *_others = cohorts(course, person, (0, None), (3, 10), (5, 20))
    factories.cohort("other", members=[factories.learner()], courses=[course])
    with db.transaction():
        db.session.get_one(Cohort, gone.id).archived = True
    with counted_queries() as queries:
        found = dates(enrolment)
    assert found == Dates(START + timedelta(days=3), START + timedelta(days=20), ("District c1", "District c2"))
    assert len(queries) == 1


def test_only_those_whom_a_cohort_or_a_list_brought_wait(app: Flask) -> None:
    course = factories.course()
    for source in ("self", "key", "request", "trainer", "cohort", "list"):
        person = factories.learner()
        factories.cohort(source, members=[person], courses=[course], opens_at=START)
        with db.transaction():
            enrolment = services.enrol(person, course, source)
        assert (dates(enrolment).opens_at == START) == (source in ("cohort", "list"))

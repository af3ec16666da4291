"""Mails that remind: of courses left lying, deadlines and news; by day, once, and never after completion."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import delete, func, select, update

from lms import clock, db, worker
from lms.accounts import reminders
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentStatus,
)
from lms.courses.services import reminding
from lms.mail import deliver
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.plugins.server import PATIENCE_SECONDS, ROOT
from tests.plugins.smtp import Inbox

NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)
"""In Phnom Penh."""
DAY = timedelta(days=1)


def taking(course: Course, last_act: timedelta | None = None, **person: Any) -> Enrolment:
    """Somebody who takes the course, and did something in it so long before noon."""
    with clock.at(NOON - 30 * DAY), db.transaction():
        enrolment = courses.enrol(factories.learner(**person), course)
        enrolment.last_act_at = NOON - last_act if last_act is not None else None
    return enrolment


def remind(at: datetime = NOON) -> list[str]:
    """The keys of the mails that are queued at that time."""
    with clock.at(at):
        before = set(keys())
        worker.remind()
    return sorted(set(keys()) - before)


def keys() -> list[str]:
    return list(db.session.scalars(select(Mail.key)))


def set_values(enrolment: Enrolment, **values: Any) -> None:
    with db.transaction():
        db.session.execute(update(Enrolment).where(Enrolment.id == enrolment.id).values(values))


def complete(enrolment: Enrolment, at: datetime) -> None:
    set_values(enrolment, status=EnrolmentStatus.completed, completed_at=at)


def in_cohort(person_id: int, course: Course, due_at: datetime | None, slug: str = "a") -> None:
    with db.transaction():
        cohort = Cohort(slug=slug, name=slug, created_at=NOON)
        db.session.add(cohort)
        db.session.flush()
        db.session.add(CohortCourse(cohort_id=cohort.id, course_id=course.id, due_at=due_at))
        db.session.add(CohortMember(cohort_id=cohort.id, person_id=person_id, joined_at=NOON))


def tell(course: Course, number: int = 2, at: datetime = NOON - DAY) -> None:
    changes = [{"what": "lesson added", "title": {"en": "Fees", "km": "កម្រៃ"}}]
    with db.transaction():
        db.session.add(CourseVersion(course_id=course.id, number=number, at=at, changes=changes, tell=True))


# A course left lying


def test_whoever_has_begun_and_stopped_is_reminded_once(app: Flask) -> None:
    enrolment = taking(factories.course(), 7 * DAY)
    assert remind() == [f"course-idle/{enrolment.id}/1"]
    assert remind() == remind(NOON + 5 * DAY) == remind(NOON + 50 * DAY) == []


def test_whoever_is_at_it_or_has_not_begun_is_not_reminded(app: Flask) -> None:
    course = factories.course()
    taking(course, 7 * DAY - timedelta(seconds=1))
    taking(course)
    assert remind() == []


def test_each_time_that_a_course_is_left_lying_counts_and_three_are_enough(app: Flask) -> None:
    enrolment = taking(factories.course(), 7 * DAY)
    told = []
    for week in range(0, 60, 10):
        told += remind(NOON + week * DAY)
        set_values(enrolment, last_act_at=NOON + (week + 1) * DAY)
    assert told == [f"course-idle/{enrolment.id}/{number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("values", [{"email": None, "phone": "+85512345678"}, {"active": False}, {"reminders": False}])
def test_who_cannot_or_does_not_want_to_be_reminded_is_left_alone(app: Flask, values: dict[str, Any]) -> None:
    course = factories.course()
    enrolment = taking(course, 8 * DAY, **values)
    in_cohort(enrolment.person_id, course, NOON + DAY)
    tell(course)
    assert remind() == []


@pytest.mark.parametrize("values", [{"published": False}, {"archived": True}])
def test_a_course_that_is_not_open_reminds_nobody(app: Flask, values: dict[str, Any]) -> None:
    course = factories.course()
    enrolment = taking(course, 8 * DAY)
    in_cohort(enrolment.person_id, course, NOON + DAY)
    tell(course)
    with db.transaction():
        db.session.execute(update(Course).values(values))
    assert remind() == []


@pytest.mark.parametrize("status", [EnrolmentStatus.completed, EnrolmentStatus.withdrawn])
def test_whoever_has_completed_or_left_the_course_is_not_reminded(app: Flask, status: EnrolmentStatus) -> None:
    course = factories.course()
    enrolment = taking(course, 8 * DAY)
    in_cohort(enrolment.person_id, course, NOON + DAY)
    tell(course)
    set_values(enrolment, status=status, completed_at=NOON if status == EnrolmentStatus.completed else None)
    assert remind() == []


# Deadlines


def test_a_deadline_is_told_of_once_three_days_before_and_again_when_it_moves(app: Flask) -> None:
    course = factories.course()
    enrolment = taking(course)
    in_cohort(enrolment.person_id, course, NOON + 3 * DAY)
    assert remind(NOON - timedelta(seconds=1)) == []
    assert remind() == [f"course-due/{enrolment.id}/{int((NOON + 3 * DAY).timestamp())}"]
    assert remind(NOON + DAY) == []
    with db.transaction():
        db.session.execute(update(CohortCourse).values(due_at=NOON + 5 * DAY))
    assert len(remind(NOON + 3 * DAY)) == 1
    assert remind(NOON + 6 * DAY) == []


def test_the_latest_deadline_counts_and_none_if_a_cohort_has_none(app: Flask) -> None:
    course = factories.course()
    enrolment = taking(course)
    in_cohort(enrolment.person_id, course, NOON + DAY)
    in_cohort(enrolment.person_id, course, NOON + 9 * DAY, "b")
    assert remind() == []
    assert len(remind(NOON + 7 * DAY)) == 1
    in_cohort(enrolment.person_id, course, None, "c")
    with db.transaction():
        db.session.execute(delete(Mail))
    assert remind(NOON + 7 * DAY) == []


# News


def test_news_are_told_to_those_who_took_the_course_before(app: Flask) -> None:
    course = factories.course()
    before = taking(course, DAY)
    tell(course)
    with clock.at(NOON), db.transaction():
        courses.enrol(factories.learner(), course)
    assert remind() == [f"course-news/{before.id}/2"]
    assert remind() == []


def test_what_trainers_did_not_want_told_and_what_is_old_is_no_news(app: Flask) -> None:
    course = factories.course()
    taking(course, DAY)
    tell(course, 2, NOON - 15 * DAY)
    tell(course, 3)
    with db.transaction():
        db.session.execute(update(CourseVersion).where(CourseVersion.number == 3).values(tell=False))
    assert remind() == []


# By day


@pytest.mark.parametrize(("hour", "sent"), [(0, 0), (6, 0), (7, 1), (12, 1), (19, 1), (20, 0), (23, 0)])
@pytest.mark.parametrize("zone", ["", "America/New_York", "Asia/Kolkata", "No/Such_Zone"])
def test_nobody_is_reminded_at_night(app: Flask, hour: int, sent: int, zone: str) -> None:
    taking(factories.course(), 9 * DAY, timezone=zone)
    there = ZoneInfo(zone if zone and "No/" not in zone else "Asia/Phnom_Penh")
    assert len(remind(datetime(2026, 11, 3, hour, 59 if hour in (6, 19) else 0, tzinfo=there))) == sent


def test_a_mail_that_had_to_wait_for_the_morning_comes_then(app: Flask) -> None:
    taking(factories.course(), 9 * DAY)
    assert remind(NOON + timedelta(hours=9)) == []
    assert len(remind(NOON + timedelta(hours=20))) == 1


# What happens in the life of a learner: hours go by, and then something is done.
ACTS = st.sampled_from(["nothing", "act", "complete", "stop", "want", "deadline", "news", "move"])
HISTORIES = st.lists(st.tuples(st.integers(1, 200), ACTS), min_size=1, max_size=25)
ZONES = ["", "America/Los_Angeles", "Asia/Tokyo", "Europe/London"]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.sampled_from(ZONES))
def test_whatever_happens_no_mail_comes_by_night_after_completion_or_twice(
    app: Flask, history: list[tuple[int, str]], zone: str
) -> None:
    _clear()
    course = factories.course()
    enrolment = taking(course, DAY, timezone=zone)
    in_cohort(enrolment.person_id, course, None)
    person_id, moment, versions = enrolment.person_id, NOON, 1
    acts, completed_at, stopped = [NOON - DAY], None, False
    told: list[tuple[str, datetime, str]] = []
    for hours, act in history:
        moment += timedelta(hours=hours)
        if act == "act" and completed_at is None:
            acts.append(moment)
            set_values(enrolment, last_act_at=moment)
        elif act == "complete" and completed_at is None:
            completed_at = moment
            complete(enrolment, moment)
        elif act in ("stop", "want"):
            stopped = act == "stop"
            _set(Person, Person.id == person_id, reminders=not stopped)
        elif act == "deadline":
            _set(CohortCourse, CohortCourse.course_id == course.id, due_at=moment + 2 * DAY)
        elif act == "news":
            versions += 1
            tell(course, versions, moment)
        elif act == "move":
            zone = ZONES[hours % len(ZONES)]
            _set(Person, Person.id == person_id, timezone=zone)
        new = remind(moment)
        assert not (new and (completed_at or stopped))
        told += [(key, moment, zone) for key in new]
    assert len({key for key, _at, _zone in told}) == len(told) == len(keys())
    for _key, at, where in told:
        assert 7 <= at.astimezone(ZoneInfo(where or "Asia/Phnom_Penh")).hour < 20
    idle = [at for key, at, _zone in told if key.startswith("course-idle/")]
    assert len(idle) <= 3
    stretches = [max(act for act in acts if act <= at) for at in idle]
    assert len(set(stretches)) == len(stretches)
    assert all(at - began >= 7 * DAY for at, began in zip(idle, stretches, strict=True))


def _set(entity: Any, where: Any, **values: Any) -> None:
    with db.transaction():
        db.session.execute(update(entity).where(where).values(values))


def _clear() -> None:
    """A world of its own for every example."""
    from lms.models import Base

    with db.transaction():
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(table.delete())
    db.session.expunge_all()


# Many, at once, and interrupted


def test_a_batch_takes_as_many_queries_for_many_as_for_one(app: Flask) -> None:
    course = factories.course()

    def queries() -> int:
        with clock.at(NOON), counted_queries() as sent, db.transaction():
            reminding.remind(7)
        return len(sent)

    taking(course, 9 * DAY)
    tell(course)
    for_one = queries()
    for _ in range(20):
        taking(course, 9 * DAY)
    db.session.expunge_all()
    assert queries() <= for_one <= 8
    assert len(keys()) == 42


def test_more_than_a_batch_is_told_in_several(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "BATCH", 4)
    course = factories.course()
    for _ in range(10):
        taking(course, 9 * DAY)
    assert len(remind()) == 10


def test_workers_at_once_tell_each_learner_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "BATCH", 5)
    course = factories.course()
    for _ in range(30):
        taking(course, 9 * DAY)

    def work(_worker: int) -> None:
        with app.app_context(), clock.at(NOON):
            worker.remind()
            db.session.remove()

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, range(3)))
    remind()
    reread()
    assert len(keys()) == 30


def test_a_round_that_breaks_off_has_told_nobody_and_the_next_tells_all(app: Flask) -> None:
    taking(factories.course(), 9 * DAY)
    with suppress(RuntimeError), clock.at(NOON), db.transaction():
        assert reminding.remind(7) == 1
        raise RuntimeError
    assert keys() == []
    assert len(remind()) == 1


@contextmanager
def killed_worker(app: Flask) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": "a key of the tests, as long as it needs to be",
        "SMTP_URL": "",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "lms", "work"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)


def test_a_worker_that_is_killed_loses_no_reminder_and_doubles_none(app: Flask) -> None:
    now = clock.now()
    hours = 12 - now.hour
    zone = f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"  # where it is noon; the sign is POSIX's
    course = factories.course()
    for _ in range(250):
        taking(course, timezone=zone)
    _set(Enrolment, Enrolment.course_id == course.id, last_act_at=now - 9 * DAY)
    with killed_worker(app):
        until = time.monotonic() + PATIENCE_SECONDS
        while not _count() and time.monotonic() < until:
            time.sleep(0.05)
    assert _count() % reminding.BATCH == 0 or _count() == 250
    with killed_worker(app):
        until = time.monotonic() + PATIENCE_SECONDS
        while _count() < 250 and time.monotonic() < until:
            time.sleep(0.05)
    assert _count() == len(set(db.session.scalars(select(Mail.recipient)))) == 250


def _count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Mail)) or 0


# The mail, and the way out


def delivered(inbox: Inbox, at: datetime = NOON) -> Any:
    with clock.at(at):
        assert deliver.deliver_waiting() == 1
    return inbox.mails[-1]


def test_the_mail_has_links_and_the_headers_of_a_one_click_way_out(app: Flask, inbox: Inbox) -> None:
    enrolment = taking(factories.course(), 9 * DAY)
    remind()
    mail = delivered(inbox)
    address = reminders.stop_address(enrolment.person_id)
    assert mail["Subject"] == "Go on with “Innovation”"
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_content()
    assert "http://localhost/courses/innovation/" in text
    assert address in text
    assert "\n\n\n" not in text


def test_an_address_however_long_is_one_piece_of_the_header(app: Flask) -> None:
    with app.test_request_context():
        mail = Mail(recipient="a@example.org", subject="S", text="T", language="en", queued_at=NOON, message_id="<x@y>")
        mail.calendar = mail.calendar_method = mail.reply_to = ""
        mail.unsubscribe = "https://learning.example.org/" + "x" * 200
        assert f"List-Unsubscribe: <{mail.unsubscribe}>\n".encode() in deliver.message(mail, "b@example.org").as_bytes()


def test_a_mail_about_a_deadline_says_when_in_the_readers_zone_and_language(app: Flask, inbox: Inbox) -> None:
    course = factories.course()
    enrolment = taking(course, timezone="Asia/Tokyo")
    in_cohort(enrolment.person_id, course, datetime(2026, 11, 3, 8, 30, tzinfo=UTC))
    remind()
    mail = delivered(inbox)
    assert mail["Subject"] == "Due soon: “Innovation”"
    assert "17:30" in mail.get_content()
    assert "Tokyo" in mail.get_content()


def test_a_mail_with_news_lists_them_in_the_readers_language(app: Flask, inbox: Inbox) -> None:
    course = factories.course()
    taking(course, DAY, language="km")
    tell(course)
    remind()
    assert "កម្រៃ" in delivered(inbox).get_content()


def wants(person_id: int) -> bool:
    reread()
    return db.session.get_one(Person, person_id).reminders


@pytest.fixture
def stop(app: Flask) -> tuple[str, int]:
    """The address in a mail, and whose it is."""
    person = factories.learner()
    return reminders.stop_address(person.id).removeprefix("http://localhost"), person.id


def test_the_page_asks_and_its_button_turns_reminders_off_without_signing_in(
    client: Visitor, stop: tuple[str, int]
) -> None:
    address, person_id = stop
    assert "Send me no more reminders" in client.get(address).text
    assert wants(person_id)
    answer = client.post(address)
    assert (answer.status_code, wants(person_id)) == (200, False)
    assert "You get no reminders by mail." in answer.text
    assert client.post(address).status_code == 200


def test_a_mail_program_turns_them_off_with_one_click(client: Visitor, stop: tuple[str, int]) -> None:
    address, person_id = stop
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, wants(person_id)) == (200, False)


@pytest.mark.parametrize("change", ["", "x", "made-up"])
def test_an_address_that_was_not_made_here_does_nothing(client: Visitor, stop: tuple[str, int], change: str) -> None:
    address, person_id = stop
    other = f"/reminders/{change}" if change == "made-up" else address[:-1] + (change or "")
    if other != address:
        assert client.get(other).status_code == 404
        assert client.post(other).status_code == 404
    assert wants(person_id)


def test_reminders_and_the_time_zone_are_chosen_in_the_profile(client: Visitor) -> None:
    person = factories.learner()
    client.sign_in(person)
    fields = {"name": "A", "name_latin": "A", "sex": "other", "province": "KH-1", "stakeholder_type": "other"}
    answer = client.submit("/me/profile", **fields, language="en", timezone="Asia/Tokyo", email=person.email)
    assert answer.status_code == 302
    reread()
    kept = db.session.get_one(Person, person.id)
    assert (kept.timezone, kept.reminders) == ("Asia/Tokyo", False)
    client.submit("/me/profile", **fields, language="en", timezone="", reminders="y", email=person.email)
    reread()
    assert (kept.timezone, kept.reminders) == ("", True)
    refused = client.submit("/me/profile", **fields, language="en", timezone="Mars/Base", email=person.email)
    assert refused.status_code == 422

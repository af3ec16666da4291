from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, strategies as st
from sqlalchemy import select

from lms import clock, db
from lms.mail import deliver, outbox
from lms.mail.models import Mail, MailStatus
from tests.plugins.smtp import Inbox, free_port


def queue(key: str = "test/1", **context: object) -> bool:
    with db.transaction():
        return outbox.queue(key, "dara@example.org", "test", "km", **context)


def only_mail() -> Mail:
    return db.session.scalars(select(Mail)).one()


@pytest.fixture(autouse=True)
def template(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template of the test's own, found beside the shipped ones as a host's would be."""
    from jinja2 import ChoiceLoader, DictLoader

    text = "Subject: សួស្តី {{ name }}\n\nជម្រាបសួរ {{ name }}\n"
    loaders = [DictLoader({"lms/mail/test.txt": text}), app.jinja_env.loader]
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([x for x in loaders if x]))


def test_a_khmer_mail_arrives_as_it_was_written(app: Flask, inbox: Inbox) -> None:
    queue(name="តារា")
    assert deliver.deliver_waiting() == 1
    mail = inbox.mails[0]
    assert mail["Subject"] == "សួស្តី តារា"
    assert "ជម្រាបសួរ តារា" in mail.get_content()
    assert only_mail().status == MailStatus.sent


def test_the_same_thing_is_told_once(app: Flask, inbox: Inbox) -> None:
    assert queue()
    assert not queue()
    deliver.deliver_waiting()
    deliver.deliver_waiting()
    assert len(inbox.mails) == 1


def test_a_name_cannot_add_a_header(app: Flask, inbox: Inbox) -> None:
    queue(name="x\r\nBcc: other@example.org")
    deliver.deliver_waiting()
    assert inbox.mails[0]["Bcc"] is None


def test_a_mail_that_is_not_taken_waits_and_is_sent_later(
    app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue()
    inbox.refuse = True
    assert deliver.deliver_waiting() == 0
    assert only_mail().status == MailStatus.waiting
    assert "Try again later" in only_mail().last_error
    inbox.refuse = False
    assert deliver.deliver_waiting() == 0, "not before its pause is over"
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert deliver.deliver_waiting() == 1


@pytest.mark.parametrize("address", ["dara@example.org\nBcc: other@example.org", "dara@["])
def test_an_address_that_no_mail_can_have_holds_up_no_other(app: Flask, inbox: Inbox, address: str) -> None:
    queue("test/1")
    with db.transaction():
        only_mail().recipient = address
    queue("test/2")
    assert deliver.deliver_waiting() == 1
    assert [mail["To"] for mail in inbox.mails] == ["dara@example.org"]
    assert db.session.scalars(select(Mail.status).order_by(Mail.id)).all() == [MailStatus.waiting, MailStatus.sent]


def test_a_server_that_does_not_answer_is_asked_once_in_a_round(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "LMS_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    for number in range(3):
        queue(f"test/{number}")
    assert deliver.deliver_waiting() == 0
    assert db.session.scalars(select(Mail.tries).order_by(Mail.id)).all() == [1, 0, 0]


def test_a_mail_whose_worker_died_is_sent_by_another(app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    queue()
    assert deliver._claimed(only_mail().id) is not None
    assert deliver.deliver_waiting() == 0
    later = clock.now() + deliver.CLAIM + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert deliver.deliver_waiting() == 1


def test_two_workers_at_once_send_each_mail_once(app: Flask, inbox: Inbox) -> None:
    for number in range(20):
        queue(f"test/{number}", name=number)

    def work(_worker: int) -> int:
        with app.app_context():
            return deliver.deliver_waiting()

    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(work, range(2))) == 20
    assert len(inbox.mails) == 20


def test_without_a_server_mail_waits(app: Flask) -> None:
    queue()
    assert deliver.deliver_waiting() == 0
    assert only_mail().status == MailStatus.waiting


@given(st.integers(min_value=1, max_value=100))
def test_pauses_grow_and_stay_below_six_hours(tries: int) -> None:
    assert deliver.pause(tries) <= deliver.pause(tries + 1) <= timedelta(hours=6)

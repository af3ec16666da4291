"""What a trainer looks after, and the administrator's outbox."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from lms import db
from lms.mail import outbox
from lms.mail.models import Mail, MailStatus
from tests import factories
from tests.conftest import Visitor, reread


@pytest.fixture
def failed_mail(client: Visitor) -> int:
    """The id of a mail that was given up; the reader is an administrator."""
    what = {"title": {"en": "Innovation"}, "name": "Dara", "number": "0000-0000-0000"}
    with db.transaction():
        outbox.queue("x/1", "dara@example.org", "certificate", "en", certificate=what)
        db.session.execute(update(Mail).values(status=MailStatus.failed, tries=12))
    client.sign_in(factories.admin())
    return db.session.query(Mail.id).scalar()


def test_events_come_in_pages_the_latest_first(client: Visitor) -> None:
    for days in range(1, 23):
        factories.event(f"e{days}", starts_in=timedelta(days=days), title={"en": f"Event of day {days}."})
    client.sign_in(factories.officer())
    first, second = client.get("/manage/").text, client.get("/manage/?page=2").text
    assert "Event of day 22." in first
    assert "Event of day 2." not in first
    assert "Event of day 2." in second
    assert "Event of day 22." not in second


@pytest.mark.parametrize("page", ["0", "-3", "x", "9" * 30])
def test_a_page_that_makes_no_sense_breaks_nothing(client: Visitor, page: str) -> None:
    client.sign_in(factories.admin())
    assert client.get(f"/manage/?page={page}").status_code == 200
    assert client.get(f"/manage/mail?page={page}").status_code == 200


def test_what_is_not_published_is_marked_for_who_looks_after_it(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.course(published=False)))
    assert "Not published" in client.get("/manage/").text


def test_a_mail_that_was_given_up_is_sent_again(client: Visitor, failed_mail: int) -> None:
    assert "Send it again" in client.get("/manage/mail").text
    client.submit(f"/manage/mail/{failed_mail}/again")
    reread()
    mail = db.session.get_one(Mail, failed_mail)
    assert (mail.status, mail.tries) == (MailStatus.waiting, 0)


def test_a_mail_that_waits_already_is_not_put_in_line_anew(client: Visitor, failed_mail: int) -> None:
    client.submit(f"/manage/mail/{failed_mail}/again")
    assert client.submit(f"/manage/mail/{failed_mail}/again").status_code == 404


def test_a_trainer_sends_no_mail_again(client: Visitor, failed_mail: int) -> None:
    client.sign_in(factories.trainer())
    assert client.submit(f"/manage/mail/{failed_mail}/again").status_code == 403


def test_the_outbox_shows_the_mails_of_one_state(client: Visitor, failed_mail: int) -> None:
    assert "dara@example.org" in client.get("/manage/mail?status=failed").text
    assert "dara@example.org" not in client.get("/manage/mail?status=sent").text

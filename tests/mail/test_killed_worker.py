"""A worker that is killed outright, in the middle of a mail, loses none and sends none twice."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, db
from lms.events import services as events
from lms.mail import deliver
from lms.mail.models import Mail, MailStatus
from tests import factories
from tests.conftest import reread
from tests.plugins.server import PATIENCE_SECONDS, ROOT
from tests.plugins.smtp import Inbox


@contextmanager
def worker(app: Flask, smtp: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`flask lms work` in a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": "a key of the tests, as long as it needs to be",
        "SMTP_URL": smtp,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "lms", "work"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)


def test_a_worker_killed_between_claim_and_sending_loses_no_mail_and_doubles_none(
    app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = factories.event()
    with db.transaction():
        for name in ("Dara", "Chan"):
            events.register(factories.person(name), event)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_SECONDS)
        with worker(app, f"smtp://127.0.0.1:{silent.getsockname()[1]}") as process:
            connection, _address = silent.accept()
            with connection:  # it has claimed a mail, and waits for a greeting
                process.send_signal(signal.SIGKILL)
                process.wait(PATIENCE_SECONDS)
    reread()
    claimed, waiting = db.session.scalars(select(Mail).order_by(Mail.id)).all()
    assert (claimed.status, waiting.status) == (MailStatus.sending, MailStatus.waiting)

    assert deliver.deliver_waiting() == 1, "the other mail"
    later = clock.now() + deliver.CLAIM + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert deliver.deliver_waiting() == 1, "the claim has run out"
    assert deliver.deliver_waiting() == 0
    recipients = {claimed.recipient, waiting.recipient}
    assert len(inbox.mails) == 2
    assert {mail["To"] for mail in inbox.mails} == recipients

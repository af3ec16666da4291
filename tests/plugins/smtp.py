"""A real SMTP server on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask


class Inbox:
    """What the server took, oldest first; `refuse` makes it say no for a while."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.refuse:
            return "451 Try again later"
        content = envelope.original_content or b""
        self.mails.append(BytesParser(policy=default).parsebytes(content))  # type: ignore[arg-type]
        return "250 Taken"


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office() -> Iterator[tuple[str, Inbox]]:
    """The server's address, and where it puts what it takes."""
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}", inbox
    finally:
        controller.stop()


@pytest.fixture
def inbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """The application's mail goes here."""
    with post_office() as (url, inbox):
        monkeypatch.setitem(app.config, "LMS_SMTP_URL", url)
        yield inbox

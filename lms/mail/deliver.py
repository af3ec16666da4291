"""Taking mails from the outbox to a mail server: each is claimed by one worker, and kept until a server has it."""

import logging
import smtplib
import ssl
from datetime import timedelta
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import ColumnElement, or_, select, update

from lms import clock, db
from lms.mail.models import Mail, MailStatus

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=5)
"""How long a worker has for one mail; one that died loses its claim then."""
MOST_TRIES = 12
"""With the pauses doubling from one minute to six hours, this is over a day of trying."""
TIMEOUT_SECONDS = 30


class _Whole(UnstructuredHeader):
    """An address is not broken into encoded words, however long it is."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # BaseHeader is mixed in


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]  # typeshed wants BaseHeader itself
POLICY = EmailPolicy(header_factory=_headers)


def deliver_waiting(most: int = 100) -> int:
    """Sends what is due, in order, over one connection; returns how many a server took. Commits each by itself.

    Without `LMS_SMTP_URL` mails stay where they are. A server that takes a mail but is cut off before it says so gets
    it again, with the same Message-ID.
    """
    if not current_app.config["LMS_SMTP_URL"]:
        return 0
    sent = 0
    server: smtplib.SMTP | None = None
    try:
        for mail_id in _due(most):
            mail = _claimed(mail_id)
            if mail is None:
                continue
            try:
                server = server or connect(current_app.config["LMS_SMTP_URL"])
                server.send_message(message(mail, current_app.config["LMS_MAIL_SENDER"]))
            except Exception as error:  # noqa: BLE001  # an address that no header can hold breaks in many ways
                log.warning("mail %s was not taken: %s", mail_id, error)
                _postpone(mail, str(error))
                if server is None:  # no one answers: the others would wait as long for that
                    break
                _hang_up(server)
                server = None
            else:
                _keep_as_sent(mail)
                sent += 1
    finally:
        _hang_up(server)
    return sent


def _hang_up(server: smtplib.SMTP | None) -> None:
    if server:
        server.close()


def _due(most: int) -> list[int]:
    due = select(Mail.id).where(*_is_due()).order_by(Mail.id).limit(most)
    found = list(db.session.scalars(due))
    db.session.rollback()
    return found


def _is_due() -> tuple[ColumnElement[bool], ...]:
    open_mail = or_(Mail.status == MailStatus.waiting, Mail.status == MailStatus.sending)
    return open_mail, Mail.next_try_at <= clock.now()


def _claimed(mail_id: int) -> Mail | None:
    """The mail, if no other worker has it."""
    claim = (
        update(Mail)
        .where(Mail.id == mail_id, *_is_due())
        .values(status=MailStatus.sending, next_try_at=clock.now() + CLAIM, tries=Mail.tries + 1)
    )
    with db.transaction():
        won = db.changed(claim)
    return db.session.get(Mail, mail_id, populate_existing=True) if won else None


def _keep_as_sent(mail: Mail) -> None:
    with db.transaction():
        mail.status, mail.sent_at, mail.last_error = MailStatus.sent, clock.now(), ""


def _postpone(mail: Mail, why: str) -> None:
    with db.transaction():
        mail.last_error = why[:500]
        mail.next_try_at = clock.now() + pause(mail.tries)
        mail.status = MailStatus.failed if mail.tries >= MOST_TRIES else MailStatus.waiting


def pause(tries: int) -> timedelta:
    """Before the next try: one minute, doubling up to six hours."""
    return timedelta(minutes=min(2 ** max(tries - 1, 0), 360))


def connect(url: str) -> smtplib.SMTP:
    """A server at `smtp://` (with STARTTLS where it is offered) or `smtps://`. Raises OSError or SMTPException."""
    at = urlsplit(url)
    host, context = at.hostname or "localhost", ssl.create_default_context()
    if at.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, at.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, at.port or 25, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if at.username:
        server.login(unquote(at.username), unquote(at.password or ""))
    return server


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as RFC 5322 has it; a calendar object goes in as RFC 6047 says, so that clients offer to accept it, and
    the way out of reminders as RFC 8058 says, so that they offer that.
    """
    made = EmailMessage(POLICY)
    made["From"], made["To"], made["Subject"] = sender, mail.recipient, mail.subject
    made["Date"], made["Message-ID"] = format_datetime(mail.queued_at), mail.message_id
    if mail.reply_to:
        made["Reply-To"] = mail.reply_to
    made["Content-Language"], made["Auto-Submitted"] = mail.language, "auto-generated"
    if mail.unsubscribe:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    if mail.calendar:
        made.add_alternative(
            mail.calendar.encode(),
            maintype="text",
            subtype="calendar",
            params={"method": mail.calendar_method, "charset": "utf-8"},
        )
    return made

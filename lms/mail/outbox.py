"""Writing mails: rendered in the reader's language and kept as rows, in the transaction of what they tell of."""

from email.utils import make_msgid
from typing import Any

from flask import render_template
from sqlalchemy import update

from lms import clock, db, i18n, links
from lms.errors import NotFoundError
from lms.mail.models import Mail, MailStatus

SUBJECT = "Subject: "


def queue(
    key: str,
    to: str | None,
    template: str,
    language: str,
    calendar: str = "",
    calendar_method: str = "",
    **context: Any,
) -> bool:
    """Queues `lms/mail/<template>.txt`, whose first line is the subject. False when there is no address to write to,
    or a mail with this key exists: a thing is told once, whoever asks and however often.
    """
    if not to:
        return False
    subject, text = _written(template, language, context)
    return db.insert_once(
        Mail,
        key=key,
        recipient=to,
        language=language,
        subject=subject,
        text=text,
        calendar=calendar,
        calendar_method=calendar_method,
        message_id=make_msgid(domain=_domain()),
        status=MailStatus.waiting,
        tries=0,
        queued_at=clock.now(),
        next_try_at=clock.now(),
        last_error="",
    )


def send_again(mail_id: int) -> None:
    """Puts a mail that was given up back in the line, with all its tries. Raises NotFoundError for any other."""
    fresh = {"status": MailStatus.waiting, "tries": 0, "next_try_at": clock.now()}
    if not db.changed(update(Mail).where(Mail.id == mail_id, Mail.status == MailStatus.failed).values(fresh)):
        raise NotFoundError


def _written(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    with i18n.in_language(language):
        names = {**i18n.TEMPLATE_NAMES, "address": links.address, "site_name": i18n.site_name, **context}
        first, _, rest = render_template(f"lms/mail/{template}.txt", **names).lstrip().partition("\n")
    return " ".join(first.removeprefix(SUBJECT).split())[:255], rest.strip() + "\n"


def _domain() -> str:
    return links.address("home.index").partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"

"""Writing mails: rendered in the reader's language and kept as rows, in the transaction of what they tell of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from email.utils import make_msgid
from typing import Any

from flask import render_template
from sqlalchemy import delete, update

from lms import clock, db, i18n, links
from lms.errors import NotFoundError
from lms.mail.models import Mail, MailStatus

SUBJECT = "Subject: "
NO_CALENDAR = {"calendar": "", "calendar_method": ""}
NOBODY = ""
"""Who gets a mail that is taken back before it is committed."""
Letter = tuple[str, str, str, dict[str, Any]]
"""Its key, address, language and context."""


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
    row = _row(key, to, template, language, context)
    return db.insert_once(Mail, **row, calendar=calendar, calendar_method=calendar_method)


def queue_all(template: str, mails: Iterable[Letter]) -> set[str]:
    """The same for many. Returns the keys of those that are new.

    A `stop` in the context is the address that stops such mails, which goes into their headers too.
    """
    return _insert([_row(key, to, template, language, context) for key, to, language, context in mails])


def queue_copies(
    copies: Iterable[tuple[str, str, str, Callable[[str], str]]],
    written: Mapping[str, tuple[str, str]],
    reply_to: str | None = None,
) -> set[str]:
    """What is `written` once in each language, as subject and text, to many: the key, address and language of each, and
    what makes a text that person's own. Returns the keys of those that are new.
    """
    rows = []
    for key, to, language, made_own in copies:
        subject, text = (made_own(part) for part in written[language])
        rows.append(_as_row(key, to, language, subject[:255], text) | {"reply_to": reply_to or ""})
    return _insert(rows)


def _insert(rows: Sequence[dict[str, Any]]) -> set[str]:
    new: set[str] = set()
    for batch in db.batches(rows):
        statement = db.insert(Mail).values([{**row, **NO_CALENDAR} for row in batch])
        new.update(db.session.scalars(statement.on_conflict_do_nothing().returning(Mail.key)))
    return new


def _row(key: str, to: str, template: str, language: str, context: dict[str, Any]) -> dict[str, Any]:
    return _as_row(key, to, language, *written(template, language, context)) | {"unsubscribe": context.get("stop", "")}


def _as_row(key: str, to: str, language: str, subject: str, text: str) -> dict[str, Any]:
    return {
        "key": key,
        "recipient": to,
        "language": language,
        "subject": subject,
        "text": text,
        "message_id": make_msgid(domain=_domain()),
        "status": MailStatus.waiting,
        "tries": 0,
        "queued_at": clock.now(),
        "next_try_at": clock.now(),
        "last_error": "",
        "reply_to": "",
        "unsubscribe": "",
    }


def take_back(keys: Sequence[str]) -> None:
    """Those that are to nobody."""
    this = delete(Mail).where(Mail.key.in_(keys), Mail.recipient == NOBODY)
    db.session.execute(this.execution_options(synchronize_session=False))


def send_again(mail_id: int) -> None:
    """Puts a mail that was given up back in the line, with all its tries. Raises NotFoundError for any other."""
    fresh = {"status": MailStatus.waiting, "tries": 0, "next_try_at": clock.now()}
    if not db.changed(update(Mail).where(Mail.id == mail_id, Mail.status == MailStatus.failed).values(fresh)):
        raise NotFoundError


def written(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """The subject and the text of a mail."""
    with i18n.in_language(language):
        names = {**i18n.TEMPLATE_NAMES, "address": links.address, "site_name": i18n.site_name, **context}
        first, _, rest = render_template(f"lms/mail/{template}.txt", **names).lstrip().partition("\n")
    return " ".join(first.removeprefix(SUBJECT).split())[:255], rest.strip() + "\n"


def _domain() -> str:
    return links.address("home.index").partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"

"""The outbox: a mail is a row, written in the same transaction as what it tells of."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class MailStatus(StrEnum):
    waiting = "waiting"
    sending = "sending"
    sent = "sent"
    failed = "failed"


class Mail(Base):
    __tablename__ = "lms_mail"
    __table_args__ = (Index("ix_lms_mail_status_next_try_at", "status", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What it is about, e.g. `registration-confirmed/17`; the same thing is never queued twice."""
    recipient: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text, default="")
    """An iCalendar object to go with it, or nothing."""
    calendar_method: Mapped[str] = mapped_column(String(16), default="")
    """`REQUEST` or `CANCEL` (RFC 5546)."""
    unsubscribe: Mapped[str] = mapped_column(String(500), default="")
    """The address that stops mails of this kind (RFC 8058), for those that only remind."""
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    """RFC 5322 Message-ID; the same at every try, so that a receiver can tell a repeat."""
    reply_to: Mapped[str] = mapped_column(String(255), default="")
    """Who gets the answer; empty for the sender of all mails."""
    status: Mapped[MailStatus] = mapped_column(String(16), default=MailStatus.waiting)
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    """When a worker may take it; while `sending`, when another worker may take it over."""
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(500), default="")

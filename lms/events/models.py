"""Webinars and on-site events, who registers, and who was there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from lms.accounts.models import Person
from lms.db import Base, Translated


class Series(Base):
    """Ordered events that one can register for at once."""

    __tablename__ = "lms_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[Translated]
    summary: Mapped[Translated]
    description: Mapped[Translated]
    events: Mapped[list["Event"]] = relationship(order_by="Event.position", back_populates="series")


class EventKind(StrEnum):
    webinar = "webinar"
    on_site = "on_site"


class EventStatus(StrEnum):
    scheduled = "scheduled"
    cancelled = "cancelled"


class Event(Base):
    __tablename__ = "lms_event"
    __table_args__ = (
        CheckConstraint("seats_taken >= 0", name="seats_not_negative"),
        CheckConstraint("capacity IS NULL OR seats_taken <= capacity", name="seats_within_capacity"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_lms_event_starts_at", "starts_at"),
        Index("ix_lms_event_series_id", "series_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("lms_series.id"))
    position: Mapped[int] = mapped_column(default=0)
    """Within its series."""
    kind: Mapped[EventKind] = mapped_column(String(16), default=EventKind.webinar)
    status: Mapped[EventStatus] = mapped_column(String(16), default=EventStatus.scheduled)
    title: Mapped[Translated]
    summary: Mapped[Translated]
    description: Mapped[Translated]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(64))
    """IANA name: where the event takes place, or whose clock its announcement uses."""
    location: Mapped[Translated]
    join_url: Mapped[str] = mapped_column(String(500), default="")
    capacity: Mapped[int | None]
    """None: no limit."""
    seats_taken: Mapped[int] = mapped_column(default=0)
    """Confirmed registrations; changed only together with one, by a conditional UPDATE."""
    questions: Mapped[list[Any]]
    """Asked at registration: key, kind (`text` or `choice`), required, label, choices (key and texts)."""
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    """The calendar UID (RFC 5545 section 3.8.4.7); never changes."""
    sequence: Mapped[int] = mapped_column(default=0)
    """The calendar SEQUENCE; grows with each change that an invited person must hear of."""
    closed_at: Mapped[datetime | None]
    """When certificates of attendance were handed out after the end."""
    published: Mapped[bool] = mapped_column(Boolean, default=True)
    series: Mapped[Series | None] = relationship(back_populates="events")
    speakers: Mapped[list["Speaker"]] = relationship(order_by="Speaker.position")
    trainers: Mapped[list["EventTrainer"]] = relationship(viewonly=True)


class Speaker(Base):
    __tablename__ = "lms_speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("lms_event.id"), index=True)
    position: Mapped[int]
    name: Mapped[Translated]
    role: Mapped[Translated]
    organisation: Mapped[Translated]


class EventTrainer(Base):
    """A trainer looks after this event."""

    __tablename__ = "lms_event_trainer"

    event_id: Mapped[int] = mapped_column(ForeignKey("lms_event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True, index=True)


class RegistrationStatus(StrEnum):
    pending = "pending"
    confirmed = "confirmed"
    waitlisted = "waitlisted"
    cancelled = "cancelled"
    rejected = "rejected"


_LIVE = text("status IN ('pending', 'confirmed', 'waitlisted')")


class Registration(Base):
    """One person at one event. Cancelling ends it; registering again is a new row, at the end of the line."""

    __tablename__ = "lms_registration"
    __table_args__ = (
        Index(
            "uq_lms_registration_live",
            "event_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_lms_registration_event_id_status", "event_id", "status", "id"),
        Index("ix_lms_registration_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Also the order of the waiting list."""
    event_id: Mapped[int] = mapped_column(ForeignKey("lms_event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    status: Mapped[RegistrationStatus] = mapped_column(String(16))
    answers: Mapped[dict[str, Any]]
    registered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    waiting_position: Mapped[int | None] = query_expression()
    """1 for the first in the waiting list; None for others, and where a query did not ask for it."""
    attended: Mapped[bool | None] = query_expression()
    """Whether the person is known to have been there; None where a query did not ask for it."""
    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()


class AttendanceSource(StrEnum):
    link = "link"
    """Came in through the join page."""
    trainer = "trainer"


class Attendance(Base):
    """That a registered person was there, and how we know; one row for each source."""

    __tablename__ = "lms_attendance"

    registration_id: Mapped[int] = mapped_column(ForeignKey("lms_registration.id"), primary_key=True)
    source: Mapped[AttendanceSource] = mapped_column(String(16), primary_key=True)
    joined_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))

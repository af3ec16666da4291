"""Certificates: what was printed is kept, so that a later edit of a course or a name changes none."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.courses.models import Course
from lms.db import Base, Translated
from lms.events.models import Event


class CertificateKind(StrEnum):
    completion = "completion"
    attendance = "attendance"


class Certificate(Base):
    """Issued once for a person and an achievement."""

    __tablename__ = "lms_certificate"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id"),
        UniqueConstraint("person_id", "event_id"),
        CheckConstraint("(course_id IS NULL) <> (event_id IS NULL)", name="one_achievement"),
        Index("ix_lms_certificate_course_id", "course_id"),
        Index("ix_lms_certificate_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """Random, so that it can be neither guessed nor counted."""
    kind: Mapped[CertificateKind] = mapped_column(String(16))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("lms_event.id"))
    name: Mapped[str] = mapped_column(String(200))
    name_latin: Mapped[str] = mapped_column(String(200))
    title: Mapped[Translated]
    statement: Mapped[Translated]
    hours: Mapped[float | None] = mapped_column(Float)
    achieved_at: Mapped[datetime]
    """When the course was completed, or the event began."""
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(500), default="")
    person: Mapped[Person] = relationship()
    course: Mapped[Course | None] = relationship()
    event: Mapped[Event | None] = relationship()

    @property
    def timezone(self) -> str | None:
        """On whose calendar the day of the achievement is: the event's own; None for the site's."""
        return self.event.timezone if self.event else None

"""Who takes a course, and how far they are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.courses.models.course import Course
from lms.db import Base


class EnrolmentStatus(StrEnum):
    active = "active"
    completed = "completed"
    withdrawn = "withdrawn"


class Enrolment(Base):
    """One person in one course. Completion happens once and is never taken back."""

    __tablename__ = "lms_enrolment"
    __table_args__ = (
        UniqueConstraint("course_id", "person_id"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_date"),
        CheckConstraint("progress_percent BETWEEN 0 AND 100", name="progress_is_percent"),
        Index("ix_lms_enrolment_course_id_status", "course_id", "status"),
        Index("ix_lms_enrolment_course_id_enrolled_at", "course_id", "enrolled_at", "id"),
        Index("ix_lms_enrolment_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    status: Mapped[EnrolmentStatus] = mapped_column(String(16), default=EnrolmentStatus.active)
    source: Mapped[str] = mapped_column(String(16), default="self")
    """How it came about: `self`, `key`, `request`, `cohort`, `list`, `trainer` or `demo`."""
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    last_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lms_lesson.id"))
    """Where the person left off, on any device."""
    progress_percent: Mapped[float] = mapped_column(Float, default=0)
    """Share of the course's lessons that are complete."""
    best_score_percent: Mapped[float | None]
    """Best attempt at the course's final quiz."""
    seconds: Mapped[int] = mapped_column(default=0)
    """Spent in the course's lessons; see `services.visit`."""
    last_act_at: Mapped[datetime | None]
    """When the person last opened a lesson, marked one as read or answered."""
    approved_at: Mapped[datetime | None]
    """When a trainer said that the person has done what the course asks."""
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)


class LessonProgress(Base):
    """A lesson that this enrolment has begun: read or passed when `completed_at` is set."""

    __tablename__ = "lms_lesson_progress"
    __table_args__ = (Index("ix_lms_lesson_progress_lesson_id_completed_at", "lesson_id", "completed_at"),)

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lms_lesson.id"), primary_key=True)
    completed_at: Mapped[datetime | None]
    score_percent: Mapped[float | None]
    """Best score so far, for a quiz."""
    opened_at: Mapped[datetime | None]
    """The first time."""
    seconds: Mapped[int] = mapped_column(default=0)
    """Spent in it."""


class RequestStatus(StrEnum):
    waiting = "waiting"
    approved = "approved"
    declined = "declined"


class EnrolmentRequest(Base):
    """Somebody asks to take a course whose trainers decide."""

    __tablename__ = "lms_enrolment_request"
    __table_args__ = (
        Index(
            "uq_lms_enrolment_request_waiting",
            "course_id",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_lms_enrolment_request_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    message: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[RequestStatus] = mapped_column(String(16), default=RequestStatus.waiting)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was declined, in words that the person reads."""
    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)

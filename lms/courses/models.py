"""Courses, who takes them, and how far they are."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.db import Base, Translated


class Course(Base):
    """A self-paced module, published in one or more languages."""

    __tablename__ = "lms_course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[Translated]
    summary: Mapped[Translated]
    description: Mapped[Translated]
    hours: Mapped[float] = mapped_column(Float, default=0)
    """Estimated time of study, in hours; printed on the certificate."""
    pass_mark: Mapped[float] = mapped_column(Float, default=60)
    """Percent; for quizzes that set none of their own."""
    completion: Mapped[dict[str, Any]]
    """The completion rule as the bundle writes it; see `courses.completion`."""
    statement: Mapped[Translated]
    """The line on the certificate that says what the holder has learned to do."""
    published: Mapped[bool] = mapped_column(Boolean, default=True)
    trainers: Mapped[list["CourseTrainer"]] = relationship(viewonly=True)


class Unit(Base):
    __tablename__ = "lms_unit"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    slug: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    title: Mapped[Translated]
    summary: Mapped[Translated]
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class LessonKind(StrEnum):
    page = "page"
    quiz = "quiz"


class Lesson(Base):
    """A page or a quiz. One that leaves the course is retired, so that nobody's history is lost."""

    __tablename__ = "lms_lesson"
    __table_args__ = (UniqueConstraint("course_id", "slug"), Index("ix_lms_lesson_unit_id", "unit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"))
    slug: Mapped[str] = mapped_column(String(80))
    """Unique in its course: it is part of the lesson's address."""
    position: Mapped[int]
    """Within its unit."""
    kind: Mapped[LessonKind] = mapped_column(String(16))
    title: Mapped[Translated]
    body: Mapped[Translated] = mapped_column(deferred=True)
    """Markdown; empty for a quiz."""
    minutes: Mapped[int] = mapped_column(default=0)
    video: Mapped[Translated]
    """Addresses by language; empty when the lesson has none."""
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class CourseFile(Base):
    """A picture or attachment, as it lay in the bundle."""

    __tablename__ = "lms_course_file"
    __table_args__ = (UniqueConstraint("course_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    path: Mapped[str] = mapped_column(String(255))
    """The unit's slug and the path below its folder, e.g. `engagement/images/map.km.svg`."""
    content_type: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the data, in hexadecimal; the ETag of its address."""
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class CourseTrainer(Base):
    """A trainer looks after this course."""

    __tablename__ = "lms_course_trainer"

    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True, index=True)


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
    """How it came about: `self` or `demo`."""
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    last_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lms_lesson.id"))
    """Where the person left off, on any device."""
    progress_percent: Mapped[float] = mapped_column(Float, default=0)
    """Share of the course's lessons that are complete."""
    best_score_percent: Mapped[float | None]
    """Best attempt at the course's final quiz."""
    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()


class LessonProgress(Base):
    """A lesson that this enrolment has begun: read or passed when `completed_at` is set."""

    __tablename__ = "lms_lesson_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lms_lesson.id"), primary_key=True, index=True)
    completed_at: Mapped[datetime | None]
    score_percent: Mapped[float | None]
    """Best score so far, for a quiz."""

"""Courses: what is taught, and by whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Translated


class EnrolmentMode(StrEnum):
    """How people come into a course by themselves; trainers can enrol them in all of these."""

    open = "open"
    key = "key"
    request = "request"
    closed = "closed"


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
    requires: Mapped[list[Any]] = mapped_column(default=list)
    """Slugs of the courses that must be completed before this one."""
    published: Mapped[bool] = mapped_column(Boolean, default=True)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    """No longer in the catalogue and open to nobody new; who takes it goes on."""
    enrolment: Mapped[EnrolmentMode] = mapped_column(String(16), default=EnrolmentMode.open)
    enrolment_key: Mapped[str] = mapped_column(String(80), default="")
    """What to type in to enrol, where the mode is `key`."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised whenever what is taught changes."""
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
    requires: Mapped[list[Any]] = mapped_column(default=list)
    """Slugs of the units of this course that must be complete before this one opens."""
    opens_at: Mapped[datetime | None]
    """Before this its lessons are closed; None: always open."""
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
    """By language an address, or the path of an uploaded file below the unit; empty when the lesson has none."""
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class FileData(Base):
    """The bytes of files, each once, however many courses and drafts have it. Never changed; see `services.files`."""

    __tablename__ = "lms_file_data"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the data, in hexadecimal."""
    size: Mapped[int]
    """Bytes."""
    kept_at: Mapped[datetime]
    """When it was last given; what nothing refers to is swept away a day later."""
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The last column, so that SQLite needs not read through it to get at another."""


class CourseFile(Base):
    """A picture or attachment, as it lay in the bundle."""

    __tablename__ = "lms_course_file"
    __table_args__ = (UniqueConstraint("course_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    path: Mapped[str] = mapped_column(String(255))
    """The unit's slug and the path below its folder, e.g. `engagement/images/map.km.svg`."""
    content_type: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(ForeignKey("lms_file_data.digest"), index=True)
    """Of its `FileData`; the ETag of its address."""


class CourseTrainer(Base):
    """A trainer looks after this course."""

    __tablename__ = "lms_course_trainer"

    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True, index=True)


class CourseVersion(Base):
    """What changed when a trainer published: shown to learners."""

    __tablename__ = "lms_course_version"

    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """`Course.version` from then on."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    changes: Mapped[list[Any]]
    """`{"what": "lesson added", "title": {language: text}}` each; see `bundles.changes`."""
    tell: Mapped[bool] = mapped_column(Boolean, default=False)
    """Learners are to be told by mail."""

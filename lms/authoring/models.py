"""A draft: a course as its trainers are writing it. Learners see nothing of it until it is published."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Draft(Base):
    """There is one when somebody has begun to edit; it stays after publishing, equal to what is taught."""

    __tablename__ = "lms_draft"

    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), primary_key=True)
    based_on: Mapped[int]
    """`Course.version` that it was made from, or published as."""
    content: Mapped[dict[str, Any]]
    """What `course.toml` says, by its keys: `title`, `summary`, `description`, `hours`, `pass_mark`, `completion`, …"""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each change of `content`: who saves says which one they began from."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))


class PartKind(StrEnum):
    unit = "unit"
    page = "page"
    quiz = "quiz"


class DraftPart(Base):
    """A unit or a lesson of a draft."""

    __tablename__ = "lms_draft_part"
    __table_args__ = (
        UniqueConstraint("course_id", "is_unit", "slug"),
        Index("ix_lms_draft_part_unit_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_draft.course_id"))
    kind: Mapped[PartKind] = mapped_column(String(16))
    is_unit: Mapped[bool] = mapped_column(Boolean)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("lms_draft_part.id"))
    """Of a lesson."""
    slug: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    """From 1, within the unit or the course."""
    content: Mapped[dict[str, Any]]
    """By key: of a unit `title`, `summary`, `requires`, `opens_at`; of a page `title`, `minutes`, `body`, `video`; of a
    quiz `title`, its settings, and `gift`: the questions by language as text, also while they are not right yet."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each change of `content`."""
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    """Kept here, and left out when the draft is published."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))


class DraftFile(Base):
    """A picture, attachment or film of a draft."""

    __tablename__ = "lms_draft_file"
    __table_args__ = (UniqueConstraint("course_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_draft.course_id"))
    path: Mapped[str] = mapped_column(String(255))
    """As `CourseFile.path`: the unit's slug and the path below it."""
    content_type: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(ForeignKey("lms_file_data.digest"), index=True)

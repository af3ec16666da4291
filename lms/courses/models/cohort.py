"""Cohorts: named groups of people that trainers enrol and follow together."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.courses.models.course import Course
from lms.db import Base


class Cohort(Base):
    __tablename__ = "lms_cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    """As its trainers write it."""
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    trainers: Mapped[list["CohortTrainer"]] = relationship(viewonly=True)


class CohortTrainer(Base):
    """A trainer looks after this cohort."""

    __tablename__ = "lms_cohort_trainer"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("lms_cohort.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True, index=True)


class CohortMember(Base):
    """A person may be in several cohorts."""

    __tablename__ = "lms_cohort_member"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("lms_cohort.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class CohortCourse(Base):
    """A course that a cohort takes, with its dates for it."""

    __tablename__ = "lms_cohort_course"
    __table_args__ = (CheckConstraint("due_at > opens_at", name="due_after_opening"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("lms_cohort.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), primary_key=True, index=True)
    opens_at: Mapped[datetime | None]
    """None: at once."""
    due_at: Mapped[datetime | None]
    """The deadline; None: without one. Who is late may still complete the course."""
    cohort: Mapped[Cohort] = relationship()
    course: Mapped[Course] = relationship()

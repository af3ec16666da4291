"""Quizzes, their questions, and what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.courses.models import Lesson
from lms.db import Base


class Quiz(Base):
    """The settings of a lesson whose kind is `quiz`."""

    __tablename__ = "lms_quiz"

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lms_lesson.id"), primary_key=True)
    pass_mark: Mapped[float] = mapped_column(Float)
    """Percent."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How many are allowed; 0 for any number."""
    shuffle: Mapped[bool] = mapped_column(Boolean, default=True)
    final: Mapped[bool] = mapped_column(Boolean, default=False)
    """Its best score is the score of the course."""
    per_page: Mapped[int] = mapped_column(default=5)
    """Questions on a page."""
    lesson: Mapped[Lesson] = relationship(lazy="joined", innerjoin=True)


class Question(Base):
    """One wording of one question. It never changes: an edited question is a new row, and the old one is retired."""

    __tablename__ = "lms_question"
    __table_args__ = (Index("ix_lms_question_quiz_id_retired", "quiz_id", "retired"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz.lesson_id"))
    name: Mapped[str] = mapped_column(String(120))
    """The GIFT title; the same in all languages and across edits."""
    position: Mapped[int]
    body: Mapped[dict[str, Any]]
    """By language, `kinds.Question.to_json()`; options stand in the same order in all of them."""
    max_mark: Mapped[float] = mapped_column(Float, default=1)
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class Attempt(Base):
    """One sitting. Its questions and their order are fixed when it starts."""

    __tablename__ = "lms_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "quiz_id", "number"),
        Index(
            "uq_lms_attempt_open",
            "enrolment_id",
            "quiz_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index("ix_lms_attempt_quiz_id", "quiz_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz.lesson_id"))
    number: Mapped[int]
    """From 1."""
    seed: Mapped[int]
    """Decides the order of questions and options, the same for the whole attempt."""
    question_ids: Mapped[list[Any]]
    """In the order in which they are asked."""
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    mark: Mapped[float | None]
    out_of: Mapped[float | None]
    score_percent: Mapped[float | None]


class Response(Base):
    """What was answered to one question of one attempt; stored when it is given."""

    __tablename__ = "lms_response"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("lms_attempt.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("lms_question.id"), primary_key=True, index=True)
    value: Mapped[dict[str, Any]]
    """`{"given": …}`, the shape of `grading.parse_response`."""
    saved_at: Mapped[datetime]
    fraction: Mapped[float | None]
    """0 to 1, once the attempt is submitted."""

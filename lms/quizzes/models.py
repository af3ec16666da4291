"""Quizzes, their questions, and what was answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.courses.models import Lesson
from lms.db import Base


class Counts(StrEnum):
    """Which attempt counts."""

    highest = "highest"
    average = "average"
    first = "first"
    last = "last"


class Shows(StrEnum):
    """When learners see feedback, or the right answers."""

    always = "always"
    """After each attempt."""
    done = "done"
    """When they have passed, or have no attempt left."""
    closed = "closed"
    """When the quiz has closed."""
    never = "never"


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
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    """From then on no attempt is begun or answered; one that is open is submitted as it is."""
    time_limit: Mapped[int] = mapped_column(default=0)
    """Minutes for an attempt, on the server's clock; 0 for as many as wanted."""
    pause: Mapped[int] = mapped_column(default=0)
    """Minutes from submitting an attempt to beginning the next."""
    counts: Mapped[Counts] = mapped_column(String(16), default=Counts.highest)
    feedback: Mapped[Shows] = mapped_column(String(16), default=Shows.always)
    answers: Mapped[Shows] = mapped_column(String(16), default=Shows.done)
    """When the right answers show."""
    access_word: Mapped[str] = mapped_column(String(80), default="")
    """What to type in to begin an attempt; empty: nothing."""
    going_back: Mapped[bool] = mapped_column(Boolean, default=True)
    """Pages that were left can be opened again."""
    tries: Mapped[bool] = mapped_column(Boolean, default=False)
    """Each question can be checked and tried again, with its hints and penalties."""
    practice: Mapped[bool] = mapped_column(Boolean, default=False)
    """The quiz can be practised, without record."""
    blind: Mapped[bool] = mapped_column(Boolean, default=False)
    """Graders of essays do not see whose they are."""
    overall: Mapped[list[Any]] = mapped_column(default=list)
    """Feedback on the score, `{"from": percent, "text": {language: text}}`, the highest first."""
    draws: Mapped[list[Any]] = mapped_column(default=list)
    """Questions of the bank, after the quiz's own: `{"question": name, "shared": bool}` for one, or `{"category": path,
    "shared": bool, "tags": [tag], "number": n}` for so many at random."""
    lesson: Mapped[Lesson] = relationship(lazy="joined", innerjoin=True)


class Question(Base):
    """One wording of one question. It never changes: an edited question is a new row, and the old one is retired."""

    __tablename__ = "lms_question"
    __table_args__ = (
        Index("ix_lms_question_quiz_id_retired", "quiz_id", "retired"),
        Index("uq_lms_question_quiz_id_bank_version_id", "quiz_id", "bank_version_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz.lesson_id"))
    name: Mapped[str] = mapped_column(String(120))
    """The GIFT title; the same in all languages and across edits."""
    position: Mapped[int]
    body: Mapped[dict[str, Any]]
    """By language, `kinds.Question.to_json()`; options stand in the same order in all of them."""
    max_mark: Mapped[float] = mapped_column(Float, default=1)
    retired: Mapped[bool] = mapped_column(Boolean, default=False)
    bank_version_id: Mapped[int | None] = mapped_column(ForeignKey("lms_bank_version.id"), index=True)
    """What it was taken from, the first time that an attempt at the quiz asked it; None: the quiz's own."""


class BankCategory(Base):
    """A drawer of the question bank, of one course or shared by all."""

    __tablename__ = "lms_bank_category"
    __table_args__ = (
        Index("uq_lms_bank_category_course", "course_id", "path", unique=True),
        Index(
            "uq_lms_bank_category_shared",
            "path",
            unique=True,
            sqlite_where=text("course_id IS NULL"),
            postgresql_where=text("course_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course.id"))
    """None: shared."""
    path: Mapped[str] = mapped_column(String(255))
    """As Moodle writes it, e.g. `Budget/Basics`; what is below has this as its beginning."""


class BankQuestion(Base):
    """A question that quizzes take; what it says is in its versions."""

    __tablename__ = "lms_bank_question"
    __table_args__ = (
        Index("uq_lms_bank_question_course", "course_id", "name", unique=True),
        Index(
            "uq_lms_bank_question_shared",
            "name",
            unique=True,
            sqlite_where=text("course_id IS NULL"),
            postgresql_where=text("course_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course.id"))
    """As its category's."""
    category_id: Mapped[int] = mapped_column(ForeignKey("lms_bank_category.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    """Finds it again, in files too."""
    version: Mapped[int] = mapped_column(default=1)
    """The number of its newest `BankVersion`; raised by each change: who saves says which one they began from."""
    tags: Mapped[list[Any]] = mapped_column(default=list)
    folded: Mapped[str] = mapped_column(Text)
    """Its name, tags and texts in all languages, as they are searched."""
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    """No longer drawn, and not among what is chosen from."""


class BankVersion(Base):
    """One wording of a question of the bank. It never changes."""

    __tablename__ = "lms_bank_version"
    __table_args__ = (UniqueConstraint("bank_question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_question_id: Mapped[int] = mapped_column(ForeignKey("lms_bank_question.id"))
    number: Mapped[int]
    """From 1."""
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]]
    """As `Question.body`."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))


class BankFile(Base):
    """A picture of a question of the bank. It is kept as long as any version may show it."""

    __tablename__ = "lms_bank_file"
    __table_args__ = (UniqueConstraint("bank_question_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_question_id: Mapped[int] = mapped_column(ForeignKey("lms_bank_question.id"))
    path: Mapped[str] = mapped_column(String(255))
    """As texts name it, e.g. `images/map.png`."""
    content_type: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(ForeignKey("lms_file_data.digest"), index=True)


class Allowance(Base):
    """What one person has beyond others in one quiz."""

    __tablename__ = "lms_quiz_allowance"
    __table_args__ = (CheckConstraint("extra_attempts >= 0 AND extra_minutes >= 0", name="not_less"),)

    quiz_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz.lesson_id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True, index=True)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    """Added to the time limit."""
    closes_at: Mapped[datetime | None]
    """Instead of the quiz's own; None: the same."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    at: Mapped[datetime]


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
        Index(
            "ix_lms_attempt_ungraded",
            "quiz_id",
            sqlite_where=text("ungraded > 0"),
            postgresql_where=text("ungraded > 0"),
        ),
        Index(
            "ix_lms_attempt_due_at",
            "due_at",
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz.lesson_id"))
    number: Mapped[int]
    """From 1."""
    seed: Mapped[int]
    """Decides the order of questions and options, and what is drawn, the same for the whole attempt."""
    question_ids: Mapped[list[Any]]
    """In the order in which they are asked."""
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When its time is up; a grace for slow lines comes on top. None: never."""
    page: Mapped[int] = mapped_column(default=1)
    """The furthest that was opened, where one cannot go back."""
    submitted_at: Mapped[datetime | None]
    by_clock: Mapped[bool] = mapped_column(Boolean, default=False)
    """Submitted because its time was up."""
    ungraded: Mapped[int] = mapped_column(default=0)
    """How many of its essays wait for a grader; until none does, the score counts for nothing yet."""
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
    given_at: Mapped[datetime | None]
    """When it was given on the device, which may have been offline: an older answer never replaces a newer one."""
    tries: Mapped[list[Any]] = mapped_column(default=list)
    """What was checked, where that is allowed: `{"given": …, "fraction": …}` each, without penalty."""
    fraction: Mapped[float | None]
    """0 to 1, once the attempt is submitted; of an essay, once it is graded."""
    comment: Mapped[str] = mapped_column(Text, default="")
    """The grader's, for the learner."""
    levels: Mapped[list[Any]] = mapped_column(default=list)
    """Which level of each criterion of the rubric the grader chose."""
    graded_at: Mapped[datetime | None]
    graded_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))


class Regrade(Base):
    """That attempts were graded anew: by whom, why, and whose score became what."""

    __tablename__ = "lms_regrade"

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz.lesson_id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    reason: Mapped[str] = mapped_column(String(500))
    changes: Mapped[list[Any]]
    """`{"attempt": id, "before": percent, "after": percent}` each."""

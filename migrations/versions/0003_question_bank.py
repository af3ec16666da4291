"""Quizzes: more ways to take one, the question bank, grading by hand"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _text(length: int, value: str) -> dict[str, object]:
    return {"type_": sa.String(length=length), "nullable": False, "server_default": value}


def _number(value: int = 0) -> dict[str, object]:
    return {"type_": sa.Integer(), "nullable": False, "server_default": str(value)}


def _flag(*, value: bool = False) -> dict[str, object]:
    return {"type_": sa.Boolean(), "nullable": False, "server_default": sa.true() if value else sa.false()}


LIST = {"type_": sa.JSON(), "nullable": False, "server_default": "[]"}
MOMENT = {"type_": sa.DateTime(timezone=True)}
COLUMNS = [
    ("lms_quiz", "opens_at", MOMENT),
    ("lms_quiz", "closes_at", MOMENT),
    ("lms_quiz", "time_limit", _number()),
    ("lms_quiz", "pause", _number()),
    ("lms_quiz", "counts", _text(16, "highest")),
    ("lms_quiz", "feedback", _text(16, "always")),
    ("lms_quiz", "answers", _text(16, "done")),
    ("lms_quiz", "access_word", _text(80, "")),
    ("lms_quiz", "going_back", _flag(value=True)),
    ("lms_quiz", "tries", _flag()),
    ("lms_quiz", "practice", _flag()),
    ("lms_quiz", "blind", _flag()),
    ("lms_quiz", "overall", LIST),
    ("lms_quiz", "draws", LIST),
    ("lms_attempt", "due_at", MOMENT),
    ("lms_attempt", "page", _number(1)),
    ("lms_attempt", "by_clock", _flag()),
    ("lms_attempt", "ungraded", _number()),
    ("lms_response", "given_at", MOMENT),
    ("lms_response", "tries", LIST),
    ("lms_response", "comment", {"type_": sa.Text(), "nullable": False, "server_default": ""}),
    ("lms_response", "levels", LIST),
    ("lms_response", "graded_at", MOMENT),
]
REFERENCES = [
    ("lms_question", "bank_version_id", "lms_bank_version (id)"),
    ("lms_response", "graded_by_id", "lms_person (id)"),
]
"""Added one by one: SQLite would otherwise copy tables that others refer to."""
OPEN = {"sqlite_where": sa.text("submitted_at IS NULL"), "postgresql_where": sa.text("submitted_at IS NULL")}
WAITING = {"sqlite_where": sa.text("ungraded > 0"), "postgresql_where": sa.text("ungraded > 0")}
SHARED = {"sqlite_where": sa.text("course_id IS NULL"), "postgresql_where": sa.text("course_id IS NULL")}
TABLES = (
    "lms_regrade",
    "lms_quiz_allowance",
    "lms_bank_file",
    "lms_bank_version",
    "lms_bank_question",
    "lms_bank_category",
)


def upgrade() -> None:
    _make_bank()
    _make_allowances()
    _make_regrades()
    for table, name, column in COLUMNS:
        op.add_column(table, sa.Column(name, **column))
    for table, name, target in REFERENCES:
        constraint = f"CONSTRAINT fk_{table}_{name} REFERENCES {target}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} INTEGER {constraint}")
    op.create_index("ix_lms_question_bank_version_id", "lms_question", ["bank_version_id"])
    by_version = ["quiz_id", "bank_version_id"]
    op.create_index("uq_lms_question_quiz_id_bank_version_id", "lms_question", by_version, unique=True)
    op.create_index("ix_lms_attempt_due_at", "lms_attempt", ["due_at"], **OPEN)
    op.create_index("ix_lms_attempt_ungraded", "lms_attempt", ["quiz_id"], **WAITING)


def _make_bank() -> None:
    op.create_table(
        "lms_bank_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_bank_category_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_bank_category")),
    )
    op.create_index("uq_lms_bank_category_course", "lms_bank_category", ["course_id", "path"], unique=True)
    op.create_index("uq_lms_bank_category_shared", "lms_bank_category", ["path"], unique=True, **SHARED)
    op.create_table(
        "lms_bank_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_bank_question_course_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["lms_bank_category.id"], name=op.f("fk_lms_bank_question_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_bank_question")),
    )
    op.create_index("ix_lms_bank_question_category_id", "lms_bank_question", ["category_id"])
    op.create_index("uq_lms_bank_question_course", "lms_bank_question", ["course_id", "name"], unique=True)
    op.create_index("uq_lms_bank_question_shared", "lms_bank_question", ["name"], unique=True, **SHARED)
    op.create_table(
        "lms_bank_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_question_id"], ["lms_bank_question.id"], name=op.f("fk_lms_bank_version_bank_question_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["lms_person.id"], name=op.f("fk_lms_bank_version_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_bank_version")),
        sa.UniqueConstraint("bank_question_id", "number", name=op.f("uq_lms_bank_version_bank_question_id_number")),
    )
    op.create_table(
        "lms_bank_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_question_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_question_id"], ["lms_bank_question.id"], name=op.f("fk_lms_bank_file_bank_question_id")
        ),
        sa.ForeignKeyConstraint(["digest"], ["lms_file_data.digest"], name=op.f("fk_lms_bank_file_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_bank_file")),
        sa.UniqueConstraint("bank_question_id", "path", name=op.f("uq_lms_bank_file_bank_question_id_path")),
    )
    op.create_index("ix_lms_bank_file_digest", "lms_bank_file", ["digest"])


def _make_allowances() -> None:
    op.create_table(
        "lms_quiz_allowance",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extra_attempts >= 0 AND extra_minutes >= 0", name=op.f("ck_lms_quiz_allowance_not_less")),
        sa.ForeignKeyConstraint(["quiz_id"], ["lms_quiz.lesson_id"], name=op.f("fk_lms_quiz_allowance_quiz_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["lms_enrolment.id"], name=op.f("fk_lms_quiz_allowance_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["lms_person.id"], name=op.f("fk_lms_quiz_allowance_by_id")),
        sa.PrimaryKeyConstraint("quiz_id", "enrolment_id", name=op.f("pk_lms_quiz_allowance")),
    )
    op.create_index("ix_lms_quiz_allowance_enrolment_id", "lms_quiz_allowance", ["enrolment_id"])


def _make_regrades() -> None:
    op.create_table(
        "lms_regrade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["lms_quiz.lesson_id"], name=op.f("fk_lms_regrade_quiz_id")),
        sa.ForeignKeyConstraint(["by_id"], ["lms_person.id"], name=op.f("fk_lms_regrade_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_regrade")),
    )
    op.create_index("ix_lms_regrade_quiz_id", "lms_regrade", ["quiz_id"])


def downgrade() -> None:
    op.drop_index("ix_lms_attempt_ungraded", "lms_attempt", **WAITING)
    op.drop_index("ix_lms_attempt_due_at", "lms_attempt", **OPEN)
    op.drop_index("uq_lms_question_quiz_id_bank_version_id", "lms_question")
    op.drop_index("ix_lms_question_bank_version_id", "lms_question")
    for table, name, _target in reversed(REFERENCES):
        op.drop_column(table, name)
    for table, name, _column in reversed(COLUMNS):
        op.drop_column(table, name)
    for table in TABLES:
        op.drop_table(table)

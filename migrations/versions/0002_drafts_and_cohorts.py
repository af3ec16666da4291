"""Drafts, cohorts, and ways into a course"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = [
    ("lms_course", sa.Column("requires", sa.JSON(), nullable=False, server_default="[]")),
    ("lms_course", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("lms_course", sa.Column("enrolment", sa.String(length=16), nullable=False, server_default="open")),
    ("lms_course", sa.Column("enrolment_key", sa.String(length=80), nullable=False, server_default="")),
    ("lms_course", sa.Column("version", sa.Integer(), nullable=False, server_default="1")),
    ("lms_unit", sa.Column("requires", sa.JSON(), nullable=False, server_default="[]")),
    ("lms_unit", sa.Column("opens_at", sa.DateTime(timezone=True))),
    ("lms_enrolment", sa.Column("seconds", sa.Integer(), nullable=False, server_default="0")),
    ("lms_enrolment", sa.Column("last_act_at", sa.DateTime(timezone=True))),
    ("lms_enrolment", sa.Column("approved_at", sa.DateTime(timezone=True))),
    ("lms_lesson_progress", sa.Column("opened_at", sa.DateTime(timezone=True))),
    ("lms_lesson_progress", sa.Column("seconds", sa.Integer(), nullable=False, server_default="0")),
    ("lms_mail", sa.Column("reply_to", sa.String(length=255), nullable=False, server_default="")),
    ("lms_mail", sa.Column("unsubscribe", sa.String(length=500), nullable=False, server_default="")),
    ("lms_person", sa.Column("timezone", sa.String(length=64), nullable=False, server_default="")),
    ("lms_person", sa.Column("reminders", sa.Boolean(), nullable=False, server_default=sa.true())),
]
"""Added one by one: SQLite would otherwise copy tables that others refer to."""
APPROVED_BY = "CONSTRAINT fk_lms_enrolment_approved_by_id REFERENCES lms_person (id)"
BY_LESSON = "ix_lms_lesson_progress_lesson_id_completed_at"


def upgrade() -> None:
    op.create_table(
        "lms_cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_cohort")),
        sa.UniqueConstraint("slug", name=op.f("uq_lms_cohort_slug")),
    )
    op.create_table(
        "lms_file_data",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_lms_file_data")),
    )
    op.create_table(
        "lms_cohort_course",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("due_at > opens_at", name=op.f("ck_lms_cohort_course_due_after_opening")),
        sa.ForeignKeyConstraint(["cohort_id"], ["lms_cohort.id"], name=op.f("fk_lms_cohort_course_cohort_id")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_cohort_course_course_id")),
        sa.PrimaryKeyConstraint("cohort_id", "course_id", name=op.f("pk_lms_cohort_course")),
    )
    with op.batch_alter_table("lms_cohort_course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_cohort_course_course_id"), ["course_id"], unique=False)

    op.create_table(
        "lms_cohort_member",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["lms_cohort.id"], name=op.f("fk_lms_cohort_member_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_cohort_member_person_id")),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", name=op.f("pk_lms_cohort_member")),
    )
    with op.batch_alter_table("lms_cohort_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_cohort_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_cohort_trainer",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["lms_cohort.id"], name=op.f("fk_lms_cohort_trainer_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_cohort_trainer_person_id")),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", name=op.f("pk_lms_cohort_trainer")),
    )
    with op.batch_alter_table("lms_cohort_trainer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_cohort_trainer_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lms_course_version",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["lms_person.id"], name=op.f("fk_lms_course_version_by_id")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_course_version_course_id")),
        sa.PrimaryKeyConstraint("course_id", "number", name=op.f("pk_lms_course_version")),
    )
    op.create_table(
        "lms_draft",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["lms_person.id"], name=op.f("fk_lms_draft_changed_by_id")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_draft_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_lms_draft")),
    )
    op.create_table(
        "lms_enrolment_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["lms_course.id"], name=op.f("fk_lms_enrolment_request_course_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["lms_person.id"], name=op.f("fk_lms_enrolment_request_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_enrolment_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_enrolment_request")),
    )
    with op.batch_alter_table("lms_enrolment_request", schema=None) as batch_op:
        batch_op.create_index("ix_lms_enrolment_request_person_id", ["person_id"], unique=False)
        batch_op.create_index(
            "uq_lms_enrolment_request_waiting",
            ["course_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.create_table(
        "lms_one_time_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lms_person.id"], name=op.f("fk_lms_one_time_code_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_lms_one_time_code")),
    )
    op.create_table(
        "lms_draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["lms_draft.course_id"], name=op.f("fk_lms_draft_file_course_id")),
        sa.ForeignKeyConstraint(["digest"], ["lms_file_data.digest"], name=op.f("fk_lms_draft_file_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft_file")),
        sa.UniqueConstraint("course_id", "path", name=op.f("uq_lms_draft_file_course_id_path")),
    )
    with op.batch_alter_table("lms_draft_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_draft_file_digest"), ["digest"], unique=False)

    op.create_table(
        "lms_draft_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_unit", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["lms_person.id"], name=op.f("fk_lms_draft_part_changed_by_id")),
        sa.ForeignKeyConstraint(["course_id"], ["lms_draft.course_id"], name=op.f("fk_lms_draft_part_course_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["lms_draft_part.id"], name=op.f("fk_lms_draft_part_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_draft_part")),
        sa.UniqueConstraint("course_id", "is_unit", "slug", name=op.f("uq_lms_draft_part_course_id_is_unit_slug")),
    )
    with op.batch_alter_table("lms_draft_part", schema=None) as batch_op:
        batch_op.create_index("ix_lms_draft_part_unit_id", ["unit_id"], unique=False)

    _move_data()
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.drop_index("ix_lms_lesson_progress_lesson_id", "lms_lesson_progress")
    op.create_index(BY_LESSON, "lms_lesson_progress", ["lesson_id", "completed_at"])
    op.execute(f"ALTER TABLE lms_enrolment ADD COLUMN approved_by_id INTEGER {APPROVED_BY}")


def _move_data() -> None:
    """Of the files, so that the same bytes are there once."""
    op.execute(
        "INSERT INTO lms_file_data (digest, size, data, kept_at) "
        "SELECT digest, length(data), data, CURRENT_TIMESTAMP FROM lms_course_file AS one "
        "WHERE id = (SELECT min(id) FROM lms_course_file AS same WHERE same.digest = one.digest)"
    )
    with op.batch_alter_table("lms_course_file") as batch_op:
        batch_op.create_index(batch_op.f("ix_lms_course_file_digest"), ["digest"])
        batch_op.create_foreign_key(batch_op.f("fk_lms_course_file_digest"), "lms_file_data", ["digest"], ["digest"])
        batch_op.drop_column("data")


def downgrade() -> None:
    op.drop_column("lms_enrolment", "approved_by_id")
    op.drop_index(BY_LESSON, "lms_lesson_progress")
    op.create_index("ix_lms_lesson_progress_lesson_id", "lms_lesson_progress", ["lesson_id"])
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
    _move_data_back()
    with op.batch_alter_table("lms_draft_part", schema=None) as batch_op:
        batch_op.drop_index("ix_lms_draft_part_unit_id")

    op.drop_table("lms_draft_part")
    with op.batch_alter_table("lms_draft_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_draft_file_digest"))

    op.drop_table("lms_draft_file")
    op.drop_table("lms_one_time_code")
    with op.batch_alter_table("lms_enrolment_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lms_enrolment_request_waiting",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.drop_index("ix_lms_enrolment_request_person_id")

    op.drop_table("lms_enrolment_request")
    op.drop_table("lms_draft")
    op.drop_table("lms_course_version")
    with op.batch_alter_table("lms_cohort_trainer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_cohort_trainer_person_id"))

    op.drop_table("lms_cohort_trainer")
    with op.batch_alter_table("lms_cohort_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_cohort_member_person_id"))

    op.drop_table("lms_cohort_member")
    with op.batch_alter_table("lms_cohort_course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lms_cohort_course_course_id"))

    op.drop_table("lms_cohort_course")
    op.drop_table("lms_file_data")
    op.drop_table("lms_cohort")


def _move_data_back() -> None:
    with op.batch_alter_table("lms_course_file") as batch_op:
        batch_op.add_column(sa.Column("data", sa.LargeBinary()))
    op.execute(
        "UPDATE lms_course_file SET data = "
        "(SELECT data FROM lms_file_data WHERE lms_file_data.digest = lms_course_file.digest)"
    )
    with op.batch_alter_table("lms_course_file") as batch_op:
        batch_op.alter_column("data", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.drop_constraint(batch_op.f("fk_lms_course_file_digest"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_lms_course_file_digest"))

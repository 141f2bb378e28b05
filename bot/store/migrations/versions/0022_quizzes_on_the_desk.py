"""Edits of quizzes made on the desk, with their review and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

STAY = """
CREATE FUNCTION quiz_edits_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'quiz_edits: rows stay'; END IF;
    IF (OLD.state <> 'draft' AND (NEW.body, NEW.former, NEW.base)
            IS DISTINCT FROM (OLD.body, OLD.former, OLD.base))
        OR (NEW.quiz, NEW.kind, NEW.author_id, NEW.created_at, NEW.undoes)
            IS DISTINCT FROM (OLD.quiz, OLD.kind, OLD.author_id, OLD.created_at, OLD.undoes)
        OR (OLD.state IN ('withdrawn', 'refused') AND NEW.state <> OLD.state)
        OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'withdrawn'))
    THEN RAISE EXCEPTION 'quiz_edits: history is never changed'; END IF;
    RETURN NEW;
END $$
"""
GUARD = """
CREATE TRIGGER quiz_edits_stay BEFORE UPDATE OR DELETE ON quiz_edits
FOR EACH ROW EXECUTE FUNCTION quiz_edits_stay()
"""


def upgrade() -> None:
    """Bring the schema forward."""
    now, nothing = sa.text("now()"), sa.text("''")
    op.create_table(
        "quiz_edits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="edit", nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("former", postgresql.JSONB(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default=nothing, nullable=False),
        sa.Column("verdict", sa.Text(), server_default=nothing, nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reviewer_id <> author_id", name=op.f("ck_quiz_edits_second_person")),
        # What is taken away at once needs nobody else; what people are to read does.
        sa.CheckConstraint(
            "state <> 'published' OR reviewer_id IS NOT NULL "
            "OR kind IN ('undo', 'still_right', 'retire')",
            name=op.f("ck_quiz_edits_reviewed"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_quiz_edits_author_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["staff.id"], name=op.f("fk_quiz_edits_reviewer_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["undoes"], ["quiz_edits.id"], name=op.f("fk_quiz_edits_undoes_quiz_edits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_edits")),
    )
    op.create_index(op.f("ix_quiz_edits_quiz"), "quiz_edits", ["quiz", "created_at"], unique=False)
    # One at a time: two who edit the same quiz would overwrite each other.
    op.create_index(
        "uq_quiz_edits_open",
        "quiz_edits",
        ["quiz"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'in_review')"),
    )
    op.execute(STAY)
    op.execute(GUARD)


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("quiz_edits")
    op.execute("DROP FUNCTION quiz_edits_stay()")

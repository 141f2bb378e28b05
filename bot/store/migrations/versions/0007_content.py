"""Edits of answers made on the desk, with their review and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    now, empty = sa.text("now()"), sa.text("'{}'::jsonb")
    op.create_table(
        "content_edits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="edit", nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("former", postgresql.JSONB(), nullable=False),
        sa.Column("translates", postgresql.JSONB(), server_default=empty, nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reviewer_id <> author_id", name=op.f("ck_content_edits_second_person")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR reviewer_id IS NOT NULL OR kind IN ('undo', 'still_right')",
            name=op.f("ck_content_edits_reviewed"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_content_edits_author_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["staff.id"], name=op.f("fk_content_edits_reviewer_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["undoes"], ["content_edits.id"], name=op.f("fk_content_edits_undoes_content_edits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_edits")),
    )
    op.create_index(
        op.f("ix_content_edits_answer"), "content_edits", ["answer", "created_at"], unique=False
    )
    # One at a time: two who edit the same words would overwrite each other.
    op.create_index(
        "uq_content_edits_open",
        "content_edits",
        ["answer", sa.text("coalesce(locale, '')")],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'in_review')"),
    )
    # What was reviewed is what is published, and who has written what is never lost.
    op.execute(
        "CREATE FUNCTION content_edits_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'content_edits: rows stay'; END IF; "
        "IF (OLD.state <> 'draft' AND (NEW.fields, NEW.former, NEW.translates, NEW.base) "
        "IS DISTINCT FROM (OLD.fields, OLD.former, OLD.translates, OLD.base)) "
        "OR (NEW.answer, NEW.locale, NEW.kind, NEW.author_id, NEW.created_at, NEW.undoes) "
        "IS DISTINCT FROM (OLD.answer, OLD.locale, OLD.kind, OLD.author_id, OLD.created_at, OLD.undoes) "
        "OR (OLD.state IN ('withdrawn', 'refused') AND NEW.state <> OLD.state) "
        "OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'withdrawn')) "
        "THEN RAISE EXCEPTION 'content_edits: history is never changed'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER content_edits_stay BEFORE UPDATE OR DELETE ON content_edits "
        "FOR EACH ROW EXECUTE FUNCTION content_edits_stay()"
    )
    # How often somebody has asked for the files to be read anew: a notice may be missed, a number is not.
    op.execute("CREATE SEQUENCE content_reloads")
    op.execute("SELECT nextval('content_reloads')")


def downgrade() -> None:
    """Bring the schema back."""
    op.execute("DROP SEQUENCE content_reloads")
    op.drop_table("content_edits")
    op.execute("DROP FUNCTION content_edits_stay()")

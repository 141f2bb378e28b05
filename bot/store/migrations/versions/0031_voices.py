"""Recorded voices, and by what platforms give them out again."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "voices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("reviewer_id <> author_id", name=op.f("ck_voices_second_person")),
        sa.CheckConstraint(
            "state <> 'published' OR reviewer_id IS NOT NULL", name=op.f("ck_voices_reviewed")
        ),
        sa.CheckConstraint("(state = 'deleted') = (sound IS NULL)", name=op.f("ck_voices_sound")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_voices_author_id_staff")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["staff.id"], name=op.f("fk_voices_reviewer_id_staff")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_voices_ended_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voices")),
    )
    # Sound is compressed already; PostgreSQL need not try.
    op.execute("ALTER TABLE voices ALTER COLUMN sound SET STORAGE EXTERNAL")
    op.create_index("ix_voices_place", "voices", ["place", "locale"])
    op.create_index(
        "uq_voices_in_review",
        "voices",
        ["place", "locale"],
        unique=True,
        postgresql_where=sa.text("state = 'in_review'"),
    )
    op.create_table(
        "voice_handles",
        sa.Column("voice_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["voices.id"],
            name=op.f("fk_voice_handles_voice_id_voices"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("voice_id", "channel", "account", name=op.f("pk_voice_handles")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("voice_handles")
    op.drop_table("voices")

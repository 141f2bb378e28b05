"""Messages that Suar misunderstood: how each was read, marks, redacted copies and their history."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("transcript", sa.Column("reading_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reading_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("labels_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "waiting_since",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcript.id"],
            name=op.f("fk_reviews_transcript_id_transcript"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("transcript_id", name=op.f("uq_reviews_transcript_id")),
    )
    op.create_index(op.f("ix_reviews_waiting_since"), "reviews", ["waiting_since"], unique=False)
    op.create_table(
        "review_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("change_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["reviews.id"],
            name=op.f("fk_review_events_review_id_reviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_review_events_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_events")),
    )
    op.create_index(
        op.f("ix_review_events_review_id"), "review_events", ["review_id"], unique=False
    )
    # Who has written a line of history cannot change it; lines go only with what they tell of.
    op.execute(
        "CREATE FUNCTION review_events_stay() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'review_events: lines are added, never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER review_events_stay BEFORE UPDATE ON review_events "
        "FOR EACH ROW EXECUTE FUNCTION review_events_stay()"
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("review_events")
    op.execute("DROP FUNCTION review_events_stay()")
    op.drop_table("reviews")
    op.drop_column("transcript", "reading_sealed")

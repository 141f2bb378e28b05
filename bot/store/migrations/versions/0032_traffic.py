"""How fast people write, words that many write, what supervisors decided about them, and counts."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "inbox", sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "paces",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("counted_at", WHEN, nullable=False),
        sa.Column("pauses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer_at", WHEN),
        sa.Column("told_at", WHEN),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_paces_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_paces")),
    )
    op.create_table(
        "traffic_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", name=op.f("pk_traffic_counts")),
    )
    _make_marks()
    _make_rulings()


def _make_marks() -> None:
    op.create_table(
        "traffic_marks",
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("first_at", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("shape", "who", name=op.f("pk_traffic_marks")),
    )
    op.create_index("ix_traffic_marks_last_at", "traffic_marks", ["last_at"])


def _make_rulings() -> None:
    op.create_table(
        "traffic_rulings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("until", WHEN),
        sa.Column("undone_at", WHEN),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_traffic_rulings_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traffic_rulings")),
    )
    op.create_index(op.f("ix_traffic_rulings_shape"), "traffic_rulings", ["shape"])
    op.create_index(
        "ix_traffic_rulings_holding",
        "traffic_rulings",
        ["shape", "ruling"],
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def downgrade() -> None:
    """Bring the schema back."""
    for table in ("traffic_rulings", "traffic_marks", "traffic_counts", "paces"):
        op.drop_table(table)
    op.drop_column("inbox", "waits")

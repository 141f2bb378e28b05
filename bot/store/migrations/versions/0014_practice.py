"""The practice room: talks with people who are made up, with no link to anybody who is not."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    moments = [
        sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
        for name in ("started_at", "changed_at")
    ]
    op.create_table(
        "practice_talks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("persona", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("lines_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("own_sealed", sa.LargeBinary(), nullable=True),
        *moments,
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_practice_talks_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_talks")),
    )
    op.create_index(op.f("ix_practice_talks_staff_id"), "practice_talks", ["staff_id"])


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("practice_talks")

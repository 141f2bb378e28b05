"""What the sending of broadcasts needs to know of a message: that it is one of many, and what was known when it was taken."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. Nothing is written anew: a column with a constant default lies in the catalogue."""
    op.add_column(
        "outbox", sa.Column("bulk", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("outbox", sa.Column("known_before", sa.Text(), nullable=True))
    op.create_index(
        "ix_broadcast_recipients_on_the_way",
        "broadcast_recipients",
        ["run_id"],
        postgresql_where=sa.text("state = 'taken'"),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index("ix_broadcast_recipients_on_the_way", table_name="broadcast_recipients")
    op.drop_column("outbox", "known_before")
    op.drop_column("outbox", "bulk")

"""What events need so that people who signed up are told of changes once, and move up when a place becomes free."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ROLE = "suar_campaigns"


def upgrade() -> None:
    """Bring the schema forward. Nothing is written anew: a column with a constant default lies in the catalogue."""
    op.add_column(
        "events", sa.Column("moves", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "events",
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.add_column(
        "event_signups", sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_events_ends_at", "events", ["ends_at"])
    # Who comes is not for campaign code to read: it counts, and moves up whoever waits.
    op.execute(f"REVOKE INSERT, DELETE ON event_signups FROM {ROLE}")


def downgrade() -> None:
    """Bring the schema back."""
    op.execute(f"GRANT INSERT, DELETE ON event_signups TO {ROLE}")
    op.drop_index("ix_events_ends_at", table_name="events")
    op.drop_column("event_signups", "promoted_at")
    op.drop_column("events", "changed_at")
    op.drop_column("events", "moves")

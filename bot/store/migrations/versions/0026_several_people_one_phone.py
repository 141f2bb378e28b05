"""Several people at one address: who is not there is parked, and comes back with words of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("addresses", sa.Column("place", sa.LargeBinary(), nullable=True))
    op.add_column("addresses", sa.Column("return_hash", sa.LargeBinary(), nullable=True))
    op.add_column(
        "conversations", sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("conversations", sa.Column("mark", sa.Text(), nullable=True))
    op.create_index(
        "ix_addresses_place",
        "addresses",
        ["place"],
        postgresql_where=sa.text("place IS NOT NULL"),
    )


def downgrade() -> None:
    """Bring the schema back; whoever is parked can be found no more."""
    op.drop_index("ix_addresses_place", table_name="addresses")
    op.drop_column("conversations", "mark")
    op.drop_column("conversations", "parked_at")
    op.drop_column("addresses", "return_hash")
    op.drop_column("addresses", "place")

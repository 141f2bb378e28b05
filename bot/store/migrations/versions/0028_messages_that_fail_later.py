"""Which try of a message its platform had taken and then reported as failed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("outbox", sa.Column("failed_id", sa.Text(), nullable=True))


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_column("outbox", "failed_id")

"""Which line a counsellor answers, and by what the platform knows it."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("transcript", sa.Column("quotes", sa.BigInteger()))
    op.add_column("transcript", sa.Column("platform_id_sealed", sa.LargeBinary()))
    op.add_column("case_drafts", sa.Column("quotes", sa.BigInteger()))


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_column("case_drafts", "quotes")
    op.drop_column("transcript", "platform_id_sealed")
    op.drop_column("transcript", "quotes")

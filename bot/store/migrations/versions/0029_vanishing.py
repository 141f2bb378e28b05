"""Messages that are taken off the person's screen again, and lines that are a person's later wording of earlier ones."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. Nothing is written anew: a column with a constant default lies in the catalogue."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    false = sa.text("false")
    op.add_column(
        "outbox", sa.Column("sensitive", sa.Boolean(), server_default=false, nullable=False)
    )
    op.add_column("outbox", sa.Column("vanish_s", sa.Integer(), nullable=True))
    op.add_column(
        "transcript", sa.Column("edited", sa.Boolean(), server_default=false, nullable=False)
    )
    op.create_index(
        "ix_outbox_vanish",
        "outbox",
        ["sent_at"],
        postgresql_where=sa.text("vanish_s IS NOT NULL"),
    )
    op.create_table(
        "last_deletions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_deletions")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("last_deletions")
    op.drop_index("ix_outbox_vanish", table_name="outbox")
    op.drop_column("transcript", "edited")
    op.drop_column("outbox", "vanish_s")
    op.drop_column("outbox", "sensitive")

"""Files that come with a line of a talk, and lines that are hard to read."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _of("case_id", sa.Uuid(), "cases.id", index=True),
        _of("line_id", sa.BigInteger(), "transcript.id", unique=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("source_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("bytes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("preview_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", MOMENT, server_default=sa.text("now()"), nullable=False),
    )
    # What is encrypted cannot be made smaller; PostgreSQL need not try.
    op.execute("ALTER TABLE attachments ALTER COLUMN bytes_sealed SET STORAGE EXTERNAL")
    op.create_table(
        "line_veils",
        sa.Column(
            "line_id",
            sa.BigInteger(),
            sa.ForeignKey("transcript.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("veiled", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("line_veils")
    op.drop_table("attachments")


def _of(
    name: str,
    kind: sa.types.TypeEngine[object],
    target: str,
    *,
    index: bool = False,
    unique: bool = False,
) -> sa.Column[object]:
    reference = sa.ForeignKey(target, ondelete="CASCADE")
    # Without a wish nothing is said: an index is made only where one is asked for.
    return sa.Column(
        name, kind, reference, nullable=False, index=index or None, unique=unique or None
    )

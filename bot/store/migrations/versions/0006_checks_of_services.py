"""Checks of the directory: what came of each, how it was tried, a sealed note, and its undoing."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "service_checks"
LATER = ("tried", "hours_right", "scope_right")


def upgrade() -> None:
    """Bring the schema forward. Nothing has written to the table yet; a row put there by hand keeps its meaning."""
    # A check by nobody is no check: its entry has to be checked again.
    op.execute("DELETE FROM service_checks WHERE staff_id IS NULL")
    op.add_column(TABLE, sa.Column("result", sa.Text(), nullable=True))
    op.execute(
        "UPDATE service_checks SET result = CASE WHEN works THEN 'ok' ELSE 'wrong' END"
    )
    op.alter_column(TABLE, "result", nullable=False)
    op.alter_column(TABLE, "staff_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column(TABLE, "works")
    for name in LATER:
        default = "call" if name == "tried" else "unknown"
        op.add_column(TABLE, sa.Column(name, sa.Text(), server_default=default, nullable=False))
        op.alter_column(TABLE, name, server_default=None)
    op.add_column(TABLE, sa.Column("note_sealed", sa.LargeBinary(), nullable=True))
    op.add_column(
        TABLE,
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.add_column(TABLE, sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Bring the schema back; undone checks go."""
    op.execute("DELETE FROM service_checks WHERE undone_at IS NOT NULL")
    op.add_column(TABLE, sa.Column("works", sa.Boolean(), nullable=True))
    op.execute("UPDATE service_checks SET works = (result = 'ok')")
    op.alter_column(TABLE, "works", nullable=False)
    op.alter_column(TABLE, "staff_id", existing_type=sa.Uuid(), nullable=True)
    for name in ("undone_at", "created_at", "note_sealed", *reversed(LATER), "result"):
        op.drop_column(TABLE, name)

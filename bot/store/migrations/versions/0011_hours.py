"""The rota, the operator's own days, and what people who wait were promised."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CHANGE, STAFF = "rota_changes.id", "staff.id"
LIVE = sa.text("removed_in IS NULL")


def _of(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [to], name=name)


def upgrade() -> None:
    """Bring the schema forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "rota_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_in", sa.Uuid(), nullable=True),
        _of("rota_changes", "staff_id", STAFF),
        _of("rota_changes", "undone_in", CHANGE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_changes")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "languages", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("added_in", sa.Uuid(), nullable=False),
        sa.Column("removed_in", sa.Uuid(), nullable=True),
        _of("shifts", "staff_id", STAFF),
        _of("shifts", "added_in", CHANGE),
        _of("shifts", "removed_in", CHANGE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"], postgresql_where=LIVE)
    op.create_table(
        "own_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("added_in", sa.Uuid(), nullable=False),
        sa.Column("removed_in", sa.Uuid(), nullable=True),
        _of("own_days", "added_in", CHANGE),
        _of("own_days", "removed_in", CHANGE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_days")),
    )
    op.create_index("uq_own_days_day", "own_days", ["day"], unique=True, postgresql_where=LIVE)
    op.create_table(
        "promises",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("low_s", sa.Integer(), nullable=True),
        sa.Column("high_s", sa.Integer(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_promises_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_promises")),
    )
    op.create_index("ix_promises_made_at", "promises", ["made_at"])


def downgrade() -> None:
    """Bring the schema back."""
    for table in ("promises", "own_days", "shifts", "rota_changes"):
        op.drop_table(table)

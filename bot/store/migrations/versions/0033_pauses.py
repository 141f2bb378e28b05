"""Pauses of talks, and how far apart the texts of a person come."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "paces",
        sa.Column(
            "gaps_s",
            sa.ARRAY(sa.Float()),
            server_default=sa.text("'{}'::double precision[]"),
            nullable=False,
        ),
    )
    op.create_table(
        "case_pauses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("for_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("after_line", sa.BigInteger(), nullable=False),
        sa.Column("gives_back", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("ended_at", WHEN),
        sa.Column("why", sa.Text()),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_case_pauses_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["for_id"], ["staff.id"], name=op.f("fk_case_pauses_for_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_case_pauses_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_pauses")),
    )
    op.create_index(op.f("ix_case_pauses_case_id"), "case_pauses", ["case_id"])
    op.create_index("ix_case_pauses_at", "case_pauses", ["at"])
    op.create_index(
        "uq_case_pauses_open",
        "case_pauses",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("case_pauses")
    op.drop_column("paces", "gaps_s")

"""Who fits whom: what staff know and how much they carry; and cases that came back from a counsellor who fell silent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAFF = ("skills", "confirmed_skills")
CASES = ("reminded_at", "returned_at", "alarmed_at")
CLAIMS = "ix_case_events_claims"


def upgrade() -> None:
    """Bring the schema forward."""
    for name in STAFF:
        empty = sa.text("'{}'::text[]")
        op.add_column(
            "staff", sa.Column(name, sa.ARRAY(sa.Text()), server_default=empty, nullable=False)
        )
    op.add_column(
        "staff", sa.Column("carries", sa.Integer(), server_default=sa.text("6"), nullable=False)
    )
    op.add_column("staff", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
    for name in CASES:
        op.add_column("cases", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        CLAIMS,
        "case_events",
        ["staff_id", "at"],
        postgresql_where=sa.text("kind = 'case_claimed'"),
    )
    # The queue looks up what everybody in it agreed to.
    op.create_index("ix_consents_case_id_scope", "consents", ["case_id", "scope"])


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index("ix_consents_case_id_scope", "consents")
    op.drop_index(CLAIMS, "case_events")
    for name in CASES:
        op.drop_column("cases", name)
    for name in (*STAFF, "carries", "rests_until"):
        op.drop_column("staff", name)

"""Who did what with campaigns, why a message was sent back, and the state in which one was put away."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROLE = "suar_campaigns"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "campaign_acts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_campaign_acts_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_acts")),
    )
    op.create_index("ix_campaign_acts_subject_id", "campaign_acts", ["subject_id", "id"])
    op.create_index("ix_campaign_acts_campaign_id", "campaign_acts", ["campaign_id", "id"])
    # What was done stays written: campaign code adds lines and reads them, and changes none.
    op.execute(f"GRANT SELECT, INSERT ON campaign_acts TO {ROLE}")
    op.add_column("broadcasts", sa.Column("sent_back_because", sa.Text(), nullable=True))
    op.add_column("broadcasts", sa.Column("archived_from", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("archived_from", sa.Text(), nullable=True))


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_column("campaigns", "archived_from")
    op.drop_column("broadcasts", "archived_from")
    op.drop_column("broadcasts", "sent_back_because")
    op.drop_index("ix_campaign_acts_campaign_id", table_name="campaign_acts")
    op.drop_index("ix_campaign_acts_subject_id", table_name="campaign_acts")
    op.drop_table("campaign_acts")

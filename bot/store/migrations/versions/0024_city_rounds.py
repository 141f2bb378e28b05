"""How many rounds of quizzes were finished for a city on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROLE = "suar_campaigns"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "city_rounds",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("finished", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("city", "day", name=op.f("pk_city_rounds")),
    )
    op.execute(f"GRANT SELECT ON city_rounds TO {ROLE}")


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("city_rounds")

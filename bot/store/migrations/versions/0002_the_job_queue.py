"""The job queue's own tables, as procrastinate 3.10 defines them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    raw = op.get_bind().connection.driver_connection
    assert raw is not None
    # Through the driver itself: the schema holds percent signs that SQLAlchemy would take for parameters.
    raw.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """The queue's tables stay: jobs in them may still be wanted."""

"""How far the plan of a run is, runs to the team alone, and two counts over many people at once."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

ROLE = "suar_campaigns"
RECENT = """
CREATE FUNCTION campaign_recent(people uuid[], since timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) >= 5 THEN CAST(count(*) AS integer) END
    FROM unnest(people) AS each (person)
    WHERE EXISTS (
        SELECT FROM broadcast_recipients r JOIN broadcast_runs n ON n.id = r.run_id
        WHERE r.contact_id = each.person AND n.due_at >= since AND NOT n.test
            AND n.state <> 'cancelled'
    )
$$
"""
# It counts who was meant to get something, whatever became of it: else the difference would tell who was held back.
COUNT_HELD = """
CREATE OR REPLACE FUNCTION campaign_count_held(people uuid[]) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) >= 5 THEN CAST(count(*) AS integer) END
    FROM (
        SELECT contact_id FROM cases
        WHERE state <> 'closed' OR closed_at > now() - interval '14 days'
        UNION
        SELECT contact_id FROM conversations WHERE owner <> 'bot'
    ) held
    JOIN (SELECT DISTINCT unnest(people) AS person) asked ON asked.person = held.contact_id
$$
"""
# The same people as `campaign_held`, found at once: asked one by one, a million took minutes.
COUNT_HELD_BEFORE = """
CREATE OR REPLACE FUNCTION campaign_count_held(people uuid[]) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) >= 5 THEN CAST(count(*) AS integer) END
    FROM unnest(people) AS each (person) WHERE campaign_held(each.person)
$$
"""
SIGNATURE = "campaign_recent(uuid[], timestamptz)"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column('broadcast_runs', sa.Column('test', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('broadcast_runs', sa.Column('planned_to', sa.Uuid(), nullable=True))
    op.execute(RECENT)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {ROLE}")
    op.execute(COUNT_HELD)


def downgrade() -> None:
    """Bring the schema back."""
    op.execute(COUNT_HELD_BEFORE)
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.drop_column('broadcast_runs', 'planned_to')
    op.drop_column('broadcast_runs', 'test')

"""Campaigns, broadcasts, events, what quizzes have taught, and the database role that sees these and no case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


ROLE = "suar_campaigns"
OWN = (
    "campaigns",
    "campaign_links",
    "campaign_members",
    "segments",
    "campaign_testers",
    "tester_invites",
    "pictures",
    "broadcasts",
    "broadcast_runs",
    "events",
    "event_signups",
)
"""What campaign code reads and writes."""
READ = ("campaign_people", "link_counts", "campaign_ratings", "quiz_counts", "study_answers")
"""What it reads."""
MAKE_ROLE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
# Roles belong to the whole server: another database on it may have made this one at the same moment.
PEOPLE = """
CREATE VIEW campaign_people AS
SELECT DISTINCT ON (p.contact_id)
    p.contact_id, v.id AS conversation_id, a.channel, a.account,
    v.locale, p.city, p.zone, p.zone_confirmed, p.age_band, p.interests,
    CAST(coalesce(v.last_in_at, v.created_at) AS date) AS last_seen,
    t.stopped_at IS NOT NULL AS stopped, a.blocked_at IS NOT NULL AS blocked
FROM profiles p
JOIN contacts t ON t.id = p.contact_id AND t.erased_at IS NULL
JOIN conversations v ON v.contact_id = p.contact_id
JOIN addresses a ON a.id = v.address_id
WHERE EXISTS (
    SELECT FROM consents c
    WHERE c.contact_id = p.contact_id AND c.scope = 'news' AND c.granted AND c.withdrawn_at IS NULL
)
ORDER BY p.contact_id, a.blocked_at IS NOT NULL, v.last_in_at DESC NULLS LAST, v.id
"""
HELD = """
CREATE FUNCTION campaign_held(person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM cases WHERE contact_id = person
            AND (state <> 'closed' OR closed_at > now() - interval '14 days')
    ) OR EXISTS (SELECT FROM conversations WHERE contact_id = person AND owner <> 'bot')
$$
"""
COUNT_HELD = """
CREATE FUNCTION campaign_count_held(people uuid[]) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) >= 5 THEN CAST(count(*) AS integer) END
    FROM unnest(people) AS each (person) WHERE campaign_held(each.person)
$$
"""
PROGRESS = """
CREATE FUNCTION campaign_progress(run uuid)
RETURNS TABLE (variant text, locale text, state text, why text, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.variant, r.locale, r.state, r.why, count(*)
    FROM broadcast_recipients r WHERE r.run_id = run AND (r.why IS NULL OR r.why <> 'held')
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT '', '', 'left_out', 'held', count(*)
    FROM broadcast_recipients r WHERE r.run_id = run AND r.why = 'held'
    HAVING count(*) >= 5
$$
"""
UNSEEN = "campaign_held(uuid)"
COUNTED = ("campaign_count_held(uuid[])", "campaign_progress(uuid)")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('broadcast_recipients',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('variant', sa.Text(), server_default='a', nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('why', sa.Text(), nullable=True),
    sa.Column('outbox_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('contact_id', 'run_id', name=op.f('pk_broadcast_recipients'))
    )
    op.create_index('ix_broadcast_recipients_taken', 'broadcast_recipients', ['outbox_id'], unique=False, postgresql_where=sa.text('outbox_id IS NOT NULL'))
    op.create_index('ix_broadcast_recipients_waiting', 'broadcast_recipients', ['run_id', 'due_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('quiz_counts',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('quiz', sa.Text(), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('fact', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('phase', sa.Text(), nullable=False),
    sa.Column('shown', sa.Integer(), server_default='0', nullable=False),
    sa.Column('right', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('day', 'quiz', 'question', 'fact', 'locale', 'kind', 'phase', name=op.f('pk_quiz_counts'))
    )
    op.create_table('campaign_testers',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['staff.id'], name=op.f('fk_campaign_testers_added_by_staff')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_campaign_testers_contact_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_campaign_testers'))
    )
    op.create_table('campaigns',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), server_default='', nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], name=op.f('fk_campaigns_created_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('slug', name=op.f('uq_campaigns_slug'))
    )
    op.create_table('pictures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mime', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('alt', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['staff.id'], name=op.f('fk_pictures_added_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pictures'))
    )
    op.create_table('profiles',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('city', sa.Text(), nullable=True),
    sa.Column('zone', sa.Text(), nullable=True),
    sa.Column('zone_confirmed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('age_band', sa.Text(), nullable=True),
    sa.Column('interests', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_profiles_contact_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_profiles'))
    )
    op.create_table('segments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('rule', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], name=op.f('fk_segments_created_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segments')),
    sa.UniqueConstraint('name', name=op.f('uq_segments_name'))
    )
    op.create_table('study_answers',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('fact', sa.Text(), nullable=False),
    sa.Column('phase', sa.Text(), nullable=False),
    sa.Column('quiz', sa.Text(), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('choices', sa.Integer(), nullable=False),
    sa.Column('right', sa.Boolean(), nullable=True),
    sa.Column('on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_study_answers_contact_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', 'fact', 'phase', name=op.f('pk_study_answers'))
    )
    op.create_table('tester_invites',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['staff.id'], name=op.f('fk_tester_invites_added_by_staff')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_tester_invites'))
    )
    op.create_table('broadcasts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('schedule', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('not_after', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_because', sa.Text(), nullable=True),
    sa.Column('written_by', sa.Uuid(), nullable=True),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['staff.id'], name=op.f('fk_broadcasts_approved_by_staff')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_broadcasts_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['written_by'], ['staff.id'], name=op.f('fk_broadcasts_written_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcasts'))
    )
    op.create_index(op.f('ix_broadcasts_campaign_id'), 'broadcasts', ['campaign_id'], unique=False)
    op.create_index('ix_broadcasts_next_at', 'broadcasts', ['next_at'], unique=False, postgresql_where=sa.text("state = 'scheduled'"))
    op.create_table('campaign_links',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=True),
    sa.Column('leader', sa.Text(), nullable=True),
    sa.Column('named', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_links_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_campaign_links'))
    )
    op.create_index(op.f('ix_campaign_links_campaign_id'), 'campaign_links', ['campaign_id'], unique=False)
    op.create_table('campaign_members',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_members_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_campaign_members_contact_id_contacts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', 'campaign_id', name=op.f('pk_campaign_members'))
    )
    op.create_index(op.f('ix_campaign_members_campaign_id'), 'campaign_members', ['campaign_id'], unique=False)
    op.create_table('campaign_ratings',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rating', sa.Text(), nullable=False),
    sa.Column('count', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_ratings_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'day', 'rating', name=op.f('pk_campaign_ratings'))
    )
    op.create_table('events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('words', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('city', sa.Text(), nullable=True),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_events_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('slug', name=op.f('uq_events_slug'))
    )
    op.create_index(op.f('ix_events_campaign_id'), 'events', ['campaign_id'], unique=False)
    op.create_table('broadcast_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('broadcast_id', sa.Uuid(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), server_default='planning', nullable=False),
    sa.Column('planned', sa.Integer(), server_default='0', nullable=False),
    sa.Column('stopped_because', sa.Text(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['broadcast_id'], ['broadcasts.id'], name=op.f('fk_broadcast_runs_broadcast_id_broadcasts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcast_runs')),
    sa.UniqueConstraint('broadcast_id', 'due_at', name=op.f('uq_broadcast_runs_broadcast_id_due_at'))
    )
    op.create_index('ix_broadcast_runs_open', 'broadcast_runs', ['id'], unique=False, postgresql_where=sa.text("state IN ('planning', 'running')"))
    op.create_table('event_signups',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('reminded', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_event_signups_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_event_signups_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_signups_event_id_events'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', 'contact_id', name=op.f('pk_event_signups'))
    )
    op.create_index(op.f('ix_event_signups_contact_id'), 'event_signups', ['contact_id'], unique=False)
    op.create_table('link_counts',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('opened', sa.Integer(), server_default='0', nullable=False),
    sa.Column('finished', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['code'], ['campaign_links.code'], name=op.f('fk_link_counts_code_campaign_links'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code', 'day', name=op.f('pk_link_counts'))
    )
    op.create_table('study_members',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_study_members_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_study_members_conversation_id_conversations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_study_members'))
    )
    _let_campaigns_in()


def _let_campaigns_in() -> None:
    for statement in (MAKE_ROLE, PEOPLE, HELD, COUNT_HELD, PROGRESS):
        op.execute(statement)
    op.execute(f"GRANT {ROLE} TO CURRENT_USER")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(OWN)} TO {ROLE}")
    op.execute(f"GRANT SELECT ON {', '.join(READ)} TO {ROLE}")
    # It adds whom a broadcast is for, and cannot look up what became of anybody.
    op.execute(f"GRANT INSERT ON broadcast_recipients TO {ROLE}")
    op.execute(f"GRANT SELECT (id, name, role) ON staff TO {ROLE}")
    for function in (UNSEEN, *COUNTED):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in COUNTED:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {ROLE}")



def downgrade() -> None:
    """Bring the schema back. The role stays: another database on the server may use it."""
    for function in (*COUNTED, UNSEEN):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP VIEW campaign_people")
    op.execute(f"REVOKE SELECT (id, name, role) ON staff FROM {ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {ROLE}")
    op.drop_table('study_members')
    op.drop_table('link_counts')
    op.drop_index(op.f('ix_event_signups_contact_id'), table_name='event_signups')
    op.drop_table('event_signups')
    op.drop_index('ix_broadcast_runs_open', table_name='broadcast_runs', postgresql_where=sa.text("state IN ('planning', 'running')"))
    op.drop_table('broadcast_runs')
    op.drop_index(op.f('ix_events_campaign_id'), table_name='events')
    op.drop_table('events')
    op.drop_table('campaign_ratings')
    op.drop_index(op.f('ix_campaign_members_campaign_id'), table_name='campaign_members')
    op.drop_table('campaign_members')
    op.drop_index(op.f('ix_campaign_links_campaign_id'), table_name='campaign_links')
    op.drop_table('campaign_links')
    op.drop_index('ix_broadcasts_next_at', table_name='broadcasts', postgresql_where=sa.text("state = 'scheduled'"))
    op.drop_index(op.f('ix_broadcasts_campaign_id'), table_name='broadcasts')
    op.drop_table('broadcasts')
    op.drop_table('tester_invites')
    op.drop_table('study_answers')
    op.drop_table('segments')
    op.drop_table('profiles')
    op.drop_table('pictures')
    op.drop_table('campaigns')
    op.drop_table('campaign_testers')
    op.drop_table('quiz_counts')
    op.drop_index('ix_broadcast_recipients_waiting', table_name='broadcast_recipients', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index('ix_broadcast_recipients_taken', table_name='broadcast_recipients', postgresql_where=sa.text('outbox_id IS NOT NULL'))
    op.drop_table('broadcast_recipients')

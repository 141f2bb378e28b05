"""Runs of broadcasts and the people in them, as the code that sends reads and writes them.

It works under the main role and not under that of campaigns: whether somebody may be written to now, and what became of them, may tell
of danger. A recipient is `waiting`, then `taken` in the same transaction that puts the message into the outbox, and then `sent`,
`failed` or `unknown`; or `waiting` again, when the message certainly did not leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, Rows, Statement, prepared
from bot.store.contacts import LOCKED, PARTY
from bot.store.tables import BroadcastRecipientRow, BroadcastRow, BroadcastRunRow, OutboxRow

_RECIPIENTS: Any = BroadcastRecipientRow.__table__
_RUNS: Any = BroadcastRunRow.__table__
_OUTBOX: Any = OutboxRow.__table__


@dataclass(frozen=True)
class Run:
    """A run that has not ended."""

    id: UUID
    broadcast_id: UUID
    state: str
    wish: str
    """The state of its broadcast: what campaigners want."""
    test: bool
    """To the team alone, who may look at what no second person has approved, as often as they like."""
    version: int
    content: Mapping[str, Any]
    not_after: datetime | None


@dataclass(frozen=True)
class Put:
    """A message of a run that is to go into the outbox, sealed."""

    uid: UUID
    contact_id: UUID
    conversation_id: UUID
    epoch: int
    sealed: bytes
    known_before: str | None


async def list_open(conn: AsyncConnection) -> list[Run]:
    """Return the runs that have not ended, the oldest first."""
    rows = await conn.execute(
        select(
            BroadcastRunRow.id,
            BroadcastRunRow.broadcast_id,
            BroadcastRunRow.state,
            BroadcastRow.state.label("wish"),
            BroadcastRunRow.test,
            BroadcastRow.version,
            BroadcastRow.content,
            BroadcastRow.not_after,
        )
        .join(BroadcastRow, BroadcastRow.id == BroadcastRunRow.broadcast_id)
        .where(BroadcastRunRow.state.in_(("planning", "running", "paused")))
        .order_by(BroadcastRunRow.started_at, BroadcastRunRow.id)
    )
    return [Run(**row._mapping) for row in rows]


def ask_due(batch: Batch, run_id: UUID, *, now: datetime, limit: int, testers: bool) -> Rows:
    """Lock those of a run who are due, their conversations and their contacts; for `People.read_all`, each with `variant`,
    `wanted` (a locale) and `doubt`.

    Whoever is having a turn just now is left for the next time: nobody is waited for.

    Args:
        batch: It is sent by the caller.
        run_id: Whose.
        now: What time it is.
        limit: How many at most.
        testers: Only those who look at broadcasts before everybody else.
    """
    return batch.add(_due(limit, testers=testers), run=run_id, now=now)


def ask_facts(
    batch: Batch, run_id: UUID, people: Sequence[tuple[UUID, UUID]], *, since: datetime
) -> Rows:
    """Look up what decides whether people (contact, conversation) may be written to, in their order; only after the locks are held.

    Rows: `stopped`, `agrees`, `held` (a case), `recent` (another broadcast after `since`), `busy` (a message to them has not
    left yet, or one of theirs is not answered yet), `heard_at`, `zone`.
    """
    contacts, conversations = zip(*people, strict=True)
    return batch.add(
        _FACTS, run=run_id, since=since,
        contacts=list(contacts), conversations=list(conversations),
    )  # fmt: skip


def add_taken(
    batch: Batch, run_id: UUID, puts: Sequence[Put], *, holder: int, at: datetime
) -> Rows:
    """Put messages into the outbox, held by this process, and note that their people are taken; rows: `number`, `uid`."""
    return batch.add(
        _TAKE,
        run=run_id,
        holder=holder,
        at=at,
        uids=[put.uid for put in puts],
        contacts=[put.contact_id for put in puts],
        conversations=[put.conversation_id for put in puts],
        epochs=[put.epoch for put in puts],
        sealed=[put.sealed for put in puts],
        known=[put.known_before for put in puts],
    )


def save_states(batch: Batch, states: Sequence[tuple[UUID, bytes]]) -> None:
    """Keep the sealed states of conversations (id, state), whose locks are held."""
    conversations, sealed = zip(*states, strict=True)
    batch.add(_SAVE_STATES, conversations=list(conversations), sealed=list(sealed))


def add_left_out(
    batch: Batch, run_id: UUID, people: Sequence[tuple[UUID, str]], *, at: datetime
) -> None:
    """Note that people (contact, reason) do not get this run."""
    contacts, whys = zip(*people, strict=True)
    batch.add(_LEAVE_OUT, run=run_id, contacts=list(contacts), whys=list(whys), at=at)


def add_later(batch: Batch, run_id: UUID, people: Sequence[tuple[UUID, datetime]]) -> None:
    """Let people (contact, moment) be due later."""
    contacts, moments = zip(*people, strict=True)
    batch.add(_LATER, run=run_id, contacts=list(contacts), moments=list(moments))


@cache
def _due(limit: int, *, testers: bool) -> Statement:
    mine = (
        select(_RECIPIENTS)
        .where(
            _RECIPIENTS.c.run_id == bindparam("run"),
            _RECIPIENTS.c.state == literal_column("'waiting'"),
            _RECIPIENTS.c.due_at <= bindparam("now"),
            # Whoever asks may have looked at the run a moment ago.
            exists().where(_RUNS.c.id == bindparam("run"), _RUNS.c.state == "running"),
        )
        .order_by(_RECIPIENTS.c.due_at)
        # Written out: for a number that it does not know the server plans as if it were a tenth of all.
        .limit(literal_column(str(limit)))
        .with_for_update(skip_locked=True)
    )
    if testers:
        mine = mine.where(
            literal_column(
                "EXISTS (SELECT FROM campaign_testers"
                " WHERE contact_id = broadcast_recipients.contact_id)"
            )
        )
    due = mine.cte("due")
    return prepared(
        PARTY.add_columns(due.c.variant, due.c.locale.label("wanted"), due.c.why.label("doubt"))
        .join(due, due.c.conversation_id == PARTY.selected_columns.id)
        .where(due.c.contact_id == PARTY.selected_columns.contact_id)
        .order_by(PARTY.selected_columns.id)
        .with_for_update(of=LOCKED, skip_locked=True),
        gives_rows=True,
    )


_FACTS = prepared(
    """
    SELECT t.stopped_at IS NOT NULL AS stopped, campaign_held(each.contact) AS held, p.zone,
        EXISTS (SELECT FROM consents WHERE contact_id = each.contact AND scope = 'news'
            AND granted AND withdrawn_at IS NULL) AS agrees,
        EXISTS (SELECT FROM broadcast_recipients WHERE contact_id = each.contact
            AND run_id <> :run AND at > :since
            AND state IN ('taken', 'sent', 'delivered', 'read', 'unknown')) AS recent,
        EXISTS (SELECT FROM outbox WHERE conversation_id = each.conversation
            AND status IN ('queued', 'sending'))
            OR EXISTS (SELECT FROM inbox WHERE conversation_id = each.conversation
                AND processed_at IS NULL) AS busy,
        v.last_in_at AS heard_at
    FROM unnest(CAST(:contacts AS uuid[]), CAST(:conversations AS uuid[]))
            WITH ORDINALITY AS each (contact, conversation, place)
        JOIN contacts t ON t.id = each.contact
        JOIN conversations v ON v.id = each.conversation
        LEFT JOIN profiles p ON p.contact_id = each.contact
    ORDER BY each.place
    """,
    gives_rows=True,
)
_TAKE = prepared(
    """
    WITH new AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:uids AS uuid[]), CAST(:contacts AS uuid[]),
            CAST(:conversations AS uuid[]), CAST(:epochs AS integer[]), CAST(:sealed AS bytea[]),
            CAST(:known AS text[])) AS each (uid, contact, conversation, epoch, sealed, known)
    ), put AS (
        INSERT INTO outbox (uid, conversation_id, epoch, author, message_sealed, status, holder,
            attempts, bulk, known_before)
        SELECT uid, conversation, epoch, 'bot', sealed, 'sending', CAST(:holder AS bigint),
            1, true, known FROM new
        RETURNING id, uid
    )
    UPDATE broadcast_recipients SET state = 'taken', outbox_id = put.id, at = :at
    FROM put JOIN new ON new.uid = put.uid
    WHERE run_id = :run AND contact_id = new.contact
    RETURNING put.id AS number, put.uid AS uid
    """,
    gives_rows=True,
)
_SAVE_STATES = prepared(
    """
    UPDATE conversations SET state_sealed = new.sealed
    FROM unnest(CAST(:conversations AS uuid[]), CAST(:sealed AS bytea[])) AS new (id, sealed)
    WHERE conversations.id = new.id
    """
)
_LEAVE_OUT = prepared(
    """
    UPDATE broadcast_recipients SET state = 'left_out', why = new.why, at = :at
    FROM unnest(CAST(:contacts AS uuid[]), CAST(:whys AS text[])) AS new (contact, why)
    WHERE run_id = :run AND contact_id = new.contact AND state = 'waiting'
    """
)
_LATER = prepared(
    """
    UPDATE broadcast_recipients SET due_at = new.due
    FROM unnest(CAST(:contacts AS uuid[]), CAST(:moments AS timestamptz[])) AS new (contact, due)
    WHERE run_id = :run AND contact_id = new.contact AND state = 'waiting'
    """
)

"""What became of the messages of broadcasts in the outbox: told of their people, given up, given back, or taken over from a process that died.

Like `bot.store.broadcasts` it works under the main role, since what became of somebody may tell of danger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, Rows, Statement, prepared
from bot.store.contacts import PARTY
from bot.store.sending import living
from bot.store.tables import BroadcastRecipientRow, OutboxRow

_RECIPIENTS: Any = BroadcastRecipientRow.__table__
_OUTBOX: Any = OutboxRow.__table__
UNKNOWN = "unknown"
"""The platform never said whether the message arrived, and could not be asked."""


@dataclass(frozen=True)
class Back:
    """A message that certainly did not leave, or of which that cannot be told: its person waits again."""

    number: int
    not_before: datetime
    why: str | None = None


def add_told(batch: Batch, numbers: Sequence[int]) -> None:
    """Note of recipients what became of their messages in the outbox."""
    batch.add(_TELL, numbers=list(numbers))


def add_failed(
    batch: Batch, failed: Sequence[tuple[int, str]], *, blocked: Sequence[int], at: datetime
) -> None:
    """Note of messages (number, error) that they will never arrive, and of those in `blocked` that their person has left."""
    if blocked:
        batch.add(_BLOCK, numbers=list(blocked), at=at)
    numbers, errors = zip(*failed, strict=True)
    batch.add(_GIVE_UP, numbers=list(numbers), errors=list(errors))
    add_told(batch, numbers)


def add_back(batch: Batch, backs: Sequence[Back]) -> None:
    """Take messages out of the outbox and let their people wait again, as if they had not been taken."""
    batch.add(
        _GIVE_BACK,
        numbers=[back.number for back in backs],
        moments=[back.not_before for back in backs],
        whys=[back.why for back in backs],
    )


def ask_interrupted(batch: Batch, *, holder: int, limit: int) -> Rows:
    """Take over messages of broadcasts that a process was sending which lives no more; for `People.read_all`, each with `number`,
    `uid`, `counter`, `message_sealed`, `known_before`, `run_id` and `doubt`."""
    return batch.add(_interrupted(limit), holder=holder)


def ask_held(batch: Batch, numbers: Sequence[int]) -> Rows:
    """Look up messages that this process holds itself, with the columns of `ask_interrupted`."""
    return batch.add(_HELD, numbers=list(numbers))


async def held_by(conn: AsyncConnection, holder: int) -> set[int]:
    """Return the messages of broadcasts that the process behind `holder` is sending, as the database knows it."""
    mine = OutboxRow.bulk & (OutboxRow.status == "sending") & (OutboxRow.holder == holder)
    return set(await conn.scalars(select(OutboxRow.id).where(mine)))


def ask_behind(batch: Batch, conversations: Sequence[UUID]) -> Rows:
    """Look up those of `conversations` in which something waits to be sent; rows: `conversation_id`."""
    return batch.add(_BEHIND, conversations=list(conversations))


_BEHIND = prepared(
    """
    SELECT DISTINCT conversation_id FROM outbox
    WHERE conversation_id = ANY(CAST(:conversations AS uuid[])) AND status = 'queued'
    """,
    gives_rows=True,
)
TELL_ALL = """
    UPDATE broadcast_recipients AS r SET
        state = CASE WHEN 'unknown' IN (r.why, o.error) THEN 'unknown'
            WHEN o.status = 'sent' THEN 'sent' ELSE 'failed' END,
        why = CASE WHEN o.status = 'sent' THEN r.why ELSE o.error END
    FROM outbox o
    WHERE r.state = 'taken' AND o.id = r.outbox_id AND o.status IN ('sent', 'dead', 'refused')
"""
_TELL = prepared(TELL_ALL + " AND r.outbox_id = ANY(CAST(:numbers AS bigint[]))")
_GIVE_UP = prepared(
    """
    UPDATE outbox SET status = 'dead', holder = NULL, error = new.error
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:errors AS text[])) AS new (number, error)
    WHERE id = new.number AND status = 'sending'
    """
)
_BLOCK = prepared(
    """
    WITH there AS (
        SELECT coalesce(a.place, a.lookup) AS lookup FROM outbox o
        JOIN conversations v ON v.id = o.conversation_id JOIN addresses a ON a.id = v.address_id
        WHERE o.id = ANY(CAST(:numbers AS bigint[]))
    )
    UPDATE addresses SET blocked_at = coalesce(blocked_at, :at)
    WHERE lookup IN (SELECT lookup FROM there) OR place IN (SELECT lookup FROM there)
    """
)
_GIVE_BACK = prepared(
    """
    WITH back AS (
        SELECT * FROM unnest(CAST(:numbers AS bigint[]), CAST(:moments AS timestamptz[]),
            CAST(:whys AS text[])) AS each (number, moment, why)
    ), gone AS (
        DELETE FROM outbox USING back
        WHERE id = back.number AND bulk AND status = 'sending' RETURNING id
    )
    UPDATE broadcast_recipients SET state = 'waiting', outbox_id = NULL, at = NULL,
        due_at = greatest(due_at, back.moment), why = coalesce(back.why, broadcast_recipients.why)
    FROM back JOIN gone ON gone.id = back.number
    WHERE outbox_id = back.number AND state = 'taken'
    """
)
_OF_MESSAGES = (
    PARTY.add_columns(
        _OUTBOX.c.id.label("number"),
        _OUTBOX.c.uid,
        _OUTBOX.c.epoch.label("counter"),
        _OUTBOX.c.message_sealed,
        _OUTBOX.c.known_before,
        _RECIPIENTS.c.run_id,
        _RECIPIENTS.c.why.label("doubt"),
    )
    .join(_OUTBOX, _OUTBOX.c.conversation_id == PARTY.selected_columns.id)
    .join(_RECIPIENTS, _RECIPIENTS.c.outbox_id == _OUTBOX.c.id)
)


@cache
def _interrupted(limit: int) -> Statement:
    dead = (
        select(_OUTBOX.c.id)
        .where(
            _OUTBOX.c.bulk, _OUTBOX.c.status == literal_column("'sending'"),
            ~living(_OUTBOX.c.holder),
        )
        .order_by(_OUTBOX.c.id)
        .limit(literal_column(str(limit)))
        .with_for_update(skip_locked=True)
        .cte("dead")
    )  # fmt: skip
    taken = (
        update(_OUTBOX)
        .where(_OUTBOX.c.id == dead.c.id)
        .values(holder=bindparam("holder"))
        .returning(_OUTBOX.c.id)
        .cte("taken")
    )
    return prepared(
        _OF_MESSAGES.join(taken, taken.c.id == _OUTBOX.c.id).order_by(_OUTBOX.c.id),
        gives_rows=True,
    )


_HELD = prepared(
    _OF_MESSAGES.where(
        _OUTBOX.c.id == any_(bindparam("numbers", type_=ARRAY(BigInteger)))
    ).order_by(_OUTBOX.c.id),
    gives_rows=True,
)

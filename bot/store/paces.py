"""How fast each person writes, counted in the database so that all processes share one count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, Rows, prepared
from bot.store.tables import InboxRow, PaceRow
from bot.understanding.cadence import LONGEST_S, LOOKS_AT, is_machine_like

TEXT, PRESS = 1.0, 0.25
"""How much an event counts: a press has nothing to be understood, and a quiz is played by many of them."""
FORGET_AFTER = timedelta(hours=1)
"""A pace is deleted when nothing was counted for so long."""

_ELAPSED = "greatest(0, CAST(extract(epoch FROM CAST(:now AS timestamptz) - p.counted_at) AS double precision))"
_DRAINED = f"p.level - CAST(:drain AS double precision) * {_ELAPSED}"
_SLOWED = """
    EXISTS (SELECT FROM traffic_rulings r WHERE r.shape = CAST(:shape AS bytea) AND r.ruling = 'slow'
            AND r.undone_at IS NULL AND r.until > CAST(:now AS timestamptz))
    AND NOT EXISTS (SELECT FROM traffic_marks m WHERE m.shape = CAST(:shape AS bytea) AND m.danger)
"""
_RHYTHM_SLOWED = f"""
    cardinality(p.gaps_s) >= {LOOKS_AT} AND EXISTS (
        SELECT FROM traffic_rulings r WHERE r.shape = CAST(:rhythm AS bytea) AND r.ruling = 'slow'
        AND r.undone_at IS NULL AND r.until > CAST(:now AS timestamptz))
"""  # the parts are constants
# Words in which anybody has told of danger are slowed for nobody, whatever was decided before.
_COUNT = prepared(
    f"""
    INSERT INTO paces AS p (conversation_id, level, counted_at)
    SELECT c.id, CAST(:weight AS double precision), CAST(:now AS timestamptz)
    FROM conversations c JOIN addresses a ON a.id = c.address_id WHERE a.lookup = :wanted
    ON CONFLICT (conversation_id) DO UPDATE SET
        level = least(CAST(:most AS double precision), greatest(0, {_DRAINED}) + CAST(:weight AS double precision)),
        pauses = CASE WHEN {_DRAINED} <= 0 THEN 0 ELSE p.pauses END,
        told_at = CASE WHEN {_DRAINED} <= 0 THEN NULL ELSE p.told_at END,
        gaps_s = CASE WHEN {_ELAPSED} > {LONGEST_S} THEN '{{}}' WHEN CAST(:weight AS double precision) < {TEXT} THEN p.gaps_s
            ELSE (p.gaps_s || {_ELAPSED})[greatest(1, cardinality(p.gaps_s) + 2 - {LOOKS_AT}):] END,
        counted_at = greatest(p.counted_at, CAST(:now AS timestamptz))
    RETURNING p.gaps_s, ({_RHYTHM_SLOWED}) AS rhythm_slowed, p.conversation_id, p.level > CAST(:burst AS double precision) AS too_fast,
        p.told_at IS NOT NULL AS told, ({_SLOWED}) AS slowed
    """,  # noqa: S608  # the parts are constants
    gives_rows=True,
)
_PUT_OFF = prepared(
    """
    UPDATE paces SET waiting = waiting + 1,
        answer_at = coalesce(answer_at, CAST(:now AS timestamptz) + make_interval(secs =>
            (CAST(:pauses AS double precision[]))[least(pauses + 1, array_length(CAST(:pauses AS double precision[]), 1))]))
    WHERE conversation_id = :of RETURNING waiting
    """,
    gives_rows=True,
)
_ANSWERED = prepared(
    "UPDATE paces SET answer_at = NULL, waiting = 0, pauses = pauses + 1 WHERE conversation_id = :of"
)


@dataclass(frozen=True)
class Limits:
    """How much is answered as usual, and how long the pauses are after that."""

    burst: float = 30
    """So many events at once are answered one by one."""
    drain_per_s: float = 0.5
    most: float = 45
    """The bucket holds no more: whoever stops is free again after half a minute, however much they wrote."""
    pauses_s: Sequence[float] = (2, 5, 15, 60)
    keep: int = 200
    """Of what waits in one conversation, the newest so many are kept."""

    @classmethod
    def of(cls, burst: int) -> Self:
        """Return the limits where so many events at once are answered as usual."""
        return cls(burst=burst, most=burst * 1.5)


@dataclass(frozen=True)
class Pace:
    """How fast somebody writes, the event just counted included."""

    too_fast: bool = False
    slowed: bool = False
    """A supervisor has slowed down what they have just written."""
    told: bool = False
    """They know that the answer takes a moment."""
    is_regular: bool = False
    """Their texts come as regularly as a machine's."""

    @property
    def may_wait(self) -> bool:
        """Whether this event may be put off, if nothing else speaks against it."""
        return self.too_fast or self.slowed


def count(
    batch: Batch,
    lookup: bytes,
    limits: Limits,
    *,
    shape: bytes | None,
    rhythm: bytes | None = None,
    now: datetime,
    weight: float = TEXT,
) -> Rows:
    """Count one event of whoever is at the address with this keyed hash; for `read`.

    In a transaction this comes after the conversation's lock, or after a line of its inbox: so nobody waits for each other.

    Args:
        batch: What it travels with.
        lookup: The keyed hash of the address.
        limits: How much is too much.
        shape: The keyed hash of the words' shape (`bot.store.traffic`); None where there is none.
        rhythm: That of `bot.understanding.shape.CADENCE`, under which a supervisor may have slowed down who writes like a machine.
        now: What time it is.
        weight: How much it counts, `TEXT` or `PRESS`.
    """
    return batch.add(
        _COUNT,
        weight=weight,
        wanted=lookup,
        now=now,
        shape=shape,
        rhythm=rhythm,
        burst=limits.burst,
        most=limits.most,
        drain=limits.drain_per_s,
    )


def read(rows: Rows) -> Pace:
    """Return what `count` has found; nobody is too fast with their very first word."""
    if not rows:
        return Pace()
    row = rows[0]
    is_regular = is_machine_like(row.gaps_s)
    slowed = row.slowed or (row.rhythm_slowed and is_regular)
    return Pace(row.too_fast, slowed, row.told, is_regular)


def put_off(batch: Batch, conversation_id: UUID, limits: Limits, *, now: datetime) -> Rows:
    """Let one more event wait for the end of the pause, which begins with the first; gives `waiting`, how many wait now."""
    pauses = [float(each) for each in limits.pauses_s]
    return batch.add(_PUT_OFF, of=conversation_id, pauses=pauses, now=now)


def note_answered(batch: Batch, conversation_id: UUID) -> None:
    """Note that what waited is answered now; the next pause is longer."""
    batch.add(_ANSWERED, of=conversation_id)


async def tell_once(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> bool:
    """Note that somebody is told that the answer takes a moment; False when they know already."""
    told = await conn.execute(
        update(PaceRow)
        .where(PaceRow.conversation_id == conversation_id, PaceRow.told_at.is_(None))
        .values(told_at=now)
    )
    return told.rowcount == 1


async def thin(conn: AsyncConnection, conversation_id: UUID, *, keep: int) -> int:
    """Let go of what waits in a conversation beyond the newest `keep`; return how many.

    What waits has been read before and tells of no danger; anything else is left alone.
    """
    mine = (
        InboxRow.conversation_id == conversation_id,
        InboxRow.processed_at.is_(None),
        InboxRow.waits,
    )
    newest = select(InboxRow.id).where(*mine).order_by(InboxRow.id.desc()).limit(keep)
    gone = await conn.execute(delete(InboxRow).where(*mine, InboxRow.id.not_in(newest)))
    return gone.rowcount


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Forget the paces of those who have been quiet for long; return how many."""
    old = PaceRow.counted_at < now - FORGET_AFTER
    return (await conn.execute(delete(PaceRow).where(old))).rowcount


async def count_waiting(conn: AsyncConnection) -> int:
    """Return how many people have something that waits to be answered together."""
    query = select(func.count()).where(PaceRow.answer_at.is_not(None))
    return await conn.scalar(query) or 0

"""What a platform tells of messages that it had taken: noted for many at once, in whatever order and however often it is told.

A platform may take a message and say later that it has failed. Then it is shown as not delivered, or tried once more where that may help; what a
broadcast had counted as sent is counted as failed. A try that has failed is remembered by the platform's id of it, so that hearing of it again
changes nothing, not even while the next try is on its way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.store import notices
from bot.store.batch import Batch, Rows, prepared

AGAIN_WITHIN = timedelta(minutes=15)
"""What left longer ago is not said again by itself: the talk has gone on."""


@dataclass(frozen=True)
class Told:
    """What is known of one try of one message."""

    uid: UUID
    platform_id: str
    """By which the platform knows the try. It may be the first that we hear of it."""
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    error: str | None = None
    """Of one that failed: the code of a send error."""
    stops: bool = False
    """It failed because nothing reaches this person any more."""
    again_after_s: float | None = None
    """It failed, and may be tried again after so long."""

    def joined(self, other: "Told") -> "Told":
        """Return what is known when both are: what has arrived cannot have failed."""
        failed = self if self.error is not None else other
        return replace(
            failed,
            delivered_at=_first(self.delivered_at, other.delivered_at),
            read_at=_first(self.read_at, other.read_at),
        )


@dataclass(frozen=True)
class Again:
    """A message that is tried once more: in which conversation, and when."""

    conversation_id: UUID
    at: datetime


async def note(batch: Batch, told: Iterable[Told], *, now: datetime) -> list[Again]:
    """Note what has become of messages; return what waits to be sent again, for which work has to be planned in the same transaction.

    Messages that are unknown, or gone, are passed over.
    """
    known: dict[tuple[UUID, str], Told] = {}
    for each in told:
        key = (each.uid, each.platform_id)
        known[key] = known[key].joined(each) if key in known else each
    again: list[Again] = []
    # Of one message only one try can be noted in a statement.
    while known:
        round_ = {uid: each for (uid, _), each in known.items()}
        known = {key: each for key, each in known.items() if round_[key[0]] is not each}
        again += await _note_round(batch, list(round_.values()), now)
    return again


async def _note_round(batch: Batch, told: Sequence[Told], now: datetime) -> list[Again]:
    rows = _add(batch, told, now)
    await batch.send()
    by_uid = {each.uid: each for each in told}
    failed = [row for row in rows if row.fails]
    changed = [row.id for row in rows if row.bulk and (row.fails or row.revived)]
    if changed:
        batch.add(_RECOUNT, numbers=changed)
    gone = [row.conversation_id for row in failed if by_uid[row.uid].stops]
    if gone:
        batch.add(_BLOCK, conversations=gone, at=now)
    shown = [row.id for row in rows if row.author == "staff" and row.shows]
    if shown:
        await _tell(batch, shown)
    return [Again(row.conversation_id, row.not_before) for row in failed if row.again]


def _add(batch: Batch, told: Sequence[Told], now: datetime) -> Rows:
    return batch.add(
        _NOTE,
        uids=[each.uid for each in told],
        ids=[each.platform_id for each in told],
        delivered=[each.delivered_at for each in told],
        reads=[each.read_at for each in told],
        errors=[each.error for each in told],
        stops=[each.stops for each in told],
        waits=[each.again_after_s for each in told],
        now=now,
        since=now - AGAIN_WITHIN,
    )


async def _tell(batch: Batch, numbers: Sequence[int]) -> None:
    """Tell the desks whose conversations these are; what the bot said concerns nobody."""
    concerned = batch.add(_CONCERNED, numbers=list(numbers))
    await batch.send()
    for row in concerned:
        notices.add_to_desk(batch, "message", row.case_id)


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


# `fails`: the try that is told of is the one that counts, it is not known to have arrived, and nobody has told before. Rows are locked in
# their order, as everybody else locks them who touches several.
_NOTE = prepared(
    """
    WITH told AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:uids AS uuid[]), CAST(:ids AS text[]),
            CAST(:delivered AS timestamptz[]), CAST(:reads AS timestamptz[]),
            CAST(:errors AS text[]), CAST(:stops AS boolean[]), CAST(:waits AS float8[]))
            AS each (uid, platform_id, delivered_at, read_at, error, stops, wait_s)
    ), mine AS MATERIALIZED (
        SELECT o.id FROM outbox o WHERE o.uid IN (SELECT uid FROM told) ORDER BY o.id FOR UPDATE
    ), judged AS MATERIALIZED (
        SELECT o.id, told.*, coalesce(told.delivered_at, told.read_at) AS arrived_at,
            told.error IS NOT NULL AND told.delivered_at IS NULL AND told.read_at IS NULL
                AND o.delivered_at IS NULL AND o.status IN ('sending', 'sent')
                AND o.failed_id IS DISTINCT FROM told.platform_id
                AND coalesce(o.platform_id, told.platform_id) = told.platform_id AS fails,
            told.wait_s IS NOT NULL AND o.failed_id IS NULL AND NOT o.bulk
                AND coalesce(o.sent_at, CAST(:now AS timestamptz)) > :since AS retries,
            coalesce(told.delivered_at, told.read_at) IS NOT NULL
                AND o.status IN ('dead', 'queued') AND o.failed_id = told.platform_id AS revived,
            (o.status IN ('sending', 'sent') OR o.status = 'queued' AND o.error = 'unanswered')
                AND o.failed_id IS DISTINCT FROM told.platform_id AS counts,
            o.delivered_at IS NULL AND coalesce(told.delivered_at, told.read_at) IS NOT NULL
                OR o.read_at IS NULL AND told.read_at IS NOT NULL AS news
        FROM mine JOIN outbox o ON o.id = mine.id JOIN told ON told.uid = o.uid
    )
    UPDATE outbox SET
        status = CASE WHEN fails AND retries THEN 'queued' WHEN fails THEN 'dead'
            WHEN revived THEN 'sent' ELSE status END,
        holder = CASE WHEN fails OR revived THEN NULL ELSE holder END,
        error = CASE WHEN fails AND bulk AND stops THEN 'blocked' WHEN fails THEN judged.error
            WHEN revived THEN NULL ELSE outbox.error END,
        not_before = CASE WHEN fails AND retries
            THEN CAST(:now AS timestamptz) + judged.wait_s * interval '1 second' ELSE not_before END,
        failed_id = CASE WHEN fails THEN judged.platform_id WHEN revived THEN NULL ELSE failed_id END,
        platform_id = CASE WHEN fails THEN NULL WHEN revived THEN judged.platform_id
            WHEN counts THEN coalesce(outbox.platform_id, judged.platform_id)
            ELSE outbox.platform_id END,
        delivered_at = coalesce(outbox.delivered_at, arrived_at),
        read_at = CASE WHEN author = 'staff' THEN coalesce(outbox.read_at, judged.read_at)
            ELSE outbox.read_at END
    FROM judged WHERE outbox.id = judged.id
    RETURNING outbox.id, outbox.uid, conversation_id, author, bulk, not_before, fails, revived,
        fails AND retries AS again, fails OR revived OR news AS shows
    """,
    gives_rows=True,
)
# Who is `taken` still is told by the broadcaster, from the same row of the outbox.
_RECOUNT = prepared(
    """
    UPDATE broadcast_recipients AS r SET
        state = CASE WHEN o.status = 'sent' THEN 'sent' ELSE 'failed' END,
        why = CASE WHEN o.status = 'sent' THEN NULL ELSE o.error END
    FROM outbox o
    WHERE o.id = r.outbox_id AND r.outbox_id = ANY(CAST(:numbers AS bigint[]))
        AND o.status IN ('sent', 'dead') AND r.state IN ('sent', 'failed', 'unknown')
    """
)
_BLOCK = prepared(
    """
    UPDATE addresses SET blocked_at = :at WHERE id IN (
        SELECT address_id FROM conversations WHERE id = ANY(CAST(:conversations AS uuid[])))
    """
)
_CONCERNED = prepared(
    """
    SELECT DISTINCT t.case_id FROM outbox o JOIN cases c ON c.conversation_id = o.conversation_id
        JOIN transcript t ON t.case_id = c.id AND t.outbox_id = o.id
    WHERE o.id = ANY(CAST(:numbers AS bigint[]))
    """,
    gives_rows=True,
)

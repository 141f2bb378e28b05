"""The outbox: every message to a person, ordered in its conversation, refused when its owner has changed.

A row is `sending` while a living process holds it. The holder is the number of an advisory lock that the process
keeps on a connection of its own, so a killed process lets go at once and another one takes over.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.messages import MessageId, Outgoing
from bot.store import numbers, quotes
from bot.store.batch import Batch, at_once, prepared
from bot.store.contacts import Party
from bot.store.held import AWAY
from bot.store.sending import UNANSWERED, is_alive
from bot.store.tables import BroadcastRecipientRow, OutboxRow

MESSAGE = "outbox.message"


@dataclass(frozen=True)
class Letter:
    """A message on its way: its place in the outbox and what it says."""

    id: int
    uid: MessageId
    conversation_id: UUID
    epoch: int
    author: str
    message: Outgoing
    attempts: int = 0
    interrupted: bool = False
    """It was being sent when a process died, or was sent and never answered: it may have arrived already."""
    after: str | None = None
    """For an interrupted one: the id of the last message that its channel is known to have taken before it."""
    others: frozenset[str] = frozenset()
    """For an interrupted one: ids after `after` that are known to be other messages'."""
    until: str | None = None
    """For an interrupted one: an id that is certainly later than its own; None where none is known."""
    waiting: bool = False
    """It is queued: something before it has not left yet, or its channel is not pushed to."""
    content: bytes = field(default=b"", repr=False)
    """The bytes of its file, from the moment at which it is sent."""
    vanish_s: int | None = None
    """So many seconds later it is to be taken off the person's screen."""
    quoted: str | None = field(default=None, repr=False)
    """The platform's id of the person's message that it answers; None where there is none, or it is not known (any more)."""


async def put(
    conn: AsyncConnection,
    party: Party,
    messages: Sequence[Outgoing],
    *,
    clock: Clock,
    epoch: int,
    author: str = "bot",
    staff_id: UUID | None = None,
    holder: int | None = None,
    vanish_s: int | None = None,
    all_vanish: bool = False,
) -> list[Letter]:
    """Add messages at the end of a conversation's outbox.

    Args:
        conn: The transaction that also holds the reason for the messages.
        party: Whom they are for.
        messages: In the order to be read.
        clock: Gives the ids.
        epoch: The owner's counter that the messages carry.
        author: `bot` or `staff`.
        staff_id: Who of the staff.
        holder: The process that sends them right after the commit; None leaves them `queued`. They are also
            queued, and their letters `waiting`, behind an earlier message that has not left yet. While somebody else is at
            the person's address they are held instead, and their letters `waiting` as well.
        vanish_s: So many seconds after they were sent the sensitive ones among them are taken off the person's screen.
        all_vanish: So are the others.
    """
    made = await at_once(
        conn,
        lambda batch: add(
            batch, party, messages,
            clock=clock, epoch=epoch, author=author, staff_id=staff_id, holder=holder, vanish_s=vanish_s,
            all_vanish=all_vanish,
        ),
    )  # fmt: skip
    return made()


def add(
    batch: Batch,
    party: Party,
    messages: Sequence[Outgoing],
    *,
    clock: Clock,
    epoch: int,
    author: str = "bot",
    staff_id: UUID | None = None,
    holder: int | None = None,
    vanish_s: int | None = None,
    all_vanish: bool = False,
) -> Callable[[], list[Letter]]:
    """Do as `put`, in a batch; what is returned gives the letters once that has been sent."""
    if not messages:
        return list
    messages = [message.marked(party.mark) for message in messages]
    uids = [MessageId(clock.new_id()) for _ in messages]
    rows = batch.add(
        _PUT,
        uids=uids,
        sealed=[party.key.seal_json(message.to_json(), MESSAGE) for message in messages],
        conversation_id=party.conversation_id,
        epoch=epoch,
        author=author,
        staff_id=staff_id,
        holder=None if party.parked else holder,
        away=AWAY if party.parked else None,
        sensitive=[message.sensitive for message in messages],
        vanish_s=vanish_s,
        all_vanish=all_vanish,
    )
    # The numbers of one statement rise in the order of its rows; sorting makes that certain.
    return lambda: [
        Letter(
            row.id, uid, party.conversation_id, epoch, author, message,
            attempts=1, waiting=row.holder is None,
        )
        for row, uid, message in zip(sorted(rows), uids, messages, strict=True)
    ]  # fmt: skip


# One text for any number of messages, so that nobody has to read a new one in every turn. The
# messages are held by the holder, unless something before them has not left yet.
_PUT = prepared(
    """
    INSERT INTO outbox
        (uid, conversation_id, epoch, author, staff_id, message_sealed, status, holder, attempts,
            sensitive, vanish_s, held_for)
    SELECT new.uid, :conversation_id, :epoch, :author, :staff_id, new.sealed,
        CASE WHEN CAST(:away AS text) IS NOT NULL THEN 'held'
            WHEN they.wait THEN 'queued' ELSE 'sending' END,
        CASE WHEN NOT they.wait THEN CAST(:holder AS bigint) END,
        CASE WHEN they.wait THEN 0 ELSE 1 END,
        new.sensitive,
        CASE WHEN new.sensitive OR CAST(:all_vanish AS boolean) THEN CAST(:vanish_s AS int) END,
        CAST(:away AS text)
    FROM unnest(CAST(:uids AS uuid[]), CAST(:sealed AS bytea[]), CAST(:sensitive AS boolean[]))
            WITH ORDINALITY AS new (uid, sealed, sensitive, place),
        (SELECT CAST(:holder AS bigint) IS NULL OR EXISTS (
            SELECT FROM outbox
            WHERE conversation_id = :conversation_id AND status IN ('queued', 'sending')
        )) AS they (wait)
    ORDER BY new.place
    RETURNING id, holder
    """,
    gives_rows=True,
)


async def take(
    conn: AsyncConnection,
    party: Party,
    *,
    holder: int,
    now: datetime,
    beside: Container[int] = (),
    limit: int = 20,
) -> tuple[list[Letter], datetime | None]:
    """Take the messages that may be sent now; the caller holds the conversation's lock.

    Args:
        conn: The transaction.
        party: Whose conversation it is.
        holder: The process that will send them.
        now: What time it is.
        beside: Messages that this very caller is sending already; they hold nothing up.
        limit: How many at most.

    Returns:
        The letters to send in order, now held by `holder`, and when to come again if the next one must
        wait. Nothing is taken while a living process is still sending an earlier one, nor while somebody else is at
        the person's address.
    """
    if party.parked:
        return [], None
    rows = await conn.execute(
        select(OutboxRow)
        .where(
            OutboxRow.conversation_id == party.conversation_id,
            OutboxRow.status.in_(("queued", "sending")),
        )
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    taken: list[Letter] = []
    again: datetime | None = None
    for row in rows.all():
        if row.id in beside:
            continue
        interrupted = row.status == "sending"
        if row.bulk:
            break  # Only the broadcaster knows whether it may still be sent.
        if interrupted and (row.holder == holder or await is_alive(conn, row.holder)):
            break
        if row.epoch < party.epoch:
            await refuse(conn, [row.id])
            continue
        if row.not_before is not None and row.not_before > now:
            again = row.not_before
            break
        taken.append(await _letter(conn, party, row, interrupted=interrupted))
    if taken:
        await conn.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_([letter.id for letter in taken]))
            .values(status="sending", holder=holder, attempts=OutboxRow.attempts + 1)
        )
    return taken, again


async def _letter(conn: AsyncConnection, party: Party, row: Any, *, interrupted: bool) -> Letter:  # noqa: ANN401  # a row of `outbox`
    doubtful = interrupted or row.error == UNANSWERED
    after = await numbers.last_known(conn, party, row) if doubtful else None
    known = after is not None
    message = Outgoing.from_json(party.key.open_json(row.message_sealed, MESSAGE))
    return Letter(
        id=row.id,
        uid=MessageId(row.uid),
        conversation_id=party.conversation_id,
        epoch=row.epoch,
        author=row.author,
        message=message,
        attempts=row.attempts + 1,
        interrupted=doubtful,
        after=after,
        others=await numbers.known_around(conn, party.address, row.id) if known else frozenset(),
        vanish_s=row.vanish_s,
        quoted=await quotes.find(conn, party, message.quote),
    )


async def refuse(conn: AsyncConnection, numbers: Sequence[int]) -> None:
    """Refuse messages whose counter is older than the conversation's."""
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(numbers), OutboxRow.status.in_(("queued", "sending")))
        .values(status="refused", holder=None, error="owner_changed")
    )


async def carry_over(conn: AsyncConnection, conversation_id: UUID, epoch: int) -> None:
    """Give what the staff said before the owner changed the new counter, so that it still arrives first."""
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.author == "staff",
            OutboxRow.status.in_(("queued", "sending", "held")),
        )
        .values(epoch=epoch)
    )


# The rows are locked in their order, as everybody else locks them who touches several.
_MARK_SENT = prepared(
    """
    UPDATE outbox SET status = 'sent', holder = NULL, sent_at = :at, platform_id = new.platform_id
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:platform_ids AS text[]))
            AS new (number, platform_id),
        (SELECT id FROM outbox WHERE id = ANY(CAST(:numbers AS bigint[])) AND status = 'sending'
            ORDER BY id FOR UPDATE) AS mine
    WHERE outbox.id = mine.id AND new.number = mine.id
    """
)


async def mark_sent(
    conn: AsyncConnection, letters: Sequence[tuple[int, str | None]], at: datetime
) -> None:
    """Note that messages (number, id on the platform) have left."""
    if letters:
        await at_once(conn, lambda batch: add_sent(batch, letters, at))


def add_sent(batch: Batch, letters: Sequence[tuple[int, str | None]], at: datetime) -> None:
    """Do as `mark_sent`, in a batch."""
    numbers, platform_ids = zip(*letters, strict=True)
    batch.add(_MARK_SENT, numbers=list(numbers), platform_ids=list(platform_ids), at=at)


async def put_back(
    conn: AsyncConnection,
    numbers: Sequence[int],
    *,
    not_before: datetime | None,
    error: str | None,
) -> None:
    """Let messages wait for another try."""
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(numbers), OutboxRow.status == "sending")
        .values(status="queued", holder=None, not_before=not_before, error=error)
    )


async def put_untried_back(
    conn: AsyncConnection, numbers: Sequence[int], *, not_before: datetime | None
) -> None:
    """Let messages wait that were taken and never handed over: it does not count as a try."""
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(numbers), OutboxRow.status == "sending")
        .values(
            status="queued",
            holder=None,
            not_before=not_before,
            attempts=OutboxRow.attempts - 1,
        )
    )


async def give_up(conn: AsyncConnection, numbers: Sequence[int], error: str) -> None:
    """Stop trying; the desk shows these as not delivered."""
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(numbers), OutboxRow.status.in_(("sending", "queued")))
        .values(status="dead", holder=None, error=error)
    )


async def try_again(conn: AsyncConnection, number: int) -> UUID | None:
    """Put a message that was given up back in the queue; return its conversation."""
    return await conn.scalar(
        update(OutboxRow)
        .where(OutboxRow.id == number, OutboxRow.status == "dead")
        .values(status="queued", attempts=0, not_before=None, error=None)
        .returning(OutboxRow.conversation_id)
    )


async def purge(conn: AsyncConnection, *, before: datetime) -> int:
    """Delete what the bot said before a time, sent or not; it may quote the person. Returns how many.

    What became of a broadcast's messages is told from these rows, so they stay until that has been noted; and so do those that
    are still to be taken off the person's screen.
    """
    untold = exists().where(
        BroadcastRecipientRow.outbox_id == OutboxRow.id, BroadcastRecipientRow.state == "taken"
    )
    # What waits for a person's return may be the four words of their case.
    result = await conn.execute(
        delete(OutboxRow).where(
            OutboxRow.author == "bot",
            OutboxRow.status != "sending",
            OutboxRow.created_at < before,
            OutboxRow.held_for.is_distinct_from(AWAY),
            ~untold,
            ~and_(OutboxRow.vanish_s.is_not(None), OutboxRow.status == "sent"),
        )
    )
    return result.rowcount

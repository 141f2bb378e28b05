"""Keeps what a platform brings before anything is done about it, for one that does not wait until it is answered.

Everything that one call has brought is kept in one transaction, which is committed once: what people did, and what became of our messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation.recycled import who_writes
from bot.conversation.service import Conversations
from bot.errors import StoreUnavailable
from bot.messages import Address, Incoming, clean_text
from bot.queue import DeliverConversation
from bot.store import contacts, inbox, statuses
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.store.engine import CONFLICT
from bot.store.statuses import Told


@dataclass(frozen=True)
class Kept:
    """Something that a person did; who does it has not blocked us (any more)."""

    incoming: Incoming
    known_as: Address | None = None
    """Where they may have been found before, if they are not known at the event's own address (`bot.conversation.recycled`)."""


async def keep_all(talk: Conversations, events: Sequence[Kept], told: Sequence[Told] = ()) -> None:
    """Keep events durably; each is answered by `Conversations.receive`, or by the worker if this process is killed first.

    Args:
        talk: Whose database they are kept in.
        events: In the order in which they happened. One that was kept before is kept once.
        told: What became of messages of ours.

    Raises:
        StoreUnavailable: The database is away and nothing was kept; the platform must deliver again.
    """
    clean = [_clean(each) for each in events]
    try:
        await _keep_once(talk, clean, told)
    except StoreUnavailable:
        # Perhaps only the first to notice that the database was restarted: once more, on a new connection.
        await _keep_once(talk, clean, told)
    except CONFLICT:
        # Somebody was erased by another process at this very moment: they are a stranger now, and nobody else is held up.
        for each in clean:
            await _keep_at_last(talk, each)
        await _keep_once(talk, (), told)


async def _keep_at_last(talk: Conversations, event: Kept) -> None:
    try:
        await _keep_once(talk, [event], ())
    except CONFLICT:
        await _keep_once(talk, [replace(event, known_as=None)], ())


async def _keep_once(talk: Conversations, events: Sequence[Kept], told: Sequence[Told]) -> None:
    if not events and not told:
        return
    # That a message has arrived may be forgotten by a database that dies; that it has not may not.
    durable = bool(events) or any(each.error is not None for each in told)
    async with talk.db.batch(durable=durable) as batch:
        parties = await _find_all(batch, talk, events)
        for event in events:
            inbox.store(batch, parties[event.incoming.address], event.incoming)
        for again in await statuses.note(batch, told, now=talk.clock.now()):
            conn = await batch.connection()
            work = DeliverConversation(again.conversation_id)
            await talk.delivery.queue.enqueue(conn, work, not_before=again.at)


async def _find_all(
    batch: Batch, talk: Conversations, events: Sequence[Kept]
) -> dict[Address, Party]:
    """Return who has done all this; always in the same order, so that two calls that bring strangers do not wait for each other."""
    wanted = {event.incoming.address: event.known_as for event in events}
    order = sorted(wanted, key=talk.people.lookup_of)
    asked = {address: talk.people.ask(batch, address) for address in order}
    await batch.send()
    found: dict[Address, Party] = {}
    for address in order:
        party = talk.people.read(asked[address], address)
        found[address] = await who_writes(
            batch.conn, talk.people, party, address, known_as=wanted[address]
        )
        if found[address].blocked:
            await contacts.set_blocked(batch.conn, found[address].address_id, None)
    return found


def _clean(event: Kept) -> Kept:
    text = clean_text(event.incoming.text)
    return replace(event, incoming=replace(event.incoming, text=text))

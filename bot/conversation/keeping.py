"""Keeps an event before anything is done about it, for a platform that does not wait until it is answered."""

from dataclasses import replace

from bot.conversation.service import Conversations
from bot.messages import Address, Incoming, clean_text
from bot.store import contacts, inbox
from bot.store.batch import at_once
from bot.store.engine import CONFLICT
from bot.store.moving import move


async def keep(
    talk: Conversations, incoming: Incoming, *, known_as: Address | None = None
) -> None:
    """Keep an event durably; it is answered by `Conversations.receive`, or by the worker if this process is killed first.

    Who writes has not blocked us (any more).

    Args:
        talk: Whose database it is kept in.
        incoming: What the person did; one that was kept before is kept once.
        known_as: Where they were found before, if they are not known at the event's own address.

    Raises:
        StoreUnavailable: The database is away and nothing was kept; the platform must deliver again.
    """
    incoming = replace(incoming, text=clean_text(incoming.text))
    try:
        await _keep_once(talk, incoming, known_as)
    except CONFLICT:
        # Erased by another process at this very moment: now they are a stranger.
        await _keep_once(talk, incoming, None)


async def _keep_once(talk: Conversations, incoming: Incoming, known_as: Address | None) -> None:
    async with talk.db.transaction() as conn:
        party = await talk.people.find(conn, incoming.address)
        if party is None and known_as is not None:
            party = await move(conn, talk.people, known_as, incoming.address)
        if party is None:
            party = await talk.people.find_or_make(conn, incoming.address)
        if party.blocked:
            await contacts.set_blocked(conn, party.address_id, None)
        await at_once(conn, lambda batch: inbox.store(batch, party, incoming))

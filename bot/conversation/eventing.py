"""Events between the turn and the database: looked up where a turn shows them, and told of where nobody has asked.

A reminder passes the same gate as a broadcast (`broadcast_gate`), but for the consent, which is that of signing up. That it is told is
noted in the transaction that puts it into the outbox: whoever dies in between has told nothing and noted nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.clocks import zone_of
from bot.campaigns.reminders import AHEAD, BEHIND, Place, due
from bot.conversation.broadcast_gate import Facts, judge
from bot.conversation.events import FLOW as EVENTS
from bot.conversation.events import LOCKING, SHOW, SLUG, WISH, EventSeen, EventsLook
from bot.conversation.state import State
from bot.store import campaigning, event_gate, events
from bot.store.contacts import Party
from bot.store.events import Event, SignUp

if TYPE_CHECKING:  # the service decides with what stands here
    from bot.conversation.service import Conversations


async def look(
    conn: AsyncConnection, party: Party, state: State, now: datetime, public_url: str
) -> EventsLook:
    """Look up what is on for somebody; nobody else signs up meanwhile where the press in `state` is to sign up or to cancel."""
    memory = state.memory.get(EVENTS, {})
    slug = memory.get(SLUG)
    found = await events.look(
        conn, party.contact_id, wanted=slug, now=now, lock=memory.get(WISH) in LOCKING
    )
    zone = _known(await campaigning.zone_of(conn, party.contact_id))
    return EventsLook(tuple(_seen(each, public_url) for each in found), zone)


async def list_due(conn: AsyncConnection, *, now: datetime, home: str) -> list[SignUp]:
    """Return whom something may have to be told now, those of the next event first; `remind` looks again.

    Args:
        conn: Where.
        now: What time it is.
        home: The zone where neither the person's nor the event's is known.
    """
    listed = await events.list_signups(conn, since=now - BEHIND, until=now + AHEAD)
    zones = await event_gate.zones_of(conn, {each.contact_id for each in listed})
    return [
        each
        for each in listed
        if due(_place(each), _zone(zones.get(each.contact_id), each.zone, home), now) is not None
    ]


async def remind(conversations: "Conversations", signup: SignUp, *, home: str) -> bool:
    """Tell somebody what is due of their event, once; False when nothing is (any more), or they are to be left in peace now.

    Raises:
        NotFound: The conversation is gone.
    """

    async def take(conn: AsyncConnection, party: Party, now: datetime) -> bool | Mapping[str, Any]:
        mine = await events.find_signup(conn, signup.event_id, party.contact_id)
        if mine is None or mine.conversation_id != party.conversation_id:
            return False
        own = _known(await campaigning.zone_of(conn, party.contact_id))
        zone = _zone(own, mine.zone, home)
        found = due(_place(mine), zone, now)
        if found is None or not await _may(conversations, conn, party, zone, now):
            return False
        kind, marks = found
        await events.mark(conn, mine, marks)
        seen = await events.look(conn, party.contact_id, wanted=mine.slug, now=now, lock=False)
        told = next(each for each in seen if each.id == mine.event_id)
        listed = (_seen(told, conversations.public_url),)
        return {"events": EventsLook(listed, own, note=kind)}

    return await conversations.write_first(signup.conversation_id, SHOW, take, aside=True)


async def _may(
    conversations: "Conversations", conn: AsyncConnection, party: Party, zone: str, now: datetime
) -> bool:
    """Tell whether somebody may be written to about their event now: looked up under their conversation's lock."""
    row = await event_gate.look(conn, party)
    facts = Facts(
        conversations.state_of(party), party.owner, party.blocked, row.stopped, row.agrees,
        row.held, recent=False, busy=row.busy, heard_at=row.last_in_at, zone=zone,
    )  # fmt: skip
    return judge(facts, now=now, not_after=None, house_zone=zone).goes


def _place(signup: SignUp) -> Place:
    return Place(
        signup.state, signup.event_state, signup.starts_at, signup.ends_at, signup.moves,
        signup.at, signup.promoted_at is not None, frozenset(signup.reminded),
    )  # fmt: skip


def _seen(event: Event, public_url: str) -> EventSeen:
    calendar = f"{public_url}/e/{event.slug}.ics" if public_url else ""
    return EventSeen(
        event.slug, event.words, event.zone, event.starts_at, event.ends_at, event.state,
        event.left, event.mine, event.ahead, calendar,
    )  # fmt: skip


def _zone(*zones: str | None) -> str:
    return next(each for each in zones if _known(each))  # type: ignore[return-value]  # `home` is known


def _known(zone: str | None) -> str | None:
    """Return a zone as long as there is one of that name; what was kept may have been written by another version."""
    try:
        if zone:
            zone_of(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return zone or None

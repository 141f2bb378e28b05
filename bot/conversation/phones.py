"""Several people at one phone, between the turn and the database: looked up before a turn, carried out after it."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.webchat import NAME as WEB
from bot.conversation import phone
from bot.conversation.effects import BeginAnew, ComeBack, SetReturnWords
from bot.conversation.making_room import COMMAND, GOING
from bot.conversation.phone import Comer, PhoneLook
from bot.conversation.state import Owner, State
from bot.errors import Refused, TooManyTries
from bot.hotline import away
from bot.messages import Incoming, IncomingKind
from bot.store import parking, throttle
from bot.store.batch import Batch
from bot.store.contacts import Party, People

if TYPE_CHECKING:
    from bot.conversation.apply import Applied

TRIES, WINDOW = 5, timedelta(hours=1)
"""So often words can be written at one phone, to come back or to be set: both would tell a stranger whether they fit."""


def may_change(state: State, incoming: Incoming, owner: str) -> bool:
    """Tell whether an event may let somebody else be here, so that nothing may be on its way meanwhile."""
    if state.at == phone.STEP:
        is_word = incoming.kind is IncomingKind.TEXT and bool(phone.stage_of(state.memory))
        return is_word or (incoming.kind is IncomingKind.BUTTON and incoming.text in GOING)
    return owner == Owner.STAFF and incoming.text.strip().casefold() == COMMAND


async def look(
    batch: Batch, people: People, party: Party, state: State, incoming: Incoming, seen: PhoneLook
) -> PhoneLook:
    """Return `seen` with what is known of those who use this phone, where the turn may need it. A try of words is counted."""
    seen = replace(seen, shared=party.address.channel != WEB)
    if state.at != phone.STEP or not seen.shared:
        return seen
    conn = await batch.connection()
    standing = await parking.look(conn, party)
    known = replace(seen, has_words=standing.has_words, has_said=standing.has_said)
    stage = phone.stage_of(state.memory)
    words = phone.words_of(incoming.text) if incoming.kind is IncomingKind.TEXT else None
    if stage is None or words is None:
        return known
    return await _look_up(conn, people, party, stage, words, known)


async def _look_up(
    conn: AsyncConnection, people: People, party: Party, stage: str, words: tuple[str, ...],
    known: PhoneLook,
) -> PhoneLook:  # fmt: skip
    address, now = party.address, people.clock.now()
    tries = people.lookup.of("return-tries", address.channel, address.account, address.value)
    try:
        await throttle.hit(conn, tries, limit=TRIES, window=WINDOW, now=now)
    except TooManyTries:
        return replace(known, too_many_tries=True)
    found = await parking.find(conn, people, address, words)
    if stage == phone.SETTING or found is None:
        return replace(known, taken=found is not None)
    await throttle.give_back(conn, tries)
    state = State.from_json(found.state) if found.state else State(found.locale or known.home)
    return replace(known, found=Comer(found.conversation_id, state, Owner(found.owner)))


async def apply(
    conn: AsyncConnection, people: People, effect: SetReturnWords | BeginAnew | ComeBack,
    so_far: "Applied",
) -> None:  # fmt: skip
    """Carry out what the person decided, in the turn's transaction; `so_far` follows to whoever is here now.

    Raises:
        Refused: The words are somebody else's, or who was to come back is not parked here (any more).
    """
    party, now = so_far.party, people.clock.now()
    match effect:
        case SetReturnWords(words):
            if await parking.find(conn, people, party.address, words) is not None:
                raise Refused("words_taken")
            await parking.set_words(conn, people, party, words)
            return
        case BeginAnew():
            await away.note(conn, party, "away", now=now)
            so_far.party = await parking.begin_anew(conn, people, party)
        case ComeBack(conversation_id):
            await away.note(conn, party, "away", now=now)
            so_far.party = await parking.come_back(conn, people, party, conversation_id)
            await away.note(conn, so_far.party, "here", now=now)
    so_far.made_room, so_far.case = True, None

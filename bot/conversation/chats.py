"""Several chats of one person between the turn and the database: looked up before it, connected and disconnected after it.

Two chats become one person in the transaction of the yes, under the locks of both conversations and of the code, so that of two who use a
code at once one is told that it is used up.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.content.load import Content
from bot.conversation.doors import Doors
from bot.conversation.draw import draw
from bot.conversation.effects import Granted
from bot.conversation.join_effects import (
    CastOut,
    EscalateElsewhere,
    GoOnHere,
    JoinChats,
    JoinEffect,
    LeaveChats,
    MakeJoinCode,
)
from bot.conversation.joining import (
    CODE,
    CONFIRM,
    FLOW,
    TOLD,
    Chats,
    CodeLook,
    TalkElsewhere,
    code_in,
    is_given,
    is_plain,
)
from bot.conversation.saying import Saying
from bot.conversation.state import Owner, State, World
from bot.conversation.steps.join_told import CHANNEL, NEWEST
from bot.conversation.stopping import stop
from bot.conversation.turn import begin
from bot.errors import Conflict, NotFound, TooManyTries
from bot.faults import fault_point
from bot.hotline import chats, consent, one_case, promised
from bot.messages import ContactId, Incoming, IncomingKind
from bot.store import belongings, contacts, joins, notices, outbox
from bot.store.batch import Batch
from bot.store.contacts import Party, People
from bot.store.joins import Made
from bot.store.tables import ContactRow
from bot.store.throttle import hit

if TYPE_CHECKING:  # the service decides with what stands here
    from bot.conversation.apply import Applied

TRIES, ALL_TRIES = 5, 200
WINDOW = timedelta(hours=1)
FindDoors = Callable[[], Awaitable[Doors]]
"""Finds which channels are set up; a name that nobody can tell just now is left out."""


async def no_doors() -> Doors:
    """Return that no way in is known."""
    return Doors()


@dataclass(frozen=True)
class News:
    """What a chat is to be told that has not written: through which channel another one was connected with it."""

    told: Party
    newest: Party


@dataclass(frozen=True)
class ChatLook:
    """Looks up, before a turn, what it must know of the person's other chats and of a code."""

    clock: Clock
    people: People
    find_doors: FindDoors = no_doors

    async def known(
        self, batch: Batch, party: Party, state: State, incoming: Incoming, world: World
    ) -> World:
        """Return the world with what is known of a code that was given or is agreed to, and of a talk in another chat."""
        if party.owner != Owner.BOT or state.is_covered(world.now):
            return world
        if party.elsewhere:
            conn = await batch.connection()
            world = replace(world, elsewhere=_seen(await chats.find_elsewhere(conn, party)))
        waits = state.memory.get(FLOW, {}).get(CODE)
        if is_given(incoming.kind, incoming.text):
            conn = await batch.connection()
            look = await self._given(conn, party, incoming, asked=state.at == CONFIRM)
            return replace(world, code=look)
        if waits and _agrees(state, incoming):
            conn = await batch.connection()
            return replace(world, code=await self._agreed(conn, party, waits))
        return world

    async def chats(self, conn: AsyncConnection, party: Party) -> Chats:
        """Return the other chats of a person, and the ways into Suar."""
        others = await joins.others(conn, party)
        return Chats(tuple(each.channel for each in others), await self.find_doors())

    async def _given(
        self, conn: AsyncConnection, party: Party, incoming: Incoming, *, asked: bool
    ) -> CodeLook | None:
        """Look up a code that was given; None where eight letters are none after all."""
        code = code_in(incoming.text) or ""
        now, lookup = self.clock.now(), self.people.lookup
        tries = lookup.of("join-tries", str(party.contact_id))
        everybodys = lookup.of("join-tries", "everybody")
        try:
            # A stranger on the web can be somebody new each time, so there is a limit for all of them together too.
            await hit(conn, everybodys, limit=ALL_TRIES, window=WINDOW, now=now)
            await hit(conn, tries, limit=TRIES, window=WINDOW, now=now)
        except TooManyTries:
            return CodeLook("too_many")
        made = await joins.find(conn, lookup, code, now=now)
        unsure = incoming.kind is IncomingKind.TEXT and is_plain(incoming.text) and not asked
        if made is None and unsure:
            return None
        return await self._look(conn, party, code, made)

    async def _agreed(self, conn: AsyncConnection, party: Party, code: str) -> CodeLook:
        """Look a code up once more and hold it: first the chat that made it, then the code itself."""
        now, lookup = self.clock.now(), self.people.lookup
        made = await joins.find(conn, lookup, code, now=now)
        if made is not None and made.contact_id != party.contact_id:
            try:
                await self.people.get(conn, made.conversation_id, lock=True)
            except NotFound:
                return CodeLook("gone")
            made = await joins.find(conn, lookup, code, now=now, lock=True)
        return await self._look(conn, party, code, made)

    async def _look(
        self, conn: AsyncConnection, party: Party, code: str, made: Made | None
    ) -> CodeLook:
        if made is None:
            return CodeLook("gone")
        if made.contact_id == party.contact_id:
            return CodeLook("same")
        first = await self.people.get(conn, made.conversation_id)
        both = (party.contact_id, made.contact_id)
        # While somebody may be looking at the first chat, nothing is connected with it; and nobody has two talks.
        if _is_covered(first, self.clock) or await one_case.count_open(conn, both) > 1:
            return CodeLook("gone")
        return CodeLook("open", code, made.channel, made.locale)


async def apply(
    conn: AsyncConnection, people: People, effect: JoinEffect, so_far: "Applied", *, clock: Clock
) -> None:
    """Carry out one effect; `so_far` follows."""
    party, now = so_far.party, clock.now()
    match effect:
        case MakeJoinCode(code, granted):
            await joins.make(conn, people.lookup, party, code, now=now)
            await _record(conn, party, granted, so_far.locale, clock)
        case JoinChats(code, granted):
            await _join(conn, people, code, granted, so_far, clock)
        case LeaveChats():
            await _leave(conn, people, so_far, clock)
        case CastOut():
            await _cast_out(conn, people, effect, so_far, clock)
        case GoOnHere(case_id, version):
            so_far.party = await chats.go_on_here(
                conn, party, case_id, now=now, locale=so_far.locale, text_version=version
            )
        case EscalateElsewhere(case_id, risk):
            level = await chats.escalate(conn, party, case_id, risk)
            await promised.hasten(conn, case_id, level, now=now)


async def tell(saying: Saying, content: Content, batch: Batch, news: News) -> None:
    """Tell a chat that another one was connected, whatever it waits for; where the bot may not speak, its case says so.

    The caller holds its lock. It leaves through the worker, or when its page collects.
    """
    party = news.told
    if party.owner != Owner.BOT:
        return
    before = saying.state_of(party)
    memory = {NEWEST: news.newest.conversation_id.hex, CHANNEL: news.newest.address.channel}
    world = World(now=saying.clock.now(), draw=draw(saying.clock, content))
    told = begin(before.remembering(FLOW, **memory), TOLD, content, world)
    state = replace(told.state, at=before.at)
    contacts.save_state(batch, party, state.to_json(), locale=state.locale, at=None)
    said = [message.spoken_in(state.locale) for message in told.outgoing]
    outbox.add(batch, party, saying.fitted(party, said), clock=saying.clock, epoch=party.epoch)
    notices.add_to_outbox(batch, party.conversation_id)
    fault_point("before_join_commit")


async def _join(
    conn: AsyncConnection,
    people: People,
    code: str,
    granted: Granted,
    so_far: "Applied",
    clock: Clock,
) -> None:
    """Make the chat that says yes one with the chat that made the code; the code is held by this transaction."""
    party, now = so_far.party, clock.now()
    made = await joins.find(conn, people.lookup, code, now=now, lock=True)
    if made is None or made.contact_id == party.contact_id:
        raise Conflict
    await joins.use_up(conn, people.lookup, code)
    await joins.join_plans(conn, party.contact_id, made.contact_id)
    fault_point("while_joining")
    joined = await belongings.join(conn, people, party, ContactId(made.contact_id))
    if await one_case.count_open(conn, (joined.contact_id,)) > 1:
        raise Conflict
    await _record(conn, joined, granted, so_far.locale, clock)
    stopped = select(ContactRow.stopped_at).where(ContactRow.id == joined.contact_id)
    if await conn.scalar(stopped) is not None:
        await stop(conn, joined, now=now)
    await chats.note_joined(conn, joined.contact_id, joined.address.channel, at=now)
    so_far.party = joined
    so_far.news = News(await people.get(conn, made.conversation_id), joined)
    fault_point("after_joining")


async def _leave(conn: AsyncConnection, people: People, so_far: "Applied", clock: Clock) -> None:
    """Disconnect this chat; the one that was used last keeps everything."""
    party = so_far.party
    others = await joins.others(conn, party)
    if party.owner != Owner.BOT or not others:
        raise Conflict
    keep = others[0].conversation_id
    await people.get(conn, keep, lock=True)
    await joins.part(conn, party, keep=keep, now=clock.now())
    fault_point("while_parting")
    so_far.erased = True


async def _cast_out(
    conn: AsyncConnection, people: People, effect: CastOut, so_far: "Applied", clock: Clock
) -> None:
    """Disconnect another chat, whose talk, if there is one, comes here; without effect where it is connected no more."""
    now, here = clock.now(), so_far.party
    try:
        other = await people.get(conn, effect.conversation_id, lock=True)
    except NotFound:
        return
    if other.contact_id != here.contact_id or other.conversation_id == here.conversation_id:
        return
    so_far.party = await chats.fetch_case(
        conn, here, other.conversation_id, now=now, locale=so_far.locale
    )
    await joins.part(conn, other, keep=here.conversation_id, now=now)
    fault_point("while_parting")


async def _record(
    conn: AsyncConnection, party: Party, granted: Granted, locale: str, clock: Clock
) -> None:
    await consent.record(
        conn, party, joins.scope_of(party.conversation_id), granted=granted.granted,
        text_version=granted.text_version, locale=locale, at=clock.now(),
    )  # fmt: skip


def _agrees(state: State, incoming: Incoming) -> bool:
    """Tell whether an event may be the yes to the question whether to connect."""
    if incoming.kind is IncomingKind.BUTTON:
        return incoming.text == f"{CONFIRM}.yes"
    return incoming.kind is IncomingKind.TEXT and state.at == CONFIRM


def _is_covered(party: Party, clock: Clock) -> bool:
    return party.state is not None and State.from_json(party.state).is_covered(clock.now())


def _seen(there: chats.Elsewhere | None) -> TalkElsewhere | None:
    if there is None:
        return None
    return TalkElsewhere(there.case.id, there.case.reference, there.case.level, there.channel)

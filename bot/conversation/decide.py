"""Asks the pure turn, and gives it what it may know of the world: from the database only where the turn comes to a step that needs it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.content.load import Content
from bot.conversation import edited, eventing, phones, rounds, studying
from bot.conversation.campaign_effects import CountForCity
from bot.conversation.chats import ChatLook, FindDoors, no_doors
from bot.conversation.city import STEP as CITY_STEP
from bot.conversation.coming_in import ASKS, LINK
from bot.conversation.draw import draw
from bot.conversation.effects import SetBlocked
from bot.conversation.events import STEPS as EVENT_STEPS
from bot.conversation.joining import ASK as JOIN_STEP
from bot.conversation.opening import Opening
from bot.conversation.phone import PhoneLook
from bot.conversation.state import Link, Owner, Said, State, World
from bot.conversation.study import STEPS as STUDY_STEPS
from bot.conversation.trouble import trouble
from bot.conversation.turn import TurnResult, turn
from bot.conversation.wait import Wait
from bot.conversation.wishes import FLOW as WISHES
from bot.conversation.wishes import NO_MATTER
from bot.hotline import cases, consent, promised
from bot.hotline.hours import HOME, ZONES
from bot.messages import Incoming, IncomingKind
from bot.store import checks, links, transcript
from bot.store.batch import Batch
from bot.store.contacts import Party, People
from bot.understanding.model import Understanding

log = structlog.get_logger(__name__)

BUFFER_LINES = 20
CASE_STEPS = frozenset({"consent.ask", "consent.waiting"})
LEARN_STEP = "learn.ask"
SERVICES_STEP = "services.ask"
NEEDING = frozenset(
    {*CASE_STEPS, LEARN_STEP, SERVICES_STEP, *ASKS, *STUDY_STEPS, *EVENT_STEPS, JOIN_STEP}
)
"""The steps that can only speak with more of the world."""
TOLD_IN = ZONES[HOME]
"""The words around a time say whose it is."""


@dataclass(frozen=True)
class Decider:
    """Decides what one event leads to. A try of a passphrase is counted; nothing else is written here."""

    clock: Clock
    people: People
    content: Content
    public_url: str = ""
    """Where public pages are, without a slash at the end; empty where they have no address."""
    deletes: bool = True
    """Whether the person's channel can take back what was sent."""
    find_doors: FindDoors = no_doors
    default_locale: str = "en"
    """The language in which a stranger is spoken to first."""

    async def decide(
        self,
        batch: Batch,
        party: Party,
        state: State,
        incoming: Incoming,
        meaning: Understanding,
        case: cases.OpenCase | None,
        *,
        busy: bool = False,
    ) -> TurnResult:
        """Ask the turn what an event leads to. Whoever does something is there, whatever their platform told of them before.

        `busy`: something for this person is still on its way, so that they cannot make room for another.
        """
        if incoming.kind is IncomingKind.EDITED and party.owner == Owner.BOT:
            result = await self._changed(batch, party, state, incoming, meaning)
        else:
            result = await self._decide(batch, party, state, incoming, meaning, case, busy=busy)
        if not party.blocked or incoming.kind in {IncomingKind.BLOCKED, IncomingKind.UNBLOCKED}:
            return result
        return replace(result, effects=(SetBlocked(blocked=False), *result.effects))

    async def _decide(
        self,
        batch: Batch,
        party: Party,
        state: State,
        incoming: Incoming,
        meaning: Understanding,
        case: cases.OpenCase | None,
        *,
        busy: bool = False,
    ) -> TurnResult:
        """Ask the pure turn; where it comes to a step that needs more of the world, ask it again with that."""
        world = await self._world(batch, party, state, incoming, case, busy=busy)
        result = self._turn(state, incoming, meaning, world)
        if party.owner != Owner.BOT:
            return result
        if self._counts_for_city(result):
            city = await rounds.look(await batch.connection(), party, state, now=world.now)
            world = replace(world, city=city)
            result = self._turn(state, incoming, meaning, world)
        wider = await self._widened(batch, party, result.state, world)
        return result if wider is None else self._turn(state, incoming, meaning, wider)

    async def _world(
        self,
        batch: Batch,
        party: Party,
        state: State,
        incoming: Incoming,
        case: cases.OpenCase | None,
        *,
        busy: bool,
    ) -> World:
        """Find what a turn may need to know, whichever step it comes to."""
        opening = Opening(self.clock, self.people)
        seen = PhoneLook(home=self.default_locale, busy=busy)
        world = World(
            now=self.clock.now(),
            draw=draw(self.clock, self.content),
            owner=Owner(party.owner),
            case_level=case.level if case else None,
            paused=case is not None and case.is_paused(self.clock.now()),
            returning=await opening.returning(batch, party, state, incoming),
            deletes=self.deletes,
            phone=await phones.look(batch, self.people, party, state, incoming, seen),
        )
        world = await opening.own(batch, party, state, incoming, world)
        world = await self._chats.known(batch, party, state, incoming, world)
        if incoming.kind is IncomingKind.START and LINK.fullmatch(incoming.text):
            link = await links.find(await batch.connection(), incoming.text, now=world.now)
            world = replace(world, link=link and Link(*link))
        return await studying.known(batch, party, state, incoming, world)

    async def _widened(
        self, batch: Batch, party: Party, state: State, world: World
    ) -> World | None:
        """Return the world with what the step at which a turn has come out asks for; None where it asks for nothing more."""
        at, now = state.at, world.now
        if at not in NEEDING:
            return None
        conn = await batch.connection()
        if at == SERVICES_STEP:
            return replace(world, checks=await checks.get_standings(conn, now.date()))
        if at == JOIN_STEP:
            return replace(world, chats=await self._chats.chats(conn, party))
        if at in EVENT_STEPS:
            look = await eventing.look(conn, party, state, now, self.public_url)
            return replace(world, events=look)
        if at in STUDY_STEPS:
            if world.study is not None:
                return None
            return replace(world, study=await studying.look(conn, party))
        if at == LEARN_STEP:
            return replace(world, learns=await consent.learns(conn, party.contact_id))
        if at in ASKS:
            return replace(world, hears=await consent.hears(conn, party.contact_id))
        lines = await transcript.buffered(conn, party, now=now, limit=BUFFER_LINES)
        buffer = tuple(Said(line.id, line.text) for line in lines)
        return replace(world, buffer=buffer, **await self._time(conn, state, now))

    @property
    def _chats(self) -> ChatLook:
        return ChatLook(self.clock, self.people, self.find_doors)

    async def _changed(
        self,
        batch: Batch,
        party: Party,
        state: State,
        incoming: Incoming,
        meaning: Understanding,
    ) -> TurnResult:
        """Decide what changed words lead to while the bot speaks."""
        is_covered = state.is_covered(self.clock.now())
        if not edited.counts(state, incoming, meaning, is_covered=is_covered):
            return TurnResult(state, (), ())
        new = edited.as_new(incoming)
        result = await self._decide(batch, party, state, new, meaning, None)
        if edited.is_repeated(state, result.state):
            return TurnResult(result.state, (), ())
        return result

    def _counts_for_city(self, result: TurnResult) -> bool:
        """Tell whether a turn needs to know the person's city: it counts a round for it, or asks whether to."""
        asks = result.state.at == CITY_STEP
        return asks or any(isinstance(each, CountForCity) for each in result.effects)

    async def _time(self, conn: AsyncConnection, state: State, now: datetime) -> dict[str, Any]:
        """Find what can be said of the time to somebody who asks for a person."""
        language = state.memory.get(WISHES, {}).get("language")
        if language in {None, "", NO_MATTER}:
            language = state.locale
        level = state.risk.level
        seen = await promised.outlook(conn, language, level, now=now)
        wait = Wait(
            language=language,
            level=level.label,
            due_at=seen.due_at.astimezone(TOLD_IN),
            told=seen.told,
            speaks=seen.speaks,
            opens_at=seen.opens_at and seen.opens_at.astimezone(TOLD_IN),
            low=seen.range.low if seen.range else None,
            high=seen.range.high if seen.range else None,
        )
        return {"on_desk": seen.there, "wait": wait}

    def _turn(
        self, state: State, incoming: Incoming, meaning: Understanding, world: World
    ) -> TurnResult:
        try:
            return turn(state, incoming, meaning, self.content, world)
        except Exception:
            # A fault of ours in one turn must leave nobody without an answer; the log has the trace, not the words.
            log.exception("turn_failed", event=incoming.kind.value, at=state.at)
            return trouble(state, self.content)

"""Four words, looked up before a turn: those that bring a case back, and those that open the own file. Guessing is slowed down."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.clock import Clock
from bot.conversation import filing
from bot.conversation.own import FLOW, STEP, OwnLook, number_of, opened_case
from bot.conversation.state import Owner, Return, State, World
from bot.conversation.steps.passphrase import words_of
from bot.errors import TooManyTries
from bot.hotline import cases
from bot.messages import Incoming, IncomingKind
from bot.store.batch import Batch
from bot.store.contacts import Party, People
from bot.store.throttle import hit

PASSPHRASE_TRIES = 5
ALL_TRIES = 200
PASSPHRASE_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Opening:
    """Looks four words up, and what they open."""

    clock: Clock
    people: People

    async def returning(
        self, batch: Batch, party: Party, state: State, incoming: Incoming
    ) -> Return | None:
        """Look a passphrase up, if this message is one at the step that waits for it."""
        if state.at != "passphrase.ask" or incoming.kind is not IncomingKind.TEXT:
            return None
        return await self._look_up(batch, party, incoming.text)

    async def own(
        self, batch: Batch, party: Party, state: State, incoming: Incoming, world: World
    ) -> World:
        """Return the world with what this message, or this press, opens of the own file."""
        memory = state.memory.get(FLOW, {})
        # Under the cover of a quiz somebody else may be pressing: what was opened is shut.
        case_id = None if state.is_covered(world.now) else opened_case(memory, world.now)
        if incoming.kind is IncomingKind.BUTTON and incoming.text.startswith(f"{STEP}."):
            conn = await batch.connection()
            file = await filing.read_own(conn, self.people, case_id) if case_id else None
            number = number_of(incoming.text)
            if number:
                seen = await filing.state_of_referral(conn, party, number, case_id)
                world = replace(world, referral=seen)
            return replace(world, own=OwnLook(file))
        if state.at != STEP or incoming.kind is not IncomingKind.TEXT or party.owner != Owner.BOT:
            return world
        if not memory.get("correcting") or case_id is None:
            found = await self._look_up(batch, party, incoming.text)
            if found is None:
                return world
            if found.case_id is None:
                return replace(world, own=OwnLook(too_many_tries=found.too_many_tries))
            case_id = found.case_id
        conn = await batch.connection()
        return replace(world, own=OwnLook(await filing.read_own(conn, self.people, case_id)))

    async def _look_up(self, batch: Batch, party: Party, text: str) -> Return | None:
        words = words_of(text)
        if words is None:
            return Return() if len(text.split()) > 1 else None
        conn = await batch.connection()
        tries = self.people.lookup.of("passphrase-tries", str(party.contact_id))
        everybodys = self.people.lookup.of("passphrase-tries", "everybody")
        now = self.clock.now()
        try:
            # A stranger on the web can be somebody new each time, so there is a limit for all of them together too.
            await hit(conn, everybodys, limit=ALL_TRIES, window=PASSPHRASE_WINDOW, now=now)
            await hit(conn, tries, limit=PASSPHRASE_TRIES, window=PASSPHRASE_WINDOW, now=now)
        except TooManyTries:
            return Return(too_many_tries=True)
        found = await cases.find_by_passphrase(conn, self.people.lookup, words)
        return Return(*found) if found else Return()

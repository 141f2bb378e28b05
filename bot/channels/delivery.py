"""Takes messages from the outbox to their channel, and writes down what became of each.

Right after a turn its messages go out at once; whatever could not go is taken up by the worker. A message's words
are decided when it is written, whether it may still be said is decided here: under the conversation's lock, with the
owner's counter.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from bot.channels.errors import (
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
    WindowClosed,
)
from bot.channels.hand import Hand
from bot.channels.marks import Marks
from bot.channels.port import Channel
from bot.clock import Clock
from bot.errors import NotFound, StoreUnavailable
from bot.faults import fault_point
from bot.messages import Address
from bot.queue import DeliverConversation, Queue
from bot.store import attachments, contacts, held, outbox, sending
from bot.store.contacts import Party, People
from bot.store.engine import Database
from bot.store.outbox import Letter

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 9
BACK_OFF = (1.0, 2.0, 5.0, 15.0, 60.0, 180.0, 600.0, 1800.0)
"""Seconds before the second, third… try; after the last the desk is shown what was not delivered."""
HOLD_S = 5.0
"""Held for longer than this, a message is put back and asked for again: a counsellor who claims the conversation does
not wait for ever, and the bot must not speak afterwards."""
LOOK_S = 2.0


@dataclass
class Delivery:
    """Sends for one process; `holder` is the advisory lock that stands for its life."""

    db: Database
    people: People
    channels: Mapping[str, Channel]
    queue: Queue
    clock: Clock
    holder: int
    _turns: dict[UUID, asyncio.Lock] = field(default_factory=dict)
    _hand: Hand = field(default_factory=Hand)
    _marks: Marks = field(init=False)

    def __post_init__(self) -> None:
        self._marks = Marks(self.db)

    def inline_holder(self, channel: str) -> int | None:
        """Return who holds a fresh message: this process, or nobody where it cannot send at once."""
        known = self.channels.get(channel)
        return self.holder if known is not None and not known.capabilities.pulled else None

    async def deliver(self, address: Address, letters: Sequence[Letter]) -> None:
        """Send what a transaction has just put into the outbox of one conversation, behind what waits there already."""
        conversation_id, since = letters[0].conversation_id, asyncio.get_running_loop().time()
        held = [letter for letter in letters if not letter.waiting]
        with self._hand.holding(letter.id for letter in held):
            async with self._in_turn(conversation_id):
                done = await self._send(address, held, since)
                if not done or len(held) < len(letters):
                    await self._drain(conversation_id)

    async def drain(self, conversation_id: UUID) -> None:
        """Send what waits for one conversation and may go now."""
        async with self._in_turn(conversation_id):
            await self._drain(conversation_id)

    async def look_after(self) -> None:
        """Until cancelled, set right what the database says of this process's messages and it knows better itself.

        A database that was killed may have forgotten that a message left, and a commit whose answer was lost may have
        given us messages that we never heard of. Nobody else takes them up while this process lives.
        """
        suspects: set[int] = set()
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                suspects = await self._set_right(suspects)
            except StoreUnavailable:
                suspects = set()

    async def _set_right(self, suspects: set[int]) -> set[int]:
        """Set right what was already suspected at the last look; return what is now."""
        pushed = [
            name for name, channel in self.channels.items() if not channel.capabilities.pulled
        ]
        async with self.db.transaction() as conn:
            held = await sending.held_by(conn, self.holder, channels=pushed)
            found = set(held) - self._hand.sending
            left = self._hand.known_to_have_left(found & suspects)
            strays = (found & suspects) - {number for number, _ in left}
            if left or strays:
                log.warning("delivery_set_right", left=len(left), strays=len(strays))
                await outbox.mark_sent(conn, left, self.clock.now())
                await outbox.put_back(
                    conn, sorted(strays), not_before=None, error=sending.UNANSWERED
                )
        return found - suspects

    async def _drain(self, conversation_id: UUID) -> None:
        while letters := await self._take(conversation_id):
            party, taken = letters
            with self._hand.holding(letter.id for letter in taken):
                await self._send(party.address, taken, asyncio.get_running_loop().time())

    async def _send(self, address: Address, letters: Sequence[Letter], since: float) -> bool:
        """Send letters that this process holds, in order; the rest waits when one cannot go.

        Returns:
            False when some were put back only because they had been held for too long since `since`.
        """
        channel = self.channels[address.channel]
        sent: list[tuple[int, str | None]] = []
        for index, letter in enumerate(letters):
            if asyncio.get_running_loop().time() - since > HOLD_S:
                await self._insist(partial(self._put_rest_back, sent, letters[index:]))
                return False
            try:
                fault_point("before_send")
                platform_id = await self._find_arrived(channel, address, letter, sent)
                if platform_id is None:
                    platform_id = await channel.send(address, await self._with_file(letter))
                    fault_point("after_send")
            except SendError as error:
                await self._insist(partial(self._mark_sent, sent))
                await self._insist(partial(self._fail, error, letters[index:]))
                return True
            sent.append((letter.id, platform_id))
        await self._insist(partial(self._mark_sent, sent))
        return True

    async def _find_arrived(
        self,
        channel: Channel,
        address: Address,
        letter: Letter,
        sent: Sequence[tuple[int, str | None]],
    ) -> str | None:
        """Return the id under which an interrupted letter has arrived, if that is known."""
        if not letter.interrupted:
            return None
        # What has just left is later than what was known when the letter was taken.
        last = sent[-1][1] if sent else None
        return await channel.find_arrived(address, replace(letter, after=last or letter.after))

    async def _with_file(self, letter: Letter) -> Letter:
        """Return a letter with the bytes of its file; they are opened for no longer than its sending takes.

        Raises:
            SendError: The file is gone with its line, or nobody can look now.
        """
        file = letter.message.file
        if file is None:
            return letter
        try:
            async with self.db.transaction(durable=False) as conn:
                party = await self.people.get(conn, letter.conversation_id)
                content = await attachments.find_sent(conn, party, UUID(file.id))
        except StoreUnavailable:
            raise TemporarilyDown from None
        except NotFound:
            raise Rejected from None
        if content is None:
            raise Rejected
        return replace(letter, content=content)

    @asynccontextmanager
    async def _in_turn(self, conversation_id: UUID) -> AsyncIterator[None]:
        """Let one conversation's messages leave this process one after the other."""
        lock = self._turns.setdefault(conversation_id, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked() and not lock._waiters:
                self._turns.pop(conversation_id, None)

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write down what became of messages, however long the database is away: nobody else knows."""
        while True:
            try:
                await write()
            except StoreUnavailable:
                log.warning("delivery_without_store")
                await asyncio.sleep(1)
            else:
                return

    async def _take(self, conversation_id: UUID) -> tuple[Party, list[Letter]] | None:
        async with self.db.transaction() as conn:
            try:
                party = await self.people.get(conn, conversation_id, lock=True)
            except NotFound:
                return None
            channel = self.channels.get(party.address.channel)
            if channel is None or channel.capabilities.pulled:
                return None
            taken, again = await outbox.take(conn, party, holder=self.holder, now=self.clock.now())
            if again is not None:
                await self.queue.enqueue(
                    conn, DeliverConversation(conversation_id), not_before=again
                )
        return (party, taken) if taken else None

    async def _put_rest_back(
        self, sent: Sequence[tuple[int, str | None]], rest: Sequence[Letter]
    ) -> None:
        async with self.db.transaction() as conn:
            await outbox.mark_sent(conn, sent, self.clock.now())
            numbers = [letter.id for letter in rest]
            await outbox.put_untried_back(conn, numbers, not_before=None)

    async def _mark_sent(self, sent: Sequence[tuple[int, str | None]]) -> None:
        if not sent:
            return
        now = self.clock.now()
        self._hand.let_go(sent, now)
        await self._marks.write(sent, now)
        fault_point("after_mark")

    async def _fail(self, error: SendError, letters: Sequence[Letter]) -> None:
        first, numbers = letters[0], [letter.id for letter in letters]
        log.warning("send_failed", error=error.code, message=first.id, attempt=first.attempts)
        now = self.clock.now()
        async with self.db.transaction() as conn:
            try:
                party = await self.people.get(conn, first.conversation_id)
            except NotFound:
                return  # Erased meanwhile, and the messages with them.
            if error.stops_contact:
                await contacts.set_blocked(conn, party.address_id, now)
                await outbox.give_up(conn, numbers, error.code)
                return
            again, wait_s = numbers[:1], _wait(error, first.attempts)
            if isinstance(error, WindowClosed):
                # What a counsellor wrote is not lost: it waits for the person's next word.
                kept = await held.hold_sending(conn, first.conversation_id, again, now=now)
                again = [number for number in again if number not in kept]
            if (again and not error.retryable) or first.attempts >= MAX_ATTEMPTS:
                await outbox.give_up(conn, again, error.code)
                again = []
            wait_s = wait_s if again else 0.0
            not_before = now + timedelta(seconds=wait_s)
            await outbox.put_back(conn, again, not_before=not_before, error=error.code)
            await outbox.put_untried_back(conn, numbers[1:], not_before=not_before)
            if again or numbers[1:]:
                await self.queue.enqueue(
                    conn, DeliverConversation(first.conversation_id), not_before=not_before
                )


def _wait(error: SendError, attempts: int) -> float:
    if isinstance(error, RateLimited):
        return error.retry_after_s
    wait_s = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    return max(wait_s, BACK_OFF[4]) if isinstance(error, Misconfigured) else wait_s

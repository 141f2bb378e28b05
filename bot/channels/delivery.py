"""Takes messages from the outbox to their channel, and writes down what became of each.

Right after a turn its messages go out at once; whatever could not go is taken up by the worker. A message's words
are decided when it is written, whether it may still be said is decided here: under the conversation's lock, with the
owner's counter.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from bot.channels.errors import Misconfigured, RateLimited, SendError
from bot.channels.port import Channel
from bot.clock import Clock
from bot.errors import NotFound
from bot.faults import fault_point
from bot.messages import Address
from bot.queue import DeliverConversation, Queue
from bot.store import contacts, outbox
from bot.store.contacts import Party, People
from bot.store.engine import Database
from bot.store.outbox import Letter

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 9
BACK_OFF = (1.0, 2.0, 5.0, 15.0, 60.0, 180.0, 600.0, 1800.0)
"""Seconds before the second, third… try; after the last the desk is shown what was not delivered."""


@dataclass
class Delivery:
    """Sends for one process; `holder` is the advisory lock that stands for its life."""

    db: Database
    people: People
    channels: Mapping[str, Channel]
    queue: Queue
    clock: Clock
    holder: int
    _drains: dict[UUID, asyncio.Lock] = field(default_factory=dict)

    def inline_holder(self, channel: str) -> int | None:
        """Return who holds a fresh message: this process, or nobody where it cannot send at once."""
        known = self.channels.get(channel)
        return self.holder if known is not None and not known.capabilities.pulled else None

    async def send(self, address: Address, letters: Sequence[Letter]) -> None:
        """Send letters that this process holds, in order; the rest waits when one cannot go."""
        channel = self.channels[address.channel]
        sent: list[tuple[int, str | None]] = []
        for index, letter in enumerate(letters):
            try:
                fault_point("before_send")
                if letter.interrupted and await channel.has_arrived(address, letter):
                    sent.append((letter.id, None))
                    continue
                platform_id = await channel.send(address, letter)
                fault_point("after_send")
            except SendError as error:
                await self._mark_sent(sent)
                await self._fail(error, letters[index:])
                return
            sent.append((letter.id, platform_id))
        await self._mark_sent(sent)

    async def drain(self, conversation_id: UUID) -> None:
        """Send what waits for one conversation and may go now."""
        lock = self._drains.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            while letters := await self._take(conversation_id):
                party, taken = letters
                await self.send(party.address, taken)
        if not lock.locked():
            self._drains.pop(conversation_id, None)

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

    async def _mark_sent(self, sent: Sequence[tuple[int, str | None]]) -> None:
        if not sent:
            return
        async with self.db.transaction(durable=False) as conn:
            await outbox.mark_sent(conn, sent, self.clock.now())
        fault_point("after_mark")

    async def _fail(self, error: SendError, letters: Sequence[Letter]) -> None:
        first, numbers = letters[0], [letter.id for letter in letters]
        log.warning("send_failed", error=error.code, message=first.id, attempt=first.attempts)
        now = self.clock.now()
        async with self.db.transaction() as conn:
            party = await self.people.get(conn, first.conversation_id)
            if error.stops_contact:
                await contacts.set_blocked(conn, party.address_id, now)
                await outbox.give_up(conn, numbers, error.code)
                return
            rest = numbers
            if not error.retryable or first.attempts >= MAX_ATTEMPTS:
                await outbox.give_up(conn, numbers[:1], error.code)
                rest = numbers[1:]
                wait_s = 0.0
            else:
                wait_s = _wait(error, first.attempts)
            not_before = now + timedelta(seconds=wait_s)
            await outbox.put_back(conn, rest, not_before=not_before, error=error.code)
            if rest:
                await self.queue.enqueue(
                    conn, DeliverConversation(first.conversation_id), not_before=not_before
                )


def _wait(error: SendError, attempts: int) -> float:
    if isinstance(error, RateLimited):
        return error.retry_after_s
    wait_s = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    return max(wait_s, BACK_OFF[4]) if isinstance(error, Misconfigured) else wait_s

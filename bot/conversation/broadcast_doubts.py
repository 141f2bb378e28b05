"""Messages of broadcasts of which nobody knows whether they arrived: their process died, or the platform did not answer.

Each is asked for (`Channel.find_arrived`) among all the numbers that it can have: later than every number that was known when it was
taken, not later than those given since, and no other message's. So what is not found has not arrived, and its person waits again. Only
where the numbers are too many, or none was known, remains a doubt: then the message is sent once more, and counted as `unknown`.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog

from bot.channels.bulk import BLOCKED, Outcome, Parcel
from bot.channels.errors import ContactStopped, RateLimited, SendError
from bot.conversation.service import Conversations
from bot.faults import fault_point
from bot.messages import Address, MessageId, Outgoing
from bot.store import broadcast_sent, numbers
from bot.store.batch import Rows
from bot.store.contacts import Party
from bot.store.outbox import MESSAGE, Letter

log = structlog.get_logger(__name__)

GRACE_S = 1.0
"""What a dead process handed to the network may still be on its way for so long."""
SLACK = 10
"""So many messages of others, and of people, may have been numbered beside the last ones of a dead process."""
LEFT_WITHIN = timedelta(seconds=40)
"""A message has left so long after it was written, or never will: `HOLD_S` and the client's time limit, and some."""
AT_MOST = 400
"""More numbers than this are not tried."""
AT_ONCE = 4
"""So many are asked for at the same moment: what has just been found need not be tried for the others."""
LIMIT = 200
AGAIN_S = 10.0


@dataclass
class Doubts:
    """Those of one process, and those that dead ones have left."""

    conversations: Conversations
    holder: int
    in_hand: set[int]
    """What this process is sending right now."""
    _open: dict[int, tuple[Parcel, float]] = field(default_factory=dict)
    """By number in the outbox, with the moment (on the loop's clock) from which it may be asked for."""
    _suspects: set[int] = field(default_factory=set)

    def add(self, parcels: Iterable[Parcel], after_s: float | None = None) -> None:
        """Ask for messages later."""
        at = asyncio.get_running_loop().time() + (GRACE_S if after_s is None else after_s)
        self._open |= {parcel.letter.id: (parcel, at) for parcel in parcels}

    async def take_over(self) -> None:
        """Take over what dead processes left, and what this one holds by the database without knowing of it."""
        house = self.conversations
        async with house.db.batch() as batch:
            dead = broadcast_sent.ask_interrupted(batch, holder=self.holder, limit=LIMIT)
        self.add(self._read(dead))
        async with house.db.transaction(durable=False) as conn:
            held = await broadcast_sent.held_by(conn, self.holder)
        found = held - self.in_hand - self._open.keys()
        # Between a commit and our knowing of it lies a moment; only what is found twice is a stray.
        strays, self._suspects = found & self._suspects, found
        if strays:
            async with house.db.batch(durable=False) as batch:
                rows = broadcast_sent.ask_held(batch, sorted(strays))
            self.add(self._read(rows))
        if dead or strays:
            log.warning("broadcast_interrupted", dead=len(dead), strays=len(strays))

    async def ask(self) -> list[Outcome]:
        """Ask for everything whose time has come; return what became of it."""
        now = asyncio.get_running_loop().time()
        ripe = [parcel for parcel, at in self._open.values() if at <= now]
        outcomes: list[Outcome] = []
        for account in {_account(parcel.address) for parcel in ripe}:
            of_it = [parcel for parcel in ripe if _account(parcel.address) == account]
            outcomes += await self._ask_account(of_it)
        for outcome in outcomes:
            del self._open[outcome.parcel.letter.id]
        return outcomes

    async def _ask_account(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        places = [parcel.letter.id for parcel in parcels]
        async with self.conversations.db.transaction(durable=False) as conn:
            address = parcels[0].address
            known = set(await numbers.known_around(conn, address, min(places), max(places)))
            untils = [
                await numbers.first_written_after(conn, parcel.address, place, LEFT_WITHIN)
                for parcel, place in zip(parcels, places, strict=True)
            ]
        fault_point("before_asking")
        at_once = asyncio.Semaphore(AT_ONCE)
        still = _Still(known, len(parcels))

        async def one(parcel: Parcel, until: str | None) -> Outcome | None:
            async with at_once:
                return await self._ask_one(parcel, until, still)

        asked = await asyncio.gather(*map(one, parcels, untils))
        return [outcome for outcome in asked if outcome is not None]

    async def _ask_one(self, parcel: Parcel, until: str | None, still: "_Still") -> Outcome | None:
        letter, sure = still.letter(parcel.letter, until)
        channel = self.conversations.delivery.channels[parcel.address.channel]
        try:
            platform_id = await channel.find_arrived(parcel.address, letter)
        except ContactStopped:
            return Outcome(parcel, failed=BLOCKED)
        except SendError as error:
            log.info("broadcast_not_asked", error=error.code, message=letter.id)
            self.add([parcel], error.retry_after_s if isinstance(error, RateLimited) else AGAIN_S)
            return None
        still.left -= 1
        if platform_id is not None:
            still.known.add(platform_id)
            return Outcome(parcel, sent=True, platform_id=platform_id)
        if sure:
            return Outcome(parcel, wait_s=0)
        log.warning("broadcast_unknown", message=letter.id)
        if parcel.doubted:
            return Outcome(parcel, failed=broadcast_sent.UNKNOWN)
        return Outcome(parcel, wait_s=0, why=broadcast_sent.UNKNOWN)

    def _read(self, rows: Rows) -> list[Parcel]:
        parties = self.conversations.people.read_all(rows)
        return [_parcel(row, party) for row, party in zip(rows, parties, strict=True)]


@dataclass
class _Still:
    """What is known of an account's numbers while its messages are asked for."""

    known: set[str]
    left: int
    """How many are still to be asked for."""

    def letter(self, letter: Letter, until: str | None) -> tuple[Letter, bool]:
        """Return a letter with the numbers that it can have, and whether these are all."""
        if letter.after is None or not letter.after.isdecimal():
            return replace(letter, interrupted=True), False
        highest = max([letter.after, *self.known], key=numbers.in_order)
        end = int(highest) + self.left + SLACK + 1
        if until is not None:
            end = min(end, int(until))
        after = int(letter.after)
        others = sum(after < int(number) < end for number in self.known)
        sure = end - after - 1 - others <= AT_MOST
        if not sure:
            end = after + AT_MOST
        return replace(
            letter, interrupted=True, others=frozenset(self.known), until=str(end)
        ), sure


def _account(address: Address) -> tuple[str, str]:
    return address.channel, address.account


def _parcel(row: Any, party: Party) -> Parcel:  # noqa: ANN401  # a result row
    letter = Letter(
        row.number, MessageId(row.uid), party.conversation_id, row.counter, "bot",
        Outgoing.from_json(party.key.open_json(row.message_sealed, MESSAGE)),
        attempts=1, after=row.known_before,
    )  # fmt: skip
    doubted = row.doubt == broadcast_sent.UNKNOWN
    return Parcel(row.run_id, party.address, letter, doubted=doubted)

"""Processes die and the database goes away: messages still leave once, in order, or are taken over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import delivery as delivering
from bot.channels.errors import (
    TemporarilyDown,
)
from bot.content.load import Content
from bot.conversation import talks as talking
from bot.errors import StoreUnavailable
from bot.jobs import recovery
from bot.messages import IncomingKind
from bot.store import inbox, sending
from bot.store.engine import Database
from bot.store.holder import Holder
from bot.store.tables import InboxRow
from tests.support.clock import FixedClock
from tests.support.gated import GatedChannel
from tests.support.letters import put, rows, words
from tests.support.world import TestHouse, make_house


async def test_a_killed_process_leaves_its_messages_to_another(house: TestHouse) -> None:
    """Messages that a process holds are nobody else's while it lives, and are sent in order once it is gone."""
    person = house.person()
    async with living(house) as other:
        await put(house, person, "one", "two", holder=other.number)
        await house.recovery.look()
        assert person.inbox() == []
    await house.recovery.look()
    assert words(person) == ["one", "two"]


async def test_an_interrupted_message_that_had_arrived_is_not_sent_again(house: TestHouse) -> None:
    """Of two messages of a killed process the channel is asked; only the one that had not arrived is sent."""
    person = house.person()
    async with living(house) as other:
        arrived, _ = await put(house, person, "one", "two", holder=other.number)
        house.channel.sent.append((person.address, arrived))
    await house.recovery.look()
    assert words(person) == ["one", "two"]
    assert {row.status for row in await rows(house)} == {"sent"}


@asynccontextmanager
async def living(house: TestHouse) -> AsyncIterator[Holder]:
    """Another process: it lives as long as the block."""
    holder = Holder(house.db.dsn)
    life = asyncio.create_task(holder.run())
    await holder.held()
    yield holder
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)
    for _ in range(200):
        async with house.db.transaction() as conn:
            if not await sending.is_alive(conn, holder.number):
                return
        await asyncio.sleep(0.01)


class Away(Database):
    """A database that is away for the first `times` transactions."""

    times = 1

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
        """Be away, or open a transaction."""
        if type(self).times > 0:
            type(self).times -= 1
            raise StoreUnavailable
        async with super().transaction(durable=durable) as conn:
            yield conn


async def test_a_message_that_left_while_the_database_went_away_is_noted(house: TestHouse) -> None:
    """When the database is away just after a message left, it is noted as soon as it is back, and not sent twice."""
    person = house.person()
    letters = await put(house, person, "one", holder=house.delivery.holder)
    house.delivery.db = Away(house.db.engine, house.db.dsn)
    await house.delivery.deliver(person.address, letters)
    await house.recovery.look()
    assert words(person) == ["one"]
    assert [row.status for row in await rows(house)] == ["sent"]


async def test_the_bot_stops_in_the_middle_when_a_claim_could_not_wait(
    db: Database, clock: FixedClock, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a slow platform outlasts a claim's patience, the rest of what the bot wanted to say is not said."""
    monkeypatch.setattr(delivering, "HOLD_S", 0.05)
    monkeypatch.setattr(talking, "CLAIM_WAIT_S", 0.1)
    channel = GatedChannel()
    async with make_house(db, clock, content, channel) as house:
        person, counsellor = house.person(), await house.staff()
        await person.ask_for_a_person()
        letters = await put(house, person, "one", "two", holder=house.delivery.holder)
        channel.shut()
        sending = asyncio.create_task(house.delivery.deliver(person.address, letters))
        await channel.in_flight()
        assert await house.talks.claim_next(counsellor) is not None
        channel.open()
        await sending
        assert words(person)[-1] == "one"
        assert [row.status for row in await rows(house)][-2:] == ["sent", "refused"]


async def test_who_is_erased_while_a_message_fails_leaves_no_trouble(
    db: Database, clock: FixedClock, content: Content
) -> None:
    """A person may be erased while a message to them is in flight; its failure then troubles nobody."""
    channel = GatedChannel()
    async with make_house(db, clock, content, channel) as house:
        person = house.person()
        letters = await put(house, person, "one", holder=house.delivery.holder)
        channel.failures.append(TemporarilyDown())
        channel.shut()
        sending = asyncio.create_task(house.delivery.deliver(person.address, letters))
        await channel.in_flight()
        await house.conversations.receive(person.event(IncomingKind.BUTTON, "erase.ask.yes"))
        channel.open()
        await sending
        assert await rows(house) == []
        assert len(channel.spoken) == 1


async def test_what_cannot_be_answered_keeps_nobody_waiting(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many events cannot be answered for a fault of ours, the recovery comes to the others too."""
    monkeypatch.setattr(recovery, "MANY", 1)
    broken, whole = house.person(), house.person()
    for person in (broken, whole):
        async with house.db.batch() as batch:
            party = await house.people.find_or_make(batch.conn, person.address)
            inbox.store(batch, party, person.event(IncomingKind.TEXT, "hello"))
    async with house.db.transaction() as conn:
        await conn.execute(update(InboxRow).values(received_at=house.clock.now()))
        first = select(func.min(InboxRow.id)).scalar_subquery()
        older = house.clock.now() - timedelta(seconds=1)
        await conn.execute(
            update(InboxRow)
            .where(InboxRow.id == first)
            .values(event_sealed=b"not sealed", received_at=older)
        )
    house.clock.pass_(minutes=1)
    await house.recovery.look()
    assert (broken.inbox(), whole.inbox()) == ([], [])
    await house.recovery.look()
    assert broken.inbox() == []
    assert whole.inbox()


async def test_what_cannot_be_read_keeps_danger_from_nobody(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many wait and are put in order by what they tell, one that cannot be opened stops nobody's answer."""
    monkeypatch.setattr(recovery, "FEW", 0)
    people = [house.person() for _ in range(3)]
    for person in people:
        async with house.db.batch() as batch:
            party = await house.people.find_or_make(batch.conn, person.address)
            inbox.store(batch, party, person.event(IncomingKind.TEXT, "hello"))
    async with house.db.transaction() as conn:
        first = select(func.min(InboxRow.id)).scalar_subquery()
        await conn.execute(update(InboxRow).values(received_at=house.clock.now()))
        broken = update(InboxRow).where(InboxRow.id == first)
        await conn.execute(broken.values(event_sealed=b"not sealed"))
    house.clock.pass_(minutes=1)
    await house.recovery.look()
    assert [bool(person.inbox()) for person in people] == [False, True, True]

"""Somebody makes room while messages are on their way, while others write, and while processes die: nothing is lost or mixed up."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, text

from bot.content.load import Content
from bot.conversation import service
from bot.messages import IncomingKind
from bot.store import inbox, parking
from bot.store.batch import at_once
from bot.store.engine import Database
from bot.store.tables import AddressRow, InboxRow, OutboxRow
from tests.integration import phone_changer
from tests.support.clock import FixedClock
from tests.support.gated import GatedChannel
from tests.support.letters import put
from tests.support.phones import Phone
from tests.support.world import TestHouse, make_house

WORDS = "hujan di sawah"
POINTS = (
    "after_inbox",
    "after_understanding",
    "before_turn_commit",
    "after_turn_commit",
    "before_send",
    "after_send",
    "after_mark",
)


@pytest.fixture
async def gated(db: Database, clock: FixedClock, content: Content) -> AsyncIterator[TestHouse]:
    """A bot whose messages can be kept in flight."""
    async with make_house(db, clock, content, GatedChannel()) as house:
        yield house


def gate(house: TestHouse) -> GatedChannel:
    """Return the gate."""
    assert isinstance(house.channel, GatedChannel)
    return house.channel


async def about_to_go(phone: Phone) -> None:
    """Come to where one press makes room; words are set."""
    await phone.write("halo")
    await phone.switch()
    await phone.tap("phone.ask.new")
    await phone.write(WORDS)


async def test_a_message_on_its_way_arrives_before_anybody_else_is_here(gated: TestHouse) -> None:
    """Whoever makes room waits until it is there; what is queued behind it waits for their return."""
    phone = Phone(gated.person())
    await about_to_go(phone)
    first = await phone.party()
    gate(gated).shut()
    letters = await put(gated, phone.person, "for the first", holder=gated.delivery.holder)
    sending = asyncio.create_task(gated.delivery.deliver(phone.person.address, letters))
    await gate(gated).in_flight()
    going = asyncio.create_task(phone.tap("phone.ask.ready"))
    await asyncio.sleep(service.SETTLE_LOOK_S * 3)
    assert (await phone.party()).conversation_id == first.conversation_id
    gate(gated).open()
    await asyncio.gather(sending, going)
    assert (await phone.party()).conversation_id != first.conversation_id
    conversations = [letter.conversation_id for _, letter in gated.channel.sent]
    mine = [each == first.conversation_id for each in conversations]
    assert mine == sorted(mine, reverse=True)


async def test_what_stays_on_its_way_too_long_is_said(
    gated: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody makes room then; they are asked to try once more."""
    monkeypatch.setattr(service, "SETTLE_S", 0.0)
    phone = Phone(gated.person())
    await about_to_go(phone)
    first = await phone.party()
    gate(gated).shut()
    letters = await put(gated, phone.person, "slow", holder=gated.delivery.holder)
    sending = asyncio.create_task(gated.delivery.deliver(phone.person.address, letters))
    await gate(gated).in_flight()
    going = asyncio.create_task(phone.tap("phone.ask.ready"))
    await asyncio.sleep(service.SETTLE_LOOK_S * 6)
    gate(gated).open()
    await asyncio.gather(sending, going)
    assert (await phone.party()).conversation_id == first.conversation_id
    assert phone.says(phone.person.inbox()[-1], "phone.ask.busy")
    await phone.tap("phone.ask.ready")
    assert (await phone.party()).conversation_id != first.conversation_id


async def test_a_message_that_nobody_sends_any_more_waits(house: TestHouse) -> None:
    """What a dead process was sending, and what is queued, goes to whom it is for, and to nobody else."""
    phone = Phone(house.person())
    await about_to_go(phone)
    await put(house, phone.person, "left by a dead process", holder=1)
    await put(house, phone.person, "queued")
    await phone.tap("phone.ask.ready")
    await house.recovery.look()
    texts = [message.text for message in phone.person.inbox()]
    assert {"left by a dead process", "queued"}.isdisjoint(texts)
    await phone.come_back(WORDS)
    await house.recovery.look()
    texts = [message.text for message in phone.person.inbox()]
    assert texts.index("left by a dead process") + 1 == texts.index("queued")


async def test_an_event_that_was_stored_for_the_one_before_is_answered(house: TestHouse) -> None:
    """It was on its way in while somebody made room: whoever is here now has written it, and it is in their chat alone."""
    phone = Phone(house.person())
    await about_to_go(phone)
    first = await phone.party()
    late = phone.person.event(IncomingKind.TEXT, "is anybody there")
    await phone.tap("phone.ask.ready")
    async with house.db.transaction() as conn:
        await at_once(conn, lambda batch: inbox.store(batch, first, late))
    house.clock.pass_(minutes=1)
    heard = len(phone.person.inbox())
    await house.conversations.recover(first.conversation_id)
    assert len(phone.person.inbox()) > heard
    async with house.db.transaction() as conn:
        waiting = select(func.count()).where(InboxRow.processed_at.is_(None))
        assert await conn.scalar(waiting) == 0
    now = await phone.party()
    assert {letter.conversation_id for _, letter in house.channel.sent[heard:]} == {
        now.conversation_id
    }


async def test_a_turn_that_has_waited_finds_who_is_here_now(house: TestHouse) -> None:
    """A press that waited for the lock of somebody who has made room meanwhile is played for whoever is here, with their mark."""
    phone = Phone(house.person())
    await about_to_go(phone)
    first = await phone.party()
    heard = len(phone.person.inbox())
    async with house.db.transaction() as conn:
        locked = await house.people.get(conn, first.conversation_id, lock=True)
        pressing = asyncio.create_task(phone.person.press("erase.ask"))
        await wait_for_a_lock(house)
        new = await parking.begin_anew(conn, house.people, locked)
    said = await pressing
    assert phone.says(said[-1], "unclear.old_button.text")
    assert {letter.conversation_id for _, letter in house.channel.sent[heard:]} == {
        new.conversation_id
    }


async def test_a_counsellor_who_has_waited_finds_that_the_person_is_away(house: TestHouse) -> None:
    """A line that waited for the lock of somebody who has made room meanwhile is held."""
    phone = Phone(house.person())
    await about_to_go(phone)
    await phone.tap("consent.ask")
    await phone.tap("consent.ask.talk")
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    first = await phone.party()
    async with house.db.transaction() as conn:
        locked = await house.people.get(conn, first.conversation_id, lock=True)
        writing = asyncio.create_task(house.talks.reply(counsellor, case_id, "late", token="1"))
        await wait_for_a_lock(house)
        await parking.begin_anew(conn, house.people, locked)
    await writing
    await house.recovery.look()
    assert "late" not in [message.text for message in phone.person.inbox()]
    await phone.come_back(WORDS)
    await house.recovery.look()
    await house.recovery.look()
    assert phone.person.inbox()[-1].text == "late"


async def wait_for_a_lock(house: TestHouse) -> None:
    """Wait until somebody else's transaction waits for a lock."""
    for _ in range(500):
        async with house.db.transaction(durable=False) as conn:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if await conn.scalar(waiting):
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def change(dsn: str, event: tuple[str, str, str, str], fault: str = "") -> int:
    """Let another process take an event in; return how it ended."""
    environment = {**os.environ, "SUAR_FAULT": fault} if fault else dict(os.environ)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", phone_changer.__name__, dsn, *event, env=environment
    )
    return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("comes_back", [False, True])
@pytest.mark.parametrize("point", POINTS)
async def test_a_death_in_between_loses_nobody(
    house: TestHouse, dsn: str, point: str, *, comes_back: bool
) -> None:
    """Killed at any point, and told once more by the platform: one person is here, the other parked, each message is there once."""
    phone = Phone(house.person())
    await about_to_go(phone)
    first = await phone.party()
    if comes_back:
        await phone.tap("phone.ask.ready")
        await phone.switch()
        await phone.tap("phone.ask.new")
        await phone.write("layang putih")
        await phone.tap("phone.ask.cancel")
        await phone.switch()
        await phone.tap("phone.ask.back")
    before = await phone.party()
    kind, said = ("text", WORDS) if comes_back else ("button", "phone.ask.ready")
    event = (phone.person.value, "the-change", kind, said)
    passes = (
        comes_back or point not in POINTS[:2]
    )  # a press is neither stored before nor understood
    died = await change(dsn, event, f"{point}:1")
    assert died == (-signal.SIGKILL if passes else 0)
    await house.conversations.receive(phone_changer.event(*event))
    await house.recovery.look()
    now = await phone.party()
    assert now.conversation_id != before.conversation_id
    assert (now.conversation_id == first.conversation_id) == comes_back
    assert [each.conversation_id for each in await phone.parked()] == [before.conversation_id]
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(AddressRow)) == 2
        rows = (
            await conn.execute(
                select(OutboxRow.status).where(
                    OutboxRow.conversation_id == now.conversation_id, OutboxRow.status != "sent"
                )
            )
        ).all()
    assert rows == []

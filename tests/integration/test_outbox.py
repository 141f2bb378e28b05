"""Messages leave in order, are tried again with patience, and never get lost in silence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import delivery as delivering
from bot.channels.delivery import BACK_OFF, MAX_ATTEMPTS
from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
)
from bot.content.load import Content
from bot.conversation import talks as talking
from bot.errors import NotFound, StoreUnavailable
from bot.hotline import access
from bot.hotline.staff import Role, Staff
from bot.messages import CaseId, IncomingKind, Outgoing
from bot.store import outbox
from bot.store.engine import Database
from bot.store.holder import Holder
from bot.store.outbox import Letter
from bot.store.tables import AddressRow, InboxRow, OutboxRow
from tests.support.clock import FixedClock
from tests.support.gated import GatedChannel
from tests.support.world import Person, TestHouse, make_house


async def rows(house: TestHouse) -> list[Any]:
    """Return the whole outbox in order."""
    async with house.db.transaction() as conn:
        return list((await conn.execute(select(OutboxRow).order_by(OutboxRow.id))).all())


async def put(
    house: TestHouse, person: Person, *texts: str, holder: int | None = None
) -> list[Letter]:
    """Put words of the bot into a person's outbox."""
    async with house.db.transaction() as conn:
        party = await house.people.find_or_make(conn, person.address, lock=True)
        messages = [Outgoing(text) for text in texts]
        return await outbox.put(
            conn, party, messages, clock=house.clock, epoch=party.epoch, holder=holder
        )


async def talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


def words(person: Person) -> list[str]:
    """Return what a person was sent, in order."""
    return [message.text for message in person.inbox()]


async def test_a_later_answer_waits_behind_one_that_could_not_leave(house: TestHouse) -> None:
    """When the first of several messages has to wait, nothing that was said later overtakes it."""
    person, twin = house.person(), house.person()
    expected = [m.text for m in await twin.start()] + [
        m.text for m in await twin.press("menu.main")
    ]
    house.channel.failures.append(TemporarilyDown())
    assert await person.start() == []
    assert await person.press("menu.main") == []
    house.clock.pass_(seconds=BACK_OFF[0])
    await house.recovery.look()
    assert words(person) == expected


async def test_tries_are_spaced_and_end(house: TestHouse) -> None:
    """Each try waits longer than the one before, none comes early, and after the last the message is dead."""
    person = house.person()
    house.channel.failures.extend(TemporarilyDown() for _ in range(MAX_ATTEMPTS))
    await person.press("menu.main")
    for number, wait_s in enumerate(BACK_OFF, start=1):
        [row] = await rows(house)
        assert (row.status, row.attempts) == ("queued", number)
        assert row.not_before == house.clock.now() + timedelta(seconds=wait_s)
        house.clock.pass_(seconds=wait_s - 0.5)
        await house.recovery.look()
        assert (await rows(house))[0].attempts == number
        house.clock.pass_(seconds=0.5)
        await house.recovery.look()
    [row] = await rows(house)
    assert (row.status, row.attempts, row.error) == ("dead", MAX_ATTEMPTS, "temporarily_down")
    assert person.inbox() == []


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [(RateLimited(37), 37.0), (Misconfigured(), 60.0), (TemporarilyDown(), 1.0)],
)
async def test_each_trouble_has_its_own_patience(
    house: TestHouse, error: SendError, wait_s: float
) -> None:
    """A platform that asks for a pause gets it to the second; a wrong token is not hammered on."""
    person = house.person()
    house.channel.failures.append(error)
    await person.press("menu.main")
    [row] = await rows(house)
    assert row.not_before == house.clock.now() + timedelta(seconds=wait_s)
    assert row.error == error.code


async def test_a_message_that_was_never_tried_loses_no_try(house: TestHouse) -> None:
    """While the first message fails again and again, those behind it keep all their tries."""
    house.channel.failures.extend(RateLimited(10) for _ in range(5))
    await house.person().start()
    for _ in range(4):
        house.clock.pass_(seconds=10)
        await house.recovery.look()
    first, second, *_ = await rows(house)
    assert first.attempts == 5
    assert (second.status, second.attempts) == ("queued", 0)


async def test_a_message_that_nobody_will_take_holds_nothing_up(house: TestHouse) -> None:
    """A message that the platform rejects is dead at once, and the next one leaves."""
    person = house.person()
    house.channel.failures.append(Rejected())
    await person.start()
    await house.recovery.look()
    statuses = [row.status for row in await rows(house)]
    assert statuses == ["dead"] + ["sent"] * (len(statuses) - 1)
    assert len(person.inbox()) == len(statuses) - 1 > 0


async def test_a_person_who_blocked_us_is_left_alone(house: TestHouse) -> None:
    """When the person has blocked the bot, all that waits is given up, the address is marked, and letting us in ends it."""
    person = house.person()
    house.channel.failures.append(ContactStopped())
    await person.start()
    assert {row.status for row in await rows(house)} == {"dead"}
    assert await blocked(house)
    await house.conversations.receive(person.event(IncomingKind.UNBLOCKED, ""))
    assert not await blocked(house)
    assert await person.press("menu.main")


async def blocked(house: TestHouse) -> bool:
    """Tell whether the only address is marked as blocked."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(AddressRow.blocked_at)) is not None


async def test_what_could_not_be_delivered_shows_to_those_it_concerns(house: TestHouse) -> None:
    """A dead message of a counsellor shows to them and to who oversees, and to nobody else."""
    _, counsellor, case_id = await talk(house)
    house.channel.failures.append(Rejected())
    await house.talks.reply(counsellor, case_id, "are you there", token="1")
    async with house.db.transaction() as conn:
        [seen] = await access.list_undelivered(conn, counsellor)
        [overseen] = await access.list_undelivered(conn, await house.staff(Role.SUPERVISOR))
        for role in (Role.COUNSELLOR, Role.CAMPAIGNER, Role.AUDITOR):
            assert await access.list_undelivered(conn, await house.staff(role)) == []
        view = await access.access_case(conn, house.people, counsellor, case_id)
    assert seen == overseen
    assert (seen.author, seen.error) == ("staff", "rejected")
    assert view.lines[-1].status == "dead"


async def test_a_dead_message_can_be_tried_again_from_the_desk(house: TestHouse) -> None:
    """Whoever has the case (or oversees) sends a dead message once more; for others there is no such message."""
    person, counsellor, case_id = await talk(house)
    house.channel.failures.append(Rejected())
    await house.talks.reply(counsellor, case_id, "are you there", token="1")
    dead = (await rows(house))[-1].id
    with pytest.raises(NotFound):
        await house.talks.retry(await house.staff(), dead)
    with pytest.raises(NotFound):
        await house.talks.retry(counsellor, dead + 1)
    await house.talks.retry(counsellor, dead)
    assert words(person)[-1] == "are you there"
    with pytest.raises(NotFound):
        await house.talks.retry(counsellor, dead)


async def test_words_of_a_counsellor_arrive_before_the_question_how_it_was(
    house: TestHouse,
) -> None:
    """A counsellor's last words that had to wait still come before the bot asks how the talk was."""
    person, counsellor, case_id = await talk(house)
    house.channel.failures.append(TemporarilyDown())
    await house.talks.reply(counsellor, case_id, "take good care", token="1")
    await house.talks.close(counsellor, case_id, "helped")
    assert "take good care" not in words(person)
    house.clock.pass_(seconds=5)
    await house.recovery.look()
    last, asked = words(person)[-2:]
    assert last == "take good care"
    assert "did the talk help" in asked


async def test_words_of_a_counsellor_survive_that_another_takes_over(house: TestHouse) -> None:
    """What a counsellor wrote before giving a person back arrives also after the next one has claimed them."""
    person, counsellor, case_id = await talk(house)
    house.channel.failures.append(TemporarilyDown())
    await house.talks.reply(counsellor, case_id, "somebody else will go on", token="1")
    await house.talks.release(counsellor, case_id)
    await house.talks.claim_next(await house.staff())
    house.clock.pass_(seconds=5)
    await house.recovery.look()
    assert words(person)[-1] == "somebody else will go on"


async def test_who_has_left_hears_nothing_more_from_the_counsellor(house: TestHouse) -> None:
    """Words of a counsellor that had not left yet are refused when the person leaves the talk."""
    person, counsellor, case_id = await talk(house)
    house.channel.failures.append(TemporarilyDown())
    await house.talks.reply(counsellor, case_id, "please wait", token="1")
    await person.write("/leave")
    house.clock.pass_(seconds=5)
    await house.recovery.look()
    assert "please wait" not in words(person)
    assert [row.status for row in await rows(house) if row.author == "staff"] == ["refused"]
    assert "you have left" in " ".join(words(person)).lower()


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
            if not await outbox.is_alive(conn, holder.number):
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


async def test_looking_at_a_waiting_message_asks_for_no_more_work(house: TestHouse) -> None:
    """While a message waits for its next try, looking every second puts no further job in the queue."""
    house.channel.failures.append(RateLimited(600))
    await house.person().start()
    before = await jobs(house)
    for _ in range(5):
        house.clock.pass_(seconds=1)
        await house.recovery.look()
    assert await jobs(house) == before


async def jobs(house: TestHouse) -> int:
    """Return how many jobs there are."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(text("procrastinate_jobs"))) or 0


async def test_one_conversation_that_cannot_be_read_keeps_nobody_waiting(house: TestHouse) -> None:
    """The recovery answers the others when what is left of one conversation cannot be opened."""
    broken, whole = house.person(), house.person()
    for person in (broken, whole):
        await put(house, person, "one")
    async with house.db.transaction() as conn:
        first = select(func.min(OutboxRow.id)).scalar_subquery()
        await conn.execute(
            update(OutboxRow).where(OutboxRow.id == first).values(message_sealed=b"not sealed")
        )
    await house.recovery.look()
    assert broken.inbox() == []
    assert words(whole) == ["one"]


async def test_an_answered_event_keeps_no_words(house: TestHouse) -> None:
    """Once an event is answered, the inbox holds only that it came."""
    await house.person().write("my boss is called Anton")
    async with house.db.transaction() as conn:
        [row] = (await conn.execute(select(InboxRow.event_sealed, InboxRow.processed_at))).all()
    assert row.event_sealed is None
    assert row.processed_at is not None

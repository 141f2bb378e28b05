"""Messages leave in order, are tried again with patience, and never get lost in silence."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from bot.channels.delivery import BACK_OFF, MAX_ATTEMPTS
from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
)
from bot.errors import NotFound
from bot.hotline import access, lists
from bot.hotline.staff import Role, Staff
from bot.messages import CaseId, IncomingKind
from bot.store.tables import AddressRow, InboxRow, OutboxRow
from tests.support.letters import put, rows, words
from tests.support.world import Person, TestHouse


async def talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


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
        [seen] = await lists.list_undelivered(conn, counsellor)
        [overseen] = await lists.list_undelivered(conn, await house.staff(Role.SUPERVISOR))
        for role in (Role.COUNSELLOR, Role.CAMPAIGNER, Role.AUDITOR):
            assert await lists.list_undelivered(conn, await house.staff(role)) == []
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

"""Being forgotten: nothing of the person is left, nothing of them can be read, and they may begin anew."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.channels.errors import TemporarilyDown
from bot.errors import NotFound
from bot.hotline import access, lists
from bot.hotline.staff import Staff
from bot.messages import Address, CaseId, IncomingKind, Outgoing
from bot.store import belongings, files
from bot.store.tables import (
    AddressRow,
    CaseEventRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    InboxRow,
    OutboxRow,
    TranscriptRow,
    UnmetQuestionRow,
)
from tests.support.world import Person, TestHouse

TOLD = "my boss keeps my passport and the door is locked"
OF_A_PERSON = (
    AddressRow,
    ConversationRow,
    InboxRow,
    OutboxRow,
    TranscriptRow,
    CaseRow,
    CaseEventRow,
    UnmetQuestionRow,
    *files.OWNED,
)


async def counts(house: TestHouse) -> dict[str, int]:
    """Return how many rows there are of everything that belongs to people."""
    async with house.db.transaction() as conn:
        return {
            table.__tablename__: await conn.scalar(select(func.count()).select_from(table)) or 0
            for table in OF_A_PERSON
        }


async def erase(person: Person) -> str:
    """Ask to be forgotten, say yes, and return the receipt."""
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    address, said = person.house.channel.spoken[-1]
    assert address == person.address
    return said.text


async def in_talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person who has shared what they wrote, with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.write(TOLD)
    await person.press("consent.ask")
    await person.press("consent.ask.share")
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await house.talks.reply(counsellor, case_id, "I am here", token="1")
    return person, counsellor, case_id


async def test_nothing_is_left(house: TestHouse) -> None:
    """After a yes no row of the person is left anywhere; of the contact only that there was one, without its key."""
    person, _, _ = await in_talk(house)
    receipt = await erase(person)
    assert "Everything is erased" in receipt
    assert set((await counts(house)).values()) == {0}
    async with house.db.transaction() as conn:
        [contact] = (await conn.execute(select(ContactRow))).all()
        consents = (await conn.execute(select(ConsentRow.id))).all()
    assert contact.wrapped_key is None
    assert contact.erased_at is not None
    assert consents == []


async def test_others_are_untouched(house: TestHouse) -> None:
    """Forgetting one person takes nothing from another."""
    other = house.person()
    await other.write("hello")
    before = await counts(house)
    person = house.person()
    await person.write(TOLD)
    await erase(person)
    assert await counts(house) == before
    assert await other.press("menu.main")


async def test_the_counsellor_finds_the_case_gone(house: TestHouse) -> None:
    """When the person is forgotten in the middle of a talk, the counsellor's page and words lead nowhere, without trouble."""
    person, counsellor, case_id = await in_talk(house)
    await erase(person)
    async with house.db.transaction() as conn:
        with pytest.raises(NotFound):
            await access.access_case(conn, house.people, counsellor, case_id)
        assert await lists.list_mine(conn, counsellor) == []
    for doing in (
        house.talks.reply(counsellor, case_id, "are you there", token="2"),
        house.talks.release(counsellor, case_id),
        house.talks.close(counsellor, case_id, "helped"),
    ):
        with pytest.raises(NotFound):
            await doing
    assert await house.talks.claim_next(counsellor) is None
    await house.recovery.look()


async def test_a_message_that_waits_is_never_sent_afterwards(house: TestHouse) -> None:
    """What had not left yet when the person was forgotten is forgotten too."""
    person, counsellor, case_id = await in_talk(house)
    house.channel.failures.append(TemporarilyDown())
    await house.talks.reply(counsellor, case_id, "please wait", token="2")
    await erase(person)
    house.clock.pass_(hours=1)
    await house.recovery.look()
    assert "please wait" not in [message.text for message in person.inbox()]


async def test_writing_again_starts_anew(house: TestHouse) -> None:
    """Who writes again is a stranger: greeted as one, with a new key, and nothing of before is known."""
    person = house.person()
    first = await person.start()
    await person.press("language.choose.id")
    await person.write(TOLD)
    await erase(person)
    assert [m.text for m in await person.start()] == [m.text for m in first]
    async with house.db.transaction() as conn:
        keys = list(await conn.scalars(select(ContactRow.wrapped_key)))
        party = await house.people.find(conn, person.address)
    assert sorted(key is None for key in keys) == [False, True]
    assert party is not None
    assert party.epoch == 0


async def test_erasing_twice_does_no_harm(house: TestHouse) -> None:
    """Pressing the button again, or a platform that delivers the press again, only says once more that nothing is left."""
    person = house.person()
    await person.write(TOLD)
    await person.press("erase.ask")
    event = person.event(IncomingKind.BUTTON, "erase.ask.yes")
    await house.conversations.receive(event)
    await house.conversations.receive(event)
    await house.conversations.receive(person.event(IncomingKind.BUTTON, "erase.ask.yes"))
    assert set((await counts(house)).values()) == {0}
    assert len({said.text for _, said in house.channel.spoken}) == 1


async def test_keeping_everything_is_a_full_choice(house: TestHouse) -> None:
    """A no erases nothing."""
    person = house.person()
    await person.write(TOLD)
    before = await counts(house)
    await person.press("erase.ask")
    kept = await person.press("erase.ask.no")
    assert "nothing was erased" in kept[0].text
    after = await counts(house)
    assert after["transcript"] == before["transcript"]
    assert house.channel.spoken == []


async def test_a_word_that_comes_with_the_erasure_is_answered(house: TestHouse) -> None:
    """A text written at the very moment of the erasure is answered, as the first word of a stranger or before it."""
    person = house.person()
    await person.write(TOLD)
    await person.press("erase.ask")
    before = len(person.inbox())
    pressed = person.event(IncomingKind.BUTTON, "erase.ask.yes")
    written = person.event(IncomingKind.TEXT, "and another thing")
    await asyncio.gather(*map(house.conversations.receive, (pressed, written)))
    assert len(person.inbox()) == before + 1
    assert len(house.channel.spoken) == 1


async def test_a_word_stored_before_the_erasure_by_another_process_is_answered(
    house: TestHouse,
) -> None:
    """A text that one process is still thinking about while another erases the person is not lost without an answer."""
    person = house.person()
    await person.write(TOLD)
    await person.press("erase.ask")
    written = person.event(IncomingKind.TEXT, "and another thing")
    assert (await house.conversations.intake.keep(written)).is_new
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        await belongings.erase(conn, party.contact_id, house.clock.now())
    before = len(person.inbox())
    meaning = await house.conversations.reader.read(written.text, prior=None)
    answer = await house.conversations._answer(person.address, written, meaning)
    await house.conversations.saying.send(answer)
    assert len(person.inbox()) == before + 1


async def test_a_word_that_is_stored_while_the_person_is_erased_is_answered(
    house: TestHouse,
) -> None:
    """A text that another process takes in while the erasure commits is answered as a stranger's first word."""
    person = house.person()
    await person.write(TOLD)
    before = len(person.inbox())
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address, lock=True)
        assert party is not None
        await belongings.erase(conn, party.contact_id, house.clock.now())
        written = person.event(IncomingKind.TEXT, "and another thing")
        taking = asyncio.create_task(house.conversations.receive(written))
        await asyncio.sleep(0.3)
    await taking
    assert len(person.inbox()) == before + 1


async def test_a_receipt_that_cannot_be_said_troubles_nobody(house: TestHouse) -> None:
    """When the channel is down at that moment, the person is forgotten all the same."""

    async def fail(_address: Address, _message: Outgoing) -> None:
        raise TemporarilyDown

    person = house.person()
    await person.write(TOLD)
    await person.press("erase.ask")
    house.channel.say_now = fail  # type: ignore[method-assign,assignment]
    await person.press("erase.ask.yes")
    assert set((await counts(house)).values()) == {0}

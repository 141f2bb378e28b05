"""One person in several chats: connected by a yes alone, one case at most, once told, erased together, and parted cleanly."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bot.hotline import access
from bot.hotline.staff import Staff
from bot.messages import CaseId, IncomingKind
from bot.store import joins
from bot.store.tables import (
    AddressRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    FollowUpRow,
    JoinCodeRow,
    OutboxRow,
    TranscriptRow,
)
from bot.understanding.model import Risk, RiskLevel
from tests.support.chats import code_of, connect, contact_of, make_code, two_chats
from tests.support.world import Person, TestHouse

TOLD = "my boss keeps my passport and the door is locked"


async def in_talk(house: TestHouse, person: Person) -> tuple[Staff, CaseId]:
    """Let somebody talk with a counsellor."""
    await person.write(TOLD)
    await person.ask_for_a_person()
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return counsellor, case_id


async def owner(house: TestHouse, person: Person) -> str:
    """Return who has a person's conversation."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    return party.owner


async def lines(house: TestHouse, staff: Staff, case_id: UUID) -> list[str]:
    """Return a case's thread as the desk reads it."""
    async with house.db.transaction() as conn:
        seen = await access.access_case(conn, house.people, staff, case_id)
    return [line.text for line in seen.lines]


async def test_a_code_asks_and_only_the_yes_connects(house: TestHouse) -> None:
    """Following the link makes nobody one; the yes does, with a line in the ledger for each of the two chats."""
    first, second = house.person(), house.person()
    await first.start()
    code = await make_code(first)
    asked = await second.start(f"j_{code}")
    assert "connect this chat" in asked[0].text
    assert await contact_of(house, first) != await contact_of(house, second)
    await second.press("join.confirm.yes")
    assert await contact_of(house, first) == await contact_of(house, second)
    async with house.db.transaction() as conn:
        rows = (await conn.execute(select(ConsentRow))).all()
        places = set(await conn.scalars(select(ConversationRow.id)))
    assert {row.scope for row in rows if row.granted} == {joins.scope_of(each) for each in places}
    assert all(row.text_version and row.withdrawn_at is None for row in rows)


async def test_the_first_chat_is_told_and_can_undo_it(house: TestHouse) -> None:
    """It hears in neutral words that another chat was connected; "it was not me" makes that one a stranger's who has nothing."""
    first, second = await two_chats(house)
    await house.recovery.look()
    told = first.inbox()[-1]
    assert told.text.startswith("Another chat is connected")
    undo = told.buttons[0].id
    counsellor, case_id = await in_talk(house, second)
    await first.press(undo)
    assert await contact_of(house, first) != await contact_of(house, second, made=True)
    assert await owner(house, first) == "staff"
    assert TOLD in await lines(house, counsellor, case_id)
    assert "What can I" in (await second.press("menu.main"))[0].text


async def test_a_code_works_once_and_for_a_quarter_of_an_hour(house: TestHouse) -> None:
    """A second chat with the same code hears that it does not work, and so does one that comes too late."""
    first, second = await two_chats(house)
    third, late = house.person(), house.person()
    code = await make_code(first)
    assert await connect(third, code)
    assert "does not work now" in (await second.start(f"j_{code}"))[0].text
    code = await make_code(first)
    await late.start(f"j_{code}")
    house.clock.at += timedelta(minutes=16)
    assert "does not work now" in (await late.press("join.confirm.yes"))[0].text
    assert await contact_of(house, late) != await contact_of(house, first)


async def test_two_at_once_and_one_is_connected(house: TestHouse) -> None:
    """Of two who say yes to the same code in the same moment one is connected, and the other reads that it is used up."""
    for _ in range(4):
        first, one, other = house.person(), house.person(), house.person()
        await first.start()
        code = await make_code(first)
        for each in (one, other):
            await each.start(f"j_{code}")
        said = await asyncio.gather(*(p.press("join.confirm.yes") for p in (one, other)))
        texts = [messages[0].text for messages in said]
        assert sorted("are connected" in text for text in texts) == [False, True], texts
        assert sum("does not work now" in text for text in texts) == 1
        mine = await contact_of(house, first)
        assert sorted([await contact_of(house, p) == mine for p in (one, other)]) == [False, True]


async def test_two_who_connect_with_each_other_at_once_are_both_answered(
    house: TestHouse,
) -> None:
    """Each says yes to the other's code in the same moment: they are one person, and nobody is left without an answer."""
    one, other = house.person(), house.person()
    await one.start()
    await other.start()
    codes = await make_code(one), await make_code(other)
    await one.start(f"j_{codes[1]}")
    await other.start(f"j_{codes[0]}")
    said = await asyncio.gather(*(p.press("join.confirm.yes") for p in (one, other)))
    assert all(said)
    assert await contact_of(house, one) == await contact_of(house, other)


async def test_guessing_is_slowed_down(house: TestHouse) -> None:
    """After five codes that are none there is no sixth try, even with the right one."""
    first, guesser = house.person(), house.person()
    await first.start()
    code = await make_code(first)
    for letter in "BDFGH":
        assert "does not work" in (await guesser.start(f"j_{letter * 8}"))[0].text
    assert "too often" in (await guesser.start(f"j_{code}"))[0].text


async def test_eight_letters_that_are_no_code_are_a_message(house: TestHouse) -> None:
    """Who writes eight consonants is understood as ever; a code is kept as a hash alone, and never in words."""
    person = house.person()
    await person.start()
    assert "code" not in (await person.write("dbngrttw"))[0].text
    code = await make_code(person)
    async with house.db.transaction() as conn:
        assert code.encode() not in bytes(await conn.scalar(select(JoinCodeRow.lookup)) or b"")


async def test_erasing_one_erases_all(house: TestHouse) -> None:
    """Whatever any of the chats had is gone, the case of another chat too, and each begins as a stranger."""
    first, second = await two_chats(house)
    await in_talk(house, first)
    await second.press("erase.ask")
    await second.press("erase.ask.yes")
    async with house.db.transaction() as conn:
        for table in (AddressRow, ConversationRow, OutboxRow, TranscriptRow, CaseRow, JoinCodeRow):
            assert (await conn.execute(select(table))).all() == [], table
        assert list(await conn.scalars(select(ContactRow.wrapped_key))) == [None]
        open_ = select(func.count()).where(ConsentRow.withdrawn_at.is_(None))
        assert await conn.scalar(open_) == 0
    assert await first.start()


async def test_stop_in_one_chat_holds_for_both(house: TestHouse) -> None:
    """Who had said stop in one of the chats before gets nothing unasked in the other either, and who says it after neither."""
    first, second = house.person(), house.person()
    await first.press("follow_up.ask")
    await first.press("follow_up.ask.d7")
    await second.write("/stop")
    await connect(second, await make_code(first))
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(FollowUpRow.contact_id)) is None
        assert await conn.scalar(select(ContactRow.stopped_at)) is not None


async def test_one_plan_to_write_first_is_left(house: TestHouse) -> None:
    """Greeted once, and not once in each chat."""
    first, second = house.person(), house.person()
    for person in (first, second):
        await person.press("follow_up.ask")
        await person.press("follow_up.ask.d7")
    await connect(second, await make_code(first))
    async with house.db.transaction() as conn:
        [plan] = (await conn.execute(select(FollowUpRow))).all()
        party = await house.people.find(conn, first.address)
    assert party is not None
    assert plan.conversation_id == party.conversation_id


async def test_a_talk_in_another_chat_is_told_and_comes_here(house: TestHouse) -> None:
    """The bot says where it goes on; one press moves it, with what the counsellor wrote and what she writes from then on."""
    first, second = await two_chats(house)
    counsellor, case_id = await in_talk(house, first)
    assert "goes on in your other chat" in (await second.write("are you there?"))[0].text
    assert TOLD in await lines(house, counsellor, case_id)
    assert "are you there?" not in await lines(house, counsellor, case_id)
    assert "goes on in this chat" in (await second.press("join.elsewhere.here"))[0].text
    assert (await owner(house, first), await owner(house, second)) == ("bot", "staff")
    await second.write("here I am")
    silent = len(first.inbox())
    await house.talks.reply(counsellor, case_id, "good", token="1")
    assert second.inbox()[-1].text == "good"
    assert len(first.inbox()) == silent
    assert (await lines(house, counsellor, case_id))[-3:] == ["moved", "here I am", "good"]
    async with house.db.transaction() as conn:
        seen = await access.access_case(conn, house.people, counsellor, case_id)
    assert seen.also == ("fake",)
    assert "case_moved" in [step.kind for step in seen.trail]


async def test_nobody_has_two_cases(house: TestHouse) -> None:
    """In the other chat every way to a person leads to the talk that is open; a race of two yeses opens one case."""
    first, second = await two_chats(house)
    for person in (first, second):
        await person.press("consent.ask")
    await asyncio.gather(*(p.press("consent.ask.talk") for p in (first, second)))
    async with house.db.transaction() as conn:
        assert len((await conn.scalars(select(CaseRow.id))).all()) == 1
    owners = [await owner(house, first), await owner(house, second)]
    assert sorted(owners) == ["bot", "queue"]
    other = (first, second)[owners.index("bot")]
    assert "goes on in your other chat" in (await other.press("consent.ask"))[0].text


async def test_two_who_talk_already_are_not_connected(house: TestHouse) -> None:
    """Two open cases would be one too many: the code does not work meanwhile."""
    first, second, third = house.person(), *await two_chats(house)
    await first.start()
    code = await make_code(first)
    await in_talk(house, first)
    await in_talk(house, second)
    assert "does not work now" in (await third.start(f"j_{code}"))[0].text


async def test_danger_told_in_the_other_chat_moves_the_case_up(house: TestHouse) -> None:
    """It is answered at once where it is told, and the case in the queue rises."""
    first, second = await two_chats(house)
    await first.press("consent.ask")
    await first.press("consent.ask.talk")
    house.nlu.tell("he beats me now", "disclose", risk=Risk(RiskLevel.IMMEDIATE, (), "self"))
    said = await second.write("he beats me now")
    assert any(number.number in said[0].text for number in house.content.emergency)
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(CaseRow.level)) == "immediate"


async def test_while_somebody_may_look_nothing_is_connected(house: TestHouse) -> None:
    """A code of a chat that the safe word covers does not work, and under a cover none is taken."""
    first, second = house.person(), house.person()
    await first.press("watched.ask.word")
    await first.write("mangga77")
    code = await make_code(first)
    await first.write("mangga77")
    assert "does not work now" in (await second.start(f"j_{code}"))[0].text
    assert await first.start(f"j_{code}")
    assert await contact_of(house, first) != await contact_of(house, second)


async def test_a_chat_that_leaves_is_a_strangers_and_the_other_keeps_everything(
    house: TestHouse,
) -> None:
    """Cases that went on there stay readable with the person; the chat itself has a new key and knows nothing."""
    first, second = await two_chats(house)
    counsellor, case_id = await in_talk(house, second)
    await house.talks.reply(counsellor, case_id, "I am here", token="1")
    await house.talks.close(counsellor, case_id, "helped")
    await second.press("join.ask")
    await second.press("join.ask.leave")
    await second.press("join.ask.sure")
    address, receipt = house.channel.spoken[-1]
    assert address == second.address
    assert "on its own now" in receipt.text
    async with house.db.transaction() as conn:
        assert await house.people.find(conn, second.address) is None
        consents = (
            await conn.execute(select(ConsentRow).where(ConsentRow.scope.like("join:%")))
        ).all()
    assert sorted(row.withdrawn_at is None for row in consents) == [False, True]
    assert await lines(house, counsellor, case_id) == [TOLD, "I am here"]
    assert await second.start()
    assert await contact_of(house, second) != await contact_of(house, first)


async def test_the_language_of_the_other_chat_is_spoken_to_a_stranger(house: TestHouse) -> None:
    """Who comes by the link for the first time is asked in the language that they talk in there; afterwards each chat keeps its own."""
    first, second = house.person(), house.person()
    await first.press("language.choose.id")
    await connect(second, await make_code(first))
    assert "tersambung" in second.inbox()[-1].text
    await second.press("language.choose.en")
    assert (
        "Mau" in (await first.press("join.ask"))[-1].text or "Tersambung" in first.inbox()[-1].text
    )


@pytest.mark.parametrize("kind", [IncomingKind.TEXT, IncomingKind.START])
async def test_a_code_given_twice_connects_once(house: TestHouse, kind: IncomingKind) -> None:
    """An event that a platform delivers again, and a code that is written and pressed, connect once."""
    first, second = house.person(), house.person()
    await first.start()
    code = await make_code(first)
    event = second.event(kind, f"j_{code}")
    await house.conversations.receive(event)
    await house.conversations.receive(event)
    yes = second.event(IncomingKind.BUTTON, "join.confirm.yes")
    await house.conversations.receive(yes)
    await house.conversations.receive(yes)
    assert sum("are connected" in message.text for message in second.inbox()) == 1
    assert code_of(first) == code

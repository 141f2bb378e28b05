"""The contract's part for counsellors: an answer points to the very message that it answers, and arrives whatever became of that."""

import asyncio

import pytest
from sqlalchemy import delete, select

from bot.conversation.holding import Leaving
from bot.errors import NoSuchLine
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store.tables import OutboxRow, TranscriptRow
from tests.support.platforms import open_platform
from tests.support.platforms.platform import Platform, Visitor
from tests.support.platforms.playing import playing
from tests.support.platforms.web import WebVisitor
from tests.support.platforms.whatsapp import OnWhatsApp
from tests.support.search import find_in_database
from tests.support.whatsapp_fake.graph import Fault
from tests.support.world import TestHouse


async def talking(house: TestHouse, sari: Visitor) -> tuple[Staff, CaseId]:
    """Let somebody talk with a counsellor."""
    await sari.write("/start")
    await sari.press("consent.ask")
    await sari.press("consent.ask.talk")
    staff = await house.staff()
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    await sari.new()
    return staff, case_id


async def last_line(house: TestHouse, case_id: CaseId) -> int:
    """Return the number of what the person wrote last."""
    async with house.db.transaction() as conn:
        found = await conn.scalar(
            select(TranscriptRow.id)
            .where(TranscriptRow.case_id == case_id, TranscriptRow.author == "person")
            .order_by(TranscriptRow.id.desc())
            .limit(1)
        )
    assert found is not None
    return found


@playing("quoting")
async def test_an_answer_points_to_what_it_answers(
    platform: Platform, house: TestHouse, sari: Visitor
) -> None:
    """The platform is told which message is meant, of several; an answer without a quote points to none."""
    staff, case_id = await talking(house, sari)
    await sari.write("they keep my passport")
    meant, line = sari.last_id(), await last_line(house, case_id)
    await sari.write("and it is raining")
    await house.talks.reply(staff, case_id, "Who keeps it?", token="a" * 16, quote=line)
    await house.talks.reply(staff, case_id, "Take your time", token="b" * 16)
    seen = await sari.new(expect=2)
    assert [(each.text, each.quotes) for each in seen] == [
        ("Who keeps it?", meant),
        ("Take your time", ""),
    ]
    assert meant
    assert platform.channel.name == sari.address.channel


@playing("quoting")
async def test_only_the_first_part_of_a_long_answer_quotes(
    house: TestHouse, sari: Visitor
) -> None:
    """Where an answer is cut, what follows stands below the first part by itself."""
    staff, case_id = await talking(house, sari)
    await sari.write("tell me all")
    meant, line = sari.last_id(), await last_line(house, case_id)
    await house.talks.reply(staff, case_id, "word " * 1_900, token="a" * 16, quote=line)
    seen = await sari.new(expect=2)
    assert len(seen) > 1
    assert [each.quotes for each in seen] == [meant] + [""] * (len(seen) - 1)


@playing("quoting")
async def test_an_answer_to_what_is_gone_arrives(house: TestHouse, sari: Visitor) -> None:
    """A line that is deleted while the answer can still be undone is quoted no more; the answer is there."""
    staff, case_id = await talking(house, sari)
    await sari.write("they keep my passport")
    line = await last_line(house, case_id)
    await house.talks.reply(
        staff, case_id, "Who keeps it?", token="a" * 16, quote=line, leaving=Leaving.UNDOABLE
    )
    async with house.db.transaction() as conn:
        await conn.execute(delete(TranscriptRow).where(TranscriptRow.id == line))
        conversation_id = await conn.scalar(select(OutboxRow.conversation_id).limit(1))
    assert conversation_id is not None
    house.clock.pass_(seconds=6)
    await house.talks.holding.let_go(conversation_id)
    assert [(each.text, each.quotes) for each in await sari.new(expect=1)] == [
        ("Who keeps it?", "")
    ]


@playing("quoting")
async def test_what_is_held_keeps_what_it_answers(house: TestHouse, sari: Visitor) -> None:
    """An answer that could be undone for a moment points to its line when it leaves after that."""
    staff, case_id = await talking(house, sari)
    await sari.write("they keep my passport")
    meant, line = sari.last_id(), await last_line(house, case_id)
    await house.talks.reply(
        staff, case_id, "Who keeps it?", token="a" * 16, quote=line, leaving=Leaving.UNDOABLE
    )
    async with house.db.transaction() as conn:
        conversation_id = await conn.scalar(select(OutboxRow.conversation_id).limit(1))
    assert conversation_id is not None
    house.clock.pass_(seconds=6)
    await house.talks.holding.let_go(conversation_id)
    assert [each.quotes for each in await sari.new(expect=1)] == [meant]


async def test_a_counsellor_s_line_is_told_when_to_go(house: TestHouse) -> None:
    """On the web chat the page itself is told after how long a counsellor's line is to go, as the person chose."""
    async with open_platform("web", house) as platform:
        sari = await platform.visitor()
        assert isinstance(sari, WebVisitor)
        await sari.write("/start")
        await sari.press("watched.vanish.hour")
        staff, case_id = await talking(house, sari)
        await house.talks.reply(staff, case_id, "It opens at nine", token="a" * 16)
        page = await sari.page()
        async with asyncio.timeout(5):
            while (frame := await page.next()).get("from") != "staff":
                pass
        assert (frame["text"], frame["vanish_s"]) == ("It opens at nine", 3_600)


@playing("quoting")
async def test_nothing_is_sent_to_a_line_that_is_not_hers(
    platform: Platform, house: TestHouse, sari: Visitor
) -> None:
    """A line of another case, of the counsellor herself, or of nobody is refused as not found, and the person reads nothing."""
    other = await platform.visitor()
    _, others = await talking(house, other)
    await other.write("this is mine")
    foreign = await last_line(house, others)
    staff, case_id = await talking(house, sari)
    await house.talks.reply(staff, case_id, "Hello", token="a" * 16)
    await sari.new(expect=1)
    async with house.db.transaction() as conn:
        own = await conn.scalar(
            select(TranscriptRow.id).where(
                TranscriptRow.case_id == case_id, TranscriptRow.author == "staff"
            )
        )
    assert own is not None
    for number, line in enumerate((foreign, own, 10**12)):
        with pytest.raises(NoSuchLine):
            await house.talks.reply(staff, case_id, "secret", token=f"{number}" * 16, quote=line)
    assert await sari.new() == []


@playing("quoting")
async def test_the_platform_s_id_is_sealed_and_goes_with_the_case(
    house: TestHouse, sari: Visitor
) -> None:
    """While the case is open the id is nowhere to be read in the database; once it is closed it is not kept at all."""
    staff, case_id = await talking(house, sari)
    await sari.write("they keep my passport")
    line, kept = await last_line(house, case_id), select(TranscriptRow.platform_id_sealed)
    if sari.address.channel == "whatsapp":  # elsewhere the id says nothing of anybody
        assert await find_in_database(house.db, [sari.last_id()]) == []
    async with house.db.transaction() as conn:
        assert await conn.scalar(kept.where(TranscriptRow.id == line)) is not None
    await house.talks.close(staff, case_id, "helped")
    async with house.db.transaction() as conn:
        assert await conn.scalar(kept.where(TranscriptRow.id == line)) is None


async def test_what_meta_refuses_to_quote_is_said_without(house: TestHouse) -> None:
    """Where Meta does not take the message that is pointed to, the answer arrives all the same, once."""
    async with open_platform("whatsapp", house) as platform:
        assert isinstance(platform, OnWhatsApp)
        sari = await platform.visitor()
        staff, case_id = await talking(house, sari)
        await sari.write("they keep my passport")
        line = await last_line(house, case_id)
        platform.graph.faults.append(Fault(131009, status=400))
        await house.talks.reply(staff, case_id, "Who?", token="a" * 16, quote=line)
        assert [(each.text, each.quotes) for each in await sari.new()] == [("Who?", "")]

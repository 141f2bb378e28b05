"""The contract's hard half: what comes twice or the wrong way round, refusals, doubt, a broken house, and who is forgotten."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channels.errors import SendError
from bot.channels.webchat import Page, WebChat
from bot.content.load import Content
from bot.conversation.trouble import offline
from bot.messages import Address, IncomingKind, Outgoing
from bot.store import contacts
from bot.store.tables import AddressRow, InboxRow, OutboxRow
from tests.support.clock import FixedClock
from tests.support.platforms.platform import Platform, Visitor
from tests.support.platforms.playing import playing, text_of
from tests.support.platforms.stage import Stage, without_database
from tests.support.world import TestHouse


async def count_of(house: TestHouse, table: type[AddressRow | InboxRow | OutboxRow]) -> int:
    """Return how many rows there are."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


async def send_what_waits(platform: Platform, who: Visitor) -> None:
    """Send as the worker does, a good while later."""
    house = platform.house
    house.clock.pass_(minutes=10)
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, who.address)
    assert party is not None
    await house.delivery.drain(party.conversation_id)


async def test_what_comes_again_has_no_second_effect(sari: Visitor, stage: Stage) -> None:
    """An event that the platform delivers once more is neither heard nor answered again."""
    stage.answer = [Outgoing("only once")]
    assert text_of(await sari.write("hello")) == "only once"
    assert await sari.again() == []
    assert len(stage.heard) == 1


async def test_the_later_may_come_first(sari: Visitor, stage: Stage) -> None:
    """Two texts that come the other way round are both heard and answered, each once."""
    stage.answer = [Outgoing("heard")]
    seen = await sari.write_backwards("first", "second")
    assert text_of(seen) == "heard\n\nheard"
    assert sorted(event.text for event in stage.heard) == ["first", "second"]


@playing("blocking")
async def test_who_blocks_is_left_alone_and_may_come_back(house: TestHouse, sari: Visitor) -> None:
    """A block is heard and nothing is sent; let in again, they are answered."""
    await sari.write("hello")
    await sari.block()
    assert await blocked(house, sari)
    assert await sari.unblock() == []
    assert not await blocked(house, sari)
    assert await sari.write("hello again")


async def blocked(house: TestHouse, who: Visitor) -> bool:
    """Tell whether somebody is known to have shut us out."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, who.address)
    assert party is not None
    return party.blocked


@playing("pushing")
async def test_a_refusal_is_heard_as_a_block(
    platform: Platform, house: TestHouse, sari: Visitor
) -> None:
    """Where the platform says that a person has shut us out, nothing more is tried."""
    await sari.write("hello")
    await platform.refuse(sari)
    assert await sari.beside(IncomingKind.TEXT, "is anybody there?") == []
    assert await blocked(house, sari)
    async with house.db.transaction() as conn:
        waiting = await conn.scalar(
            select(func.count())
            .select_from(OutboxRow)
            .where(OutboxRow.status.in_(["queued", "sending"]))
        )
    assert waiting == 0


@playing("pushing")
async def test_who_writes_again_is_reached_again(
    platform: Platform, house: TestHouse, sari: Visitor
) -> None:
    """Somebody of whom the platform said that they are gone, and who writes after all, has not shut us out (any more)."""
    await sari.write("hello")
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, sari.address)
        assert party is not None
        await contacts.set_blocked(conn, party.address_id, house.clock.now())
    assert await sari.write("hello again")
    assert not await blocked(house, sari)
    assert platform.channel.name == sari.address.channel


@playing("slowing")
async def test_who_is_told_to_wait_waits_and_nothing_is_lost(
    platform: Platform, sari: Visitor, stage: Stage
) -> None:
    """A message that was refused for now, and the one behind it, arrive later, each once and in order."""
    stage.answer = [Outgoing("one"), Outgoing("two")]
    await platform.slow_down(7)
    assert await sari.write("hello") == []
    await send_what_waits(platform, sari)
    assert text_of(await sari.new()) == "one\n\ntwo"


@playing("doubt")
async def test_a_message_in_doubt_is_said_once(
    platform: Platform, sari: Visitor, stage: Stage
) -> None:
    """A message that arrived although nobody said so is found, and not sent again."""
    stage.answer = [Outgoing("before")]
    await sari.write("hello")
    stage.answer = [Outgoing("in doubt")]
    await platform.hide_answer()
    seen = await sari.write("are you there?")
    await platform.settle()
    await send_what_waits(platform, sari)
    assert text_of([*seen, *await sari.new()]) == "in doubt"


@playing("knocking")
async def test_what_no_platform_sends_does_no_harm(
    platform: Platform, house: TestHouse, sari: Visitor
) -> None:
    """Payloads of any form are no error of ours and leave nothing behind, and the next word is answered."""
    assert all(status < 500 for status in await platform.knock())
    assert await count_of(house, InboxRow) == 0
    assert await count_of(house, AddressRow) == 0
    assert await sari.write("hello")


async def test_what_is_said_now_is_seen_each_time(platform: Platform, sari: Visitor) -> None:
    """What is said outside the outbox is seen, also when the very same is said again."""
    await sari.write("hello")
    before = await count_of(platform.house, OutboxRow)
    for _ in range(2):
        await platform.channel.say_now(sari.address, Outgoing("Something is broken"))
    assert text_of(await sari.new()) == "Something is broken\n\nSomething is broken"
    assert await count_of(platform.house, OutboxRow) == before


async def test_a_broken_house_says_so(platform: Platform, sari: Visitor) -> None:
    """While the database is away a person is told, with the emergency numbers, and is answered when it is back."""
    await sari.write("hello")
    with without_database():
        seen = await sari.write("help")
    assert "110" in text_of(seen)
    assert text_of(await sari.write("are you back?"))


async def test_what_is_said_when_all_is_broken_fits(platform: Platform, sari: Visitor) -> None:
    """What is said when nothing works fits into one message in every language, and is seen whole."""
    content, can = platform.house.content, platform.channel.capabilities
    await sari.write("hello")
    said = [offline(content, locale) for locale in content.words.locales]
    assert all(len(each.text) <= can.max_text_chars and not each.buttons for each in said)
    for message in said:
        await platform.channel.say_now(sari.address, message)
    assert text_of(await sari.new()) == "\n\n".join(each.text for each in said)


async def test_nobody_erased_is_known(platform: Platform, house: TestHouse, sari: Visitor) -> None:
    """Who asks to be forgotten is told so, is gone, and is greeted as a stranger afterwards; a second time as well."""
    greeting = ""
    for _ in range(2):
        seen = await sari.write("hello")
        greeting = greeting or text_of(seen)
        assert text_of(seen) == greeting
        await sari.write("/erase")
        farewell = await sari.press("erase.ask.yes")
        assert text_of(farewell)
        async with house.db.transaction() as conn:
            assert await house.people.find(conn, sari.address) is None
        assert await count_of(house, OutboxRow) == 0


async def test_after_an_erasure_the_bot_still_reaches_them(
    platform: Platform, house: TestHouse, sari: Visitor
) -> None:
    """Who was forgotten and writes again is reached by what others say to them later, without doing anything."""
    await sari.write("hello")
    await sari.write("/erase")
    await sari.press("erase.ask.yes")
    await sari.write("hello again")
    async with house.db.batch() as batch:
        conn = await batch.connection()
        party = await house.people.find(conn, sari.address)
        assert party is not None
        letters = house.conversations.add(batch, party, [Outgoing("a word from the desk")])
    await house.talks.deliver(party, letters())
    assert text_of(await sari.new(expect=1)) == "a word from the desk"


@pytest.mark.parametrize(("told", "spoken"), [("in", "id"), ("id-ID", "id"), ("zh-Hans", "zh")])
def test_a_broken_house_speaks_the_language_of_the_app(
    content: Content, told: str, spoken: str
) -> None:
    """Whatever an app calls its language, what is said without a database is said in it."""
    assert offline(content, told) == offline(content, spoken)
    assert offline(content, told) != offline(content, "en")


async def test_a_page_that_has_just_gone_is_an_error_of_ours(clock: FixedClock) -> None:
    """A socket that breaks while something is said now raises nothing that its caller does not know."""

    async def gone(_: dict[str, Any]) -> None:
        raise RuntimeError("the socket is closed")

    channel, address = WebChat(), Address("web", "web", "somebody")
    nothing: Any = None
    channel.pages[address] = Page(address, gone, True, nothing, nothing, clock, 1)
    with pytest.raises(SendError):
        await channel.say_now(address, Outgoing("everything is erased"))

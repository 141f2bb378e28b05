"""In a group the bot says one neutral sentence to whoever speaks to it, and nothing of the group is kept."""

from collections.abc import AsyncIterator
from itertools import count

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.gateway.telegram import TelegramGateway
from tests.support.search import find_in_database
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.records import Json, SentMessage
from tests.support.telegram_fake.runner import running_fake
from tests.support.telegram_line import coming_in, gateway_of
from tests.support.world import TestHouse

GROUP, ME = -1_001_234_567_890, "suar_4200000000_bot"
DANGER = "my boss keeps my passport and the door is locked"
_people = count(100)


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[TelegramFakeClient]:
    """A Telegram with a group."""
    async with running_fake() as running:
        await running.group(GROUP, "Neighbours", is_forum=True)
        yield running


@pytest_asyncio.fixture
async def gateway(house: TestHouse, fake: TelegramFakeClient) -> AsyncIterator[TelegramGateway]:
    """The bot, polling."""
    async with gateway_of(house, fake) as made, coming_in(made):
        yield made


async def settled(fake: TelegramFakeClient) -> list[SentMessage]:
    """Return what stands in the group once everything that has happened has been played."""
    last = next(_people)
    await fake.write(last, "/numbers")
    await fake.wait_for_messages(last, 1)
    return await fake.messages(GROUP)


@pytest.mark.parametrize(
    "said", [f"@{ME} hello", f"/start@{ME}", f"\U0001f642 @{ME.upper()} {DANGER}"]
)
async def test_whoever_speaks_to_it_is_shown_the_private_chat(
    gateway: TelegramGateway, fake: TelegramFakeClient, said: str
) -> None:
    """By its name or a command with its name: the same sentence, whatever was said, and a button that opens the chat."""
    await fake.person(7, language_code="en")
    await fake.write(7, said, chat_id=GROUP)
    [answer] = await fake.wait_for_messages(GROUP, 1)
    assert answer.text == "I talk in private only."
    assert answer.markup is not None
    [[button]] = answer.markup["inline_keyboard"]
    assert button["url"] == f"https://t.me/{ME}?start=g"
    assert answer.disable_notification
    assert gateway.trouble is None


async def test_at_most_once_an_hour(
    gateway: TelegramGateway, fake: TelegramFakeClient, house: TestHouse
) -> None:
    """However often it is called, also in reply to it; an hour later it points to the chat again."""
    await fake.write(7, f"@{ME} hello", chat_id=GROUP)
    [first] = await fake.wait_for_messages(GROUP, 1)
    await fake.write(8, f"@{ME} {DANGER}", chat_id=GROUP)
    await fake.write(8, "and you?", chat_id=GROUP, reply_to_message_id=first.message_id)
    assert len(await settled(fake)) == 1
    house.clock.pass_(hours=1)
    await fake.write(8, "and you?", chat_id=GROUP, reply_to_message_id=first.message_id)
    [_, second] = await fake.wait_for_messages(GROUP, 2)
    assert second.text == first.text
    assert gateway.trouble is None


@pytest.mark.parametrize(
    "said", [DANGER, "/start", "/start@other_bot", "@other_bot help", "hello"]
)
async def test_what_is_not_said_to_it_is_left_alone(
    gateway: TelegramGateway, fake: TelegramFakeClient, said: str
) -> None:
    """Talk among people in a group is none of its business."""
    await fake.write(7, said, chat_id=GROUP)
    assert await settled(fake) == []
    assert gateway.trouble is None


async def test_nothing_of_a_group_is_kept(
    gateway: TelegramGateway, fake: TelegramFakeClient, house: TestHouse
) -> None:
    """No contact, no event, no words; what counts the hour is a keyed hash."""
    await fake.write(7, f"@{ME} {DANGER}", chat_id=GROUP)
    await fake.wait_for_messages(GROUP, 1)
    async with house.db.transaction() as conn:
        for table in ("contacts", "inbox", "outbox", "transcript"):
            assert await conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert await find_in_database(house.db, ["passport", str(abs(GROUP)), "neighbours"]) == []
    assert gateway.trouble is None


async def test_in_a_topic_it_answers_there(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """In a forum the sentence stands where it was called."""
    await fake.group(GROUP, "Neighbours", is_forum=True, rights=["can_manage_topics"])
    topic = await gateway.channel.bot.create_forum_topic(GROUP, "Work abroad")
    await fake.write(7, f"@{ME} hello", chat_id=GROUP, thread_id=topic.message_thread_id)
    [answer] = await fake.wait_for_messages(GROUP, 1)
    assert answer.thread_id == topic.message_thread_id


def message(**parts: object) -> Json:
    """Return a message in the group as Telegram tells of it."""
    chat = {"id": GROUP, "type": "supergroup", "title": "Neighbours"}
    return {"message_id": 900, "date": 1, "chat": chat, **parts}


CALLED = {
    "text": f"@{ME} hello",
    "entities": [{"type": "mention", "offset": 0, "length": len(ME) + 1}],
}
BOT = {"id": 5, "is_bot": True, "first_name": "Other"}


async def test_an_anonymous_administrator_is_answered_and_another_bot_is_not(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """Two bots that answer each other never end; who writes as the group is a person."""
    await fake.bring("message", message(**{"from": BOT}, **CALLED))
    assert await settled(fake) == []
    chat = {"id": GROUP, "type": "supergroup"}
    await fake.bring("message", message(**{"from": BOT}, sender_chat=chat, **CALLED))
    assert len(await fake.wait_for_messages(GROUP, 1)) == 1
    assert gateway.trouble is None


async def test_coming_going_and_moving_leave_nothing_behind(
    gateway: TelegramGateway, fake: TelegramFakeClient, house: TestHouse
) -> None:
    """Added, removed, migrated to a supergroup, edited, a topic opened: nothing is said and nothing is kept."""
    me = {"user": {"id": 4200000000, "is_bot": True, "first_name": "Suar"}}
    user = {"id": 7, "is_bot": False, "first_name": "A"}
    for old, new in (("left", "member"), ("member", "kicked")):
        change = {"chat": message()["chat"], "from": user, "date": 1}
        members = {
            "old_chat_member": {"status": old, **me},
            "new_chat_member": {"status": new, **me},
        }
        await fake.bring("my_chat_member", {**change, **members})
    await fake.bring("message", message(**{"from": user}, migrate_to_chat_id=-1_002))
    await fake.bring("message", message(**{"from": user}, new_chat_members=[me["user"]]))
    await fake.bring("edited_message", message(**{"from": user}, edit_date=2, **CALLED))
    opened = message(**{"from": me["user"]}, forum_topic_created={"name": "x", "icon_color": 1})
    in_topic = message(**{"from": user}, reply_to_message=opened, text="hello")
    await fake.bring("message", in_topic)
    assert await settled(fake) == []
    async with house.db.transaction() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM contacts")) == 1
    assert gateway.trouble is None


async def test_a_group_that_does_not_take_the_sentence_disturbs_nobody(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """Where the bot may not write, or Telegram is busy, people in private are answered all the same."""
    await fake.fail_next("sendMessage", Fault("chat_not_found", chat_id=GROUP))
    await fake.write(7, f"@{ME} hello", chat_id=GROUP)
    assert await settled(fake) == []
    assert gateway.trouble is None

"""The fake's forum topics, driven by a real aiogram Bot: what an administrator may do, and what everybody else is refused."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import ChatMemberAdministrator, ChatMemberMember

from tests.support.telegram_fake import TelegramFakeClient, running_fake
from tests.unit.support.test_telegram_fake import bot_of

STAFF = -1001
DEWI = 1003
RIGHTS = ["can_manage_topics", "can_delete_messages"]


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFakeClient]:
    """A fake with a forum in which the bot is an administrator."""
    async with running_fake() as client:
        await client.group(STAFF, "Staff", is_forum=True, rights=RIGHTS)
        yield client


@pytest.fixture
async def bot(fake: TelegramFakeClient) -> AsyncIterator[Bot]:
    """Its bot."""
    async with bot_of(fake) as made:
        yield made


async def test_what_is_said_in_a_topic_goes_with_it(fake: TelegramFakeClient, bot: Bot) -> None:
    """Messages in both directions name their topic, and deleting it takes them along."""
    topic = await bot.create_forum_topic(STAFF, "Talk 1")
    number = topic.message_thread_id
    sent = await bot.send_message(STAFF, "here", message_thread_id=number)
    assert (sent.message_thread_id, sent.is_topic_message) == (number, True)
    await fake.write(DEWI, "yes", chat_id=STAFF, thread_id=number)
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.message_thread_id == number
    await bot.edit_forum_topic(STAFF, number, name="Talk 2")
    await bot.close_forum_topic(STAFF, number)
    assert await fake.topics(STAFF) == [{"id": number, "name": "Talk 2", "closed": True}]
    assert await bot.delete_forum_topic(STAFF, number)
    assert await fake.topics(STAFF) == await fake.people_messages(STAFF) == []
    assert [each.deleted for each in await fake.messages(STAFF)] == [True]
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(STAFF, "still there?", message_thread_id=number)
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await bot.delete_forum_topic(STAFF, number)


async def test_rights_are_needed(fake: TelegramFakeClient, bot: Bot) -> None:
    """Each act asks for its own right, and a group without topics has none to make."""
    number = (await bot.create_forum_topic(STAFF, "Talk 1")).message_thread_id
    assert isinstance(await bot.get_chat_member(STAFF, bot.id), ChatMemberAdministrator)
    await fake.group(STAFF, "Staff", is_forum=True, rights=[])
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(STAFF, "Talk 2")
    with pytest.raises(TelegramBadRequest, match="not enough rights to delete the topic"):
        await bot.delete_forum_topic(STAFF, number)
    await fake.group(STAFF, "Staff")
    assert isinstance(await bot.get_chat_member(STAFF, bot.id), ChatMemberMember)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(STAFF, "Talk 2")


async def test_many_messages_are_deleted_at_once(fake: TelegramFakeClient, bot: Bot) -> None:
    """What is there goes, what is not is skipped."""
    sent = [await bot.send_message(STAFF, "one") for _ in range(2)]
    assert await bot.delete_messages(STAFF, [*(each.message_id for each in sent), 999])
    assert all(each.deleted for each in await fake.messages(STAFF))

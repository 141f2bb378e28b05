"""Forum topics, the bot's rights in a group, and deleteMessages.

Error texts follow tdlib/td, ForumTopicManager.cpp and DialogManager.cpp; TOPIC_ID_INVALID and TOPIC_NOT_MODIFIED are the server's.
"""

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.errors import refuse
from tests.support.telegram_fake.methods.messages import target_chat
from tests.support.telegram_fake.records import Json
from tests.support.telegram_fake.state import BotAccount, Chat, Topic

_MAX_NAME_CHARS = 128
_MAX_DELETED = 100
_RIGHTS = ("can_manage_topics", "can_delete_messages")


async def create_forum_topic(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#createforumtopic."""
    chat = target_chat(account, params)
    _check(chat, "can_manage_topics", "create a topic")
    name = params.text("name")
    if not 1 <= len(name) <= _MAX_NAME_CHARS:
        refuse("TOPIC_TITLE_EMPTY" if not name else "Topic name is too long")
    # A topic's number is that of the message that tells of it.
    number = chat.next_message_id()
    chat.topics[number] = Topic(name)
    return {"message_thread_id": number, "name": name, "icon_color": 7322096}


async def edit_forum_topic(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#editforumtopic."""
    chat, topic = _topic(account, params, "can_manage_topics", "edit the topic")
    topic.name = params.text("name") or topic.name
    return True


async def close_forum_topic(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#closeforumtopic."""
    return _set_closed(account, params, closed=True)


async def reopen_forum_topic(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#reopenforumtopic."""
    return _set_closed(account, params, closed=False)


def _set_closed(account: BotAccount, params: Params, *, closed: bool) -> bool:
    _, topic = _topic(account, params, "can_manage_topics", "close or open the topic")
    if topic.closed is closed:
        refuse("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    account.changes.announce()
    return True


async def delete_forum_topic(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#deleteforumtopic."""
    chat, _ = _topic(account, params, "can_delete_messages", "delete the topic")
    number = params.integer("message_thread_id")
    del chat.topics[number]
    for message in chat.messages.values():
        if message.payload.get("message_thread_id") == number:
            message.deleted = True
    account.changes.announce()
    return True


async def get_chat_member(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getchatmember; of the bot itself only."""
    chat = target_chat(account, params)
    if params.integer("user_id") != account.id:
        refuse("Member not found")
    if not chat.is_admin:
        return {"user": account.user, "status": "member"}
    always = dict.fromkeys(
        (
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
            "can_send_welcome_messages",
        ),
        False,
    )
    rights = {name: name in chat.rights for name in _RIGHTS}
    return {"user": account.user, "status": "administrator"} | always | rights


async def delete_messages(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#deletemessages; what is not there is skipped."""
    chat = target_chat(account, params)
    numbers = params.parsed("message_ids", "message identifiers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= _MAX_DELETED:
        refuse("Message identifiers are not specified")
    for number in numbers:
        message = chat.find(int(number))
        if message is None:
            continue
        if not message.from_bot and "can_delete_messages" not in chat.rights:
            refuse("Message can't be deleted")
        message.deleted = True
    return True


def _check(chat: Chat, right: str, what: str) -> None:
    if not chat.payload.get("is_forum"):
        refuse("The chat is not a forum")
    if right not in chat.rights:
        refuse(f"Not enough rights to {what}")


def _topic(account: BotAccount, params: Params, right: str, what: str) -> tuple[Chat, Topic]:
    chat = target_chat(account, params)
    _check(chat, right, what)
    topic = chat.topics.get(params.integer("message_thread_id"))
    if topic is None:
        refuse("TOPIC_ID_INVALID")
    return chat, topic

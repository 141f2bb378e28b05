"""sendMessage, the edits, deleteMessage, answerCallbackQuery and sendChatAction."""

import time

from tests.support.telegram_fake.bodies import Params, UploadedFile
from tests.support.telegram_fake.errors import refuse
from tests.support.telegram_fake.markups import reply_markup
from tests.support.telegram_fake.records import CallbackAnswer, Json
from tests.support.telegram_fake.state import BotAccount, Chat, StoredMessage
from tests.support.telegram_fake.texts import message_caption, message_text

_NOT_MODIFIED = (
    "Message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
_MAX_CALLBACK_ANSWER_CHARS = 200
_DELETABLE_S = 48 * 3600
_CHAT_ACTIONS = frozenset(
    {
        "cancel",
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "record_audio",
        "upload_voice",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "find_location",
        "pick_up_location",
        "record_video_note",
        "upload_video_note",
    }
)


async def send_message(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#sendmessage."""
    text, entities = message_text(params)
    content: Json = {"text": text, "entities": entities} if entities else {"text": text}
    return post_message(account, params, "sendMessage", content)


def post_message(
    account: BotAccount,
    params: Params,
    method: str,
    content: Json,
    file: UploadedFile | None = None,
) -> Json:
    """Put a message of the bot into a chat.

    Args:
        account: The bot.
        params: The call's arguments; chat, markup and options are read from them.
        method: The Bot API method, for the record.
        content: The fields of the Message object that make it a text, photo, voice ...
        file: What was uploaded with the call.

    Returns:
        The Message object.

    Raises:
        BotApiError: 400 or 403.
    """
    markup = reply_markup(params)
    chat = target_chat(account, params)
    payload = _payload(account, chat, params, content, markup)
    message = StoredMessage(
        payload,
        from_bot=True,
        method=method,
        at_s=time.time(),
        markup=markup,
        protect_content=params.flag("protect_content"),
        disable_notification=params.flag("disable_notification"),
        file=file,
    )
    if message.protect_content:
        payload["has_protected_content"] = True
    account.keep_sent(chat, message)
    return payload


def _payload(
    account: BotAccount, chat: Chat, params: Params, content: Json, markup: Json | None
) -> Json:
    replied_to = _replied_to(chat, params)
    thread = _thread(chat, params)
    payload: Json = {
        "message_id": chat.next_message_id(),
        "from": account.user,
        "chat": chat.payload,
        "date": int(time.time()),
        **content,
    }
    if thread is not None:
        payload |= {"message_thread_id": thread, "is_topic_message": True}
    if replied_to:
        shown = {k: v for k, v in replied_to.payload.items() if k != "reply_to_message"}
        payload["reply_to_message"] = shown
    if markup and "inline_keyboard" in markup:
        payload["reply_markup"] = markup
    return payload


def _thread(chat: Chat, params: Params) -> int | None:
    """Return the topic that a call names.

    Raises:
        BotApiError: 400 for a topic that is not there.
    """
    number = params.integer("message_thread_id")
    if not number:
        return None
    if number not in chat.topics:
        refuse("Message thread not found")
    return number


def target_chat(account: BotAccount, params: Params) -> Chat:
    """Return the chat that a call names.

    Raises:
        BotApiError: 400 or 403.
    """
    if not params.text("chat_id"):
        refuse("Chat_id is empty")
    return account.chat(params.integer("chat_id"))


def _replied_to(chat: Chat, params: Params) -> StoredMessage | None:
    given = params.values.get("reply_parameters")
    reply = params.parsed("reply_parameters", "reply parameters") if given else None
    reply = reply if isinstance(reply, dict) else {}
    message_id = int(reply.get("message_id") or params.integer("reply_to_message_id"))
    if not message_id:
        return None
    found = chat.find(message_id)
    is_optional = reply.get("allow_sending_without_reply") or params.flag(
        "allow_sending_without_reply"
    )
    if found is None and not is_optional:
        refuse("Message to be replied not found")
    return found


async def edit_message_text(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#editmessagetext."""
    text, entities = message_text(params)
    message = _message_to_edit(account, params)
    if "text" not in message.payload:
        refuse("There is no text in the message to edit")
    return _change(message, params, {"text": text, "entities": entities})


async def edit_message_caption(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#editmessagecaption."""
    text, entities = message_caption(params)
    message = _message_to_edit(account, params)
    if "text" in message.payload:
        refuse("There is no caption in the message to edit")
    return _change(message, params, {"caption": text, "caption_entities": entities})


async def edit_message_reply_markup(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#editmessagereplymarkup."""
    return _change(_message_to_edit(account, params), params, {})


def _message_to_edit(account: BotAccount, params: Params) -> StoredMessage:
    chat = target_chat(account, params)
    message_id = params.integer("message_id")
    if not message_id:
        refuse("Message identifier is not specified")
    message = chat.find(message_id)
    if message is None:
        refuse("Message to edit not found")
    if not message.from_bot:
        refuse("Message can't be edited")
    return message


def _change(message: StoredMessage, params: Params, content: Json) -> Json:
    """Replace content and inline keyboard; an edit without a keyboard takes the old one away."""
    markup = reply_markup(params, only_inline=True)
    payload = message.payload
    same_content = all((payload.get(name) or []) == (new or []) for name, new in content.items())
    if same_content and payload.get("reply_markup") == markup:
        refuse(_NOT_MODIFIED)
    if content:
        message.earlier_texts.append(payload.get("text") or payload.get("caption") or "")
    # A new object, because updates that are still pending show the message as it was.
    changed = {k: v for k, v in payload.items() if k not in content and k != "reply_markup"}
    changed |= {name: new for name, new in content.items() if new}
    changed |= {"reply_markup": markup} if markup else {}
    message.payload = changed | {"edit_date": int(time.time())}
    message.markup = markup
    return message.payload


async def delete_message(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#deletemessage."""
    chat = target_chat(account, params)
    message_id = params.integer("message_id")
    if not message_id:
        refuse("Message identifier is not specified")
    message = chat.find(message_id)
    if message is None:
        refuse("Message to delete not found")
    if time.time() - message.payload["date"] > _DELETABLE_S:
        refuse("Message can't be deleted for everyone")
    message.deleted = True
    account.changes.announce()
    return True


async def answer_callback_query(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#answercallbackquery."""
    query_id = params.text("callback_query_id")
    asked_at_s = account.callback_asked_at_s.get(query_id)
    if asked_at_s is None or time.time() - asked_at_s > account.callback_lifetime_s:
        refuse("Query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > _MAX_CALLBACK_ANSWER_CHARS:
        refuse("MESSAGE_TOO_LONG")
    answer = CallbackAnswer(query_id, text or None, params.flag("show_alert"))
    account.callback_answers.append(answer)
    account.changes.announce()
    return True


async def send_chat_action(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#sendchataction."""
    if params.text("action").lower() not in _CHAT_ACTIONS:
        refuse("Wrong parameter action in request")
    target_chat(account, params)
    return True

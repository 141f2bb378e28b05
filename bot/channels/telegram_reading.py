"""Reads an update of Telegram's whatever it looks like: only what is needed is taken over, and one odd field costs nobody their answer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

Json = dict[str, Any]

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
"""All that is read, and nothing else: Telegram keeps the rest to itself."""
CONTENTS = (
    "photo", "voice", "audio", "video", "video_note", "animation", "sticker", "document", "location", "contact",
)  # fmt: skip
"""What a message may bring instead of words, or beside them."""
_WORDS = ("text", "caption", "entities", "caption_entities")
_EMPTY: tuple[object, ...] = (None, [], {})
_NAMELESS = "-"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def number_of(data: object) -> int | None:
    """Return the number of an update as it came; None where it is none."""
    number = data.get("update_id") if isinstance(data, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def read_update(data: object, bot: Bot) -> Update | None:
    """Return an update as aiogram models it, without names and without what nobody reads.

    Returns:
        None for a kind that is not asked for, and where neither who wrote nor what they did can be made out.

    Raises:
        ValueError: It is no update at all.
    """
    number = number_of(data)
    if number is None:
        raise ValueError("no update")
    assert isinstance(data, dict)  # else it had no number
    kind = next((each for each in ALLOWED_UPDATES if isinstance(data.get(each), dict)), None)
    if kind is None:
        return None
    for read in _READERS[kind]:
        try:
            part = read(data[kind])
            return Update.model_validate({"update_id": number, kind: part}, context={"bot": bot})
        except (ValidationError, LookupError, TypeError, ValueError, AttributeError):
            continue
    return None


def _message(raw: Json) -> Json:
    contents = {name: raw[name] for name in (*CONTENTS, *_WORDS) if raw.get(name) not in _EMPTY}
    answered = raw.get("reply_to_message")
    return {
        **_envelope(raw),
        **contents,
        **({"reply_to_message": _answered(answered)} if isinstance(answered, dict) else {}),
    }


def _words_alone(raw: Json) -> Json:
    """Return a message without anything that could be odd but its words."""
    words = {name: raw[name] for name in ("text", "caption") if isinstance(raw.get(name), str)}
    return {**_envelope(raw), **words}


def _envelope(raw: Json) -> Json:
    sender = {"from": _user(raw["from"])} if isinstance(raw.get("from"), dict) else {}
    chat = raw.get("sender_chat")
    if isinstance(chat, dict):
        sender["sender_chat"] = _chat(chat)
    edited = {"edit_date": 1} if raw.get("edit_date") else {}
    return {
        "message_id": _whole(raw.get("message_id")),
        "date": 0,
        "chat": _chat(raw["chat"]),
        **sender,
        **edited,
        **_topic(raw),
    }


def _topic(raw: Json) -> Json:
    thread = raw.get("message_thread_id")
    if raw.get("is_topic_message") is not True or not isinstance(thread, int):
        return {}
    return {"message_thread_id": thread, "is_topic_message": True}


def _answered(raw: Json) -> Json:
    """Return of the message that somebody replies to only whose it is; what opens a topic is nobody's words."""
    opens = "forum_topic_created" in raw
    sender = {} if opens or not isinstance(raw.get("from"), dict) else {"from": _user(raw["from"])}
    return {
        "message_id": _whole(raw.get("message_id")),
        "date": 0,
        "chat": _chat(raw["chat"]),
        **sender,
    }


def _pressed(raw: Json) -> Json:
    message = raw.get("message")
    kept = {
        name: raw[name] for name in ("data", "inline_message_id") if isinstance(raw.get(name), str)
    }
    return {
        "id": str(raw["id"]),
        "from": _user(raw["from"]),
        "chat_instance": _NAMELESS,
        **kept,
        **({"message": _envelope(message)} if isinstance(message, dict) else {}),
    }


def _membership(raw: Json) -> Json:
    return {
        "chat": _chat(raw["chat"]),
        "from": _user(raw["from"]),
        "date": 0,
        "old_chat_member": _member({"status": "member"}),
        "new_chat_member": _member(raw["new_chat_member"]),
    }


def _member(raw: Json) -> Json:
    """Return whether somebody is there; all that somebody may do there is left out."""
    gone = raw["status"] in {"kicked", "left"}
    return {"status": "left" if gone else "member", "user": _user({"id": 0})}


def _chat(raw: Json) -> Json:
    return {"id": _whole(raw["id"]), "type": str(raw["type"])}


def _user(raw: Json) -> Json:
    language = raw.get("language_code")
    is_language = isinstance(language, str) and _LANGUAGE.fullmatch(language)
    return {
        "id": _whole(raw["id"]),
        "is_bot": raw.get("is_bot") is True,
        "first_name": _NAMELESS,
        **({"language_code": language} if is_language else {}),
    }


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


_READERS: Mapping[str, tuple[Callable[[Json], Json], ...]] = {
    "message": (_message, _words_alone),
    "edited_message": (_message, _words_alone),
    "callback_query": (_pressed,),
    "my_chat_member": (_membership,),
}
"""How each kind is read, the fullest reading first."""

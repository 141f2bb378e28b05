"""What people do: write, press buttons, send things, edit, block. Each act makes an update."""

import itertools
import time
from base64 import b64decode
from typing import Any

from tests.support.telegram_fake.errors import impossible
from tests.support.telegram_fake.methods.files import keep_file
from tests.support.telegram_fake.records import Happened, Json
from tests.support.telegram_fake.state import BotAccount, Chat, StoredMessage
from tests.support.telegram_fake.texts import MAX_TEXT_CHARS, found_entities

_MEMBER_SINCE_BLOCK = {"status": "kicked", "until_date": 0}


class People:
    """The persons who talk with one bot. Whoever acts for the first time is introduced first."""

    def __init__(self, account: BotAccount) -> None:
        self._account = account

    def person(self, person_id: int, *, is_open: bool = True, **about: str | None) -> Json:
        """Introduce a person or change what is known of them.

        Args:
            person_id: Their user id, also the id of their private chat.
            is_open: False for somebody who never started the bot.
            **about: `first_name`, `last_name`, `username`, `language_code`; None takes one away.

        Returns:
            The Bot API's User object.
        """
        user = self._account.people.get(person_id) or {
            "id": person_id,
            "is_bot": False,
            "first_name": f"Person {person_id}",
            "language_code": "id",
        }
        user = {name: value for name, value in (user | about).items() if value is not None}
        self._account.people[person_id] = user
        named = {k: v for k, v in user.items() if k in {"first_name", "last_name", "username"}}
        payload = {"id": person_id, **named, "type": "private"}
        chat = self._account.chats.setdefault(
            person_id, Chat(payload, self._account.next_private_message_id, is_open)
        )
        chat.payload = payload
        return user

    def people(self, first_id: int, count: int) -> None:
        """Introduce many people at once, with open chats; for benchmarks."""
        for person_id in range(first_id, first_id + count):
            self.person(person_id)

    def group(
        self,
        chat_id: int,
        title: str,
        *,
        is_forum: bool = False,
        rights: list[str] | None = None,
    ) -> None:
        """Make a supergroup in which the bot is a member, or change what it is.

        Args:
            chat_id: Negative, as group ids are.
            title: Its name.
            is_forum: Whether it has topics.
            rights: What the bot may do there as an administrator; None for a plain member.
        """
        if chat_id >= 0:
            impossible("a group's id is negative")
        payload: Json = {"id": chat_id, "title": title, "type": "supergroup"}
        if is_forum:
            payload["is_forum"] = True
        chat = self._account.chats.setdefault(chat_id, Chat(payload, itertools.count(1).__next__))
        chat.payload = payload
        chat.is_admin, chat.rights = rights is not None, frozenset(rights or ())

    def write(
        self,
        person_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        reply_to_message_id: int | None = None,
        thread_id: int | None = None,
    ) -> Happened:
        """Write a text to the bot, or into a group with `chat_id`, there perhaps into the topic `thread_id`."""
        if not 1 <= len(text) <= MAX_TEXT_CHARS:
            impossible(f"a person's client splits texts over {MAX_TEXT_CHARS} characters")
        entities = found_entities(text)
        content: Json = {"text": text, "entities": entities} if entities else {"text": text}
        return self._say(person_id, content, chat_id, reply_to_message_id, thread_id)

    def write_many(self, texts: list[tuple[int, str]]) -> list[Happened]:
        """Write one text after the other, each given as person id and text."""
        return [self.write(person_id, text) for person_id, text in texts]

    def start(self, person_id: int, payload: str = "") -> Happened:
        """Press "Start", with the payload of a deep link if there is one; also unblocks."""
        if self._chat_of(person_id).is_blocked:
            self.unblock(person_id)
        return self.write(person_id, f"/start {payload}".rstrip())

    def press(
        self,
        person_id: int,
        message_id: int,
        data: str,
        *,
        chat_id: int | None = None,
        is_stale: bool = False,
    ) -> Happened:
        """Press an inline button.

        Args:
            person_id: Who presses.
            message_id: The bot's message that carries the button.
            data: The button's callback data.
            chat_id: A group; else the person's private chat.
            is_stale: Press a button that the message no longer shows, as an old client can.

        Raises:
            ControlError: No such message, or no such button on it.
        """
        user, chat = self._actor(person_id, chat_id)
        message = chat.messages.get(message_id)
        if message is None or not message.from_bot or (message.deleted and not is_stale):
            impossible(f"message {message_id} of the bot is not in chat {person_id}")
        shown = message.as_sent().button_data()
        if data not in shown and not is_stale:
            impossible(f"no button with data {data!r}; the message shows {shown}")
        query_id = str(self._account.next_callback_id())
        self._account.callback_asked_at_s[query_id] = time.time()
        query = {
            "id": query_id,
            "from": user,
            "message": message.payload,
            "chat_instance": str(chat.payload["id"]),
            "data": data,
        }
        update_id = self._account.updates.push("callback_query", query)
        return Happened(update_id, message_id, query_id)

    def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Let an administrator delete a topic with all that stands in it."""
        chat = self._account.chats[chat_id]
        del chat.topics[thread_id]
        for message in chat.messages.values():
            if message.payload.get("message_thread_id") == thread_id:
                message.deleted = True

    def send_sticker(self, person_id: int, emoji: str = "\U0001f642") -> Happened:
        """Send a sticker."""
        shape = {"type": "regular", "width": 512, "height": 512, "emoji": emoji}
        kind = {"is_animated": False, "is_video": False}
        return self._send_file(person_id, "sticker", 20_000, shape | kind)

    def send_photo(
        self, person_id: int, caption: str = "", size: int = 80_000, content: str = ""
    ) -> Happened:
        """Send a photo of `size` bytes, or with `content` in base64. Telegram offers it in several sizes, the smallest first."""
        small = keep_file(self._account, "photo", 1_000) | {"width": 90, "height": 67}
        photo = self._kept("photo", size, content) | {"width": 1280, "height": 960}
        said: Json = {"photo": [small, photo]} | ({"caption": caption} if caption else {})
        return self._say(person_id, said)

    def send_voice(
        self, person_id: int, duration: int = 3, size: int = 12_000, content: str = ""
    ) -> Happened:
        """Send a voice message of `duration` seconds and `size` bytes, or with `content` in base64."""
        about = {"duration": duration, "mime_type": "audio/ogg"}
        return self._say(person_id, {"voice": self._kept("voice", size, content) | about})

    def send_document(
        self, person_id: int, file_name: str, size: int = 30_000, content: str = ""
    ) -> Happened:
        """Send a file of `size` bytes, or with `content` in base64."""
        file = self._kept("document", size, content) | {"file_name": file_name}
        return self._say(person_id, {"document": file})

    def send_location(self, person_id: int, latitude: float, longitude: float) -> Happened:
        """Send a place."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._say(person_id, {"location": place})

    def send_contact(self, person_id: int, phone_number: str) -> Happened:
        """Share a phone number, the person's own."""
        user = self._actor(person_id, None)[0]
        about = {"first_name": user["first_name"], "user_id": person_id}
        return self._say(person_id, {"contact": {"phone_number": phone_number} | about})

    def edit(
        self, person_id: int, message_id: int, text: str, *, chat_id: int | None = None
    ) -> Happened:
        """Change the text of one's own message."""
        chat = self._actor(person_id, chat_id)[1]
        message = chat.find(message_id)
        if message is None or message.from_bot or "text" not in message.payload:
            impossible(f"message {message_id} is no text of person {person_id}")
        entities = found_entities(text)
        kept = {k: v for k, v in message.payload.items() if k != "entities"}
        changed = kept | {"text": text, "edit_date": int(time.time())}
        message.payload = changed | ({"entities": entities} if entities else {})
        update_id = self._account.updates.push("edited_message", message.payload)
        return Happened(update_id, message_id)

    def block(self, person_id: int) -> Happened:
        """Block the bot; what it sends is refused from now on."""
        self._chat_of(person_id).is_blocked = True
        return self._membership(person_id, {"status": "member"}, _MEMBER_SINCE_BLOCK)

    def unblock(self, person_id: int) -> Happened:
        """Take the block back."""
        self._chat_of(person_id).is_blocked = False
        return self._membership(person_id, _MEMBER_SINCE_BLOCK, {"status": "member"})

    def bring(self, kind: str, payload: Json) -> Happened:
        """Let anything happen that Telegram tells of, such as a membership in a group."""
        return Happened(self._account.updates.push(kind, payload))

    def redeliver(self, update_id: int) -> None:
        """Deliver an update once more, although it may have been confirmed long ago."""
        if not self._account.updates.push_again(update_id):
            impossible(f"there was no update {update_id}")

    def _chat_of(self, person_id: int) -> Chat:
        if person_id not in self._account.people:
            self.person(person_id)
        return self._account.chats[person_id]

    def _actor(self, person_id: int, chat_id: int | None) -> tuple[Json, Chat]:
        private = self._chat_of(person_id)
        if private.is_blocked and chat_id is None:
            impossible(f"person {person_id} blocks the bot and has to start it again")
        chat = private if chat_id is None else self._account.chats.get(chat_id)
        if chat is None:
            impossible(f"there is no group {chat_id}")
        chat.is_open = True
        return self._account.people[person_id], chat

    def _kept(self, kind: str, size: int, content: str) -> Json:
        return keep_file(self._account, kind, size, content=b64decode(content))

    def _send_file(self, person_id: int, kind: str, size: int, about: Json) -> Happened:
        file = keep_file(self._account, kind, size)
        return self._say(person_id, {kind: file | about})

    def _say(
        self,
        person_id: int,
        content: dict[str, Any],
        chat_id: int | None = None,
        reply_to_message_id: int | None = None,
        thread_id: int | None = None,
    ) -> Happened:
        user, chat = self._actor(person_id, chat_id)
        if thread_id is not None:
            if thread_id not in chat.topics:
                impossible(f"there is no topic {thread_id}")
            content = content | {"message_thread_id": thread_id, "is_topic_message": True}
        message_id = chat.next_message_id()
        payload = {
            "message_id": message_id,
            "from": user,
            "chat": chat.payload,
            "date": int(time.time()),
        }
        if reply_to_message_id is not None:
            payload["reply_to_message"] = _answered(chat, reply_to_message_id)
        payload |= content
        chat.messages[message_id] = StoredMessage(payload, from_bot=False)
        return Happened(self._account.updates.push("message", payload), message_id)

    def _membership(self, person_id: int, old: Json, new: Json) -> Happened:
        chat = self._account.chats[person_id]
        change = {
            "chat": chat.payload,
            "from": self._account.people[person_id],
            "date": int(time.time()),
            "old_chat_member": {"user": self._account.user} | old,
            "new_chat_member": {"user": self._account.user} | new,
        }
        return Happened(self._account.updates.push("my_chat_member", change))


def _answered(chat: Chat, message_id: int) -> Json:
    found = chat.find(message_id)
    if found is None:
        impossible(f"there is no message {message_id} to reply to")
    return {k: v for k, v in found.payload.items() if k != "reply_to_message"}

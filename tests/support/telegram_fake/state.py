"""Everything the fake remembers of one bot account: its chats, messages, updates and settings."""

import asyncio
import hashlib
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.telegram_fake.bodies import Params, UploadedFile
from tests.support.telegram_fake.errors import BotApiError, refuse
from tests.support.telegram_fake.faults import FaultPlan, FloodLimiter
from tests.support.telegram_fake.records import (
    ApiCall,
    CallbackAnswer,
    Json,
    SentMessage,
    WebhookDelivery,
)
from tests.support.telegram_fake.updates import UpdateQueue
from tests.support.telegram_fake.webhook import WebhookSender

# A benchmark makes far more calls than anybody reads back; the oldest fall out of the log.
_MAX_LOGGED_CALLS = 50_000
_BLOCKED = "Forbidden: bot was blocked by the user"
_NEVER_STARTED = "Forbidden: bot can't initiate conversation with a user"


@dataclass(slots=True)
class StoredMessage:
    """A message in a chat, in either direction. `payload` is the Bot API's Message object."""

    payload: Json
    from_bot: bool
    method: str = ""
    at_s: float = 0.0
    markup: Json | None = None
    protect_content: bool = False
    disable_notification: bool = False
    file: UploadedFile | None = None
    earlier_texts: list[str] = field(default_factory=list)
    deleted: bool = False

    def as_sent(self) -> SentMessage:
        """Return what a test reads of a message of the bot."""
        payload = self.payload
        kind = "caption" if "caption" in payload else "text"
        return SentMessage(
            chat_id=payload["chat"]["id"],
            message_id=payload["message_id"],
            method=self.method,
            at_s=self.at_s,
            text=payload.get(kind, ""),
            entities=payload.get("entities") or payload.get("caption_entities") or [],
            markup=self.markup,
            protect_content=self.protect_content,
            disable_notification=self.disable_notification,
            reply_to_message_id=(payload.get("reply_to_message") or {}).get("message_id"),
            file_bytes=self.file.size if self.file else None,
            file_name=self.file.filename if self.file else None,
            file_sha256=hashlib.sha256(self.file.content).hexdigest() if self.file else None,
            has_spoiler=payload.get("has_media_spoiler", False),
            earlier_texts=self.earlier_texts,
            deleted=self.deleted,
            thread_id=payload.get("message_thread_id"),
        )


@dataclass(slots=True)
class Topic:
    """A topic of a forum."""

    name: str
    closed: bool = False


@dataclass(slots=True)
class Chat:
    """A chat that the bot may know.

    Attributes:
        payload: The Bot API's Chat object.
        is_open: False while the person never started the bot.
        is_blocked: True while the person blocks the bot.
        is_admin: Whether the bot is an administrator of a group.
        rights: What it may do there as one, such as "can_manage_topics".
        topics: The topics of a forum, by number.
    """

    payload: Json
    next_message_id: Callable[[], int]
    is_open: bool = True
    is_blocked: bool = False
    is_admin: bool = False
    rights: frozenset[str] = frozenset()
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    sent: list[StoredMessage] = field(default_factory=list)

    def check_writable(self) -> None:
        """Refuse what Telegram refuses before it looks at the message.

        Raises:
            BotApiError: 403.
        """
        if self.is_blocked:
            raise BotApiError(403, _BLOCKED)
        if not self.is_open:
            raise BotApiError(403, _NEVER_STARTED)

    def find(self, message_id: int) -> StoredMessage | None:
        """Return a message that is still there."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message


class Changes:
    """Wakes everybody who waits for something to happen in an account."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def announce(self) -> None:
        """Wake all waiters; free of cost when nobody waits."""
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait_until(self, is_so: Callable[[], bool], timeout_s: float) -> bool:
        """Wait for a condition; return whether it came true in time."""
        try:
            async with asyncio.timeout(timeout_s):
                while not is_so():
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiters.append(waiter)
                    await waiter
        except TimeoutError:
            return is_so()
        return True


class BotAccount:
    """One bot: what Telegram knows of it and what happened to it.

    Args:
        token: "<number>:<secret>"; the number becomes the bot's user id.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.on_reply: Callable[[str, Params], Awaitable[None]] | None = None
        self.id = int(token.partition(":")[0])
        self.user: Json = {
            "id": self.id,
            "is_bot": True,
            "first_name": "Suar",
            "username": f"suar_{self.id}_bot",
        }
        self.reset()

    def reset(self) -> None:
        """Forget everything but the token; a webhook has to be closed beforehand."""
        self.people: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        # Private chats share one counter, as a real account's do; a supergroup has its own.
        self.next_private_message_id = itertools.count(1).__next__
        self.next_callback_id = itertools.count(self.id * 4_294_967_296).__next__
        self.updates = UpdateQueue()
        self.webhook: WebhookSender | None = None
        self.webhook_error: tuple[int, str] | None = None
        self.webhook_retry_unit_s = 1.0
        self.deliveries: list[WebhookDelivery] = []
        self.callback_asked_at_s: dict[str, float] = {}
        self.callback_answers: list[CallbackAnswer] = []
        self.callback_lifetime_s = 60.0
        self.calls: deque[ApiCall] = deque(maxlen=_MAX_LOGGED_CALLS)
        self.faults = FaultPlan()
        self.flood: FloodLimiter | None = None
        self.profile: dict[tuple[str, str], Any] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.is_logged_out = False
        self.changes = Changes()

    def chat(self, chat_id: int) -> Chat:
        """Return a chat that the bot may write to.

        Raises:
            BotApiError: 400 for an unknown chat, 403 for one that is closed to the bot.
        """
        chat = self.chats.get(chat_id)
        if chat is None:
            refuse("Chat not found")
        chat.check_writable()
        return chat

    def keep_sent(self, chat: Chat, message: StoredMessage) -> None:
        """Store a message of the bot and wake who waits for it."""
        chat.messages[message.payload["message_id"]] = message
        chat.sent.append(message)
        self.changes.announce()

    def log_delivery(self, delivery: WebhookDelivery) -> None:
        """Remember an attempt to deliver an update and wake who waits for it."""
        self.deliveries.append(delivery)
        self.changes.announce()

    def log_call(self, call: ApiCall) -> None:
        """Remember a call and wake who waits for it."""
        self.calls.append(call)
        self.changes.announce()

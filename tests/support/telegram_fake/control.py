"""The test's side of the fake: people act, faults are planned, what happened is read back.

`TelegramFake` is for use in the loop that serves it; everybody else goes through
POST /control/<operation> with the keyword arguments as JSON, most easily by `client.py`.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import asdict, is_dataclass
from typing import get_args

from tests.support.telegram_fake.errors import impossible
from tests.support.telegram_fake.faults import Fault, FaultKind, FloodLimiter
from tests.support.telegram_fake.methods import METHODS
from tests.support.telegram_fake.methods.polling import close_webhook
from tests.support.telegram_fake.people import People
from tests.support.telegram_fake.records import (
    ApiCall,
    CallbackAnswer,
    Json,
    SentMessage,
    WebhookDelivery,
)
from tests.support.telegram_fake.state import BotAccount


class Troubles:
    """Faults, limits and clocks of one bot."""

    def __init__(self, account: BotAccount) -> None:
        self._account = account

    def fail_next(self, method: str, kind: FaultKind, **details: float) -> None:
        """Let the next calls of a method go wrong.

        Args:
            method: A method's name, or "*" for any.
            kind: What goes wrong; see `Fault`.
            **details: `times`, `retry_after_s`, `delay_s`, `chat_id`; see `Fault`.
        """
        if method != "*" and method.lower() not in METHODS:
            impossible(f"the fake has no method {method!r}")
        if kind not in get_args(FaultKind):
            impossible(f"unknown fault {kind!r}")
        self._account.faults.add(method, Fault(kind, **details))  # type: ignore[arg-type]

    def clear_faults(self) -> None:
        """Let everything go well again."""
        self._account.faults.clear()

    def limit_flood(
        self, per_second: float = 30, per_chat_per_second: float = 1, chat_burst: int = 3
    ) -> None:
        """Switch Telegram's flood limits on; see `FloodLimiter`."""
        self._account.flood = FloodLimiter(per_second, per_chat_per_second, chat_burst)

    def unlimit_flood(self) -> None:
        """Switch the flood limits off, as they are at the start."""
        self._account.flood = None

    def set_times(
        self, webhook_retry_unit_s: float | None = None, callback_lifetime_s: float | None = None
    ) -> None:
        """Shorten clocks.

        Args:
            webhook_retry_unit_s: 1.0 in Telegram, which waits 2, 4, 8 ... of it between attempts;
                read by the next setWebhook.
            callback_lifetime_s: How long a button press can be answered.
        """
        if webhook_retry_unit_s is not None:
            self._account.webhook_retry_unit_s = webhook_retry_unit_s
        if callback_lifetime_s is not None:
            self._account.callback_lifetime_s = callback_lifetime_s

    def grow_old(self, chat_id: int, seconds: int) -> None:
        """Let everything in a chat have been written so much earlier."""
        chat = self._account.chats.get(chat_id)
        for message in chat.messages.values() if chat else ():
            message.payload = message.payload | {"date": message.payload["date"] - seconds}

    async def reset(self) -> None:
        """Forget everything that happened, the webhook too."""
        await close_webhook(self._account)
        self._account.updates.interrupt(None)
        self._account.reset()


class Readings:
    """What happened to one bot."""

    def __init__(self, account: BotAccount) -> None:
        self._account = account

    def messages(self, chat_id: int) -> list[SentMessage]:
        """Return what the bot sent to a chat, oldest first, deleted ones included."""
        chat = self._account.chats.get(chat_id)
        return [message.as_sent() for message in chat.sent] if chat else []

    def topics(self, chat_id: int) -> list[Json]:
        """Return the topics of a forum with their number, name, and whether they are closed."""
        chat = self._account.chats.get(chat_id)
        found = chat.topics.items() if chat else ()
        return [{"id": n, "name": topic.name, "closed": topic.closed} for n, topic in found]

    def people_messages(self, chat_id: int) -> list[Json]:
        """Return what people wrote into a chat and nobody has deleted."""
        chat = self._account.chats.get(chat_id)
        found = chat.messages.values() if chat else ()
        return [each.payload for each in found if not each.from_bot and not each.deleted]

    def message_count(self) -> int:
        """Return how many messages the bot sent to all chats."""
        return sum(len(chat.sent) for chat in self._account.chats.values())

    def calls(self, method: str | None = None) -> list[ApiCall]:
        """Return the calls of one method or of all, oldest first; the last 50,000 are kept."""
        wanted = method.lower() if method else None
        return [c for c in self._account.calls if wanted in {None, c.method.lower()}]

    def callback_answers(self) -> list[CallbackAnswer]:
        """Return the accepted answers to button presses."""
        return self._account.callback_answers

    def pending_updates(self) -> list[Json]:
        """Return the updates that the bot has not taken or confirmed yet."""
        return self._account.updates.pending

    def deliveries(self) -> list[WebhookDelivery]:
        """Return every attempt to deliver to a webhook."""
        return self._account.deliveries

    async def wait_for_messages(
        self, chat_id: int, count: int, timeout_s: float = 5.0
    ) -> list[SentMessage]:
        """Wait until the bot has sent at least `count` messages to a chat and return them all.

        Raises:
            TimeoutError: They did not come; the text says what did.
        """
        await self._wait(
            lambda: len(self._sent(chat_id)) >= count, timeout_s, f"{count} messages in {chat_id}"
        )
        return self.messages(chat_id)

    async def wait_for_calls(
        self, method: str, count: int = 1, timeout_s: float = 5.0
    ) -> list[ApiCall]:
        """Wait until a method was called at least `count` times, with whatever outcome.

        Raises:
            TimeoutError: It was not.
        """
        await self._wait(
            lambda: len(self.calls(method)) >= count, timeout_s, f"{count} calls of {method}"
        )
        return self.calls(method)

    async def wait_for_deliveries(
        self, count: int, timeout_s: float = 5.0
    ) -> list[WebhookDelivery]:
        """Wait until `count` attempts to deliver to a webhook were made, good or bad.

        Raises:
            TimeoutError: They were not.
        """
        await self._wait(
            lambda: len(self._account.deliveries) >= count, timeout_s, f"{count} deliveries"
        )
        return self.deliveries()

    async def _wait(self, is_so: Callable[[], bool], timeout_s: float, what: str) -> None:
        if not await self._account.changes.wait_until(is_so, timeout_s):
            seen = [f"{call.method} {call.status}" for call in list(self._account.calls)[-5:]]
            text = f"no {what} within {timeout_s} s; the last calls: {seen}"
            raise TimeoutError(text)

    def _sent(self, chat_id: int) -> list[object]:
        chat = self._account.chats.get(chat_id)
        return list(chat.sent) if chat else []


class BotControl:
    """Everything that can be done with one bot: `people` act, `troubles` come, `readings` tell."""

    def __init__(self, account: BotAccount) -> None:
        self.people = People(account)
        self.troubles = Troubles(account)
        self.readings = Readings(account)

    def operation(self, name: str) -> Callable[..., object]:
        """Return an operation by its name.

        Raises:
            ControlError: There is none.
        """
        parts = (self.people, self.troubles, self.readings)
        holders = [part for part in parts if hasattr(part, name) and not name.startswith("_")]
        if not holders:
            impossible(f"there is no operation {name!r}")
        found: Callable[..., object] = getattr(holders[0], name)
        return found


class TelegramFake:
    """The whole fake: one account per token.

    Args:
        tokens: The tokens of the bots; every other token is unauthorized.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self.accounts = {token: BotAccount(token) for token in tokens}
        self._controls = {t: BotControl(account) for t, account in self.accounts.items()}

    def bot(self, token: str | None = None) -> BotControl:
        """Return the controls of one bot, of the first when no token is given."""
        wanted = token or next(iter(self._controls))
        if wanted not in self._controls:
            impossible("there is no bot with that token")
        return self._controls[wanted]

    async def operate(self, operation: str, arguments: Json) -> object:
        """Run an operation by name, as POST /control/<operation> does.

        Args:
            operation: A public method of People, Troubles or Readings.
            arguments: Its keyword arguments, and optionally `token`.

        Returns:
            The result, ready for JSON.

        Raises:
            ControlError: No such operation, or it cannot be done.
            TimeoutError: What was waited for did not come.
        """
        token = arguments.pop("token", None)
        act = self.bot(token).operation(operation)
        try:
            inspect.signature(act).bind(**arguments)
        except TypeError as exc:
            impossible(f"{operation}: {exc}")
        result = act(**arguments)
        if inspect.isawaitable(result):
            result = await result
        return _plain(result)

    async def close(self) -> None:
        """Stop delivering to webhooks."""
        for account in self.accounts.values():
            await close_webhook(account)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value

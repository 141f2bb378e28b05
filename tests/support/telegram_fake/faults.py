"""Trouble on purpose: planned faults for the next calls, and Telegram's flood limits."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from tests.support.telegram_fake.errors import BotApiError, impossible, too_many_requests

FaultKind = Literal[
    "too_many_requests",
    "forbidden",
    "deactivated",
    "chat_not_found",
    "internal_error",
    "bad_gateway",
    "slow",
    "hang_before",
    "hang_after",
]
ANY_METHOD = "*"


@dataclass(slots=True)
class Fault:
    """What happens to the next calls of one method.

    Attributes:
        kind: `hang_before` loses the request, `hang_after` does what was asked and loses the
            answer; both hold the line for `delay_s` and close it without a word.
        times: How many calls are left to go wrong.
        retry_after_s: For `too_many_requests`, seconds.
        delay_s: For `slow` and the two hangs, seconds.
        chat_id: Only calls to this chat; None for any.
    """

    kind: FaultKind
    times: int = 1
    retry_after_s: int = 1
    delay_s: float = 0.0
    chat_id: int | None = None

    def refusal(self) -> BotApiError | None:
        """Return the error with which this fault answers; None when it does not answer so."""
        match self.kind:
            case "too_many_requests":
                return too_many_requests(self.retry_after_s)
            case "forbidden":
                return BotApiError(403, "Forbidden: bot was blocked by the user")
            case "deactivated":
                return BotApiError(403, "Forbidden: user is deactivated")
            case "chat_not_found":
                return BotApiError(400, "Bad Request: chat not found")
            case "internal_error":
                return BotApiError(500, "Internal Server Error")
            case "bad_gateway":
                return BotApiError(502, "Bad Gateway")
            case _:
                return None


class FaultPlan:
    """The faults still to come, per method, used up in the order in which they were planned."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}

    def add(self, method: str, fault: Fault) -> None:
        """Plan a fault for a method, or for ANY_METHOD."""
        if fault.kind not in get_args(FaultKind):
            impossible(f"unknown fault {fault.kind!r}")
        self._planned.setdefault(method.lower(), []).append(fault)

    def clear(self) -> None:
        """Forget every planned fault."""
        self._planned.clear()

    def take(self, method: str, chat_id: int) -> Fault | None:
        """Use up and return the fault that hits this call.

        Args:
            method: In lower case.
            chat_id: 0 when the call names no chat.
        """
        if not self._planned:
            return None
        for name in (method, ANY_METHOD):
            for fault in self._planned.get(name, ()):
                if fault.chat_id in {None, chat_id}:
                    return self._use_up(name, fault)
        return None

    def _use_up(self, name: str, fault: Fault) -> Fault:
        fault.times -= 1
        if fault.times <= 0:
            self._planned[name].remove(fault)
            if not self._planned[name]:
                del self._planned[name]
        return fault


class _Bucket:
    __slots__ = ("at_s", "tokens")

    def __init__(self, tokens: float, at_s: float) -> None:
        self.tokens = tokens
        self.at_s = at_s

    def wait_s(self, rate: float, capacity: float, now_s: float) -> float:
        self.tokens = min(capacity, self.tokens + (now_s - self.at_s) * rate)
        self.at_s = now_s
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / rate


class FloodLimiter:
    """Telegram's advice to bots as hard limits: so many messages in all, so many to one chat.

    Args:
        per_second: Messages a second over all chats; also the burst.
        per_chat_per_second: Messages a second to one chat.
        chat_burst: How many messages one chat takes at once before its rate counts.

    Source: Bots FAQ, "My bot is hitting limits": 30 a second in all, 1 a second to one chat.
    """

    def __init__(
        self, per_second: float = 30, per_chat_per_second: float = 1, chat_burst: int = 3
    ) -> None:
        self._rate = per_second
        self._chat_rate = per_chat_per_second
        self._chat_burst = chat_burst
        self._all: _Bucket | None = None
        self._chats: dict[int, _Bucket] = {}

    def check(self, chat_id: int, now_s: float) -> None:
        """Let a message through and count it.

        Raises:
            BotApiError: 429; a refused message counts nowhere.
        """
        capacity = max(1.0, self._rate)
        if self._all is None:
            self._all = _Bucket(capacity, now_s)
        chat = self._chats.setdefault(chat_id, _Bucket(self._chat_burst, now_s))
        wait_s = max(
            self._all.wait_s(self._rate, capacity, now_s),
            chat.wait_s(self._chat_rate, self._chat_burst, now_s),
        )
        if wait_s > 0:
            raise too_many_requests(math.ceil(wait_s))
        self._all.tokens -= 1
        chat.tokens -= 1

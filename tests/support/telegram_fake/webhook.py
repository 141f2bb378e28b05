"""Pushes updates to the bot's webhook as the real server does.

Updates of one lane (one chat's messages, one person's button presses) go out one after the
other; different lanes go out together, at most `max_connections` at a time, oldest first. An
attempt that does not end in 2xx is repeated: at once, then after 2, 4, 8 ... seconds.

Source: tdlib/telegram-bot-api, WebhookActor.cpp.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from tests.support.telegram_fake.bodies import Params, parse_params
from tests.support.telegram_fake.errors import BotApiError
from tests.support.telegram_fake.records import Json, WebhookDelivery
from tests.support.telegram_fake.updates import UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_ANSWER_TIMEOUT_S = 60.0
_LONGEST_RETRY_S = 60.0
_NOT_BY_REPLY = {"deletewebhook", "setwebhook", "close", "logout"}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int | None = None
    retry_after_s: int = 0
    reply: Params | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What setWebhook asked for; `retry_unit_s` is 1.0 in Telegram, tests make it short."""

    url: str
    secret_token: str
    max_connections: int
    retry_unit_s: float


class WebhookOwner(Protocol):
    """The bot account on whose behalf updates are delivered."""

    updates: UpdateQueue
    webhook_error: tuple[int, str] | None

    on_reply: Callable[[str, Params], Awaitable[None]] | None
    """Runs a Bot API method that the webhook answered with; its result goes nowhere."""

    def log_delivery(self, delivery: WebhookDelivery) -> None:
        """Remember an attempt to deliver."""


class WebhookSender:
    """Delivers to one webhook address until it is closed."""

    def __init__(self, settings: WebhookSettings, owner: WebhookOwner) -> None:
        self.settings = settings
        self._owner = owner
        self._lanes: dict[tuple[str, int], deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(settings.max_connections)
        secret = settings.secret_token
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=settings.max_connections),
            timeout=aiohttp.ClientTimeout(total=_ANSWER_TIMEOUT_S),
            headers={"Content-Type": "application/json"}
            | ({SECRET_HEADER: secret} if secret else {}),
        )

    def offer(self, update: Json) -> None:
        """Take an update for delivery."""
        lane_key = _lane(update)
        lane = self._lanes.get(lane_key)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[lane_key] = deque([update])
        task = asyncio.get_running_loop().create_task(self._empty_lane(lane_key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop at once; what is under way is given up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()

    async def _empty_lane(self, lane_key: tuple[str, int]) -> None:
        lane = self._lanes[lane_key]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
        del self._lanes[lane_key]

    async def _deliver(self, update: Json) -> None:
        body = json.dumps(update, separators=(",", ":")).encode()
        delay = 1.0
        attempt = 0
        while True:
            attempt += 1
            async with self._places:
                is_ok, retry_after_s = await self._attempt(update["update_id"], attempt, body)
            if is_ok:
                return
            if attempt > 1 and not retry_after_s:
                delay = min(delay * 2, _LONGEST_RETRY_S)
            pause = 0.0 if attempt == 1 else delay * self.settings.retry_unit_s
            await asyncio.sleep(retry_after_s or pause)

    async def _attempt(self, update_id: int, attempt: int, body: bytes) -> tuple[bool, int]:
        """Return whether it was taken, and the seconds that a refusal asked us to wait."""
        started = time.monotonic()
        answer = await self._post(body)
        is_ok = answer.status is not None and 200 <= answer.status < 300
        error = (
            None if is_ok else answer.error or f"Wrong response from the webhook: {answer.status}"
        )
        seconds = time.monotonic() - started
        self._owner.log_delivery(
            WebhookDelivery(
                update_id, attempt, time.time() - seconds, seconds, answer.status, error
            ),
        )
        if error:
            self._owner.webhook_error = (int(time.time()), error)
            return False, answer.retry_after_s
        self._owner.updates.forget(update_id)
        await self._run_reply(answer.reply)
        return True, 0

    async def _post(self, body: bytes) -> _Answer:
        try:
            async with self._session.post(self.settings.url, data=body) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            return _Answer(error=f"{type(exc).__name__}: {exc}")
        retry_after_s = _seconds(answer.headers.get("Retry-After", ""))
        reply = _reply(answer.headers.get("Content-Type", ""), content)
        return _Answer(answer.status, retry_after_s, reply)

    async def _run_reply(self, reply: Params | None) -> None:
        method = reply.text("method").lower() if reply else ""
        if not reply or not method or method in _NOT_BY_REPLY or method.startswith("get"):
            return
        if self._owner.on_reply:
            await self._owner.on_reply(method, reply)


def _lane(update: Json) -> tuple[str, int]:
    if query := update.get("callback_query"):
        return "callback_query", query["from"]["id"]
    if member := update.get("my_chat_member"):
        return "my_chat_member", member["chat"]["id"]
    message = update.get("message") or update["edited_message"]
    return "message", message["chat"]["id"]


def _seconds(value: str) -> int:
    return min(int(value), 3600) if value.isdigit() else 0


def _reply(content_type: str, content: bytes) -> Params | None:
    try:
        return parse_params(content_type, b"", content)
    except (BotApiError, ValueError):  # an ordinary web page as answer is no fault
        return None

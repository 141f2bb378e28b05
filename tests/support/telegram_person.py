"""Suar as a bot of the fake Telegram, and somebody who writes to it there."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.support.nlu_server import NluServer
from tests.support.processes import (
    WEBHOOK_SECRET,
    Forkery,
    Stack,
    own_database,
    running_stack,
)
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.records import ApiCall, Happened, SentMessage
from tests.support.telegram_fake.runner import DEFAULT_TOKEN

QUESTION = "what is human trafficking exactly?"
ANSWER = "Human trafficking has three parts:"
DISCLOSURE = "my boss keeps my passport and the door is locked"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
QUIET_S = 0.6
"""Long enough for a second, wrong answer to arrive."""
people = itertools.count(70_000)


@dataclass
class Person:
    """Somebody on Telegram who writes to the bot."""

    telegram: TelegramFakeClient
    id: int

    async def write(self, text: str, expect: int = 1) -> list[SentMessage]:
        """Write; return the `expect` messages that come back."""
        return await self._then(self.telegram.write(self.id, text), expect)

    async def start(self, payload: str = "", expect: int = 2) -> list[SentMessage]:
        """Press "Start"; return what comes back."""
        return await self._then(self.telegram.start(self.id, payload), expect)

    async def press(self, data: str, expect: int = 1) -> list[SentMessage]:
        """Press a button under the last message; return what comes back."""
        last = (await self.inbox())[-1]
        return await self._then(self.telegram.press(self.id, last.message_id, data), expect)

    async def inbox(self) -> list[SentMessage]:
        """Return everything the bot has sent."""
        return await self.telegram.messages(self.id)

    async def wait(self, count: int, timeout_s: float = 15.0) -> list[SentMessage]:
        """Wait until the bot has sent `count` messages in all; return them and no later ones."""
        return await self.telegram.wait_for_messages(self.id, count, timeout_s)

    async def attempts(self) -> list[ApiCall]:
        """Return the bot's attempts to send something to this person."""
        calls = await self.telegram.calls("sendMessage")
        return [call for call in calls if str(call.params.get("chat_id")) == str(self.id)]

    async def _then(self, act: Awaitable[Happened], expect: int) -> list[SentMessage]:
        before = len(await self.inbox())
        await act
        return (await self.wait(before + expect))[before:]


@contextmanager
def suar_on_telegram(
    mode: str, forkery: Forkery, dsn: str, nlu: NluServer, telegram_url: str, **settings: str
) -> Iterator[Stack]:
    """Run Suar as a bot of the fake, on a database of its own."""
    with (
        own_database(dsn) as own,
        running_stack(
            forkery,
            own,
            SUAR_NLU_URL=nlu.url,
            SUAR_TELEGRAM_TOKEN=DEFAULT_TOKEN,
            SUAR_TELEGRAM_API_URL=telegram_url,
            SUAR_TELEGRAM_MODE=mode,
            SUAR_TELEGRAM_WEBHOOK_SECRET=WEBHOOK_SECRET,
            **settings,
        ) as stack,
    ):
        yield stack


async def post(suar: Stack, body: bytes, secret: str | None = WEBHOOK_SECRET) -> httpx.Response:
    """Knock at the webhook as if we were Telegram."""
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.post(f"{suar.url}/telegram/webhook", content=body, headers=headers)


def counts(suar: Stack) -> tuple[object, ...]:
    """Return how many people, events and messages the database knows."""
    [row] = suar.ask(
        "SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM inbox), "
        "(SELECT count(*) FROM outbox)"
    )
    return row


def an_update(person_id: int, text: str, number: int = 900_000) -> bytes:
    """Return an update as Telegram writes it."""
    chat = {"id": person_id, "type": "private", "first_name": "Sari"}
    sender = {"id": person_id, "is_bot": False, "first_name": "Sari", "language_code": "en"}
    message = {"message_id": 1, "date": 1_700_000_000, "chat": chat, "from": sender, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


async def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until something holds; it is asked beside the event loop."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(is_so):
            await asyncio.sleep(0.05)

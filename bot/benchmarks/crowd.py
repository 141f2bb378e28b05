"""People on the fake of Telegram, in a thread with a quick loop of its own.

The fake keeps the time: a turn begins when it starts to deliver the update to the webhook, and ends when the
bot's `sendMessage` has arrived. The next one of that person begins when the webhook has been answered as well.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import uvicorn
import uvloop
from typing_extensions import override

from tests.support.telegram_fake.control import BotControl, TelegramFake
from tests.support.telegram_fake.records import Happened, WebhookDelivery
from tests.support.telegram_fake.runner import listening_socket
from tests.support.telegram_fake.server import HangUpProtocol, TelegramFakeApp
from tests.support.telegram_fake.state import BotAccount, Chat, StoredMessage

T = TypeVar("T")
Act = Callable[["Crowd", int], Happened]
"""What a person does in one turn."""


class Account(BotAccount):
    """A bot of the fake that says when something was sent or delivered."""

    @override
    def reset(self) -> None:
        super().reset()
        self.sent: dict[int, asyncio.Future[float]] = {}
        self.delivered: dict[int, asyncio.Future[None]] = {}
        self.last: dict[int, StoredMessage] = {}

    @override
    def keep_sent(self, chat: Chat, message: StoredMessage) -> None:
        super().keep_sent(chat, message)
        chat_id: int = chat.payload["id"]
        self.last[chat_id] = message
        waiting = self.sent.pop(chat_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(time.perf_counter())

    @override
    def log_delivery(self, delivery: WebhookDelivery) -> None:
        super().log_delivery(delivery)
        if delivery.error is None:
            waiting = self.delivered.pop(delivery.update_id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)


@dataclass
class Crowd:
    """The people who talk with one bot."""

    account: Account
    people: Sequence[int]
    turns: dict[int, int] = field(default_factory=dict)
    """How many turns each person has begun."""

    def __post_init__(self) -> None:
        self.control = BotControl(self.account)
        for person in self.people:
            self.control.people.person(person)

    async def turn(self, person: int, act: Act) -> float:
        """Let a person do something; return how long the answer took, in seconds."""
        loop = asyncio.get_running_loop()
        sent, delivered = loop.create_future(), loop.create_future()
        self.account.sent[person] = sent
        began = time.perf_counter()
        happened = act(self, person)
        self.turns[person] = self.turns.get(person, 0) + 1
        assert happened.update_id is not None
        self.account.delivered[happened.update_id] = delivered
        answered_at: float = await sent
        await delivered
        return answered_at - began

    def last_text(self, person: int) -> str:
        """Return what the bot said last."""
        message = self.account.last.get(person)
        return message.as_sent().text if message else ""


def writes(texts: Sequence[str]) -> Act:
    """Return the act of writing one of `texts` after the other, each person from another one on."""

    def act(crowd: Crowd, person: int) -> Happened:
        number = person + crowd.turns.get(person, 0)
        return crowd.control.people.write(person, texts[number % len(texts)])

    return act


def presses(buttons: Sequence[str]) -> Act:
    """Return the act of pressing one of `buttons` after the other under the bot's last message."""

    def act(crowd: Crowd, person: int) -> Happened:
        message_id = crowd.account.last[person].payload["message_id"]
        button = buttons[crowd.turns.get(person, 0) % len(buttons)]
        return crowd.control.people.press(person, message_id, button, is_stale=True)

    return act


@dataclass
class Town:
    """The fake in its thread, with the crowds of several bots."""

    fake: TelegramFake
    url: str
    loop: asyncio.AbstractEventLoop

    def crowd(self, token: str, people: Sequence[int]) -> Crowd:
        """Bring a bot and its people into being."""
        account = Account(token)
        self.fake.accounts[token] = account
        return Crowd(account, people)

    async def there(self, work: Coroutine[None, None, T]) -> T:
        """Run something in the fake's loop and wait for it here."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))


@asynccontextmanager
async def running_town() -> AsyncIterator[Town]:
    """Run the fake on the loopback interface while the block lasts."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="telegram-fake", daemon=True)
    thread.start()
    bound = listening_socket("127.0.0.1", 0)
    fake = TelegramFake(())
    app = TelegramFakeApp(fake)
    config = uvicorn.Config(
        app,
        http=HangUpProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        # Between two runs nobody sends for a while. A connection that the fake closed just then would cost an
        # echo bot, which tries nothing twice, its message.
        timeout_keep_alive=600,
    )
    server = uvicorn.Server(config)
    town = Town(fake, f"http://127.0.0.1:{bound.getsockname()[1]}", loop)
    serving = asyncio.run_coroutine_threadsafe(server.serve([bound]), loop)
    try:
        yield town
    finally:
        await town.there(fake.close())
        app.begin_closing()
        server.should_exit = True
        await asyncio.wrap_future(serving)
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(thread.join)
        loop.close()

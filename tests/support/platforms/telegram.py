"""Telegram: updates as the shipped fake makes them go to our webhook, and our calls go to the fake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.telegram import Telegram, make_bot
from bot.gateway.telegram import TelegramGateway
from bot.messages import Address
from tests.support.platforms.platform import (
    Choice,
    NotPossible,
    OnePicture,
    Platform,
    Seen,
    Visitor,
)
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.records import Happened, Json, SentMessage
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake
from tests.support.world import TestHouse

SECRET = "the-webhook-secret-of-a-test"
PATH = "/telegram/webhook"
LONGEST = 4_096
JUNK: tuple[object, ...] = (
    {},
    [],
    "hello",
    None,
    {"update_id": "one"},
    {"update_id": 1},
    {"update_id": 2, "hologram": {"depth": 3}},
    {"update_id": 3, "message": {"message_id": 1}},
    {"update_id": 4, "callback_query": {"id": "1", "data": "menu.main"}},
)


@dataclass
class OnTelegram(Platform):
    """The fake, and what has come from it so far."""

    fake: TelegramFakeClient = field(kw_only=True)
    web: httpx.AsyncClient = field(kw_only=True)
    offset: int = 0
    latest: list[Json] = field(default_factory=list)

    async def visitor(self) -> "TelegramVisitor":
        """See `Platform.visitor`."""
        number = next(self._numbers)
        # Nothing is known of the app's language: the conversation decides.
        await self.fake.person(number, first_name="Sari", language_code=None)
        account = str(self.channel.account)  # type: ignore[attr-defined]  # Telegram's own
        address = Address("telegram", account, str(number))
        return TelegramVisitor(self.house, address, LONGEST, platform=self, id=number)

    async def updates(self) -> list[Json]:
        """Take from the fake what has happened, as it would deliver it."""
        url = f"{self.fake.base_url}/bot{DEFAULT_TOKEN}/getUpdates"
        answer = await self.web.get(url, params={"offset": self.offset, "timeout": 0})
        found: list[Json] = answer.json()["result"]
        if found:
            self.offset = found[-1]["update_id"] + 1
            self.latest = found
        return found

    async def post(self, update: object) -> int:
        """Deliver something to our webhook; return the status of the answer."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        answer = await self.web.post(f"http://suar{PATH}", json=update, headers=headers)
        return answer.status_code

    async def knock(self) -> list[int]:
        """See `Platform.knock`."""
        return [await self.post(each) for each in JUNK]

    async def slow_down(self, seconds: int) -> None:
        """See `Platform.slow_down`."""
        await self.fake.fail_next("sendMessage", Fault("too_many_requests", retry_after_s=seconds))

    async def refuse(self, visitor: Visitor) -> None:
        """See `Platform.refuse`."""
        await self.fake.fail_next("sendMessage", Fault("forbidden"))

    async def hide_answer(self) -> None:
        """See `Platform.hide_answer`."""
        await self.fake.fail_next("sendMessage", Fault("hang_after"))

    async def typing_shown(self, visitor: Visitor) -> bool:
        """See `Platform.typing_shown`."""
        calls = await self.fake.calls("sendChatAction")
        return any(str(call.params["chat_id"]) == visitor.address.value for call in calls)


@dataclass
class TelegramVisitor(Visitor):
    """Somebody with Telegram's app."""

    platform: OnTelegram = field(kw_only=True)
    id: int = field(kw_only=True)
    _looked: int = 0

    async def write(self, text: str) -> list[Seen]:
        """See `Visitor.write`."""
        return await self._done(await self.platform.fake.write(self.id, text))

    async def start(self, payload: str) -> list[Seen]:
        """See `Visitor.start`."""
        return await self._done(await self.platform.fake.start(self.id, payload))

    async def press(self, choice: str) -> list[Seen]:
        """See `Visitor.press`."""
        sent = await self.platform.fake.messages(self.id)
        if not sent:
            raise NotPossible
        under = next((each for each in reversed(sent) if choice in each.button_data()), None)
        on, stale = under or sent[-1], under is None
        fake = self.platform.fake
        return await self._done(await fake.press(self.id, on.message_id, choice, is_stale=stale))

    async def send_file(self, kind: str, caption: str = "") -> list[Seen]:
        """See `Visitor.send_file`."""
        fake = self.platform.fake
        if kind == "photo":
            return await self._done(await fake.send_photo(self.id, caption))
        return await self._done(await fake.send_voice(self.id))

    def last_id(self) -> str:
        """See `Visitor.last_id`."""
        return str(self.platform.latest[-1]["message"]["message_id"])

    async def block(self) -> None:
        """See `Visitor.block`."""
        await self._done(await self.platform.fake.block(self.id))

    async def unblock(self) -> list[Seen]:
        """See `Visitor.unblock`."""
        return await self._done(await self.platform.fake.unblock(self.id))

    async def again(self) -> list[Seen]:
        """See `Visitor.again`."""
        return await self._deliver(self.platform.latest)

    async def write_backwards(self, first: str, second: str) -> list[Seen]:
        """See `Visitor.write_backwards`."""
        for text in (first, second):
            await self.platform.fake.write(self.id, text)
        return await self._deliver(list(reversed(await self.platform.updates())))

    async def new(self, expect: int = 0) -> list[Seen]:  # what was sent is there
        """See `Visitor.new`."""
        sent = await self.platform.fake.messages(self.id)
        fresh, self._looked = sent[self._looked :], len(sent)
        return [_seen(each) for each in fresh]

    async def _done(self, _: Happened) -> list[Seen]:
        return await self._deliver(await self.platform.updates())

    async def _deliver(self, updates: list[Json]) -> list[Seen]:
        for update in updates:
            assert await self.platform.post(update) in {200, 503}
        return await self.new()


def _seen(sent: SentMessage) -> Seen:
    pairs = zip(sent.button_data(), sent.button_texts(), strict=True)
    choices = tuple(Choice(data, title) for data, title in pairs)
    quoted = str(sent.reply_to_message_id or "")
    return Seen(sent.text, choices, sent.method == "sendPhoto", quoted)


@asynccontextmanager
async def on_telegram(house: TestHouse) -> AsyncIterator[Platform]:
    """Suar as a bot of a running fake."""
    async with running_fake() as fake:
        channel = Telegram(make_bot(DEFAULT_TOKEN, fake.base_url), pictures=OnePicture())
        gateway = TelegramGateway(channel, house.conversations, SECRET, house.db.dsn)
        ours = httpx.ASGITransport(
            Starlette(routes=[Route(PATH, gateway.webhook, methods=["POST"])])
        )
        async with httpx.AsyncClient(mounts={"http://suar": ours}, trust_env=False) as web:
            yield OnTelegram(house, channel, {}, fake=fake, web=web)
        await channel.bot.session.close()

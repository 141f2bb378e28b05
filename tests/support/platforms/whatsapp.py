"""WhatsApp: signed webhooks as Meta writes them go to our gateway, and our calls go to the shipped fake of the Cloud API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.channels.pace import Pace
from bot.channels.whatsapp import WhatsApp, make_session
from bot.channels.whatsapp_ground import StoredGround
from bot.gateway.whatsapp import PATH, WhatsAppGateway
from bot.messages import Address
from tests.support.platforms.platform import Choice, OnePicture, Platform, Seen, Visitor
from tests.support.platforms.stage import FURTHER
from tests.support.whatsapp_fake import meta
from tests.support.whatsapp_fake.graph import TOKEN, Fault, Graph, running_graph, words_of
from tests.support.whatsapp_fake.meta import PHONE_ID, SECRET, Json
from tests.support.world import TestHouse

RATE_LIMITED = 131056
JUNK: tuple[object, ...] = (
    {},
    [],
    "hello",
    None,
    {"object": "page", "entry": 3},
    {"entry": [{"changes": [{"value": {"messages": [{}]}}]}]},
    meta.webhook({"messages": [{"id": "m", "type": "hologram"}]}),
    meta.webhook({"statuses": [{"id": 7, "status": "thought_of"}]}),
    meta.webhook(meta.messages(meta.text("m", "hi")), field="dreams", phone_id="1"),
)


@dataclass
class OnWhatsApp(Platform):
    """The fake of the Graph API, and our webhook."""

    graph: Graph = field(kw_only=True)
    gateway: WhatsAppGateway = field(kw_only=True)
    web: httpx.AsyncClient = field(kw_only=True)
    latest: object = None
    ids: "count[int]" = field(default_factory=lambda: count(1))

    async def visitor(self) -> "WhatsAppVisitor":
        """See `Platform.visitor`."""
        user_id = f"ID.{next(self._numbers)}"
        return WhatsAppVisitor(self.house, Address("whatsapp", PHONE_ID, user_id), platform=self)

    async def post(self, data: object) -> int:
        """Deliver a webhook as Meta does; return the status of the answer once all that goes on beside is done."""
        body = meta.raw(data)
        answer = await self.web.post(PATH, content=body, headers=meta.sign(body))
        while tasks := {*self.gateway._tasks, *self.gateway.channel._tasks}:
            await asyncio.gather(*tasks)
        return answer.status_code

    async def knock(self) -> list[int]:
        """See `Platform.knock`."""
        return [await self.post(each) for each in JUNK]

    async def slow_down(self, seconds: int) -> None:  # Meta does not say for how long
        """See `Platform.slow_down`."""
        self.graph.faults.append(Fault(RATE_LIMITED))

    async def refuse(self, visitor: Visitor) -> None:
        """See `Platform.refuse`."""
        self.graph.unknown.add(visitor.address.value)

    async def hide_answer(self) -> None:
        """See `Platform.hide_answer`."""
        self.graph.faults.append(Fault(page=b"<html>", status=502, is_taken=True))

    async def settle(self) -> None:
        """Tell of the last message that it was sent."""
        last = self.graph.sent[-1]
        told = meta.status(last["id"], "sent", last.get("biz_opaque_callback_data"))
        assert await self.post(meta.webhook(meta.statuses(told))) == 200

    async def typing_shown(self, visitor: Visitor) -> bool:  # it names a message, not a person
        """See `Platform.typing_shown`."""
        return any("typing_indicator" in each for each in self.graph.read)


@dataclass
class WhatsAppVisitor(Visitor):
    """Somebody with WhatsApp."""

    platform: OnWhatsApp = field(kw_only=True)
    _looked: int = 0

    async def write(self, text: str) -> list[Seen]:
        """See `Visitor.write`."""
        return await self._says(meta.text(self._id(), text))

    async def start(self, payload: str) -> list[Seen]:
        """See `Visitor.start`: a link writes these words for the person."""
        return await self.write(f"/start {payload}".rstrip())

    async def press(self, choice: str) -> list[Seen]:
        """See `Visitor.press`."""
        last = self._mine()[-1:]
        is_list = bool(last) and last[0].get("interactive", {}).get("type") == "list"
        return await self._says((meta.row if is_list else meta.button)(self._id(), choice))

    async def send_file(self, kind: str, caption: str = "") -> list[Seen]:
        """See `Visitor.send_file`."""
        media: Json = {"id": "65463453", "mime_type": "image/jpeg", "sha256": "aa+/8g="}
        if kind == "photo":
            words = {"caption": caption} if caption else {}
            return await self._says(meta.message(self._id(), "image", {**media, **words}))
        return await self._says(meta.message(self._id(), "audio", {**media, "voice": True}))

    def last_id(self) -> str:
        """See `Visitor.last_id`."""
        latest: Any = self.platform.latest
        return str(latest["entry"][0]["changes"][0]["value"]["messages"][-1]["id"])

    async def again(self) -> list[Seen]:
        """See `Visitor.again`."""
        assert await self.platform.post(self.platform.latest) == 200
        return await self.new()

    async def write_backwards(self, first: str, second: str) -> list[Seen]:
        """See `Visitor.write_backwards`."""
        texts = [meta.text(self._id(), first), meta.text(self._id(), second)]
        for each in reversed(texts):
            await self._post(each)
        return await self.new()

    async def new(self, expect: int = 0) -> list[Seen]:  # what was sent is there
        """See `Visitor.new`; a list that has pages is leafed through."""
        fresh = self._mine()[self._looked :]
        self._looked += len(fresh)
        seen = [_seen(each) for each in fresh]
        if not seen:
            return seen
        choices = seen[-1].choices
        further = next((each for each in choices if each.id.startswith(FURTHER)), None)
        if further is None:
            return seen
        rest = tuple(each for each in choices if each is not further)
        known = {each.id for each in rest}
        for page in await self.press(further.id):
            rest += tuple(each for each in page.choices if each.id not in known)
        return [*seen[:-1], Seen(seen[-1].text, rest, seen[-1].has_picture)]

    async def _says(self, sent: Json) -> list[Seen]:
        await self._post(sent)
        return await self.new()

    async def _post(self, sent: Json) -> None:
        told = meta.messages(sent, number=None, user_id=self.address.value)
        self.platform.latest = meta.webhook(told)
        assert await self.platform.post(self.platform.latest) in {200, 503}

    def _id(self) -> str:
        return f"wamid.{next(self.platform.ids)}"

    def _mine(self) -> list[Json]:
        me = self.address.value
        sent = self.platform.graph.sent
        return [each for each in sent if me in {each.get("to"), each.get("recipient")}]


def _seen(sent: Json) -> Seen:
    shown: Any = sent.get("interactive", {})
    action = shown.get("action", {})
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    rows += [each["reply"] for each in action.get("buttons", ())]
    has_picture = sent["type"] == "image" or "image" in shown.get("header", {})
    choices = tuple(Choice(each["id"], each["title"]) for each in rows)
    quoted = sent.get("context", {}).get("message_id", "")
    return Seen(words_of(sent), choices, has_picture, quoted)


@asynccontextmanager
async def on_whatsapp(house: TestHouse) -> AsyncIterator[Platform]:
    """Suar on a number of the fake."""
    ground = StoredGround(house.db, house.people, house.clock)
    async with running_graph() as graph:
        session, api = make_session(graph.base_url, TOKEN)
        channel = WhatsApp(
            api, session, PHONE_ID, ground, lambda _: "Choose", pictures=OnePicture()
        )
        # The pace of one number is real time, which no test waits for.
        channel._pace = Pace(100_000)
        gateway = WhatsAppGateway(channel, house.conversations, SECRET, "word")
        ours = httpx.ASGITransport(Starlette(routes=gateway.routes()))
        async with session, httpx.AsyncClient(transport=ours, base_url="http://suar") as web:
            yield OnWhatsApp(
                house,
                channel,
                {"blocking": "Meta does not tell; the next message that is refused does"},
                graph=graph,
                gateway=gateway,
                web=web,
            )

"""Somebody on WhatsApp with the counsellor who has them, and what Meta has approved of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
from starlette.applications import Starlette

from bot.channels.whatsapp_ground import StoredGround
from bot.channels.whatsapp_templates import FindPicture, TemplateApi
from bot.conversation.going_on import GoingOn
from bot.conversation.holding import Leaving
from bot.conversation.template_desk import TemplateDesk
from bot.conversation.templates import house_wanted
from bot.gateway.whatsapp import WhatsAppGateway
from bot.hotline import access
from bot.hotline.access import CaseView
from bot.hotline.staff import Staff
from tests.channels.test_contract import on_whatsapp
from tests.integration.test_whatsapp import Meta
from tests.support.whatsapp_fake.graph import running_graph
from tests.support.whatsapp_fake.meta import ACCOUNT_ID, SECRET, Json, button, message
from tests.support.world import TestHouse


@asynccontextmanager
async def on_meta(house: TestHouse) -> AsyncIterator[Meta]:
    """Suar on WhatsApp, with the fake knowing when its 24 hours are over."""
    ground = StoredGround(house.db, house.people, house.clock)
    async with running_graph() as graph, on_whatsapp(graph.base_url, ground) as channel:
        house.delivery.channels = {channel.name: channel}
        house.recovery.channels = [channel.name]
        gateway = WhatsAppGateway(channel, house.conversations, SECRET, "v", ACCOUNT_ID)
        transport = httpx.ASGITransport(Starlette(routes=gateway.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://suar") as client:
            yield Meta(house, graph, channel, gateway, client)


@dataclass
class Talk:
    """A person on WhatsApp and their counsellor."""

    meta: Meta
    staff: Staff
    case_id: UUID

    async def reply(self, words: str, leaving: Leaving = Leaving.NOW) -> None:
        """Let the counsellor write."""
        house = self.meta.house
        token = str(house.clock.new_id())
        await house.talks.reply(self.staff, self.case_id, words, token=token, leaving=leaving)

    async def ask(self) -> None:
        """Let the counsellor ask whether the talk may go on."""
        await GoingOn(self.meta.house.talks).ask(self.staff, self.case_id)

    async def view(self) -> CaseView:
        """Return the case as its counsellor sees it."""
        house = self.meta.house
        async with house.db.transaction() as conn:
            return await access.access_case(conn, house.people, self.staff, self.case_id)

    async def press(self, payload: str) -> list[Json]:
        """Let the person press a button of a template."""
        pressed = message(self.meta.next_id(), "button", {"payload": payload, "text": "T"})
        sent = await self.meta.says(pressed)
        await self.meta.house.recovery.look()
        return sent

    async def write(self, words: str) -> None:
        """Let the person write, and the worker look."""
        await self.meta.writes(words)
        await self.meta.house.recovery.look()

    def said(self) -> list[str]:
        """Return what the person was sent."""
        return self.meta.graph.texts()


async def talk_on(meta: Meta) -> Talk:
    """Let Sari come to a counsellor."""
    await meta.writes("halo")
    await meta.says(button(meta.next_id(), "consent.ask"))
    await meta.says(button(meta.next_id(), "consent.ask.talk"))
    staff = await meta.house.staff()
    case_id = await meta.house.talks.claim_next(staff)
    assert case_id is not None
    return Talk(meta, staff, case_id)


def template_desk(meta: Meta, find_picture: FindPicture | None = None) -> TemplateDesk:
    """Return what asks the fake to approve words, and pictures where it can find them."""
    house = meta.house
    api = TemplateApi(meta.channel.api, ACCOUNT_ID, find_picture)
    return TemplateDesk(house.db, house.clock, house.delivery.queue, api)


async def approve_all(meta: Meta) -> TemplateDesk:
    """Let Meta approve every template of the house."""
    desk = template_desk(meta)
    meta.graph.templates.approves = True
    await desk.want(list(house_wanted(meta.house.content)))
    assert await desk.sync() is None
    return desk


def shut(talk: Talk) -> None:
    """Let a day pass without a word of the person; Meta knows it, too."""
    clock = talk.meta.house.clock
    clock.at += timedelta(hours=25)

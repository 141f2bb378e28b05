"""A desk with WhatsApp: the fake of Meta behind the page of templates, and people who have been silent for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from starlette.applications import Starlette

from bot.channels.whatsapp import make_session
from bot.channels.whatsapp_templates import TemplateApi
from bot.conversation.template_desk import TemplateDesk
from bot.conversation.templates import house_wanted
from bot.desk.web.app import desk_routes
from bot.jobs.procrastinate_queue import JobQueue, make_app
from bot.messages import CaseId
from bot.store.tables import ConversationRow
from tests.integration.desk.house import House
from tests.support.whatsapp_fake.graph import TOKEN, Graph, running_graph
from tests.support.whatsapp_fake.meta import ACCOUNT_ID


@dataclass
class OnWhatsApp:
    """The house, Meta, and what speaks to it."""

    house: House
    graph: Graph
    templates: TemplateDesk

    async def approve(self) -> None:
        """Let Meta approve what the house says."""
        self.graph.templates.approves = True
        await self.templates.want(list(house_wanted(self.house.content)))
        await self.templates.sync()

    async def add_case(self, *, silent: timedelta) -> CaseId:
        """Put somebody into the queue who wrote last so long ago."""
        case_id = await self.house.add_case(locale="en", channel="whatsapp")
        await self.heard(case_id, silent)
        return case_id

    async def heard(self, case_id: UUID, ago: timedelta) -> None:
        """Let the person of a case have written so long ago."""
        async with self.house.db.transaction() as conn:
            party = await self.house.party_of(conn, case_id)
            await conn.execute(
                update(ConversationRow)
                .where(ConversationRow.id == party.conversation_id)
                .values(last_in_at=self.house.clock.now() - ago)
            )


@asynccontextmanager
async def on_whatsapp(house: House) -> AsyncIterator[OnWhatsApp]:
    """Set WhatsApp up on a desk."""
    async with running_graph() as graph:
        session, api = make_session(graph.base_url, TOKEN)
        async with session:
            queue = JobQueue(make_app(house.db.dsn))
            templates = TemplateDesk(house.db, house.clock, queue, TemplateApi(api, ACCOUNT_ID))
            house.services = replace(house.services, templates=templates)
            routes = desk_routes(house.services, passwords=house.passwords)
            house.app = Starlette(routes=routes)
            yield OnWhatsApp(house, graph, templates)

"""`/healthz`, `/readyz` and `/metrics`: is it alive, can it work, and how much has it done."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.editing.live import LiveContent
from bot.errors import StoreUnavailable
from bot.store.engine import Database
from bot.store.tables import CaseRow, InboxRow, OutboxRow
from bot.understanding.model import Nlu

OK = "ok"
DOWN = "down"
DEGRADED = "degraded"
OFF = "off"
LOOK_S = 2.0


@dataclass
class Health:
    """Looks at what Suar leans on."""

    db: Database
    nlu: Nlu
    telegram: bool
    live: LiveContent | None = None
    whatsapp: bool = False

    def routes(self) -> list[Route]:
        """Return the three routes."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def parts(self) -> Mapping[str, str]:
        """Return the state of each part: `ok`, `degraded`, `down` or `off`."""
        database, nlu = await asyncio.gather(self._database(), self._nlu())
        telegram = OK if self.telegram else OFF
        whatsapp = OK if self.whatsapp else OFF
        content = DEGRADED if self.live and self.live.trouble else OK
        return {
            "database": database,
            "nlu": nlu,
            "telegram": telegram,
            "whatsapp": whatsapp,
            "content": content,
        }

    async def alive(self, _: Request) -> Response:
        """The process answers."""
        return PlainTextResponse(OK)

    async def ready(self, _: Request) -> Response:
        """It can take messages: it needs the database; without the language model it is degraded, but works."""
        parts = await self.parts()
        told = {**parts, **self._content_told()}
        return JSONResponse(told, 200 if parts["database"] == OK else 503)

    def _content_told(self) -> dict[str, object]:
        """Say which content is live, and what keeps a newer one from it."""
        if self.live is None or not self.live.trouble:
            return {}
        problems = [
            {"where": each.where, "key": each.key, "problem": each.problem, "mend": each.mend}
            for each in self.live.trouble
        ]
        since = self.live.files_since.isoformat(timespec="seconds")
        return {"content_live_since": since, "content_problems": problems}

    async def metrics(self, _: Request) -> Response:
        """Counts for Prometheus; of people, never about one."""
        registry = CollectorRegistry()
        try:
            counts = await self._counts()
        except StoreUnavailable:
            return PlainTextResponse("the database is away", 503)
        for name, value in counts.items():
            Gauge(f"suar_{name}", name.replace("_", " "), registry=registry).set(value)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def _database(self) -> str:
        try:
            await asyncio.wait_for(self.db.ping(), LOOK_S)
        except (StoreUnavailable, TimeoutError):
            return DOWN
        return OK

    async def _nlu(self) -> str:
        try:
            return OK if await asyncio.wait_for(self.nlu.ready(), LOOK_S) else DOWN
        except TimeoutError:
            return DOWN

    async def _counts(self) -> dict[str, int]:
        wanted = {
            "inbox_unanswered": select(func.count()).where(InboxRow.processed_at.is_(None)),
            "outbox_waiting": select(func.count()).where(
                OutboxRow.status.in_(("queued", "sending"))
            ),
            "outbox_dead": select(func.count()).where(OutboxRow.status == "dead"),
            "cases_waiting": select(func.count()).where(CaseRow.state == "waiting"),
            "cases_claimed": select(func.count()).where(CaseRow.state == "claimed"),
        }
        async with self.db.transaction(durable=False) as conn:
            return {name: await conn.scalar(query) or 0 for name, query in wanted.items()}

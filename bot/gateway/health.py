"""`/healthz`, `/readyz` and `/metrics`: is it alive, can it work, and how much has it done."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.editing.live import LiveContent
from bot.errors import StoreUnavailable
from bot.gateway.telegram_ways import WayIn
from bot.hotline.unusual import look_at_groups
from bot.store import inbox, paces, traffic
from bot.store.engine import Database
from bot.store.tables import CaseRow, InboxRow, OutboxRow
from bot.understanding.model import Nlu
from bot.understanding.service import Reader

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
    telegram: WayIn | None
    """None: there is no bot on Telegram."""
    live: LiveContent | None = None
    whatsapp: bool = False
    reader: Reader | None = None
    """Whose misses of the language model are told, of this process."""

    def routes(self) -> list[Route]:
        """Return the three routes."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def parts(self) -> Mapping[str, str]:
        """Return the state of each part: `ok`, `degraded`, `down` or `off`."""
        database, nlu, traffic = await asyncio.gather(
            self._database(), self._nlu(), self._traffic()
        )
        telegram = OFF
        if self.telegram is not None:
            telegram = DEGRADED if self.telegram.trouble else OK
        whatsapp = OK if self.whatsapp else OFF
        content = DEGRADED if self.live and self.live.trouble else OK
        return {
            "database": database,
            "nlu": nlu,
            "telegram": telegram,
            "whatsapp": whatsapp,
            "content": content,
            "traffic": traffic,
        }

    async def alive(self, _: Request) -> Response:
        """The process answers."""
        return PlainTextResponse(OK)

    async def ready(self, _: Request) -> Response:
        """It can take messages: it needs the database; without the language model it is degraded, but works."""
        parts = await self.parts()
        told = {**parts, **self._content_told()}
        if self.telegram is not None and self.telegram.trouble:
            told["telegram_trouble"] = self.telegram.trouble
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

    async def _traffic(self) -> str:
        """Tell whether more comes in than is answered; where the database is away, another part says so."""
        try:
            async with asyncio.timeout(LOOK_S), self.db.transaction(durable=False) as conn:
                backlog = await inbox.get_backlog(conn)
        except (StoreUnavailable, TimeoutError):
            return OK
        return DEGRADED if backlog.is_too_much(datetime.now(UTC)) else OK

    async def _nlu(self) -> str:
        try:
            return OK if await asyncio.wait_for(self.nlu.ready(), LOOK_S) else DOWN
        except TimeoutError:
            return DOWN

    async def _counts(self) -> dict[str, int]:
        wanted = {
            "inbox_unanswered": select(func.count()).where(InboxRow.processed_at.is_(None)),
            "inbox_waiting_together": select(func.count()).where(
                InboxRow.processed_at.is_(None), InboxRow.waits
            ),
            "outbox_waiting": select(func.count()).where(
                OutboxRow.status.in_(("queued", "sending"))
            ),
            "outbox_dead": select(func.count()).where(OutboxRow.status == "dead"),
            "cases_waiting": select(func.count()).where(CaseRow.state == "waiting"),
            "cases_claimed": select(func.count()).where(CaseRow.state == "claimed"),
        }
        async with self.db.transaction(durable=False) as conn:
            counts = {name: await conn.scalar(query) or 0 for name, query in wanted.items()}
            return {**counts, **await self._unusual(conn)}

    async def _unusual(self, conn: AsyncConnection) -> dict[str, int]:
        now = datetime.now(UTC)
        today = await traffic.count_kinds(conn, now=now)
        alarms, seen, groups = await look_at_groups(conn, now=now)
        return {
            "people_slowed": await paces.count_waiting(conn),
            "bursts_answered_today": today.get("together", 0),
            "events_let_go_today": today.get("let_go", 0),
            "insults_today": today.get("insult", 0),
            "same_danger_groups": len(alarms) + len(seen),
            "same_words_groups": len(groups),
            "nlu_misses": self.reader.missed if self.reader else 0,
        }

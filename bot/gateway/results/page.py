"""`GET /results/<slug>` for everybody, where a campaign says so; `GET /l/<token>` for whom a link belongs to."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.campaigns import campaigns, leaders, results
from bot.campaigns.campaigns import Campaign
from bot.campaigns.hiding import Told
from bot.campaigns.learning.reading import read_report
from bot.campaigns.learning.report import Learned
from bot.campaigns.learning.shares import Share
from bot.clock import Clock
from bot.content.load import Content
from bot.errors import NotFound, StoreUnavailable
from bot.messages import clean_text
from bot.store.crypto import Lookup
from bot.store.engine import Database

HERE = Path(__file__).parent
STATIC = HERE / "static"
WORDS = "results"
KEPT = timedelta(minutes=10)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
PRIVATE = {**HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
PUBLIC = {**HEADERS, "Cache-Control": f"public, max-age={int(KEPT.total_seconds())}"}
Shows = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Shown:
    """The numbers of one campaign as everybody may see them."""

    opened: int | None
    finished: int | None
    cities: Told
    """Quizzes finished."""
    ratings: Told
    learned: tuple[Learned, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is not a single number."""
        tables = (self.cities, self.ratings)
        known = any(number is not None for told in tables for number in told.rows.values())
        return not (known or self.finished or self.opened or self.learned)


@dataclass
class ResultPages:
    """Renders the pages in the released languages."""

    content: Content
    db: Database
    """As the role of campaigns, which can read no case."""
    lookup: Lookup = field(repr=False)
    clock: Clock
    default_locale: str
    _kept: dict[UUID, tuple[datetime, Shown]] = field(default_factory=dict)
    _counting: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(STATIC.iterdir())))
        self._stamp = digest.hexdigest()[:10]

    def routes(self) -> list[Route | Mount]:
        """Return the routes of the pages and their style."""
        return [
            Route("/results/{slug:str}", self._or_away(self.show)),
            Route("/l/{token:str}", self._or_away(self.show_own)),
            Mount("/results-static", StaticFiles(directory=STATIC)),
        ]

    def _or_away(self, show: Shows) -> Shows:
        """Wrap a page so that it says it when nobody can look."""

        async def shown(request: Request) -> Response:
            try:
                return await show(request)
            except StoreUnavailable:
                return self._page(request, "away.html", {"query": ""}, headers=PRIVATE, status=503)

        return shown

    async def show(self, request: Request) -> Response:
        """Show the results of a campaign; without its word, or its makers' token, there is nothing here."""
        slug = request.path_params["slug"]
        if clean_text(slug) != slug:
            return self._missing(request)
        token = results.preview_token(slug, self.lookup)
        given = request.query_params.get("preview", "")
        is_preview = hmac.compare_digest(given.encode(), token.encode())
        async with self.db.transaction(durable=False) as conn:
            try:
                campaign = await campaigns.get(conn, await results.find_by_slug(conn, slug))
            except NotFound:
                return self._missing(request)
            if not (is_preview or results.is_public(campaign)):
                return self._missing(request)
        shown = await self._numbers(campaign)
        values = {
            "campaign": campaign,
            "shown": shown,
            "is_preview": is_preview,
            "cities": {code: city.name for code, city in self.content.cities.cities.items()},
            "claims": self._claims(shown, self._locale(request)),
            "share": partial(self._share, self._locale(request)),
            "query": f"preview={given}&" if is_preview else "",
        }
        headers = PRIVATE if is_preview else PUBLIC
        return self._page(request, "results.html", values, headers=headers)

    async def show_own(self, request: Request) -> Response:
        """Show a leader what came of their link."""
        try:
            code = leaders.code_in(request.path_params["token"], self.lookup)
            async with self.db.transaction(durable=False) as conn:
                link = await leaders.get(conn, code)
                campaign = await campaigns.get(conn, link.campaign_id)
        except NotFound:
            return self._missing(request)
        values = {"campaign": campaign, "link": link, "own": leaders.own(link), "query": ""}
        return self._page(request, "leader.html", values, headers=PRIVATE)

    async def _numbers(self, campaign: Campaign) -> Shown:
        """Return the numbers, which are reckoned once in ten minutes whoever asks."""
        async with self._counting:
            now = self.clock.now()
            until, kept = self._kept.get(campaign.id, (now, None))
            if kept is None or until <= now:
                async with self.db.transaction(durable=False) as conn:
                    kept = await self._count(conn, campaign)
                self._kept[campaign.id] = (now + KEPT, kept)
            return kept

    async def _count(self, conn: AsyncConnection, campaign: Campaign) -> Shown:
        now = self.clock.now()
        made = await results.read(conn, campaign, today=now.date())
        links = await leaders.links_of(conn, campaign.id)
        facts = results.facts_of(self.content, results.quizzes_of(links))
        learned = (await read_report(conn, now=now)).facts if facts else ()
        opened, finished = made.cities
        return Shown(
            opened.coarse().total,
            finished.coarse().total,
            finished.coarse(),
            made.ratings.coarse(),
            tuple(each for each in learned if each.fact in facts and each.is_told),
        )

    def _claims(self, shown: Shown, locale: str) -> Mapping[str, str]:
        say, facts = self.content.words.say, self.content.facts
        return {each.fact: say(facts[each.fact].claim, locale) for each in shown.learned}

    def _share(self, locale: str, share: Share | None) -> str:
        texts = self.content.pages[WORDS]
        if share is None:
            return self.content.words.say(texts["hidden"], locale)
        percent, low, high = (round(100 * part) for part in (share.value, share.low, share.high))
        return self.content.words.say(texts["share"], locale, percent=percent, low=low, high=high)

    def _missing(self, request: Request) -> Response:
        return self._page(request, "missing.html", {"query": ""}, headers=PRIVATE, status=404)

    def _page(
        self,
        request: Request,
        name: str,
        values: Mapping[str, Any],
        *,
        headers: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        locale, words, texts = self._locale(request), self.content.words, self.content.pages[WORDS]

        def say(key: str, **more: object) -> str:
            return words.say(texts[key], locale, **more)

        html = self._templates.get_template(name).render(
            **values,
            t=say,
            locale=locale,
            dir=words.direction(locale),
            locales=[(code, words.locales[code].name) for code in words.released],
            stamp=self._stamp,
        )
        return HTMLResponse(html, status, headers=dict(headers) | {"Vary": "Accept-Language"})

    def _locale(self, request: Request) -> str:
        released = self.content.words.released
        asked = [request.query_params.get("lang", "")]
        asked += request.headers.get("accept-language", "").split(",")
        codes = (part.partition(";")[0].strip().partition("-")[0].lower() for part in asked)
        return next((code for code in codes if code in released), self.default_locale)

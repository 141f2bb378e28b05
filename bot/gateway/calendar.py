"""The calendar file of an event, for everybody: `/e/<slug>.ics`. Who asks for it is noted nowhere."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.campaigns import events
from bot.campaigns.calendar_file import Entry, write_ics
from bot.campaigns.events import EventRecord
from bot.content.catalogue import Words
from bot.errors import StoreUnavailable
from bot.store.engine import Database
from bot.store.events import CANCELLED

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "public, max-age=600",
}


@dataclass
class EventCalendar:
    """Serves the files."""

    db: Database
    """As the role of campaigns."""
    words: Words
    base_url: str

    def routes(self) -> list[Route]:
        """Return the one route."""
        return [Route("/e/{slug}.ics", self.file)]

    async def file(self, request: Request) -> Response:
        """`GET /e/<slug>.ics`, in the language of `?lang=` or of the browser where it is there."""
        slug = request.path_params["slug"]
        found = None
        if events.SLUG.fullmatch(slug):
            try:
                async with self.db.transaction(durable=False) as conn:
                    found = await events.find_public(conn, slug)
            except StoreUnavailable:
                return _nothing(503)
        if found is None:
            return _nothing(404)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{slug}.ics"'}
        body = write_ics(self._entry(found, request))
        return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)

    def _entry(self, event: EventRecord, request: Request) -> Entry:
        draft = event.draft
        host = self.base_url.partition("://")[2].partition("/")[0] or "suar"
        return Entry(
            uid=f"{event.id}@{host}",
            words=self._in_language(event, request),
            zone=draft.zone,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            changed_at=event.changed_at,
            sequence=event.version,
            cancelled=event.state == CANCELLED,
        )

    def _in_language(self, event: EventRecord, request: Request) -> dict[str, str]:
        """Return the event's words in the first language that is wanted and there, else in any."""
        wanted = [request.query_params.get("lang", "")]
        wanted += request.headers.get("accept-language", "").split(",")
        near = (self.words.nearest(each.partition(";")[0].strip()) for each in wanted)
        chains = (self.words.chain(code) for code in near if code)
        codes = (code for chain in chains for code in chain if code in event.draft.words)
        words = event.draft.words
        return dict(words[next(codes, next(iter(words)))])


def _nothing(status: int) -> Response:
    return PlainTextResponse("", status, headers={**HEADERS, "Cache-Control": "no-store"})

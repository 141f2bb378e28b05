"""Events: all of them, the form of one, and its page with what people are told of it. Numbers only, never who."""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.campaigns import campaigns, events
from bot.campaigns.clocks import local_day
from bot.campaigns.events import Act, EventRecord, SlugTaken
from bot.campaigns.reminders import planned
from bot.content.dates import say_moment, say_zone
from bot.content.load import Content
from bot.conversation.event_preview import play_event, play_notes
from bot.conversation.events import EventSeen
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio import event_form
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.event_form import Filled
from bot.desk.web.studio.link_rows import others_of
from bot.desk.web.studio.ways import asked_for, ways_in
from bot.errors import Conflict, NotFound
from bot.pictures.qr import qr_png, qr_svg
from bot.store.events import OPEN

EVENTS = "/desk/campaigns/events"
EVENT = "/campaigns/events/{event_id:uuid}"
QR = {"png": (qr_png, "image/png"), "svg": (qr_svg, "image/svg+xml")}


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show all events."""
    async with desk.services.studio.db.transaction(durable=False) as conn:
        listed = await events.list_all(conn)
    now = desk.now()
    shown = [(each, _when(desk, visit, each)) for each in listed]
    values = {
        "coming_up": [pair for pair in reversed(shown) if pair[0].draft.ends_at > now],
        "over": [pair for pair in shown if pair[0].draft.ends_at <= now],
    }
    return await _page(desk, visit, "studio/events.html", values)


async def show_new(desk: Desk, visit: Visit) -> Response:
    """Show an empty form."""
    locales = _columns(desk, visit, ())
    wanted = visit.request.query_params.get("campaign", "")
    fields = event_form.blank(desk.services.studio.home, campaign=wanted)
    return await _form(desk, visit, Filled(fields, locales), None)


async def create(desk: Desk, visit: Visit) -> Response:
    """Keep a new event."""
    filled = await _filled(desk, visit, ())
    slug = event_form.slug_of(filled.fields, filled.locales)
    problems = dict(filled.problems)
    if slug is None and (filled.fields["slug"] or not filled.problems):
        # Without a title there is nothing yet to make it of.
        problems["slug"] = "slug"
    campaign_id = _id(filled.fields["campaign"])
    if campaign_id is None:
        problems["campaign"] = "campaign"
    if not problems and filled.draft and slug and campaign_id:
        made = desk.services.clock.new_id()
        try:
            async with desk.services.studio.db.transaction() as conn:
                await events.create(conn, made, campaign_id, slug, filled.draft)
        except SlugTaken:
            problems["slug"] = "taken"
        except NotFound:
            problems["campaign"] = "campaign"
        else:
            return frame.to(f"{EVENTS}/{made}")
    return await _form(desk, visit, Filled(filled.fields, filled.locales, None, problems), None)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one event."""
    return await _event(desk, visit)


async def show_edit(desk: Desk, visit: Visit) -> Response:
    """Show the form of an event."""
    record = await _get(desk, visit)
    locales = _columns(desk, visit, tuple(record.draft.words))
    fields = event_form.fields_of(record)
    return await _form(desk, visit, Filled(fields, locales), record)


async def edit(desk: Desk, visit: Visit) -> Response:
    """Keep what was changed."""
    record = await _get(desk, visit)
    filled = await _filled(desk, visit, tuple(record.draft.words))
    if filled.draft is None:
        return await _form(desk, visit, filled, record)
    try:
        async with desk.services.studio.db.transaction() as conn:
            await events.edit(
                conn, record.id, filled.draft, version=await _version(visit), now=desk.now()
            )
    except Conflict:
        latest = await _get(desk, visit)
        return await _form(desk, visit, filled, latest, trouble="changed")
    return frame.to(f"{EVENTS}/{record.id}")


async def act(desk: Desk, visit: Visit) -> Response:
    """Open, close or cancel an event."""
    what = text_of(await read_form(visit.request), "act")
    if what not in get_args(Act):
        raise NotFound
    record = await _get(desk, visit)
    try:
        async with desk.services.studio.db.transaction() as conn:
            version = await _version(visit)
            await events.act(conn, record.id, cast("Act", what), version=version, now=desk.now())
    except Conflict:
        return await _event(desk, visit, trouble="changed")
    return frame.to(f"{EVENTS}/{record.id}")


async def show_qr(desk: Desk, visit: Visit) -> Response:
    """Give the QR code of the event's link, to be printed or shown."""
    record = await _get(desk, visit)
    kind = QR.get(visit.request.path_params["kind"])
    if kind is None:
        raise NotFound
    ways = await ways_in(desk.services.studio, f"c_{record.code}")
    link = asked_for(visit.request, ways, usual=await _link(desk, record))
    draw, mime = kind
    name = f"{record.slug}.{visit.request.path_params['kind']}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(draw(link), media_type=mime, headers=headers)


async def _event(desk: Desk, visit: Visit, trouble: str = "") -> Response:
    record, content = await _get(desk, visit), desk.services.content()
    now, seen = desk.now(), _seen(desk, record)
    link = await _link(desk, record)
    wanted = visit.request.query_params.get("locale", "")
    locale = wanted if wanted in record.draft.words else _first(record, visit, content)
    is_over = record.draft.ends_at <= now
    values = {
        "event": record,
        "when": _when(desk, visit, record),
        "ends": _said(desk, visit, record.draft.ends_at, record.draft.zone),
        "same_day": _same_day(record),
        "city": _city(content, record),
        "link": link,
        "others": await others_of(desk.services.studio, f"c_{record.code}"),
        "calendar": f"{desk.services.studio.base_url}/e/{record.slug}.ics",
        "preview_locale": locale,
        "direction_of": content.words.direction,
        "public": play_event(content, seen, locale, now=now),
        "notes": play_notes(content, seen, locale, now=now),
        "planned": {
            kind: at and _said(desk, visit, at, record.draft.zone)
            for kind, at in planned(record.draft.starts_at, record.draft.zone).items()
        },
        "is_over": is_over,
        "begun": record.draft.starts_at <= now,
        "trouble": trouble,
    }
    status = 409 if trouble else 200
    return await _page(desk, visit, "studio/event.html", values, status=status)


async def _form(
    desk: Desk, visit: Visit, filled: Filled, record: EventRecord | None, *, trouble: str = ""
) -> Response:
    content = desk.services.content()
    async with desk.services.studio.db.transaction(durable=False) as conn:
        listed = await campaigns.all_of(conn)
    fields = {**_empty(filled.locales), **filled.fields}
    now = desk.now()
    values = {
        "event": record,
        "fields": fields,
        "columns": filled.locales,
        "problems": filled.problems,
        "limits": event_form.LIMITS,
        "campaigns": [each for each in listed if each.state in {"draft", "live"}],
        "cities": sorted(content.cities.cities.items(), key=lambda pair: pair[1].name),
        "zones": [(zone, say_zone(now, zone)) for zone in _zones(content)],
        "more_locales": [code for code in content.words.locales if code not in filled.locales],
        "direction_of": content.words.direction,
        "trouble": trouble,
    }
    status = 409 if trouble else 422 if filled.problems else 200
    return await _page(desk, visit, "studio/event_form.html", values, status=status)


async def _page(
    desk: Desk, visit: Visit, name: str, values: Mapping[str, Any], *, status: int = 200
) -> Response:
    conn: AsyncConnection
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, name, values, status=status)


async def _filled(desk: Desk, visit: Visit, kept: Sequence[str]) -> Filled:
    form = await read_form(visit.request)
    known = desk.services.content().words.locales
    sent = [code for code in known if f"title.{code}" in form]
    locales = sent or list(_columns(desk, visit, kept))
    return event_form.read(form, desk.services.content(), locales, now=desk.now())


async def _version(visit: Visit) -> int:
    typed = text_of(await read_form(visit.request), "version")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else -1


async def _get(desk: Desk, visit: Visit) -> EventRecord:
    async with desk.services.studio.db.transaction(durable=False) as conn:
        return await events.get(conn, visit.request.path_params["event_id"])


async def _link(desk: Desk, record: EventRecord) -> str | None:
    """Return the link that leads to an event; None while the bot's name is not known."""
    name = await desk.services.studio.telegram_name()
    return f"https://t.me/{name}?start=c_{record.code}" if name else None


def _columns(desk: Desk, visit: Visit, kept: Sequence[str]) -> list[str]:
    """Return the languages of the form: the released ones, those that are there, and one that is asked for."""
    words = desk.services.content().words
    wanted = {*words.released, *kept, visit.request.query_params.get("locale", "")}
    return [code for code in words.locales if code in wanted]


def _empty(locales: Sequence[str]) -> dict[str, str]:
    return {f"{name}.{code}": "" for code in locales for name in event_form.LIMITS}


def _zones(content: Content) -> list[str]:
    own = list(dict.fromkeys(content.cities.zones.values()))
    return [*own, *sorted(content.cities.every_zone - set(own))]


def _seen(desk: Desk, record: EventRecord) -> EventSeen:
    """Return an event as people will see it once it is open."""
    draft = record.draft
    state = OPEN if record.state == events.DRAFT else record.state
    left = draft.places
    if left is not None:
        left = max(0, left - (record.coming or 0))
    return EventSeen(
        record.slug, draft.words, draft.zone, draft.starts_at, draft.ends_at, state, left,
        calendar=f"{desk.services.studio.base_url}/e/{record.slug}.ics",
    )  # fmt: skip


def _first(record: EventRecord, visit: Visit, content: Content) -> str:
    chain = content.words.chain(visit.staff.locale)
    words = record.draft.words
    return next((code for code in chain if code in words), next(iter(words)))


def _when(desk: Desk, visit: Visit, record: EventRecord) -> str:
    return _said(desk, visit, record.draft.starts_at, record.draft.zone)


def _said(desk: Desk, visit: Visit, moment: Any, zone: str) -> str:  # noqa: ANN401  # a datetime
    formats = desk.services.words.formats(visit.staff.locale)
    return f"{say_moment(moment, zone, formats)} {say_zone(moment, zone)}"


def _same_day(record: EventRecord) -> bool:
    draft = record.draft
    return local_day(draft.starts_at, draft.zone) == local_day(draft.ends_at, draft.zone)


def _city(content: Content, record: EventRecord) -> str:
    city = content.cities.cities.get(record.draft.city or "")
    return city.name if city else ""


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


DOORS = (
    Door("GET", "/campaigns/events", show_list),
    Door("GET", "/campaigns/events/new", show_new),
    Door("POST", "/campaigns/events/new", create),
    Door("GET", EVENT, show),
    Door("GET", EVENT + "/edit", show_edit),
    Door("POST", EVENT + "/edit", edit),
    Door("POST", EVENT + "/act", act),
    Door("GET", EVENT + "/qr.{kind:str}", show_qr),
)

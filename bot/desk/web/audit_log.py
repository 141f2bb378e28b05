"""The audit log for those who watch over the desk: filter, page by page, and not a text in it."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.hotline.audit import Wish, list_entries
from bot.hotline.staff import list_staff
from bot.store.audit import Kind, get_head

LIST = "/desk/audit"
HERE = ZoneInfo("Asia/Jakarta")
"""Where the staff's day begins, as in the directory."""
MAX_REFERENCE_CHARS = 20
MAX_NUMBER_CHARS = 18
FIELDS = ("staff", "kind", "case", "since", "until")


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the lines that are asked for, the newest first."""
    asked = visit.request.query_params
    async with desk.services.db.transaction(durable=False) as conn:
        entries, more = await list_entries(conn, visit.staff, read_wish(asked))
        values = {
            "entries": entries,
            "everybody": await list_staff(conn),
            "kinds": list(Kind),
            "asked": {name: asked.get(name, "") for name in FIELDS},
            "paged": "before" in asked,
            "older": _older(asked, entries[-1].number) if more else "",
            "head": await get_head(conn),
        }
        return await frame.page(desk, conn, visit, "audit.html", values)


def read_wish(asked: QueryParams) -> Wish:
    """Read what is asked for from the address; what cannot be read narrows nothing."""
    before, until = asked.get("before", ""), _day(asked.get("until", ""))
    is_number = before.isascii() and before.isdecimal() and len(before) <= MAX_NUMBER_CHARS
    kind = asked.get("kind", "")
    return Wish(
        staff_id=_id(asked.get("staff", "")),
        kind=kind if kind in set(Kind) else "",
        reference=asked.get("case", "").strip().upper()[:MAX_REFERENCE_CHARS],
        since=_begin(_day(asked.get("since", ""))),
        until=_begin(until + timedelta(days=1)) if until and until < date.max else None,
        before=int(before) if is_number else None,
    )


def _older(asked: QueryParams, number: int) -> str:
    kept = {name: asked[name] for name in FIELDS if asked.get(name)}
    return f"{LIST}?{urlencode({**kept, 'before': str(number)})}"


def _id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), HERE) if day else None

"""The directory: every entry with its light, those to check again, one entry with its checks, and the form for one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.content.catalogue import Words
from bot.content.directory import (
    FRESH,
    Light,
    Standing,
    Standings,
    find,
    is_due,
    last_good,
    light_of,
)
from bot.content.hours import is_open
from bot.content.model import Need, Service
from bot.content.services_step import Services
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, NotFound
from bot.hotline import checks
from bot.hotline.checks import MAX_NOTE_CHARS, RESULTS, RIGHT, TRIED, Findings
from bot.hotline.permissions import Permission
from bot.store.checks import get_standings

LIST = "/desk/directory"
HERE = ZoneInfo("Asia/Jakarta")
"""Where the staff's day begins: a check in the small hours is of that day, whatever UTC says."""
FIRST_DUE = 8
"""So many of those to check again stand on top; a link leads to all."""
MAX_NUMBER_CHARS = 18
_SURFACES = ("show", "show_after_check", "staff_only")


@dataclass(frozen=True)
class Row:
    """An entry as the staff sees it."""

    service: Service
    light: Light
    good: date | None
    """The last good check."""
    due: bool

    @property
    def dark_on(self) -> date | None:
        """The first day on which it is too old, for one that is not yet."""
        return self.good + FRESH + timedelta(days=1) if self.good else None


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show those to check again on top, and all that fit what is looked for."""
    wanted = _Wanted.of(visit.request)
    today = desk.now().date()
    async with desk.services.db.transaction(durable=False) as conn:
        standings = await get_standings(conn, today, ever=True)
        rows = _rows(_of_staff(desk), standings, today)
        due = sorted((row for row in rows if row.due), key=_oldest_first)
        found = wanted.among(rows, desk.services.words, visit.staff.locale)
        values = {
            "due": due if wanted.all_due else due[:FIRST_DUE],
            "due_count": len(due),
            "rows": found,
            "wanted": wanted,
            "spoken": sorted({code for row in rows for code in row.service.languages}),
            **_titles(desk),
        }
        return await frame.page(desk, conn, visit, "directory.html", values)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one entry."""
    return await _page(desk, visit)


async def record(desk: Desk, visit: Visit) -> Response:
    """Keep a check of an entry."""
    service = _access(desk, visit)
    findings = _findings(await read_form(visit.request))
    problem = findings.problem(service, _today(desk))
    if problem:
        return await _page(desk, visit, problem=problem, findings=findings)
    async with desk.services.db.transaction() as conn:
        keyring = desk.services.people.keyring
        await checks.record(conn, keyring, visit.staff, service, findings, now=desk.now())
    return frame.to(f"{LIST}/{service.id}", said="check_kept")


async def undo(desk: Desk, visit: Visit) -> Response:
    """Take the last check of an entry back."""
    service = _access(desk, visit)
    given = text_of(await read_form(visit.request), "check")
    if not (given.isascii() and given.isdecimal() and len(given) <= MAX_NUMBER_CHARS):
        raise Conflict
    async with desk.services.db.transaction() as conn:
        await checks.undo(conn, visit.staff, service.id, int(given), now=desk.now())
    return frame.to(f"{LIST}/{service.id}", said="check_undone")


async def _page(
    desk: Desk, visit: Visit, *, problem: str = "", findings: Findings | None = None
) -> Response:
    service, today = _access(desk, visit), _today(desk)
    lit = desk.now().date()
    async with desk.services.db.transaction(durable=False) as conn:
        standings = await get_standings(conn, lit, ever=True)
        made = await checks.list_made(conn, desk.services.people.keyring, service.id)
        [row] = _rows([service], standings, lit)
        values = {
            "row": row,
            "service": service,
            "is_open": is_open(service.open, service.zone, desk.now()),
            "made": made,
            "undoable": checks.undoable(made, visit.staff),
            "checks": visit.may(Permission.CHECK),
            "findings": findings or Findings(on=today),
            "problem": problem,
            "today": today,
            "oldest": today - FRESH,
            "tried": TRIED,
            "results": RESULTS,
            "right": RIGHT,
            "max_note": MAX_NOTE_CHARS,
            **_titles(desk),
        }
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "service.html", values, status=status)


@dataclass(frozen=True)
class _Wanted:
    """What the list is narrowed to."""

    text: str = ""
    need: Need | None = None
    place: str | None = None
    language: str | None = None
    all_due: bool = False

    @classmethod
    def of(cls, request: Request) -> "_Wanted":
        asked = request.query_params
        need = next((each for each in get_args(Need) if each == asked.get("need")), None)
        place, language = asked.get("place") or None, asked.get("language") or None
        all_due = asked.get("due") == "all"
        return cls(asked.get("q", "").strip(), need, place, language, all_due)

    def among(self, rows: Iterable[Row], words: Words, locale: str) -> list[Row]:
        """Return the rows that fit; every word of the text must stand somewhere in the entry."""
        listed = list(rows)
        services = [row.service for row in listed]
        found = find(services, need=self.need, place=self.place, language=self.language)
        fitting = {service.id for service in found}
        typed = self.text.casefold().split()
        return [
            row
            for row in listed
            if row.service.id in fitting
            and all(word in _text_of(row.service, words, locale) for word in typed)
        ]


def _text_of(service: Service, words: Words, locale: str) -> str:
    parts = (
        service.id,
        service.name,
        service.region,
        service.serves,
        words.say(service.serves, locale),
        service.notes or "",
        *service.phone,
        *service.whatsapp,
    )
    return " ".join(parts).casefold()


def _rows(services: Iterable[Service], standings: Standings, today: date) -> list[Row]:
    rows = []
    for service in services:
        standing = standings.get(service.id, Standing())
        rows.append(
            Row(
                service,
                light_of(service, standing, today),
                last_good(service, standing),
                is_due(service, standing, today),
            )
        )
    return rows


def _oldest_first(row: Row) -> tuple[date, int]:
    """What was never checked is oldest; among those, what people wait for comes first."""
    return row.good or date.min, _SURFACES.index(row.service.surface)


def _of_staff(desk: Desk) -> list[Service]:
    return [each for each in desk.services.content().services.values() if each.surface != "never"]


def _access(desk: Desk, visit: Visit) -> Service:
    """Return the entry that the address names.

    Raises:
        NotFound: There is none, or it is for nobody.
    """
    service = desk.services.content().services.get(visit.request.path_params["service_id"])
    if service is None or service.surface == "never":
        raise NotFound
    return service


def _titles(desk: Desk) -> dict[str, Mapping[Any, str]]:
    """Return the words for needs and places, as the chat has them."""
    step = desk.services.content().step("services.ask")
    assert isinstance(step, Services)
    return {"needs": step.needs, "places": step.places}


def _today(desk: Desk) -> date:
    """Return the day it is for the staff. The lights go by the day in UTC, as in the chat."""
    return desk.now().astimezone(HERE).date()


def _findings(form: FormData) -> Findings:
    try:
        on = date.fromisoformat(text_of(form, "on"))
    except ValueError:
        on = None
    return Findings(
        on=on,
        tried=text_of(form, "tried"),
        result=text_of(form, "result"),
        hours=text_of(form, "hours"),
        scope=text_of(form, "scope"),
        note=text_of(form, "note").strip(),
    )

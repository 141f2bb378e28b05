"""Several of the staff at one case: notes, whispers, consulting, joining, handing over."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.conversation.together import Together
from bot.desk.web import frame
from bot.desk.web.desk import HOME, Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.talk_page import address_of, case_of, read
from bot.errors import Conflict, NotFound, Refused
from bot.hotline import cases, notes
from bot.hotline.access import CaseView, check_access
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, list_on_desk, list_staff

MAX_WHY_CHARS = 500


async def write_note(desk: Desk, visit: Visit) -> Response:
    """Keep a note, or a whisper, of somebody who may see the case."""
    form = await read_form(visit.request)
    kind = notes.WHISPER if text_of(form, "kind") == notes.WHISPER else notes.NOTE
    services, case_id = desk.services, case_of(visit)
    try:
        async with services.db.transaction() as conn:
            await check_access(conn, visit.staff, case_id)
            row = await cases.lock(conn, case_id)
            party = await services.people.get(conn, row.conversation_id)
            await notes.add(
                conn,
                party,
                visit.staff,
                case_id,
                text_of(form, "text"),
                claimed_by=row.claimed_by,
                kind=kind,
                now=desk.now(),
            )
    except NotFound:
        raise
    except Refused:
        return frame.to(address_of(visit), said="note_length")
    if not visit.is_htmx:
        return frame.to(address_of(visit))
    values = await read(desk, visit)
    headers = {"HX-Trigger-After-Settle": "desk:noted"}
    return frame.fragment(desk, visit, "parts/conversation.html", values, headers=headers)


async def consult(desk: Desk, visit: Visit) -> Response:
    """Ask a colleague who is at the desk to look at the case."""
    colleague = await _chosen(visit)
    if colleague is None:
        return frame.to(address_of(visit), said="choose_colleague")
    try:
        await _together(desk).consult(visit.staff, case_of(visit), colleague)
    except Conflict:
        return frame.to(address_of(visit), said="asked_already")
    return frame.to(address_of(visit), said="asked")


async def answer_consult(desk: Desk, visit: Visit) -> Response:
    """Look at a colleague's case, or not."""
    accepts = await _says_yes(visit)
    await _together(desk).answer_consult(visit.staff, case_of(visit), accepts=accepts)
    return frame.to(address_of(visit) if accepts else HOME, said="" if accepts else "answered")


async def end_guest(desk: Desk, visit: Visit) -> Response:
    """Let somebody be in the case no more."""
    guest = await _chosen(visit)
    if guest is None:
        raise NotFound
    await _together(desk).leave(visit.staff, case_of(visit), guest)
    stays = guest != visit.staff.id or visit.staff.may(Permission.OVERSEE)
    return frame.to(address_of(visit) if stays else HOME)


async def join(desk: Desk, visit: Visit) -> Response:
    """Come into a colleague's talk."""
    await _together(desk).join(visit.staff, case_of(visit))
    return frame.to(address_of(visit))


async def offer(desk: Desk, visit: Visit) -> Response:
    """Offer the case to a colleague."""
    colleague = await _chosen(visit)
    why = text_of(await read_form(visit.request), "why").strip()[:MAX_WHY_CHARS]
    if colleague is None:
        return frame.to(address_of(visit), said="choose_colleague")
    try:
        await _together(desk).offer(visit.staff, case_of(visit), colleague, why)
    except Conflict:
        return frame.to(address_of(visit), said="asked_already")
    return frame.to(address_of(visit), said="offered")


async def end_offer(desk: Desk, visit: Visit) -> Response:
    """Offer the case no more."""
    await _together(desk).take_back_offer(visit.staff, case_of(visit))
    return frame.to(address_of(visit))


async def answer_offer(desk: Desk, visit: Visit) -> Response:
    """Take over a case that was offered, or leave it where it is."""
    accepts = await _says_yes(visit)
    await _together(desk).answer_offer(visit.staff, case_of(visit), accepts=accepts)
    return frame.to(address_of(visit) if accepts else HOME, said="" if accepts else "answered")


async def choices(
    conn: AsyncConnection, desk: Desk, visit: Visit, view: CaseView
) -> dict[str, Any]:
    """Return whom the page offers: who can be consulted now, who can take the case over, whom a note can name."""
    there = await list_on_desk(conn, desk.now())
    inside = {each.staff_id for each in view.guests}
    taken = {visit.staff.id, view.claimed_by, *inside}
    able = [
        each for each in await list_staff(conn) if each.may(Permission.TALK) and not each.disabled
    ]
    readers = await notes.list_readers(conn, view.id, view.claimed_by)
    return {
        "to_consult": [each for each in there if each.id not in taken],
        "to_take_over": [_with_mark(each, there) for each in able if each.id != visit.staff.id],
        "to_mention": sorted({each.name for each in readers if each.id != visit.staff.id}),
    }


def _with_mark(staff: Staff, there: list[Staff]) -> tuple[Staff, bool]:
    return staff, any(each.id == staff.id for each in there)


def _together(desk: Desk) -> Together:
    return Together(desk.services.talks)


async def _chosen(visit: Visit) -> UUID | None:
    try:
        return UUID(text_of(await read_form(visit.request), "staff"))
    except ValueError:
        return None


async def _says_yes(visit: Visit) -> bool:
    return text_of(await read_form(visit.request), "answer") == "yes"

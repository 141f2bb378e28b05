"""One conversation: what was shared, the talk, and what the counsellor may do with it."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import HOME, Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, ConsentMissing, NotFound, Refused
from bot.hotline import access, marks
from bot.hotline.access import CaseView, access_case, access_changes
from bot.hotline.cases import OUTCOMES
from bot.hotline.hiding import REASONS
from bot.hotline.permissions import Permission
from bot.hotline.weight import is_heavy
from bot.understanding.redaction import pieces_of

MAX_REPLY_CHARS = 4000
"""Fits into one message of the narrowest channel (Telegram takes 4,096)."""
MAX_BIGINT = 2**63 - 1
TOKEN_CHARS = range(16, 65)
REFUSALS: tuple[tuple[type[Refused], str, int], ...] = (
    (ConsentMissing, "no_consent", 409),
    (Conflict, "moved_on", 409),
    (NotFound, "gone", 404),
)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the page of a conversation."""
    return await _page(desk, visit, await _read(desk, visit, durable=True))


async def part(desk: Desk, visit: Visit) -> Response:
    """Return the conversation again; 204 when nothing has changed, 404 when it is gone."""
    seen = visit.request.query_params.get("seen", "")
    try:
        async with desk.services.db.transaction(durable=False) as conn:
            view = await access_changes(
                conn, desk.services.people, visit.staff, _case_id(visit), seen=seen
            )
    except NotFound:
        return frame.fragment(desk, visit, "parts/gone.html", status=404)
    if view is None:
        return Response(status_code=204)
    return frame.fragment(desk, visit, "parts/conversation.html", _values(desk, visit, view))


async def reply(desk: Desk, visit: Visit) -> Response:
    """Send the counsellor's words; the same form sent twice has one effect."""
    form = await read_form(visit.request)
    words = text_of(form, "text").replace("\r\n", "\n").strip()
    token = text_of(form, "token")
    if not words or len(words) > MAX_REPLY_CHARS or not _is_token(token):
        return await _refuse(desk, visit, "too_long" if words else "empty", 422)
    try:
        await desk.services.talks.reply(visit.staff, _case_id(visit), words, token=token)
    except Refused as exc:
        reason, status = _reason(exc)
        return await _refuse(desk, visit, reason, status)
    if not visit.is_htmx:
        return frame.to(_address(visit))
    # Somebody may have erased or left in the same moment.
    try:
        values = await _read(desk, visit)
    except NotFound:
        return frame.fragment(desk, visit, "parts/gone.html", status=404)
    return frame.fragment(
        desk, visit, "parts/replied.html", values, headers={"HX-Trigger": "desk:replied"}
    )


async def release(desk: Desk, visit: Visit) -> Response:
    """Give the person back to the queue."""
    await desk.services.talks.release(visit.staff, _case_id(visit))
    return frame.to(HOME, said="released")


async def close(desk: Desk, visit: Visit) -> Response:
    """End the talk with an outcome."""
    outcome = text_of(await read_form(visit.request), "outcome")
    if outcome not in OUTCOMES:
        return frame.to(_address(visit), said="choose_outcome")
    level = (await _read(desk, visit))["view"].level
    await desk.services.talks.close(visit.staff, _case_id(visit), outcome)
    return frame.to(HOME, said="closed_heavy" if is_heavy(level) else "closed")


async def unmask(desk: Desk, visit: Visit) -> Response:
    """Show for a while what leads to the person, for a reason that is noted."""
    reason = text_of(await read_form(visit.request), "reason")
    services = desk.services
    try:
        async with services.db.transaction() as conn:
            await access.unmask(conn, services.people, visit.staff, _case_id(visit), reason)
    except ValueError:
        return frame.to(_address(visit), said="choose_reason")
    return frame.to(_address(visit), said="unmasked")


async def mark(desk: Desk, visit: Visit) -> Response:
    """Mark one of the person's messages as misunderstood."""
    kind = text_of(await read_form(visit.request), "mark")
    services, line_id = desk.services, _line_id(visit)
    async with services.db.transaction() as conn:
        await marks.mark(
            conn,
            services.people,
            visit.staff,
            _case_id(visit),
            line_id,
            kind,
            clock=services.clock,
        )
    return await _marked(desk, visit, line_id)


async def unmark(desk: Desk, visit: Visit) -> Response:
    """Take a mark back."""
    line_id = _line_id(visit)
    async with desk.services.db.transaction() as conn:
        await marks.unmark(conn, desk.services.people, visit.staff, _case_id(visit), line_id)
    return await _marked(desk, visit, line_id)


async def _marked(desk: Desk, visit: Visit, line_id: int) -> Response:
    if not visit.is_htmx:
        return frame.to(_address(visit))
    values = {**await _read(desk, visit), "opened": line_id}
    return frame.fragment(desk, visit, "parts/conversation.html", values)


async def _read(desk: Desk, visit: Visit, *, durable: bool = False) -> dict[str, Any]:
    """Read the case in a transaction of its own: whoever notes a read waits for all others, so nothing is drawn meanwhile.

    That a page was opened is on disk before anything is shown. What an open page fetches again may be forgotten by a crash of the
    database in the same moment: that it was open is known.
    """
    async with desk.services.db.transaction(durable=durable) as conn:
        view = await access_case(conn, desk.services.people, visit.staff, _case_id(visit))
    return _values(desk, visit, view)


async def _page(
    desk: Desk, visit: Visit, values: dict[str, Any], *, status: int = 200
) -> Response:
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "conversation.html", values, status=status)


def _values(desk: Desk, visit: Visit, view: CaseView) -> dict[str, Any]:
    mine = view.claimed_by == visit.staff.id
    return {
        "view": view,
        "mine": mine,
        "may_write": mine and view.state == "claimed",
        "may_give_back": view.state == "claimed" and (mine or visit.staff.may(Permission.OVERSEE)),
        "refusal": "",
        "text": "",
        "outcomes": OUTCOMES,
        "opened": None,
        "token": desk.services.clock.token(),
        "max_chars": MAX_REPLY_CHARS,
        "version": view.version,
        "pieces": pieces_of,
        "reasons": REASONS if view.hides and visit.may(Permission.UNMASK) else (),
    }


async def _refuse(desk: Desk, visit: Visit, reason: str, status: int) -> Response:
    """Say why a reply was not sent; the words stay in the box."""
    if visit.is_htmx:
        return frame.fragment(
            desk,
            visit,
            "parts/refused.html",
            {"refusal": reason},
            status=status,
            headers={"HX-Retarget": "#refusal", "HX-Reswap": "innerHTML"},
        )
    if reason == "gone":
        raise NotFound
    text = text_of(await read_form(visit.request), "text")
    values = {**await _read(desk, visit, durable=True), "refusal": reason, "text": text}
    return await _page(desk, visit, values, status=status)


def _reason(exc: Refused) -> tuple[str, int]:
    for kind, reason, status in REFUSALS:
        if isinstance(exc, kind):
            return reason, status
    return "refused", 409


def _case_id(visit: Visit) -> UUID:
    case_id: UUID = visit.request.path_params["case_id"]
    return case_id


def _line_id(visit: Visit) -> int:
    number: int = visit.request.path_params["line_id"]
    if number > MAX_BIGINT:
        raise NotFound
    return number


def _address(visit: Visit) -> str:
    return f"/desk/cases/{_case_id(visit)}"


def _is_token(token: str) -> bool:
    return len(token) in TOKEN_CHARS and token.isascii()

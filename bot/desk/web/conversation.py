"""One conversation: what was shared, the talk, and what the counsellor may do with it."""

from starlette.responses import Response

from bot.conversation.holding import Leaving
from bot.desk.web import frame, kept, together
from bot.desk.web.desk import HOME, Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.talk_page import (
    MAX_REPLY_CHARS,
    address_of,
    case_of,
    line_in,
    line_of,
    quote_in,
    read,
    values_of,
)
from bot.desk.web.upload import file_of, read_upload
from bot.errors import Conflict, ConsentMissing, NoSuchLine, NotFound, NotSure, NotTaken, Refused
from bot.hotline import access, marks, notes, veils
from bot.hotline.access import CaseView, access_changes
from bot.hotline.cases import OUTCOMES
from bot.hotline.weight import is_heavy
from bot.nameless import scan_nameless
from bot.store import held
from bot.store.transcript import Line

TOKEN_CHARS = range(16, 65)
REFUSALS: tuple[tuple[type[Refused], str, int], ...] = (
    (ConsentMissing, "no_consent", 409),
    (NotSure, "not_sure", 409),
    (Conflict, "moved_on", 409),
    (NoSuchLine, "no_line", 404),
    (NotFound, "gone", 404),
)

FILE_STATUS = {"too_large": 413, "not_taken": 415, "broken": 422, "named": 422, "full": 409}


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the page of a conversation."""
    async with desk.services.db.transaction() as conn:
        await notes.mark_seen(conn, visit.staff, case_of(visit), now=desk.now())
    return await _page(desk, visit)


async def part(desk: Desk, visit: Visit) -> Response:
    """Return what an open page of the conversation lacks; 204 when that is nothing, 404 when it is gone.

    What the person has written comes alone, to be put below the rest; anything else has the whole talk drawn anew.
    """
    seen = visit.request.query_params.get("seen", "")
    try:
        view, is_due = await _look(desk, visit, seen)
        if is_due:
            # The worker does so too; an open page does not depend on it.
            await kept.let_go(desk, visit)
            view, _ = await _look(desk, visit, seen)
    except NotFound:
        return frame.fragment(desk, visit, "parts/gone.html", status=404)
    if view is None:
        return Response(status_code=204)
    values = values_of(desk, visit, view)
    added = view.added_since(seen)
    if not added:
        return frame.fragment(desk, visit, "parts/conversation.html", values)
    # It fits only below what it was asked for: the page's script sees to that by the version.
    headers = {"HX-Retarget": "#newest", "HX-Reswap": "beforeend", "X-Desk-After": seen}
    return frame.fragment(
        desk, visit, "parts/added.html", {**values, "added": added}, headers=headers
    )


async def _look(desk: Desk, visit: Visit, seen: str) -> tuple[CaseView | None, bool]:
    """Return what has changed since the page was drawn, and whether a line has been kept back for long enough."""
    services, case_id = desk.services, case_of(visit)
    async with services.db.batch(durable=False) as batch:
        due = held.ask_due(batch, case_id, now=desk.now())
        view = await access_changes(batch, services.people, visit.staff, case_id, seen=seen)
    return view, bool(due)


async def reply(desk: Desk, visit: Visit) -> Response:
    """Send the counsellor's words, or a file with or without any; the same form sent twice has one effect."""
    form = await read_upload(visit.request)
    words = text_of(form, "text").replace("\r\n", "\n").strip()
    token = text_of(form, "token")
    data = await file_of(form)
    if not (words or data) or len(words) > MAX_REPLY_CHARS or not _is_token(token):
        return await _refuse(desk, visit, "too_long" if words else "empty", 422)
    leaving = Leaving.WHEN_SAFE if text_of(form, "leaving") == "when_safe" else Leaving.UNDOABLE
    talks = desk.services.talks
    try:
        quote = quote_in(text_of(form, "quote"))
        file = await scan_nameless(data) if data else None
        await talks.reply(
            visit.staff, case_of(visit), words,
            token=token, leaving=leaving, file=file, quote=quote,
        )  # fmt: skip
    except Refused as exc:
        reason, status = _reason(exc)
        return await _refuse(desk, visit, reason, status)
    if not visit.is_htmx:
        return frame.to(address_of(visit))
    # Somebody may have erased or left in the same moment.
    try:
        values = await read(desk, visit)
    except NotFound:
        return frame.fragment(desk, visit, "parts/gone.html", status=404)
    return frame.fragment(
        desk, visit, "parts/replied.html", values, headers={"HX-Trigger": "desk:replied"}
    )


async def release(desk: Desk, visit: Visit) -> Response:
    """Give the person back to the queue."""
    await desk.services.talks.release(visit.staff, case_of(visit))
    return frame.to(HOME, said="released")


async def close(desk: Desk, visit: Visit) -> Response:
    """End the talk with an outcome."""
    outcome = text_of(await read_form(visit.request), "outcome")
    if outcome not in OUTCOMES:
        return frame.to(address_of(visit), said="choose_outcome")
    level = (await read(desk, visit))["view"].level
    await desk.services.talks.close(visit.staff, case_of(visit), outcome)
    return frame.to(HOME, said="closed_heavy" if is_heavy(level) else "closed")


async def unmask(desk: Desk, visit: Visit) -> Response:
    """Show for a while what leads to the person, for a reason that is noted."""
    reason = text_of(await read_form(visit.request), "reason")
    services = desk.services
    try:
        async with services.db.transaction() as conn:
            await access.unmask(conn, services.people, visit.staff, case_of(visit), reason)
    except ValueError:
        return frame.to(address_of(visit), said="choose_reason")
    return frame.to(address_of(visit), said="unmasked")


async def mark(desk: Desk, visit: Visit) -> Response:
    """Mark one of the person's messages as misunderstood."""
    kind = text_of(await read_form(visit.request), "mark")
    services, line_id = desk.services, line_of(visit)
    async with services.db.transaction() as conn:
        await marks.mark(
            conn,
            services.people,
            visit.staff,
            case_of(visit),
            line_id,
            kind,
            clock=services.clock,
        )
    return await _marked(desk, visit, line_id)


async def unmark(desk: Desk, visit: Visit) -> Response:
    """Take a mark back."""
    line_id = line_of(visit)
    async with desk.services.db.transaction() as conn:
        await marks.unmark(conn, desk.services.people, visit.staff, case_of(visit), line_id)
    return await _marked(desk, visit, line_id)


async def veil(desk: Desk, visit: Visit) -> Response:
    """Say that a line is hard to read, or that it is not."""
    veiled = text_of(await read_form(visit.request), "veiled") == "yes"
    services, line_id = desk.services, line_of(visit)
    async with services.db.transaction() as conn:
        await veils.set_veil(
            conn, services.people, visit.staff, case_of(visit), line_id, veiled=veiled
        )
    return await _marked(desk, visit, line_id)


async def _marked(desk: Desk, visit: Visit, line_id: int) -> Response:
    if not visit.is_htmx:
        return frame.to(address_of(visit))
    values = {**await read(desk, visit), "opened": line_id}
    return frame.fragment(desk, visit, "parts/conversation.html", values)


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
    form = await read_upload(visit.request)
    text, quote = text_of(form, "text"), text_of(form, "quote")
    return await _page(desk, visit, status, quote=quote, refusal=reason, text=text)


def _quoted(view: CaseView, quote: str) -> Line | None:
    """Return the line that a form or an address says is answered; none where it is not to be read."""
    try:
        return line_in(view, quote_in(quote))
    except NoSuchLine:
        return None


async def _page(
    desk: Desk, visit: Visit, status: int = 200, *, quote: str | None = None, **more: str
) -> Response:
    """Read the case in a transaction of its own: whoever notes a read waits for all others, so nothing is drawn meanwhile."""
    values = await read(desk, visit, durable=True)
    asked = visit.request.query_params.get("quote") if quote is None else quote
    if asked is not None:
        values["quoted"] = _quoted(values["view"], asked)
    async with desk.services.db.transaction(durable=False) as conn:
        choices = await together.choices(conn, desk, visit, values["view"])
        values = {**values, **choices, **more}
        return await frame.page(desk, conn, visit, "conversation.html", values, status=status)


def _reason(exc: Refused) -> tuple[str, int]:
    if str(exc) == "no_safe_hours":
        return "no_safe_hours", 409
    if isinstance(exc, NotTaken):
        return f"file_{exc.why}", FILE_STATUS[exc.why]
    for kind, reason, status in REFUSALS:
        if isinstance(exc, kind):
            return reason, status
    return "refused", 409


def _is_token(token: str) -> bool:
    return len(token) in TOKEN_CHARS and token.isascii()

"""What is kept of a reply that has not left: the draft, and the line that can still be taken back."""

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.talk_page import (
    MAX_REPLY_CHARS,
    address_of,
    case_of,
    line_of,
    quote_in,
    read,
)
from bot.errors import Conflict, NoSuchLine
from bot.hotline import cases, drafts


async def save_draft(desk: Desk, visit: Visit) -> Response:
    """Keep what stands in the box, for this person of the staff on every machine."""
    form = await read_form(visit.request)
    text, token = text_of(form, "text")[:MAX_REPLY_CHARS], text_of(form, "token")
    services = desk.services
    async with services.db.transaction(durable=False) as conn:
        await drafts.save(
            conn,
            services.people,
            visit.staff,
            case_of(visit),
            text.replace("\r\n", "\n"),
            token=token,
            now=desk.now(),
            quote=_quote_in(text_of(form, "quote")),
        )
    if text.strip():
        await desk.typing.by_staff(visit.staff, case_of(visit))
    return Response(status_code=204)


def _quote_in(given: str) -> int | None:
    # Whether it may be answered is checked when it is shown and when it is sent.
    try:
        return quote_in(given)
    except NoSuchLine:
        return None


async def take_back(desk: Desk, visit: Visit) -> Response:
    """Undo a line that has not left; its words are in the box again."""
    holding = desk.services.talks.holding
    try:
        words = await holding.take_back(visit.staff, case_of(visit), line_of(visit))
    except Conflict:
        return await _too_late(desk, visit)
    if not visit.is_htmx:
        return frame.to(address_of(visit))
    values = {**await read(desk, visit), "taken_back": words}
    headers = {"HX-Trigger-After-Settle": "desk:taken-back"}
    return frame.fragment(desk, visit, "parts/taken_back.html", values, headers=headers)


async def let_go(desk: Desk, visit: Visit) -> None:
    """Send what has been kept back for long enough in the case that is asked for."""
    async with desk.services.db.transaction(durable=False) as conn:
        conversation_id = await cases.conversation_of(conn, case_of(visit))
    if conversation_id is not None:
        await desk.services.talks.holding.let_go(conversation_id)


async def _too_late(desk: Desk, visit: Visit) -> Response:
    if not visit.is_htmx:
        return frame.to(address_of(visit), said="too_late")
    values = {**await read(desk, visit), "refusal": "too_late"}
    return frame.fragment(desk, visit, "parts/too_late.html", values)

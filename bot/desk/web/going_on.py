"""Asking somebody on WhatsApp, after a day without a word, whether the talk may go on."""

from starlette.responses import Response

from bot.conversation.going_on import GoingOn
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.talk_page import address_of, case_of, read
from bot.errors import Conflict, ConsentMissing, NotFound, Refused

SAID = {
    "watched": "go_on_watched",
    "window_open": "go_on_open",
    "asked_already": "go_on_asked_already",
    "no_template": "go_on_no_template",
}


async def ask(desk: Desk, visit: Visit) -> Response:
    """Ask; where that cannot be, the page says why."""
    said = "go_on_asked"
    try:
        await GoingOn(desk.services.talks).ask(visit.staff, case_of(visit))
    except (NotFound, Conflict):
        raise
    except ConsentMissing:
        said = "go_on_no_consent"
    except Refused as exc:
        said = SAID[str(exc)]
    if not visit.is_htmx:
        return frame.to(address_of(visit), said=said)
    values = {**await read(desk, visit), "asked": said}
    return frame.fragment(desk, visit, "parts/conversation.html", values)

"""Resting for ten minutes from a talk in which the person is abusive, and taking it up again."""

from starlette.responses import Response

from bot.conversation.pausing import Pausing
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.talk_page import address_of, case_of
from bot.errors import Conflict, ConsentMissing, NotFound, Refused
from bot.hotline.pause_rules import WhyNot

SAID = {
    WhyNot.IMMEDIATE: "pause_immediate",
    WhyNot.PAUSED: "pause_paused",
}


async def begin(desk: Desk, visit: Visit) -> Response:
    """Pause the talk; where that cannot be, the page says why."""
    gives_back = text_of(await read_form(visit.request), "then") == "queue"
    said = "paused"
    try:
        await Pausing(desk.services.talks).begin(
            visit.staff, case_of(visit), gives_back=gives_back
        )
    except (NotFound, Conflict, ConsentMissing):
        raise
    except Refused as exc:
        said = SAID[WhyNot(str(exc))]
    return frame.to(address_of(visit), said=said)


async def end(desk: Desk, visit: Visit) -> Response:
    """Take the talk up again."""
    ended = await Pausing(desk.services.talks).end(visit.staff, case_of(visit))
    return frame.to(address_of(visit), said="pause_ended" if ended else "pause_over")

"""The slot for a translation beside a line, and the page of those who are asked to translate single lines."""

from uuid import UUID

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.talk_page import address_of, case_of, line_of
from bot.errors import ConsentMissing, NotFound, Refused
from bot.hotline import access, translations
from bot.hotline.claimed import access_claimed
from bot.hotline.staff import get_staff

PAGE = "/desk/interpret"


async def put(desk: Desk, visit: Visit) -> Response:
    """Write what a line means, or ask a colleague for it."""
    form = await read_form(visit.request)
    services, case_id = desk.services, case_of(visit)
    said = "saved"
    try:
        async with services.db.transaction() as conn:
            party, _ = await access_claimed(conn, services.people, visit.staff, case_id)
            line_id, clock = line_of(visit), services.clock
            if text_of(form, "do") == "ask":
                colleague = await get_staff(conn, _id(text_of(form, "staff")))
                await translations.ask(conn, visit.staff, case_id, line_id, colleague, clock=clock)
                said = "translation_asked"
            else:
                text = text_of(form, "text")
                await translations.put(
                    conn, party, visit.staff, case_id, line_id, text, clock=clock
                )
    except (NotFound, ConsentMissing):
        raise
    except Refused:
        said = "translation_length"
    return frame.to(address_of(visit), said=said)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the lines that one is asked to translate, and nothing else of the talks they are from."""
    people = desk.services.people
    async with desk.services.db.transaction() as conn:
        turns = await translations.list_asked(conn, people, visit.staff)
        for case_id in sorted({turn.case_id for turn in turns}):
            await access.note_read(conn, people, visit.staff, case_id, access.TRANSLATES)
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "interpret.html", {"turns": turns})


async def answer(desk: Desk, visit: Visit) -> Response:
    """Keep what one was asked for."""
    text = text_of(await read_form(visit.request), "text")
    translation_id: UUID = visit.request.path_params["translation_id"]
    try:
        async with desk.services.db.transaction() as conn:
            await translations.answer(
                conn, desk.services.people, visit.staff, translation_id, text, now=desk.now()
            )
    except NotFound:
        raise
    except Refused:
        return frame.to(PAGE, said="translation_length")
    return frame.to(PAGE, said="saved")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None

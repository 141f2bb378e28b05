"""What those who talk with people bring: their own form on the settings page, and the supervisors' list."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.settings import SETTINGS
from bot.hotline import profile
from bot.hotline.matching import Skill

STAFF = "/desk/staff"


async def change_own(desk: Desk, visit: Visit) -> Response:
    """Keep what somebody says of themselves."""
    form = await read_form(visit.request)
    known = {*desk.services.words.locales, *visit.staff.languages}
    languages = [code for code in _texts(form.getlist("language")) if code in known]
    async with desk.services.db.transaction() as conn:
        await profile.set_own(
            conn,
            visit.staff,
            languages=languages,
            gender=text_of(form, "gender"),
            skills=_texts(form.getlist("skill")),
        )
    return frame.to(SETTINGS, said="saved")


async def show_staff(desk: Desk, visit: Visit) -> Response:
    """Show everybody who talks with people, for those who oversee."""
    async with desk.services.db.transaction(durable=False) as conn:
        talkers = await profile.list_talkers(conn, visit.staff)
        values = {"talkers": talkers, "skills": [*Skill], "most": profile.MOST_CARRIED}
        return await frame.page(desk, conn, visit, "staff.html", values)


async def confirm(desk: Desk, visit: Visit) -> Response:
    """Keep which skills of somebody are confirmed, and how much they carry."""
    form = await read_form(visit.request)
    carries = text_of(form, "carries")
    if not (carries.isascii() and carries.isdigit() and len(carries) < 4):
        return frame.to(STAFF, said="choose_carries")
    async with desk.services.db.transaction() as conn:
        await profile.confirm(
            conn,
            visit.staff,
            visit.request.path_params["staff_id"],
            skills=_texts(form.getlist("skill")),
            carries=int(carries),
        )
    return frame.to(STAFF, said="saved")


def _texts(values: Sequence[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]

"""Pictures of messages: taken in with a form, and shown on the desk."""

from dataclasses import replace
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import FILE_POLICY
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.message_form import Problem, Typed
from bot.desk.web.upload import FILE_FIELD, file_of
from bot.errors import NotFound, NotTaken
from bot.messages import Picture
from bot.pictures.upload import take_picture
from bot.store import pictures

PICTURES = "/desk/campaigns/pictures"
_NOT_SAID_YET = "-"
"""What is on a picture is asked for before the message can go out, not before it is taken in."""


async def take_in(
    desk: Desk, visit: Visit, form: FormData, typed: Typed
) -> tuple[Typed, list[Problem]]:
    """Keep the picture that came with a form; return the form with it, or what is wrong with it."""
    data = await file_of(form)
    if data is None:
        return typed, []
    said = {code: text for code, text in typed.alt.items() if text}
    try:
        taken = take_picture(data, alt=next(iter(said.values()), _NOT_SAID_YET)[:300])
    except NotTaken as exc:
        return typed, [Problem(FILE_FIELD, f"file_{exc.why}")]
    picture = Picture(taken.data, taken.width, taken.height, taken.content_type)
    number = desk.services.clock.new_id()
    async with desk.services.studio.db.transaction() as conn:
        await pictures.add(conn, number, picture, alt=said, by=visit.staff.id)
    return replace(typed, picture=number), []


async def show(desk: Desk, visit: Visit) -> Response:
    """Send a picture."""
    number: UUID = visit.request.path_params["picture_id"]
    async with desk.services.studio.db.transaction(durable=False) as conn:
        found = await pictures.find(conn, number)
    if found is None:
        raise NotFound
    headers = {"content-security-policy": FILE_POLICY}
    return Response(found.data, media_type=found.mime, headers=headers)


DOORS = (Door("GET", "/campaigns/pictures/{picture_id:uuid}", show),)

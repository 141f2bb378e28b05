"""What is done with a message as a whole: sent on its way, approved, held, taken back, copied, tried on the team."""

from typing import Any, cast, get_args
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns import progress
from bot.campaigns.broadcast import Act, NotNow
from bot.campaigns.broadcast_rows import Broadcast
from bot.campaigns.dry_run import dry_run
from bot.campaigns.firing import fire_test
from bot.campaigns.segments import count_testers
from bot.campaigns.store_broadcasts import NotReady, SecondPerson
from bot.conversation.broadcast_templates import unapproved
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio import messages
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.message_form import typed_of
from bot.desk.web.studio.messages import MESSAGE, MESSAGES, Page, version_of
from bot.errors import Conflict

BY_HAND = frozenset(get_args(Act)) - {"edit", "finish", "expire", "stop"}
"""What somebody can do; the rest the house does by itself."""
MAX_REASON = 500
COPY_NAME = 120


async def act(desk: Desk, visit: Visit) -> Response:
    """Do something with a message; where that cannot be, say on its page why."""
    broadcasts = desk.services.studio.broadcasts
    form = await read_form(visit.request)
    name, reason = text_of(form, "act"), " ".join(text_of(form, "reason").split())
    if name not in BY_HAND:
        raise HTTPException(400)
    seen = await broadcasts.get(_message_id(visit))
    if name == "send_back" and not 0 < len(reason) <= MAX_REASON:
        return await _refused(desk, visit, seen, "no_reason", 422, reason=reason)
    try:
        await broadcasts.act(
            seen.id, cast("Act", name), by=visit.staff.id, version=version_of(form), reason=reason
        )
    except NotReady:
        return await _refused(desk, visit, seen, "not_ready", 422)
    except SecondPerson:
        return await _refused(desk, visit, seen, "second_person", 409)
    except (NotNow, Conflict) as exc:
        now = await broadcasts.get(seen.id)
        trouble = "moved_act" if isinstance(exc, Conflict) else "not_now"
        return await _refused(desk, visit, now, trouble, 409, reason=reason)
    return frame.to(f"{MESSAGES}/{seen.id}", said=f"did_{name}")


async def test(desk: Desk, visit: Visit) -> Response:
    """Send a message to the team alone."""
    studio = desk.services.studio
    seen = await studio.broadcasts.get(_message_id(visit))
    async with studio.db.transaction(durable=False) as conn:
        testers = await count_testers(conn)
    if not testers:
        return await _refused(desk, visit, seen, "no_testers", 409)
    ground = studio.broadcasts.ground
    await fire_test(
        studio.db, seen.id, clock=desk.services.clock, ground=ground, by=visit.staff.id
    )
    return frame.to(f"{MESSAGES}/{seen.id}", said="did_test")


async def copy(desk: Desk, visit: Visit) -> Response:
    """Keep a draft that says the same."""
    form = await read_form(visit.request)
    name = " ".join(text_of(form, "name").split())[:COPY_NAME]
    broadcasts = desk.services.studio.broadcasts
    seen = await broadcasts.get(_message_id(visit))
    made = await broadcasts.copy(seen.id, name=name or seen.draft.name, by=visit.staff.id)
    return frame.to(f"{MESSAGES}/{made}", said="did_copy")


async def progress_part(desk: Desk, visit: Visit) -> Response:
    """Return how far a message is; the page asks again while anything may still become of it."""
    studio = desk.services.studio
    seen = await studio.broadcasts.get(_message_id(visit))
    async with studio.db.transaction(durable=False) as conn:
        values = {"message": seen, "runs": await progress.of_broadcast(conn, seen.id)}
    return frame.fragment(desk, visit, "studio/parts/message_progress.html", values)


async def show_dry_run(desk: Desk, visit: Visit) -> Response:
    """Show who would get a message and when, and who would not and why."""
    values = await _dry_run(desk, visit)
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/dry_run.html", values)


async def dry_run_part(desk: Desk, visit: Visit) -> Response:
    """Return the same for a page that is open."""
    values = await _dry_run(desk, visit)
    return frame.fragment(desk, visit, "studio/parts/dry_run.html", values)


async def _dry_run(desk: Desk, visit: Visit) -> dict[str, Any]:
    studio = desk.services.studio
    seen = await studio.broadcasts.get(_message_id(visit))
    body = seen.draft.content.model_dump(mode="json")
    async with studio.db.transaction(durable=False) as conn:
        without = await unapproved(conn, desk.services.content(), body)
    found = await dry_run(
        studio.db,
        seen,
        desk.now(),
        ground=studio.broadcasts.ground,
        per_second=studio.per_second,
        unapproved=without,
    )
    return {"message": seen, "run": found, "home": studio.home}


async def _refused(
    desk: Desk, visit: Visit, seen: Broadcast, trouble: str, status: int, reason: str = ""
) -> Response:
    shown = Page(typed_of(seen.draft), trouble=trouble, status=status, said={"reason": reason})
    return await messages.page(desk, visit, seen, shown)


def _message_id(visit: Visit) -> UUID:
    message_id: UUID = visit.request.path_params["message_id"]
    return message_id


DOORS = (
    Door("POST", MESSAGE + "/act", act),
    Door("POST", MESSAGE + "/test", test),
    Door("POST", MESSAGE + "/copy", copy),
    Door("GET", MESSAGE + "/parts/progress", progress_part),
    Door("GET", MESSAGE + "/dry-run", show_dry_run),
    Door("GET", MESSAGE + "/parts/dry-run", dry_run_part),
)

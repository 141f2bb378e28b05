"""One message: its words side by side, how it will look, what is wrong with it, and what has happened to it."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.campaigns import campaigns
from bot.campaigns.audience import EVERYBODY
from bot.campaigns.broadcast import BadContent, NotNow
from bot.campaigns.broadcast_rows import Broadcast, Draft
from bot.campaigns.campaigns import Campaign
from bot.campaigns.schedule import Now
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import text_of
from bot.desk.web.studio import message_form as forms
from bot.desk.web.studio import message_whatsapp
from bot.desk.web.studio.choices import plan_words
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.message_facts import EDITED, facts, form_facts
from bot.desk.web.studio.message_form import Problem, Typed
from bot.desk.web.studio.message_preview import preview
from bot.desk.web.studio.pictures import take_in
from bot.desk.web.upload import read_upload
from bot.errors import Conflict, Refused

MESSAGES = "/desk/campaigns/messages"
MESSAGE = "/campaigns/messages/{message_id:uuid}"
NEW = "/campaigns/{campaign_id:uuid}/messages/new"


@dataclass(frozen=True)
class Page:
    """What the page shows beside what is kept."""

    typed: Typed
    problems: tuple[Problem, ...] = ()
    trouble: str = ""
    """Why an act or a save was not done, an id of `TROUBLES`."""
    unsaved: bool = False
    previewed: str = ""
    """Which version and language the preview shows, as in ``a-id``; empty: the reader's own."""
    status: int = 200
    said: dict[str, Any] = field(default_factory=dict)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show a message."""
    seen = await desk.services.studio.broadcasts.get(_message_id(visit))
    return await page(desk, visit, seen, Page(forms.typed_of(seen.draft)))


async def show_new(desk: Desk, visit: Visit) -> Response:
    """Show the form of a message that is not kept yet."""
    campaign = await _campaign(desk, visit.request.path_params["campaign_id"])
    known = tuple(desk.services.content().words.locales)
    typed = Typed(variants={"a": {}})
    for code in dict.fromkeys((visit.staff.locale, "id", "en")):
        typed = forms.with_language(typed, code, known)
    return await new_page(desk, visit, campaign, Page(typed))


async def create(desk: Desk, visit: Visit) -> Response:
    """Keep a new message, or do what was asked for with its form."""
    campaign = await _campaign(desk, visit.request.path_params["campaign_id"])
    shown = await _read(desk, visit)
    if shown.problems or shown.unsaved:
        return await new_page(desk, visit, campaign, shown)
    draft = Draft(shown.typed.name, forms.content_of(shown.typed), EVERYBODY, Now())
    made = await desk.services.studio.broadcasts.create(campaign.id, draft, by=visit.staff.id)
    return frame.to(f"{MESSAGES}/{made}", said="message_saved")


async def save(desk: Desk, visit: Visit) -> Response:
    """Keep what was changed of a message; what was typed stays in the form when that cannot be."""
    broadcasts = desk.services.studio.broadcasts
    seen = await broadcasts.get(_message_id(visit))
    shown = await _read(desk, visit)
    if shown.problems or shown.unsaved:
        return await page(desk, visit, seen, shown)
    draft = replace(seen.draft, name=shown.typed.name, content=forms.content_of(shown.typed))
    version = version_of(await read_upload(visit.request))
    try:
        await broadcasts.edit(seen.id, draft, by=visit.staff.id, version=version)
    except Conflict:
        refused = replace(shown, trouble="moved", unsaved=True, status=409)
        return await page(desk, visit, await broadcasts.get(seen.id), refused)
    except NotNow as exc:
        trouble = "under_way" if exc.state == "under way" else "not_now"
        return await page(
            desk, visit, seen, replace(shown, trouble=trouble, unsaved=True, status=409)
        )
    return frame.to(f"{MESSAGES}/{seen.id}", said="message_saved")


async def preview_part(desk: Desk, visit: Visit) -> Response:
    """Return how the form looks as a message, as it stands."""
    form = await read_upload(visit.request)
    content = desk.services.content()
    typed = forms.read_typed(form, content.words.locales)
    wanted = text_of(form, "preview").partition("-")
    values = {
        "shown": preview(content, typed, wanted[2], wanted[0]),
        "typed": typed,
        "direction_of": content.words.direction,
    }
    return frame.fragment(desk, visit, "studio/parts/message_preview.html", values)


async def _read(desk: Desk, visit: Visit) -> Page:
    """Return what was sent: with what is wrong with it, or as it stands once the form was changed as asked for."""
    form = await read_upload(visit.request)
    known = tuple(desk.services.content().words.locales)
    typed = forms.read_typed(form, known)
    typed, problems = await take_in(desk, visit, form, typed)
    do = text_of(form, "do") or "save"
    if do != "save":
        changed = _changed(typed, do, text_of(form, "new-locale"), known)
        chosen = text_of(form, "preview")
        return Page(changed, tuple(problems), unsaved=True, previewed=chosen)
    problems = [*problems, *forms.problems_of(typed)]
    if not problems:
        try:
            forms.content_of(typed)
        except (ValidationError, BadContent):
            problems = [Problem("name", "other")]
    return Page(typed, tuple(problems), unsaved=bool(problems), status=422 if problems else 200)


def _changed(typed: Typed, do: str, new: str, known: tuple[str, ...]) -> Typed:
    """Return the form after one of its buttons was pressed."""
    what, _, which = do.partition(":")
    match what:
        case "add_language":
            return forms.with_language(typed, new, known)
        case "drop_language":
            return forms.without_language(typed, which)
        case "second":
            return forms.with_second(typed)
        case "drop":
            return forms.without(typed, which)
        case "drop_picture":
            return replace(typed, picture=None)
    return typed


async def page(desk: Desk, visit: Visit, seen: Broadcast, shown: Page) -> Response:
    """Return a message's page."""
    studio = desk.services.studio
    async with studio.db.transaction(durable=False) as conn:
        values = await facts(desk, conn, visit, seen)
        values |= await form_facts(desk, conn, visit, seen.campaign_id)
        whatsapp = await message_whatsapp.look(desk, conn, seen)
    values |= await plan_words(desk, visit)
    values["whatsapp"] = whatsapp
    values["findings"] = [
        *await studio.broadcasts.findings(seen.id),
        *(whatsapp.findings() if whatsapp else ()),
    ]
    values |= _form_values(desk, visit, shown)
    values["editable"] = seen.state in EDITED
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(
            desk, conn, visit, "studio/message.html", values, status=shown.status
        )


async def new_page(desk: Desk, visit: Visit, campaign: Campaign, shown: Page) -> Response:
    """Return the page of a message that is not kept yet."""
    async with desk.services.studio.db.transaction(durable=False) as conn:
        values = await form_facts(desk, conn, visit, campaign.id)
    values |= {"campaign": campaign, "message": None, "editable": True, "findings": []}
    values |= _form_values(desk, visit, shown)
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(
            desk, conn, visit, "studio/message.html", values, status=shown.status
        )


def _form_values(desk: Desk, visit: Visit, shown: Page) -> dict[str, Any]:
    content = desk.services.content()
    variant, _, locale = (shown.previewed or f"a-{visit.staff.locale}").partition("-")
    return {
        "typed": shown.typed,
        "problems": shown.problems,
        "wrong": {each.where for each in shown.problems},
        "trouble": shown.trouble,
        "unsaved": shown.unsaved,
        "shown": preview(content, shown.typed, locale, variant),
        "done": visit.request.query_params.get("said", ""),
        **shown.said,
    }


async def _campaign(desk: Desk, campaign_id: UUID) -> Campaign:
    async with desk.services.studio.db.transaction(durable=False) as conn:
        return await campaigns.get(conn, campaign_id)


def _message_id(visit: Visit) -> UUID:
    message_id: UUID = visit.request.path_params["message_id"]
    return message_id


def version_of(form: FormData) -> int:
    """Return the version that a form names.

    Raises:
        Refused: It names none.
    """
    text = text_of(form, "version")
    if not (text.isdecimal() and text.isascii() and len(text) < 10):
        raise Refused
    return int(text)


DOORS = (
    Door("GET", NEW, show_new),
    Door("POST", NEW, create, read_upload),
    Door("GET", MESSAGE, show),
    Door("POST", MESSAGE, save, read_upload),
    Door("POST", "/campaigns/messages/parts/preview", preview_part, read_upload),
)

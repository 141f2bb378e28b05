"""The words that WhatsApp has to approve: which, in what language, how it stands with each, and asking for it."""

from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from bot.conversation.template_desk import TemplateDesk
from bot.conversation.templates import house_wanted
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.errors import NotFound
from bot.store.templates import GONE, MESSAGE, REFUSED, Kept, Wanted

PAGE = "/desk/whatsapp"
NONE = "none"
"""The state of words that were never submitted."""
AGAIN = frozenset({NONE, REFUSED, GONE})
"""States in which words can be submitted (again)."""


@dataclass(frozen=True)
class Shown:
    """One template in one language, as the page shows it."""

    source: str
    locale: str
    category: str
    body: str
    buttons: tuple[str, ...]
    status: str
    reason: str | None = None
    quality: str | None = None
    asked_category: str = ""
    """The category that was asked for, where Meta has made another of it."""


async def show(desk: Desk, visit: Visit) -> Response:
    """Show all templates."""
    values = await _values(desk)
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "whatsapp.html", values)


async def part(desk: Desk, visit: Visit) -> Response:
    """Return the list for a page that is open.

    Raises:
        NotFound: WhatsApp is not set up (any more).
    """
    _templates(desk)
    return frame.fragment(desk, visit, "parts/whatsapp.html", await _values(desk))


async def submit(desk: Desk, visit: Visit) -> Response:
    """Let Meta read the house's templates that it has not."""
    templates = _templates(desk)
    await templates.want(list(house_wanted(desk.services.content())))
    return await _done(desk, visit, "templates_submitted")


async def sync(desk: Desk, visit: Visit) -> Response:
    """Compare with Meta's list."""
    await _templates(desk).ask()
    return await _done(desk, visit, "templates_asked")


async def _done(desk: Desk, visit: Visit, said: str) -> Response:
    if not visit.is_htmx:
        return frame.to(PAGE, said=said)
    return await part(desk, visit)


def _templates(desk: Desk) -> TemplateDesk:
    if desk.services.templates is None:
        raise NotFound
    return desk.services.templates


async def _values(desk: Desk) -> dict[str, Any]:
    templates = desk.services.templates
    if templates is None:
        return {"set_up": False}
    kept, account = await templates.list_kept()
    known = {each.fingerprint: each for each in kept}
    wanted = list(house_wanted(desk.services.content()))
    house = [_shown(each, known.get(each.fingerprint)) for each in wanted]
    current = {each.fingerprint for each in wanted}
    return {
        "set_up": True,
        "account": account,
        "house": house,
        "missing": sum(each.status in AGAIN for each in house),
        "messages": [_of_kept(each) for each in reversed(kept) if each.source == MESSAGE],
        "older": sum(each.source != MESSAGE and each.fingerprint not in current for each in kept),
    }


def _shown(wanted: Wanted, kept: Kept | None) -> Shown:
    """Return a template of the house, submitted or not."""
    if kept is not None:
        shown = _of_kept(kept)
        other = kept.category != wanted.category
        return shown if not other else _with_category(shown, wanted.category)
    body, *rest = wanted.components
    buttons = tuple(each["text"] for each in rest[0]["buttons"]) if rest else ()
    return Shown(wanted.source, wanted.locale, wanted.category, body["text"], buttons, NONE)


def _with_category(shown: Shown, asked: str) -> Shown:
    return replace(shown, asked_category=asked)


def _of_kept(kept: Kept) -> Shown:
    return Shown(
        kept.source, kept.locale, kept.category, kept.body, kept.buttons, kept.status,
        kept.reason, kept.quality,
    )  # fmt: skip

"""A message as templates: how it stands with WhatsApp's approval in each language, and asking for it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.campaigns import acts
from bot.campaigns.broadcast import Finding
from bot.campaigns.broadcast_rows import Broadcast
from bot.campaigns.store_broadcasts import KIND
from bot.content.whatsapp import LANGUAGES, mistakes_in_words
from bot.conversation.broadcast_templates import states_of, wanted_of
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.studio.doors import Door
from bot.errors import NotFound
from bot.store.templates import APPROVED, GONE, REFUSED, WANTED

MESSAGE = "/campaigns/messages/{message_id:uuid}"
AT_REST = frozenset({"done", "cancelled", "expired", "archived"})
"""States of a message that goes to nobody any more."""
NONE, IMPOSSIBLE = "none", "impossible"
"""Never submitted; WhatsApp knows no templates in that language, or the words do not fit."""


@dataclass(frozen=True)
class State:
    """How it stands with one version in one language."""

    variant: str
    locale: str
    state: str


@dataclass(frozen=True)
class OnWhatsApp:
    """What the page of a message tells of WhatsApp."""

    states: tuple[State, ...]

    @property
    def missing(self) -> int:
        """How many can be submitted (again)."""
        return sum(each.state in {NONE, REFUSED, GONE} for each in self.states)

    @property
    def is_busy(self) -> bool:
        """Tell whether some are being submitted."""
        return any(each.state == WANTED for each in self.states)

    def findings(self) -> list[Finding]:
        """Return in which languages nobody who was silent for a day gets it."""
        return [
            Finding("no_template", f"{each.variant}.{each.locale}", each.locale, warning=True)
            for each in self.states
            if each.state != APPROVED
        ]


async def look(desk: Desk, conn: AsyncConnection, seen: Broadcast) -> OnWhatsApp | None:
    """Return how it stands with a message; None where WhatsApp is not set up, or it goes to nobody any more."""
    if desk.services.templates is None or seen.state in AT_REST:
        return None
    body = seen.draft.content.model_dump(mode="json")
    found = await states_of(conn, desk.services.content(), body)
    words: dict[tuple[str, str], str] = {
        (variant.id, locale): said.text
        for variant in seen.draft.content.variants
        for locale, said in variant.words.items()
    }
    return OnWhatsApp(
        tuple(
            State(variant, locale, state or _state(locale, words[variant, locale]))
            for (variant, locale), state in found.items()
        )
    )


def _state(locale: str, text: str) -> str:
    can = locale in LANGUAGES and not any(mistakes_in_words(text))
    return NONE if can else IMPOSSIBLE


async def submit(desk: Desk, visit: Visit) -> Response:
    """Let WhatsApp read a message in all its languages."""
    templates, studio = desk.services.templates, desk.services.studio
    if templates is None:
        raise NotFound
    seen = await studio.broadcasts.get(_message_id(visit))
    wanted = wanted_of(desk.services.content(), seen.draft.content.model_dump(mode="json"))
    await templates.want([each for each in wanted.values() if each])
    async with studio.db.transaction() as conn:
        await acts.note(
            conn, by=visit.staff.id, act="whatsapp", kind=KIND, subject=seen.id,
            campaign=seen.campaign_id, at=desk.now(),
        )  # fmt: skip
    if visit.is_htmx:
        return await part(desk, visit)
    return frame.to(f"/desk/campaigns/messages/{seen.id}", said="did_whatsapp")


async def part(desk: Desk, visit: Visit) -> Response:
    """Return how it stands, for a page that is open."""
    studio = desk.services.studio
    seen = await studio.broadcasts.get(_message_id(visit))
    async with studio.db.transaction(durable=False) as conn:
        values = {"message": seen, "whatsapp": await look(desk, conn, seen)}
    return frame.fragment(desk, visit, "studio/parts/message_whatsapp.html", values)


def _message_id(visit: Visit) -> UUID:
    message_id: UUID = visit.request.path_params["message_id"]
    return message_id


DOORS = (
    Door("POST", MESSAGE + "/whatsapp", submit),
    Door("GET", MESSAGE + "/parts/whatsapp", part),
)

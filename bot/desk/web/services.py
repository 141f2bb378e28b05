"""What the desk's pages need from the rest of the house."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.campaigns.store_broadcasts import Broadcasts
from bot.clock import Clock
from bot.content.catalogue import Words
from bot.content.load import Content
from bot.conversation.referring import Referring
from bot.conversation.talks import Talks
from bot.conversation.template_desk import TemplateDesk
from bot.editing.live import LiveContent
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.notices import Ear


async def no_link(payload: str) -> str | None:  # noqa: ARG001  # as `Studio.whatsapp_link`
    """Lead nowhere."""
    return None


@dataclass(frozen=True)
class Studio:
    """What the pages of campaigners lean on. They read through it alone: never through `DeskServices.db`, but for what the frame shows."""

    db: Database
    """As the role of campaigns, which can read no case."""
    broadcasts: Broadcasts
    home: str
    """The house's own zone, an IANA name."""
    base_url: str
    """Where the web chat and public pages are, without a slash at the end."""
    telegram_name: Callable[[], Awaitable[str | None]]
    """What the public bot is called on Telegram, without the @; None while that is not known."""
    per_second: float
    """How many messages a second the throttle lets through."""
    whatsapp_link: Callable[[str], Awaitable[str | None]] = no_link
    """The address that opens Suar on WhatsApp with a payload; None where it is off, or our number there is not known."""


@dataclass(frozen=True)
class DeskServices:
    """Everything the desk leans on; made by the composition root."""

    db: Database
    people: People
    clock: Clock
    words: Words
    """The desk's own words, those of the start."""
    content: Callable[[], Content]
    """All that Suar says at this moment."""
    live: LiveContent
    """The same with its edits, and what keeps something newer from being said."""
    ear: Ear
    secure_cookies: bool
    """Send the session's cookie over HTTPS only."""
    talks: Talks
    referring: Referring
    studio: Studio
    health: Callable[[], Awaitable[Mapping[str, str]]]
    """The state of each part: `ok`, `degraded`, `down` or `off`."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is to end, so that open pages let go of their live connection."""
    templates: TemplateDesk | None = None
    """What asks Meta to approve words; None where WhatsApp is off, or its business account is not named."""
    staff_bot: bool = False
    """Whether the staff's Telegram bot is set up, so that there is something to link an account to."""

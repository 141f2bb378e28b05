"""What the desk's pages need from the rest of the house."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.content.catalogue import Words
from bot.content.load import Content
from bot.conversation.referring import Referring
from bot.conversation.talks import Talks
from bot.editing.live import LiveContent
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.notices import Ear


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
    health: Callable[[], Awaitable[Mapping[str, str]]]
    """The state of each part: `ok`, `degraded`, `down` or `off`."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is to end, so that open pages let go of their live connection."""
    staff_bot: bool = False
    """Whether the staff's Telegram bot is set up, so that there is something to link an account to."""

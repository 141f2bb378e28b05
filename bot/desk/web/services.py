"""What the desk's pages need from the rest of the house."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from bot.clock import Clock
from bot.content.catalogue import Words
from bot.content.load import Content
from bot.editing.live import LiveContent
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.notices import Ear


class Talks(Protocol):
    """What counsellors do in a conversation. Each method may raise a `Refused`."""

    async def claim_next(self, staff: Staff) -> CaseId | None:
        """Give `staff` the next person; None when nobody waits."""

    async def reply(self, staff: Staff, case_id: UUID, text: str, *, token: str) -> None:
        """Write to the person; the same `token` twice has one effect."""

    async def release(self, staff: Staff, case_id: UUID) -> None:
        """Give the person back to the queue."""

    async def close(self, staff: Staff, case_id: UUID, outcome: str) -> None:
        """End the talk with one of `bot.hotline.cases.OUTCOMES`."""

    async def retry(self, staff: Staff, outbox_id: int) -> None:
        """Try a message again that was given up."""


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
    health: Callable[[], Awaitable[Mapping[str, str]]]
    """The state of each part: `ok`, `degraded`, `down` or `off`."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is to end, so that open pages let go of their live connection."""
    staff_bot: bool = False
    """Whether the staff's Telegram bot is set up, so that there is something to link an account to."""

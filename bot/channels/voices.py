"""Recordings on their way to people: found, and given to each platform once; it gives them out again by a handle of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from bot.channels.errors import Rejected, TemporarilyDown, Unanswered
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.messages import Media
from bot.store import voices
from bot.store.engine import Database
from bot.store.voices import Sound

log = structlog.get_logger(__name__)

TRIES = 2
"""So often a recording is tried. Words that come after it must not wait for long: it only repeats what was read before."""
Say = Callable[[Sound | str], Awaitable[tuple[str | None, str | None]]]
"""Sends a recording, by its bytes or by a handle; returns the message's id, and a handle for the next time."""


class Voices(Protocol):
    """What the channels know of recordings."""

    async def find(self, media: Media) -> Sound | None:
        """Return a recording that may be heard; None where there is none (any more)."""

    async def handle(
        self, media: Media, channel: str, account: str, *, lasts: timedelta
    ) -> str | None:
        """Return by what the platform gives it out, where it has had it within this time."""

    async def keep(self, media: Media, channel: str, account: str, handle: str) -> None:
        """Remember by what the platform gives it out."""

    async def forget(self, media: Media, channel: str, account: str) -> None:
        """Forget it: the platform does not know it."""


@dataclass
class StoredVoices:
    """`Voices` out of the database."""

    db: Database
    clock: Clock

    async def find(self, media: Media) -> Sound | None:
        """See `Voices.find`."""
        async with self.db.transaction(durable=False) as conn:
            return await voices.find_heard(conn, UUID(media.url))

    async def handle(
        self, media: Media, channel: str, account: str, *, lasts: timedelta
    ) -> str | None:
        """See `Voices.handle`."""
        since = self.clock.now() - lasts
        async with self.db.transaction(durable=False) as conn:
            return await voices.find_handle(conn, UUID(media.url), channel, account, since=since)

    async def keep(self, media: Media, channel: str, account: str, handle: str) -> None:
        """See `Voices.keep`."""
        async with self.db.transaction(durable=False) as conn:
            await voices.keep_handle(
                conn, UUID(media.url), channel, account, handle, self.clock.now()
            )

    async def forget(self, media: Media, channel: str, account: str) -> None:
        """See `Voices.forget`."""
        async with self.db.transaction(durable=False) as conn:
            await voices.forget_handles(conn, UUID(media.url), channel, account)


@dataclass(frozen=True)
class Speaker:
    """Says recordings on one account of one channel."""

    voices: Voices
    channel: str
    account: str
    lasts: timedelta
    """How long a handle is good."""

    async def speak(self, media: Media, attempts: int, say: Say) -> str | None:
        """Send a recording; return the message's id, None where it was left out.

        It is left out where it is not heard any more, or cannot be sent: its words have been read already.

        Raises:
            SendError: It is tried again, or nothing can be sent to this person now.
        """
        try:
            return await self._speak(media, say)
        except (Rejected, Unanswered) as error:
            log.warning("voice_left_out", error=error.code)
        except TemporarilyDown as error:
            if attempts < TRIES:
                raise
            log.warning("voice_left_out", error=error.code)
        return None

    async def _speak(self, media: Media, say: Say) -> str | None:
        try:
            # Also what the platform has had may be heard no more.
            sound = await self.voices.find(media)
            if sound is None:
                log.info("voice_gone")
                return None
            known = await self.voices.handle(media, self.channel, self.account, lasts=self.lasts)
        except StoreUnavailable:
            raise TemporarilyDown from None
        if known is not None:
            try:
                return (await say(known))[0]
            except Rejected:
                await self._forget(media)
        message_id, handle = await say(sound)
        if handle is not None:
            await self._keep(media, handle)
        return message_id

    async def _keep(self, media: Media, handle: str) -> None:
        try:
            await self.voices.keep(media, self.channel, self.account, handle)
        except StoreUnavailable:
            return  # it is sent once more the next time

    async def _forget(self, media: Media) -> None:
        try:
            await self.voices.forget(media, self.channel, self.account)
        except StoreUnavailable:
            return

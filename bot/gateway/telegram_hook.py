"""Keeps Telegram delivering to our webhook while that is the way to take, and knows what Telegram says of it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import WebhookInfo

from bot.channels.telegram_reading import ALLOWED_UPDATES
from bot.gateway.telegram_ways import (
    Connection,
    Way,
    changing,
    is_wanted,
    stand,
    ways_stood_for,
)
from bot.store.engine import libpq_url

log = structlog.get_logger(__name__)

LOOK_S = 20.0
AGAIN_S = 2.0
RECENT = timedelta(minutes=15)
"""An error that Telegram met longer ago than this, with nothing waiting since, is over."""


@dataclass
class Hook:
    """Stands for the webhook in one process."""

    bot: Bot
    dsn: str
    url: str
    secret: str = field(repr=False)
    trouble: str | None = None
    """`failing`: Telegram cannot deliver; `elsewhere`: it delivers to another address, or to none; `two_ways`: younger processes poll."""
    _since: int | None = None
    _is_told: bool = False
    """Telegram has heard of the address from this very process; it may not have known the secret before."""

    async def run(self) -> None:
        """Keep the webhook until cancelled."""
        while True:
            try:
                conn = await psycopg.AsyncConnection.connect(libpq_url(self.dsn), autocommit=True)
                async with conn:
                    self._since = await stand(conn, Way.WEBHOOK, self._since)
                    while True:
                        await self.look(conn)
                        await asyncio.sleep(LOOK_S)
            except (psycopg.Error, OSError, AiogramError) as exc:
                log.warning("webhook_not_kept", error=type(exc).__name__)
                await asyncio.sleep(AGAIN_S)

    async def look(self, conn: Connection) -> None:
        """Set the webhook where it is not, unless younger processes poll; note what Telegram says of it.

        Raises:
            AiogramError: Telegram cannot be asked, or refuses the address.
        """
        async with changing(conn):
            if not await is_wanted(conn, Way.WEBHOOK):
                self._note("two_ways")
                # Whoever polls will be gone one day, and the webhook with them.
                self._is_told = False
                return
            info = await self.bot.get_webhook_info()
            if not self._is_told or not is_ours(info, self.url):
                await self.bot.set_webhook(
                    self.url,
                    secret_token=self.secret,
                    allowed_updates=ALLOWED_UPDATES,
                    max_connections=100,
                )
                log.info("webhook_set", was_gone=self._is_told)
                self._is_told = True
        if Way.POLLING in await ways_stood_for(conn):
            log.info("older_processes_poll")
        self._note("failing" if is_failing(info, datetime.now(UTC)) else None)

    def _note(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            log.warning("webhook_in_trouble", trouble=trouble)
        self.trouble = trouble


def is_ours(info: WebhookInfo, url: str) -> bool:
    """Tell whether Telegram delivers to `url` all that we read."""
    return info.url == url and sorted(info.allowed_updates or ()) == sorted(ALLOWED_UPDATES)


def is_failing(info: WebhookInfo, now: datetime) -> bool:
    """Tell whether Telegram has lately not been able to deliver, and something waits for it."""
    if info.last_error_date is None or not info.pending_update_count:
        return False
    return now - info.last_error_date < RECENT

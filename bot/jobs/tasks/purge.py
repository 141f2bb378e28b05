"""`purge`: forgets what was only to be kept for a while."""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.store import inbox, sessions, throttle, transcript
from bot.store.engine import Database

log = structlog.get_logger(__name__)

KEEP_EVENTS = timedelta(days=8)
"""Meta delivers a webhook again for up to seven days; an event is recognised at least that long."""


async def purge(db: Database, clock: Clock) -> None:
    """Delete expired words, old event ids, throttles and sessions."""
    now = clock.now()
    async with db.transaction() as conn:
        lines = await transcript.purge(conn, now=now)
        events = await inbox.forget_old(conn, now=now, keep=KEEP_EVENTS)
        await throttle.purge(conn, now=now)
        await sessions.purge(conn, now=now)
    log.info("purged", lines=lines, events=events)

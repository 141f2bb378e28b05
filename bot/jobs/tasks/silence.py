"""`silence`: reminds counsellors who leave somebody without a word, takes cases back, and alarms supervisors."""

import structlog

from bot.clock import Clock
from bot.hotline.silence import list_claimed, look_after
from bot.store.contacts import People
from bot.store.engine import Database

log = structlog.get_logger(__name__)


async def silence(db: Database, people: People, clock: Clock) -> None:
    """Look after every case that somebody has, one transaction each: a talk under way is only waited for by its own."""
    async with db.transaction(durable=False) as conn:
        known = await list_claimed(conn)
    done: dict[str, int] = {}
    for case_id in known:
        async with db.transaction() as conn:
            what = await look_after(conn, people, case_id, now=clock.now())
        if what is not None:
            done[what] = done.get(what, 0) + 1
    if done:
        log.info("looked_after_silence", **done)

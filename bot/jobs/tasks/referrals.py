"""`referrals`: reminds of referrals that nobody answers, tells supervisors, and closes those whose yes has ended."""

from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.content.casework import Protocol
from bot.hotline.referrals.look_after import list_due, look_after
from bot.store.engine import Database

log = structlog.get_logger(__name__)


async def referrals(db: Database, protocols: Mapping[str, Protocol], clock: Clock) -> None:
    """Look after every referral that is due, one transaction each."""
    async with db.transaction(durable=False) as conn:
        due = await list_due(conn, now=clock.now())
    done: dict[str, int] = {}
    for referral_id in due:
        async with db.transaction() as conn:
            what = await look_after(conn, referral_id, protocols, now=clock.now())
        if what is not None:
            done[what] = done.get(what, 0) + 1
    if done:
        log.info("looked_after_referrals", **done)

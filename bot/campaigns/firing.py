"""Fires what is due: a run for each time, whoever and however many look.

A run is unique for its broadcast and moment, and it is added in the transaction that moves the broadcast on. A scheduler that is killed
before that commit fires after its restart; one killed after it has fired; two at once fire once.
"""

from datetime import datetime
from uuid import UUID

import structlog

from bot.campaigns import acts, runs
from bot.campaigns.broadcast import Ground
from bot.campaigns.broadcast_rows import (
    Broadcast,
    close_finished,
    fired,
    get,
    take_due,
)
from bot.campaigns.planning import plan_run
from bot.campaigns.schedule import LATE, Drip, Now, Recurring, next_fire
from bot.clock import Clock
from bot.faults import fault_point
from bot.store.engine import Database

log = structlog.get_logger(__name__)


async def look(db: Database, *, clock: Clock, ground: Ground) -> None:
    """Fire what is due, plan what has fired, and end what is over. Any number of processes may do so at once."""
    while await fire_due(db, clock.now(), clock=clock, ground=ground) is not None:
        pass
    async with db.transaction(durable=False) as conn:
        waiting = await runs.planning(conn)
    for run_id in waiting:
        await plan_run(db, run_id, ground=ground)
    async with db.transaction(durable=False) as conn:
        await close_finished(conn, clock.now())


async def fire_due(db: Database, now: datetime, *, clock: Clock, ground: Ground) -> UUID | None:
    """Fire the broadcast that is due the longest; return which, None when none is due."""
    async with db.transaction() as conn:
        broadcast = await take_due(conn, now)
        if broadcast is None:
            return None
        due, following = _due(broadcast, now, ground)
        expiry = broadcast.draft.not_after
        is_over = expiry is not None and now >= expiry
        if due is not None and not is_over:
            added = await runs.add_run(conn, clock.new_id(), broadcast.id, due)
            log.info("broadcast_fired", broadcast=str(broadcast.id), anew=added)
        state = "expired" if is_over or (due is None and following is None) else "scheduled"
        next_at = None if state == "expired" else following
        await fired(conn, broadcast.id, state=state, next_at=next_at)
        fault_point("before_fire_commit")
    fault_point("after_fire_commit")
    return broadcast.id


async def fire_test(
    db: Database, broadcast_id: UUID, *, clock: Clock, ground: Ground, by: UUID | None = None
) -> UUID:
    """Send a broadcast to the team alone, whatever its state; return the run.

    Raises:
        NotFound: There is no such broadcast.
    """
    run_id = clock.new_id()
    async with db.transaction() as conn:
        seen, now = await get(conn, broadcast_id), clock.now()
        await runs.add_run(conn, run_id, broadcast_id, now, test=True)
        await acts.note(
            conn, by=by, act="test", kind="message", subject=broadcast_id,
            campaign=seen.campaign_id, at=now,
        )  # fmt: skip
    await plan_run(db, run_id, ground=ground)
    return run_id


def _due(
    broadcast: Broadcast, now: datetime, ground: Ground
) -> tuple[datetime | None, datetime | None]:
    """Return the moment to fire for now, None where it is too late for that, and the one after it."""
    schedule, due = broadcast.draft.schedule, broadcast.next_at
    assert due is not None
    following = _after(broadcast, due, ground)
    # After an outage: what recurs is made up for once, with the last that was missed; a drip's firings are each for other people.
    while following is not None and following <= now:
        if isinstance(schedule, Recurring) or (isinstance(schedule, Drip) and now - due > LATE):
            due, following = following, _after(broadcast, following, ground)
        else:
            break
    return (None if now - due > LATE else due), following


def _after(broadcast: Broadcast, due: datetime, ground: Ground) -> datetime | None:
    schedule = broadcast.draft.schedule
    if isinstance(schedule, Now):
        return None
    return next_fire(schedule, due, ground.zones, home=ground.home)

"""`purge`: forgets what was only to be kept for a while."""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.store import (
    audit,
    broadcast_runs,
    contacts,
    events,
    inbox,
    joins,
    outbox,
    paces,
    parking,
    reviews,
    sessions,
    study,
    throttle,
    traffic,
    transcript,
    unmet,
)
from bot.store.engine import Database

log = structlog.get_logger(__name__)

KEEP_EVENTS = timedelta(days=8)
"""Meta delivers a webhook again for up to seven days; an event is recognised at least that long."""


KEEP_STATE = timedelta(days=30)
"""A conversation in which nobody has written for so long begins anew."""

KEEP_PARKED = KEEP_STATE
"""Who has made room for somebody else at their phone and has no case is forgotten then: of where they stood nothing would be left."""

KEEP_UNREVIEWED = timedelta(days=60)
"""A marked message that nobody has reviewed by then, or that cannot be used, is forgotten with its copy."""


KEEP_LEARNING = timedelta(days=400)
"""What somebody knew of a fact is kept so long; the figures that were exported remain."""


async def purge(db: Database, clock: Clock, *, keep_words: timedelta) -> None:
    """Delete expired words, old event ids, marked messages that nobody reviewed, old unmet questions, who came to events, throttles, paces, marks of what
    many wrote, and sessions.

    Args:
        db: Where.
        clock: What time it is.
        keep_words: How long a stranger's words are kept, and what the bot said to them.
    """
    now = clock.now()
    async with db.transaction() as conn:
        lines = await transcript.purge(conn, now=now)
        seen = await inbox.forget_old(conn, now=now, keep=KEEP_EVENTS)
        await broadcast_runs.tell_all(conn)
        said = await outbox.purge(conn, before=now - keep_words)
        await contacts.forget_states(conn, before=now - KEEP_STATE)
        parked = await parking.purge(conn, before=now - KEEP_PARKED, now=now)
        marks = await reviews.purge(conn, before=now - KEEP_UNREVIEWED)
        questions = await unmet.purge(conn, today=now.date())
        await study.purge(conn, before=study.day_of(now - KEEP_LEARNING))
        signups = await events.purge(conn, now=now)
        await throttle.purge(conn, now=now)
        await paces.purge(conn, now=now)
        marks_of_words = await traffic.purge(conn, now=now)
        await joins.purge(conn, now=now)
        await sessions.purge(conn, now=now)
        head = await audit.get_head(conn)
    if head is not None:
        # The logs lie elsewhere than the database: a log of reads that was cut off at its end is found by this.
        log.info("audit_head", line=head.number, mark=head.mark)
    log.info(
        "purged",
        lines=lines,
        events=seen,
        said=said,
        parked=parked,
        marks=marks,
        questions=questions,
        signups=signups,
        traffic=marks_of_words,
    )

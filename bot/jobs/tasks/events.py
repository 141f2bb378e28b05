"""`events`: tells those who signed up what is due of their events, and moves up who waits where a place has become free."""

import structlog

from bot.clock import Clock
from bot.conversation.eventing import list_due, remind
from bot.conversation.service import Conversations
from bot.errors import NotFound
from bot.store import events as store
from bot.store.engine import Database

log = structlog.get_logger(__name__)


async def events(db: Database, conversations: Conversations, clock: Clock, *, home: str) -> None:
    """Tell everybody for whom something is due, one by one; whoever is to be left in peace now comes again at the next look."""
    async with db.transaction() as conn:
        moved = await store.fill_all(conn, now=clock.now())
    async with db.transaction(durable=False) as conn:
        waiting = await list_due(conn, now=clock.now(), home=home)
    told = 0
    for signup in waiting:
        try:
            told += await remind(conversations, signup, home=home)
        except NotFound:
            continue  # erased since the list was made
    log.info("events_told", told=told, moved=moved)

"""`follow_up`: writes first to those who agreed to it and whose time has come."""

import structlog

from bot.clock import Clock
from bot.conversation.service import Conversations
from bot.errors import NotFound
from bot.store import follow_ups
from bot.store.engine import Database

log = structlog.get_logger(__name__)


async def follow_up(db: Database, conversations: Conversations, clock: Clock) -> None:
    """Write to everybody who is due, one by one; who is written to is due again only after their own time."""
    async with db.transaction(durable=False) as conn:
        due = await follow_ups.due(conn, now=clock.now())
    written = 0
    for conversation_id in due:
        try:
            written += await conversations.follow_up(conversation_id)
        except NotFound:
            continue  # erased since the list was made
    log.info("followed_up", written=written)

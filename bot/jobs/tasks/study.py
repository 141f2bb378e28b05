"""`study`: asks a fact again, one and four weeks after a quiz, of those who agreed to it."""

import structlog

from bot.campaigns.learning.reading import read_due
from bot.clock import Clock
from bot.conversation.service import Conversations
from bot.conversation.studying import ask_again
from bot.errors import NotFound
from bot.store.engine import Database

log = structlog.get_logger(__name__)


async def study(db: Database, conversations: Conversations, clock: Clock, *, home: str) -> None:
    """Ask everybody who is due, one by one; in whose night it is, comes back at the next look."""
    async with db.transaction(durable=False) as conn:
        due = await read_due(conn, now=clock.now())
    asked = 0
    for probe in due:
        try:
            asked += await ask_again(conversations, probe, home=home)
        except NotFound:
            continue  # erased since the list was made
    log.info("study_asked", asked=asked)

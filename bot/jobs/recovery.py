"""Takes up what a crash left: events without an answer, messages that nobody is sending; and lets go what was kept back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from bot.channels.delivery import Delivery
from bot.clock import Clock
from bot.conversation.holding import Holding
from bot.conversation.service import Conversations
from bot.errors import StoreUnavailable
from bot.store import held, inbox, sending
from bot.store.engine import Database

log = structlog.get_logger(__name__)

EVERY_S = 1.0
ANSWERED_WITHIN = timedelta(seconds=6)
"""An event is being answered for at most this long: the language model's deadline and some."""
BATCH = 50
FEW = 10
MANY = 500
"""So many conversations are read for danger before the first of them is answered, where more than a few wait."""


@dataclass
class Recovery:
    """Looks every second; the look is two small indexes that are empty in good times."""

    db: Database
    conversations: Conversations
    delivery: Delivery
    clock: Clock
    channels: Sequence[str]
    """Those that can be pushed to."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except StoreUnavailable:
                log.warning("recovery_without_store")
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Take up what is there now."""
        now = self.clock.now()
        async with self.db.transaction(durable=False) as conn:
            unanswered = await inbox.left_behind(
                conn, older_than=now - ANSWERED_WITHIN, now=now, limit=MANY
            )
            kept = await held.list_due(conn, now=now, limit=BATCH)
            unsent = await sending.left_behind(conn, now=now, channels=self.channels, limit=BATCH)
        for conversation_id in await self._gravest_first(unanswered):
            log.info("recovered_event", conversation=str(conversation_id))
            if not await self._try(self.conversations.recover, conversation_id):
                async with self.db.transaction(durable=False) as conn:
                    await inbox.note_failure(conn, conversation_id)
        for conversation_id in kept:
            await self._try(Holding(self.conversations).let_go, conversation_id)
        for conversation_id in unsent:
            await self._try(self.delivery.drain, conversation_id)

    async def _gravest_first(self, waiting: Sequence[UUID]) -> Sequence[UUID]:
        """Return the conversations to answer now; where they are many, those first in which the lexicon finds danger."""
        if len(waiting) <= FEW:
            return waiting
        calm: list[UUID] = []
        grave: list[UUID] = []
        for conversation_id in waiting:
            (grave if await self._is_grave(conversation_id) else calm).append(conversation_id)
        return [*grave, *calm][: max(BATCH, len(grave))]

    async def _is_grave(self, conversation_id: UUID) -> bool:
        try:
            return await self.conversations.intake.has_danger_waiting(conversation_id)
        except StoreUnavailable:
            raise
        except Exception:
            # What cannot even be read keeps nobody else waiting; answering it will tell what is wrong.
            log.warning("recovery_unread", conversation=str(conversation_id))
            return False

    async def _try(self, work: Callable[[UUID], Awaitable[None]], conversation_id: UUID) -> bool:
        try:
            await work(conversation_id)
        except StoreUnavailable:
            raise
        except Exception:
            # One conversation that cannot be taken up must not keep the others waiting.
            log.exception("recovery_failed", conversation=str(conversation_id))
            return False
        else:
            return True

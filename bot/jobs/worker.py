"""The worker: runs what was enqueued, and takes up what a crash left."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import procrastinate
import structlog

from bot.channels.delivery import Delivery
from bot.clock import Clock
from bot.conversation.template_desk import CHORE as TEMPLATES
from bot.conversation.template_desk import TemplateDesk
from bot.errors import StoreUnavailable
from bot.jobs.broadcaster import Broadcaster
from bot.jobs.recovery import Recovery
from bot.jobs.tasks.deliver_conversation import deliver_conversation
from bot.jobs.tasks.events import events
from bot.jobs.tasks.fetch_file import fetch_file
from bot.jobs.tasks.follow_up import follow_up
from bot.jobs.tasks.purge import purge
from bot.jobs.tasks.referrals import referrals
from bot.jobs.tasks.retry_stalled import retry_stalled
from bot.jobs.tasks.silence import silence
from bot.jobs.tasks.study import study
from bot.jobs.tasks.whatsapp_templates import whatsapp_templates
from bot.jobs.vanisher import Vanisher
from bot.queue import DeliverConversation, FetchFile, RunChore
from bot.store.engine import Database

log = structlog.get_logger(__name__)

CONCURRENCY = 10
AGAIN_S = 2.0
RETRY = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2)


@dataclass
class Worker:
    """One worker process."""

    app: procrastinate.App
    db: Database
    delivery: Delivery
    recovery: Recovery
    clock: Clock
    keep_words: timedelta
    broadcaster: Broadcaster
    vanisher: Vanisher
    home: str
    """The zone of those who have not told theirs."""
    campaigns: Callable[[], Awaitable[None]] | None = None
    """Fires the broadcasts that are due and plans them; None where nobody has campaigns."""
    templates: TemplateDesk | None = None
    """None where WhatsApp is off, or its business account is not named."""

    def __post_init__(self) -> None:
        self.app.task(name=DeliverConversation.task, retry=RETRY)(self._deliver)
        self.app.task(name=FetchFile.task, retry=RETRY)(self._fetch)
        self.app.task(name=RunChore.task, retry=RETRY)(self._chore)

    async def run(self) -> None:
        """Work until cancelled; when the database goes away, begin anew."""
        while True:
            try:
                await self._work()
            except* (StoreUnavailable, procrastinate.exceptions.ConnectorException, OSError):
                log.warning("worker_without_store")
            await asyncio.sleep(AGAIN_S)

    async def _work(self) -> None:
        async with self.app.open_async(), asyncio.TaskGroup() as group:
            group.create_task(self.recovery.run())
            group.create_task(self.broadcaster.run())
            group.create_task(self.vanisher.run())
            group.create_task(
                self.app.run_worker_async(
                    concurrency=CONCURRENCY,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=1.0,
                    delete_jobs="successful",
                )
            )

    async def _deliver(self, conversation_id: str) -> None:
        await deliver_conversation(self.delivery, conversation_id)

    async def _fetch(self, attachment_id: str) -> None:
        await fetch_file(self.recovery.conversations, attachment_id)

    async def _chore(self, name: str) -> None:
        if name == "purge":
            await purge(self.db, self.clock, keep_words=self.keep_words)
        elif name == "follow_up":
            await follow_up(self.db, self.recovery.conversations, self.clock)
        elif name == "silence":
            await silence(self.db, self.recovery.conversations.people, self.clock)
        elif name == "referrals":
            await referrals(self.db, self.recovery.conversations.content.protocols, self.clock)
        elif name == "campaigns":
            if self.campaigns is not None:
                await self.campaigns()
        elif name == "study":
            await study(self.db, self.recovery.conversations, self.clock, home=self.home)
        elif name == "events":
            await events(self.db, self.recovery.conversations, self.clock, home=self.home)
        elif name == TEMPLATES:
            await whatsapp_templates(self.templates)
        elif name == "retry_stalled":
            await retry_stalled(self.app)
        else:
            log.error("unknown_chore", name=name)

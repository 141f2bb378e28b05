"""Brings our templates and Meta's list together: submits what is wanted, and takes in what Meta says of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.channels.approval import Approval, Listed, NotTaken, Taken
from bot.channels.errors import SendError
from bot.clock import Clock
from bot.faults import fault_point
from bot.queue import Queue, RunChore
from bot.store import templates
from bot.store.engine import Database
from bot.store.templates import REFUSED, WANTED, Account, Answer, Kept, News, Wanted

log = structlog.get_logger(__name__)

CHORE = "whatsapp_templates"
SKEW = timedelta(minutes=1)
"""Meta's clock and ours may differ: so much older than it is the list counts, so that no news of the webhook is taken for older."""
LOOK_AGAIN = timedelta(minutes=10)
"""Most templates are read within minutes, and the webhook may not be subscribed."""


@dataclass(frozen=True)
class TemplateDesk:
    """The templates of one WhatsApp Business account."""

    db: Database
    clock: Clock
    queue: Queue
    api: Approval

    @property
    def account(self) -> str:
        """The account's id."""
        return self.api.account

    async def want(self, wanted: Collection[Wanted]) -> int:
        """Note that templates are to be submitted, and let the worker do it; return how many were not there yet."""
        async with self.db.transaction() as conn:
            noted = await templates.want(conn, self.account, wanted, at=self.clock.now())
            await self.queue.enqueue(conn, RunChore(CHORE))
        return noted

    async def ask(self) -> None:
        """Let the worker compare the templates with Meta's list."""
        await self.want(())

    async def list_kept(self) -> tuple[list[Kept], Account]:
        """Return all that is known of the templates, and how it stands with the account."""
        async with self.db.transaction(durable=False) as conn:
            kept = await templates.list_kept(conn, self.account)
            return kept, await templates.get_account(conn, self.account)

    async def sync(self) -> str | None:
        """Read Meta's list, submit what is wanted and not in it, and note everything.

        It may run twice, and be killed anywhere: what Meta has already is not submitted again.

        Returns:
            The code of what went wrong; None where nothing did. It is noted for the desk as well.
        """
        try:
            await self._submit(await self._read())
        except SendError as error:
            log.warning("templates_not_compared", error=error.code)
            async with self.db.transaction() as conn:
                await templates.note_fault(conn, self.account, error.code, at=self.clock.now())
            return error.code
        return None

    async def _read(self) -> Mapping[tuple[str, str], Listed]:
        """Take in Meta's list; return it by name and language."""
        asked_at = self.clock.now()
        listed = await self.api.list_all()
        async with self.db.transaction() as conn:
            for each in listed:
                # What was told by the webhook since we asked is newer than this list.
                await templates.tell(conn, self.account, _news(each, asked_at - SKEW))
            found = {(each.name, each.language): each for each in listed}
            await templates.note_checked(conn, self.account, found.keys(), at=asked_at)
        return found

    async def _submit(self, listed: Mapping[tuple[str, str], Listed]) -> None:
        """Submit what is wanted.

        What Meta has already was submitted by a process that died before it could note it. Its list may count as older than the wish
        (`SKEW`), and then has not changed the state yet.
        """
        kept, _ = await self.list_kept()
        waiting = [each for each in kept if each.status == WANTED]
        for each in waiting:
            there = listed.get((each.name, each.language))
            if there is not None:
                await self._note(each, Answer(there.status, there.category, there.reason))
                continue
            wanted = Wanted(
                each.source, each.locale, each.language, each.category, each.components
            )
            answer = await self.api.submit(wanted)
            fault_point("after_template_submitted")
            await self._note(each, _answer(each, answer))
        if waiting:
            async with self.db.transaction() as conn:
                later = self.clock.now() + LOOK_AGAIN
                await self.queue.enqueue(conn, RunChore(CHORE), not_before=later)

    async def _note(self, kept: Kept, answer: Answer) -> None:
        async with self.db.transaction() as conn:
            await templates.note_submitted(conn, self.account, kept, answer)


def _answer(kept: Kept, answer: Taken | NotTaken) -> Answer:
    match answer:
        case Taken(status, category):
            return Answer(status, category.lower())
        case NotTaken(reason):
            return Answer(REFUSED, kept.category, reason)


def _news(listed: Listed, at: datetime) -> News:
    return News(
        listed.name, listed.language, at, listed.status, listed.reason, listed.quality,
        listed.category or None,
    )  # fmt: skip

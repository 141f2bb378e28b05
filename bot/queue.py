"""Work that is done later: payloads, and the port that takes them.

A low room that wants something done enqueues a payload; which code does it is known only upstairs in `bot.jobs`.
Every piece of work may run twice and must bear it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class DeliverConversation:
    """Send what waits in the outbox for one conversation, in order."""

    task: ClassVar[str] = "deliver_conversation"
    conversation_id: UUID

    @property
    def lock(self) -> str:
        """Two deliveries of one conversation never overlap."""
        return f"deliver:{self.conversation_id}"

    def arguments(self) -> dict[str, str]:
        """Return the JSON-ready arguments of the task."""
        return {"conversation_id": str(self.conversation_id)}


@dataclass(frozen=True)
class FetchFile:
    """Fetch a file that a person has sent to a counsellor from the platform that keeps it."""

    task: ClassVar[str] = "fetch_file"
    attachment_id: UUID

    @property
    def lock(self) -> str:
        """A file is fetched once at a time."""
        return f"fetch:{self.attachment_id}"

    def arguments(self) -> dict[str, str]:
        """Return the JSON-ready arguments of the task."""
        return {"attachment_id": str(self.attachment_id)}


@dataclass(frozen=True)
class RunChore:
    """Run one of the house's regular chores now."""

    task: ClassVar[str] = "run_chore"
    name: str

    @property
    def lock(self) -> str:
        """A chore never overlaps with itself."""
        return f"chore:{self.name}"

    def arguments(self) -> dict[str, str]:
        """Return the JSON-ready arguments of the task."""
        return {"name": self.name}


Payload = DeliverConversation | FetchFile | RunChore


class Queue(Protocol):
    """Takes payloads inside the caller's transaction: work exists if and only if the write does."""

    async def enqueue(
        self, conn: AsyncConnection, payload: Payload, *, not_before: datetime | None = None
    ) -> None:
        """Put `payload` in the queue as part of the transaction on `conn`."""

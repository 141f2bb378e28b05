"""What asking a platform to approve words is to the rest of the house; kept apart from its client, which takes seconds to import."""

from dataclasses import dataclass
from typing import Protocol

from bot.store.templates import Wanted


@dataclass(frozen=True)
class Listed:
    """A template as it stands in Meta's list."""

    name: str
    language: str
    status: str
    category: str
    reason: str | None = None
    quality: str | None = None


@dataclass(frozen=True)
class Taken:
    """Meta reads a template; its category may be another than was asked for."""

    status: str
    category: str


@dataclass(frozen=True)
class NotTaken:
    """Meta does not even read a template; `reason` is in Meta's words."""

    reason: str


class Approval(Protocol):
    """The templates of one account."""

    account: str

    async def list_all(self) -> list[Listed]:
        """Return the whole list.

        Raises:
            SendError: It could not be read to its end.
        """

    async def submit(self, wanted: Wanted) -> Taken | NotTaken:
        """Let the platform read a template.

        Raises:
            SendError: It could not be asked, or takes none now.
        """

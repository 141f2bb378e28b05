"""What a channel is to the rest of the house."""

from typing import Protocol

from bot.channels.capabilities import Capabilities
from bot.messages import Address, Media, Outgoing, Picture
from bot.store.outbox import Letter


class Pictures(Protocol):
    """Draws what a message's media name (`Media.is_made_here`)."""

    async def make(self, media: Media) -> Picture | None:
        """Return a picture; None when it cannot be made, and the words go alone. It never raises."""

    def path_of(self, media: Media) -> str:
        """Return where a page of this house finds a picture."""


class Channel(Protocol):
    """An edge to people on one platform."""

    name: str
    capabilities: Capabilities

    async def send(self, address: Address, letter: Letter) -> str | None:
        """Send one message; return its id on the platform.

        Raises:
            SendError: Nothing else leaves this method.
        """

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:
        """Return the platform's id of an interrupted message that is known to have arrived; None when it cannot be told."""

    async def show_typing(self, address: Address) -> None:
        """Show for a few seconds that somebody is writing to the person; nothing where the platform cannot.

        Raises:
            SendError: It could not be shown.
        """

    async def delete(self, address: Address, platform_id: str) -> bool:
        """Take a message off the person's screen; False where that cannot be done any more, or nowhere on this channel.

        Raises:
            SendError: Not now; it may work later.
        """

    async def fetch(self, ref: str, *, limit: int) -> bytes:
        """Return a file that a person sent and the platform keeps under `ref` (`OfferedFile`).

        Raises:
            NotTaken: It has more than `limit` bytes; it is not read to its end.
            SendError: It could not be fetched, as for a message.
        """

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """Say something outside the outbox, when there is no outbox: the database is away, or the person erased.

        Raises:
            SendError: It could not be said.
        """

"""The terminal: `suar chat` collects its messages itself."""

from dataclasses import dataclass

from bot.channels.capabilities import TERMINAL, Capabilities
from bot.channels.errors import Rejected
from bot.channels.port import Channel
from bot.messages import Address, Outgoing
from bot.store.outbox import Letter

NAME = "terminal"


@dataclass
class Terminal(Channel):
    """A channel that is pulled: whoever sits at the terminal takes the messages from the outbox."""

    name: str = NAME
    capabilities: Capabilities = TERMINAL

    async def send(self, address: Address, letter: Letter) -> str | None:  # noqa: ARG002
        """Never called: the messages are collected."""
        return None

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:  # noqa: ARG002
        """A message that was not marked was not shown."""
        return None

    async def show_typing(self, address: Address) -> None:
        """Nothing: whoever tries it out at a terminal waits for the words."""

    async def delete(self, address: Address, platform_id: str) -> bool:  # noqa: ARG002
        """Nothing: what was printed stays."""
        return False

    async def fetch(self, ref: str, *, limit: int) -> bytes:  # noqa: ARG002
        """Never called: no file is kept elsewhere."""
        raise Rejected

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """Print what stands outside the outbox."""
        self.spoken.append((address, message))

    def __post_init__(self) -> None:
        self.spoken: list[tuple[Address, Outgoing]] = []

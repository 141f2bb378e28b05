"""A channel for tests: keeps what was sent, and fails when it is told to."""

from collections import deque
from dataclasses import dataclass, field

from bot.channels.capabilities import Capabilities
from bot.channels.errors import SendError
from bot.channels.port import Channel
from bot.errors import NotTaken
from bot.messages import Address, Outgoing
from bot.store.outbox import Letter

NAME = "fake"


@dataclass
class FakeChannel(Channel):
    """Sends into a list."""

    name: str = NAME
    capabilities: Capabilities = Capabilities(
        max_text_chars=4096, max_buttons=12, max_title_chars=60, deletes=True
    )
    sent: list[tuple[Address, Letter]] = field(default_factory=list)
    spoken: list[tuple[Address, Outgoing]] = field(default_factory=list)
    typed: list[Address] = field(default_factory=list)
    """To whom it was shown that somebody is writing."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What people have sent, by its `ref`."""
    fetched: list[str] = field(default_factory=list)
    deleted: list[tuple[Address, str]] = field(default_factory=list)
    failures: deque[SendError] = field(default_factory=deque)
    """What the next sends and fetches raise, one each."""

    async def send(self, address: Address, letter: Letter) -> str | None:
        """Keep the letter, unless a failure is due."""
        if self.failures:
            raise self.failures.popleft()
        self.sent.append((address, letter))
        return str(len(self.sent))

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:
        """Tell truly whether a letter was kept, and as which."""
        for number, (at, other) in enumerate(self.sent, start=1):
            if at == address and other.uid == letter.uid:
                return str(number)
        return None

    async def show_typing(self, address: Address) -> None:
        """Note that it was shown."""
        self.typed.append(address)

    async def delete(self, address: Address, platform_id: str) -> bool:
        """Take a letter back, unless a failure is due."""
        if self.failures:
            raise self.failures.popleft()
        self.deleted.append((address, platform_id))
        return True

    async def fetch(self, ref: str, *, limit: int) -> bytes:
        """Give out what a test has put there, unless a failure is due."""
        self.fetched.append(ref)
        if self.failures:
            raise self.failures.popleft()
        if len(self.files[ref]) > limit:
            raise NotTaken("too_large")
        return self.files[ref]

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """Keep what was said outside the outbox."""
        self.spoken.append((address, message))

    def texts(self, address: Address) -> list[str]:
        """Return the words sent to `address`, in order."""
        return [letter.message.text for at, letter in self.sent if at == address]

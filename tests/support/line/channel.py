"""A channel as small as one can be: messages are files in a folder, as a modem for SMS leaves and takes them."""

from dataclasses import dataclass
from pathlib import Path

from bot.channels.capabilities import Capabilities
from bot.channels.errors import ContactStopped, Rejected, SendError, TemporarilyDown
from bot.channels.port import Channel
from bot.messages import Address, Outgoing
from bot.store.outbox import Letter

NAME = "line"
LINE = Capabilities(
    max_text_chars=1_500,
    max_buttons=100,
    max_title_chars=160,
    shows_media=True,
    max_caption_chars=1_500,
)
"""It shows what is said of a picture for those who cannot see it."""
CLOSED = "closed"


@dataclass
class Line(Channel):
    """Sends to people on the line."""

    folder: Path
    """`out/<person>/` holds what is to go to somebody; a file named `closed` there says that they want nothing more."""
    name: str = NAME
    capabilities: Capabilities = LINE

    async def send(self, address: Address, letter: Letter) -> str | None:
        """See `Channel.send`. A letter that is sent again replaces itself, because the file has its id for a name."""
        name = f"{letter.id:012}-{letter.uid}"
        self._write(address, name, as_text(letter.message))
        return name

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:
        """See `Channel.find_arrived`."""
        name = f"{letter.id:012}-{letter.uid}"
        return name if (self._folder_of(address) / name).exists() else None

    async def show_typing(self, address: Address) -> None:
        """Nothing: a line cannot show it."""

    async def fetch(self, ref: str, *, limit: int) -> bytes:
        """Never called: no files come in."""
        raise Rejected

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """See `Channel.say_now`; it has no place in the outbox and goes behind everything else."""
        folder = self._folder_of(address)
        number = len(list(folder.glob("now-*"))) if folder.exists() else 0
        self._write(address, f"now-{number:06}", as_text(message))

    def _folder_of(self, address: Address) -> Path:
        return self.folder / "out" / address.value

    def _write(self, address: Address, name: str, words: str) -> None:
        folder = self._folder_of(address)
        try:
            if (folder / CLOSED).exists():
                raise ContactStopped
            folder.mkdir(parents=True, exist_ok=True)
            # Written beside and moved: nobody takes half a message away.
            beside = folder / f".{name}"
            beside.write_text(words, encoding="utf-8")
            beside.rename(folder / name)
        except OSError as exc:
            raise send_error(exc) from exc


def as_text(message: Outgoing) -> str:
    """Return a message as words alone: what can be chosen is numbered, and a typed number is understood by the turn."""
    options = [f"{number}. {button.title}" for number, button in enumerate(message.buttons, 1)]
    pictures = [media.alt for media in message.media if media.alt]
    parts = (message.text, *pictures, "\n".join(options))
    return "\n\n".join(part for part in parts if part)


def send_error(error: OSError) -> SendError:
    """Return which of our send errors one of the file system's is."""
    return Rejected() if isinstance(error, NotADirectoryError) else TemporarilyDown()

"""Takes in recordings that people are to hear: what they are by their bytes, how long they last, and nothing in them but sound.

Ogg with Opus goes to every channel as a voice message; M4A (AAC) and MP3 go as audio. What browsers record as WebM with Opus is packed
anew as Ogg, so that nothing has to be coded again. Tags, which may say who spoke, are left out.
"""

import asyncio
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.errors import NotTaken
from bot.sound import mp3, mp4, ogg, webm

MAX_SOUND_BYTES = 1024 * 1024
MAX_SOUND_S = 120
CONTENT_TYPES = {"ogg": "audio/ogg", "m4a": "audio/mp4", "mp3": "audio/mpeg"}
_TAKERS = ThreadPoolExecutor(1, "sound")


@dataclass(frozen=True)
class Recording:
    """A recording as it is kept."""

    data: bytes = field(repr=False)
    kind: str
    """`ogg`, `m4a` or `mp3`."""
    seconds: int
    """Rounded up."""


async def take_beside(data: bytes) -> Recording:
    """Do as `take_recording`, beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_TAKERS, take_recording, data)


def take_recording(data: bytes) -> Recording:
    """Return a recording as it is kept.

    Args:
        data: Of Ogg or WebM with Opus in one channel, of M4A, or of MP3.

    Raises:
        NotTaken: `too_large` (`MAX_SOUND_BYTES`), `too_long` (`MAX_SOUND_S`), `not_taken` (another type), `stereo`, `broken` or
            `empty`. Nothing else leaves here, whatever the bytes are.
    """
    if not data:
        raise NotTaken("empty")
    if len(data) > MAX_SOUND_BYTES:
        raise NotTaken("too_large")
    try:
        sound, kind, seconds = _taken(data)
    except NotTaken:
        raise
    except (IndexError, ValueError, ArithmeticError, RecursionError, StopIteration, struct.error):
        # A file that says of itself what is not so; for the sender it is one and the same.
        raise NotTaken("broken") from None
    if seconds <= 0:
        raise NotTaken("empty")
    if seconds > MAX_SOUND_S:
        raise NotTaken("too_long")
    return Recording(sound, kind, int(seconds) + (seconds % 1 > 0))


def _taken(data: bytes) -> tuple[bytes, str, float]:
    if data.startswith(b"OggS"):
        stream = ogg.read(data)
        return ogg.written(stream), "ogg", stream.seconds
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        stream = webm.read(data)
        return ogg.written(stream), "ogg", stream.seconds
    if data[4:8] == b"ftyp":
        return (*mp4.taken(data),)
    if mp3.is_one(data):
        return (*mp3.taken(data),)
    raise NotTaken("not_taken")

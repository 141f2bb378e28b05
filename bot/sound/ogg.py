"""Opus in Ogg: read as packets, and written anew with nothing beside them.

Source: RFC 3533 (pages), RFC 7845 (Opus in them), RFC 6716 section 3.1 (how long a packet lasts).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from struct import pack, unpack_from

from bot.errors import NotTaken

RATE = 48_000
HEAD = b"OpusHead"
_PAGE = 27
"""Bytes of a page before its table of segments."""
_SERIAL = b"Suar"
_FIRST, _LAST = 2, 4
_TAGS = b"OpusTags" + pack("<I", 4) + b"suar" + pack("<I", 0)
MAX_PACKET_SAMPLES = RATE * 120 // 1000
_A_PAGE_S = 1


@dataclass(frozen=True)
class Stream:
    """One stream of Opus."""

    skip: int
    """Samples at the beginning that are not heard."""
    packets: Sequence[bytes] = field(repr=False)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (sum(map(samples_of, self.packets)) - self.skip) / RATE


def read(data: bytes) -> Stream:
    """Return the stream that a file is.

    Raises:
        NotTaken: `not_taken`, `stereo` or `broken`.
    """
    packets = list(_packets(data))
    if not packets or not packets[0].startswith(HEAD):
        raise NotTaken("not_taken")
    if len(packets) < 2 or not packets[1].startswith(b"OpusTags"):
        raise NotTaken("broken")
    return Stream(skip_of(packets[0]), packets[2:])


def skip_of(head: bytes) -> int:
    """Return what a stream's head says is not heard at its beginning, in samples.

    Raises:
        NotTaken: `stereo` or `broken`.
    """
    if len(head) < 19 or not head.startswith(HEAD):
        raise NotTaken("broken")
    if head[9] != 1 or head[18] != 0:
        # A voice message has one channel on every platform.
        raise NotTaken("stereo")
    return int(unpack_from("<H", head, 10)[0])


def samples_of(packet: bytes) -> int:
    """Return how long a packet lasts, in samples of 48,000 a second.

    Raises:
        NotTaken: `broken`.
    """
    if not packet:
        raise NotTaken("broken")
    mode, count = packet[0] >> 3, packet[0] & 3
    if mode < 12:
        frame = (480, 960, 1920, 2880)[mode % 4]
    elif mode < 16:
        frame = (480, 960)[mode % 2]
    else:
        frame = (120, 240, 480, 960)[mode % 4]
    frames = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[count]
    if not 0 < frame * frames <= MAX_PACKET_SAMPLES:
        raise NotTaken("broken")
    return frame * frames


def written(stream: Stream) -> bytes:
    """Return a stream as a file."""
    head = HEAD + bytes([1, 1]) + pack("<HIhB", stream.skip, RATE, 0, 0)
    pages = [_page([head], 0, 0, _FIRST), _page([_TAGS], 0, 1, 0)]
    at, group, played = 0, list[bytes](), 0
    for number, packet in enumerate(stream.packets):
        group.append(packet)
        at += samples_of(packet)
        is_last = number == len(stream.packets) - 1
        if is_last or at - played >= RATE * _A_PAGE_S or _segments(group) > 200:
            pages.append(_page(group, at, len(pages), _LAST if is_last else 0))
            group, played = [], at
    return b"".join(pages)


def _segments(packets: Sequence[bytes]) -> int:
    return sum(len(packet) // 255 + 1 for packet in packets)


def _page(packets: Sequence[bytes], samples: int, number: int, flags: int) -> bytes:
    table = bytes(
        size for packet in packets for size in (*[255] * (len(packet) // 255), len(packet) % 255)
    )
    fields = pack("<BBq4sII", 0, flags, samples, _SERIAL, number, 0)
    page = b"OggS" + fields + bytes([len(table)]) + table + b"".join(packets)
    return page[:22] + pack("<I", _checksum(page)) + page[26:]


def _packets(data: bytes) -> Iterator[bytes]:
    """Yield the packets of the one stream in a file.

    Raises:
        NotTaken: `not_taken` where there is more than one stream, or `broken`.
    """
    at, serial, so_far = 0, None, b""
    while at < len(data):
        head = data[at : at + _PAGE]
        if len(head) < _PAGE or head[:5] != b"OggS\x00":
            raise NotTaken("broken")
        serial = serial or head[14:18]
        if head[14:18] != serial:
            raise NotTaken("not_taken")
        at += _PAGE
        table = data[at : at + head[26]]
        at += head[26]
        for size in table:
            so_far += data[at : at + size]
            at += size
            if size < 255:
                yield so_far
                so_far = b""
        if at > len(data):
            raise NotTaken("broken")


def _row(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_ROWS = tuple(_row(byte) for byte in range(256))


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value = (value << 8) & 0xFFFFFFFF ^ _ROWS[(value >> 24) ^ byte]
    return value

"""Opus in WebM, as browsers record it: only its packets are read.

Source: RFC 8794 (EBML), RFC 9559 (Matroska): a browser that records writes segments and clusters without their size.
"""

from collections.abc import Iterator

from bot.errors import NotTaken
from bot.sound.ogg import Stream, skip_of

_OPENED = frozenset({0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xA0})
"""Segment, Cluster, Tracks, TrackEntry and BlockGroup: what is inside them is read in its turn."""
_CODEC, _HEAD, _SIMPLE, _BLOCK = 0x86, 0x63A2, 0xA3, 0xA1
_LACED = 0x06


def read(data: bytes) -> Stream:
    """Return the stream that a file is.

    Raises:
        NotTaken: `not_taken` where there is anything but one track of Opus, `stereo` or `broken`.
    """
    codecs, heads, packets = [], [], []
    for name, body in _elements(data):
        if name == _CODEC:
            codecs.append(body)
        elif name == _HEAD:
            heads.append(body)
        elif name in {_SIMPLE, _BLOCK}:
            packets.append(_packet(body))
    if codecs != [b"A_OPUS"]:
        raise NotTaken("not_taken")
    if len(heads) != 1:
        raise NotTaken("broken")
    return Stream(skip_of(heads[0]), packets)


def _packet(block: bytes) -> bytes:
    """Return what a block holds after its track, its time and its flags."""
    _, at = _number(block, 0, keep_mark=False)
    if block[at + 2] & _LACED:
        raise NotTaken("not_taken")
    return block[at + 3 :]


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        name, at = _number(data, at, keep_mark=True)
        begin = at
        size, at = _number(data, at, keep_mark=False)
        if name in _OPENED:
            continue
        is_unknown = size == (1 << 7 * (at - begin)) - 1
        if is_unknown or at + size > len(data):
            raise NotTaken("broken")
        yield name, data[at : at + size]
        at += size


def _number(data: bytes, at: int, *, keep_mark: bool) -> tuple[int, int]:
    """Return a number of one to eight bytes, and where it ends."""
    first = data[at]
    length = 9 - first.bit_length()
    if length > 8 or at + length > len(data):
        raise NotTaken("broken")
    value = int.from_bytes(data[at : at + length])
    return (value if keep_mark else value & ~(1 << 7 * length)), at + length

"""AAC in MP4 (`.m4a`): how long it lasts, with its tags blotted out.

Source: ISO/IEC 14496-12. A file that a browser records comes in fragments, and says its length there alone.
"""

from collections.abc import Iterator
from struct import unpack_from

from bot.errors import NotTaken

_OPENED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
_TAGS = frozenset({b"udta", b"meta", b"uuid"})
_DURATION_OF_ALL, _SIZES = 0x000008, 0x000100
Atom = tuple[bytes, int, int]
"""Its name, where its body begins, and where it ends."""


def taken(data: bytes) -> tuple[bytes, str, float]:
    """Return a file without its tags, its kind, and how many seconds it lasts.

    Raises:
        NotTaken: `not_taken` where there is anything but one track of AAC, or `broken`.
    """
    atoms = list(_atoms(data, 0, len(data)))
    tracks = [data[begin + 8 : begin + 12] for name, begin, _ in atoms if name == b"hdlr"]
    coded = [data[begin + 12 : begin + 16] for name, begin, _ in atoms if name == b"stsd"]
    if tracks[:1] != [b"soun"] or coded != [b"mp4a"]:
        raise NotTaken("not_taken")
    clean = bytearray(data)
    for name, begin, end in atoms:
        if name in _TAGS:
            # Of the same size as before, so that nothing moves to which something points.
            clean[begin - 4 : begin] = b"free"
            clean[begin:end] = bytes(end - begin)
    return bytes(clean), "m4a", _seconds(data, atoms)


def _atoms(data: bytes, at: int, end: int) -> Iterator[Atom]:
    while at < end:
        if at + 8 > end:
            raise NotTaken("broken")
        size, name = unpack_from(">I4s", data, at)
        begin = at + 8
        if size == 1:
            size, begin = unpack_from(">Q", data, begin)[0], begin + 8
        elif size == 0:
            size = end - at
        if size < begin - at or at + size > end:
            raise NotTaken("broken")
        yield name, begin, at + size
        if name in _OPENED:
            yield from _atoms(data, begin, at + size)
        at += size


def _seconds(data: bytes, atoms: list[Atom]) -> float:
    rate, length = _time(data, next(begin for name, begin, _ in atoms if name == b"mdhd"))
    if length == 0:
        each = next((_default(data, b) for name, b, _ in atoms if name == b"trex"), 0)
        length = _of_fragments(data, atoms, each)
    return float(length / rate)


def _time(data: bytes, begin: int) -> tuple[int, int]:
    """Return how many units a second has, and the length in them."""
    form = ">IQ" if data[begin] == 1 else ">II"
    rate, length = unpack_from(form, data, begin + (20 if data[begin] == 1 else 12))
    return int(rate), int(length)


def _default(data: bytes, begin: int) -> int:
    return int(unpack_from(">I", data, begin + 12)[0])


def _of_fragments(data: bytes, atoms: list[Atom], each: int) -> int:
    """Return the length of all fragments: so many samples, each as long as its fragment or it itself says."""
    length, default = 0, each
    for name, begin, _ in atoms:
        if name == b"tfhd":
            default = _of_header(data, begin, each)
        elif name == b"trun":
            length += _of_run(data, begin, default)
    return length


def _of_header(data: bytes, begin: int, each: int) -> int:
    flags = int.from_bytes(data[begin + 1 : begin + 4])
    at = begin + 8 + 8 * bool(flags & 1) + 4 * bool(flags & 2)
    return int(unpack_from(">I", data, at)[0]) if flags & _DURATION_OF_ALL else each


def _of_run(data: bytes, begin: int, default: int) -> int:
    flags = int.from_bytes(data[begin + 1 : begin + 4])
    count = int(unpack_from(">I", data, begin + 4)[0])
    if not flags & _SIZES:
        return count * default
    at = begin + 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    width = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    return sum(int(unpack_from(">I", data, at + number * width)[0]) for number in range(count))

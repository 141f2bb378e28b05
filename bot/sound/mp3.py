"""MP3: its frames alone, without the tags before and behind them.

Source: ISO/IEC 11172-3 and 13818-3 (layer III); https://id3.org/id3v2.4.0-structure
"""

from bot.errors import NotTaken

_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second, by the version's two bits."""
_KBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By whether it is version 1."""
_FIRST_SEEN = 4_096


def is_one(data: bytes) -> bool:
    """Tell whether bytes begin as an MP3 does."""
    return data.startswith(b"ID3") or (len(data) > 3 and _frame(data, 0) is not None)


def taken(data: bytes) -> tuple[bytes, str, float]:
    """Return a file without its tags, its kind, and how many seconds it lasts.

    Raises:
        NotTaken: `broken`.
    """
    begin = at = _after_tag(data)
    end = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    seconds = 0.0
    while at < end:
        found = _frame(data, at)
        if found is None or at + found[0] > end:
            # The last frame of a recording that was cut is left out; anything else that is no frame is not taken.
            if at == begin or end - at > _FIRST_SEEN:
                raise NotTaken("broken")
            break
        at += found[0]
        seconds += found[1]
    return data[begin:at], "mp3", seconds


def _after_tag(data: bytes) -> int:
    if not data.startswith(b"ID3"):
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + 10 * bool(data[5] & 0x10)


def _frame(data: bytes, at: int) -> tuple[int, float] | None:
    """Return the bytes and the seconds of the frame that begins here; None where none does."""
    head = int.from_bytes(data[at : at + 4])
    version, layer = head >> 19 & 3, head >> 17 & 3
    kbits, rate = head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or layer != 1 or version == 1 or kbits in {0, 15} or rate == 3:
        return None
    per_second, is_first = _RATES[version][rate], version == 3
    samples = 1152 if is_first else 576
    size = samples // 8 * _KBITS[is_first][kbits] * 1000 // per_second + (head >> 9 & 1)
    return size, samples / per_second

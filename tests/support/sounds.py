"""Recordings as people bring them, made anew for each test: silence, in every form that is taken or not."""

from struct import pack

from bot.sound.ogg import Stream, written

SILENT = b"\xf8\xff\xfe"
"""A packet of Opus: 20 ms in which nothing is heard."""
SPEAKER = b"Siti Aminah"
"""Stands in the tags of every recording here."""


def opus(seconds: float = 2, *, channels: int = 1) -> bytes:
    """Return Opus in Ogg, with tags that say who spoke."""
    plain = written(Stream(312, [SILENT] * round(seconds * 50 + 1)))
    tags = b"OpusTags" + pack("<I", len(SPEAKER)) + SPEAKER + pack("<I", 0)
    head = plain[:28] + plain[28:47].replace(b"\x01\x01", bytes([1, channels]), 1)
    second = plain.index(b"OggS", 4)
    third = plain.index(b"OggS", second + 4)
    page = plain[second : second + 26] + bytes([1, len(tags)]) + tags
    return head + page + plain[third:]


def webm(seconds: float = 2) -> bytes:
    """Return Opus in WebM as a browser records it: clusters without a size."""
    head = b"OpusHead" + pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    track = _element(b"\xd7", b"\x01") + _element(b"\x86", b"A_OPUS") + _element(b"\x63\xa2", head)
    tags = _element(b"\x12\x54\xc3\x67", SPEAKER)
    blocks = b"".join(
        _element(b"\xa3", b"\x81" + pack(">hB", number * 20 % 30_000, 0x80) + SILENT)
        for number in range(round(seconds * 50 + 1))
    )
    unknown = b"\x01" + b"\xff" * 7
    tracks = _element(b"\x16\x54\xae\x6b", _element(b"\xae", track))
    cluster = b"\x1f\x43\xb6\x75" + unknown + _element(b"\xe7", b"\x00") + blocks
    return (
        _element(b"\x1a\x45\xdf\xa3", b"webm")
        + b"\x18\x53\x80\x67"
        + unknown
        + tracks
        + tags
        + cluster
    )


def m4a(seconds: float = 2, *, coded: bytes = b"mp4a", fragments: bool = False) -> bytes:
    """Return AAC in MP4, with its length in its head or in its fragments."""
    length = 0 if fragments else round(seconds * 1000)
    time = _atom(b"mdhd", pack(">IIIII", 0, 0, 0, 1000, length))
    kind = _atom(b"hdlr", bytes(8) + b"soun" + bytes(12))
    table = _atom(b"stsd", pack(">II", 0, 1) + pack(">I4s", 36, coded) + bytes(28))
    media = _atom(b"mdia", time + kind + _atom(b"minf", _atom(b"stbl", table)))
    named = _atom(b"udta", SPEAKER)
    moved = _atom(b"moof", _atom(b"traf", _run(round(seconds * 1000)))) if fragments else b""
    file = _atom(b"ftyp", b"M4A " + bytes(4)) + _atom(b"moov", _atom(b"trak", media) + named)
    return file + moved + _atom(b"mdat", bytes(64))


def _run(length: int) -> bytes:
    """Return a fragment of two samples, each with a length of its own."""
    header = _atom(b"tfhd", pack(">II", 0, 1))
    return header + _atom(b"trun", pack(">IIII", 0x000100, 2, length // 2, length - length // 2))


def mp3(seconds: float = 2) -> bytes:
    """Return MP3 with a tag before and one behind it."""
    frame = b"\xff\xfb\x50\xc4" + bytes(205)  # version 1, 64 kbit/s, 44,100 a second: 208 bytes
    frames = frame[:208] * round(seconds * 44_100 / 1152 + 0.5)
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 0, len(SPEAKER)]) + SPEAKER
    return tag + frames + b"TAG" + SPEAKER.ljust(125, b"\0")


def _element(name: bytes, body: bytes) -> bytes:
    return name + pack(">I", len(body) | 0x10000000) + body


def _atom(name: bytes, body: bytes) -> bytes:
    return pack(">I4s", len(body) + 8, name) + body

"""Recordings are taken by their bytes alone, with nothing in them but sound, and at most as long as agreed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotTaken
from bot.scan import FileKind, scan
from bot.sound import MAX_SOUND_BYTES, take_recording
from bot.sound.ogg import Stream, read, written
from tests.support.files import PDF, picture
from tests.support.sounds import SILENT, SPEAKER, m4a, mp3, opus, webm

TAKEN: dict[str, tuple[Callable[[float], bytes], str]] = {
    "ogg": (opus, "ogg"),
    "webm": (webm, "ogg"),
    "m4a": (m4a, "m4a"),
    "fragments": (lambda seconds: m4a(seconds, fragments=True), "m4a"),
    "mp3": (mp3, "mp3"),
}


def why(data: bytes) -> str:
    """Return why bytes are not taken."""
    with pytest.raises(NotTaken) as refused:
        take_recording(data)
    return refused.value.why


@pytest.mark.parametrize("form", TAKEN)
def test_what_is_taken(form: str) -> None:
    """Each form is known by its bytes and measured; what a browser records becomes what every channel plays."""
    make, kind = TAKEN[form]
    taken = take_recording(make(2))
    assert (taken.kind, taken.seconds) in {(kind, 2), (kind, 3)}


@pytest.mark.parametrize("form", TAKEN)
def test_who_spoke_is_left_out(form: str) -> None:
    """Tags of every form are gone, and the sound is taken again as the same."""
    make, _ = TAKEN[form]
    raw = make(1)
    taken = take_recording(raw)
    assert SPEAKER in raw
    assert SPEAKER not in taken.data
    assert take_recording(taken.data) == taken


@pytest.mark.parametrize("form", TAKEN)
def test_too_long(form: str) -> None:
    """Two minutes are taken, more are not."""
    make, _ = TAKEN[form]
    assert take_recording(make(119)).seconds in {119, 120}
    assert why(make(121)) == "too_long"


def test_what_is_written_is_a_voice_message() -> None:
    """An Ogg file of ours passes the scan of counsellors' voice messages, its packets are those that came, and its sums are right."""
    taken = take_recording(webm(3))
    assert scan(taken.data).kind is FileKind.VOICE
    stream = read(taken.data)
    assert set(stream.packets) == {SILENT}
    assert stream.skip == 312
    page = written(Stream(0, [SILENT]))[:47]
    assert page[22:26] == _sum(page[:22] + bytes(4) + page[26:]).to_bytes(4, "little")


def _sum(page: bytes) -> int:
    """Return the sum of a page, bit by bit. Source: RFC 3533, section 6."""
    rest = 0
    for bit in (byte >> at & 1 for byte in page + bytes(4) for at in range(7, -1, -1)):
        rest = rest << 1 | bit
        rest ^= 0x104C11DB7 if rest >> 32 else 0
    return rest


def test_what_is_not_taken() -> None:
    """Every refusal says why: nothing, too large, another type, more than one channel, damaged."""
    assert why(b"") == "empty"
    assert why(bytes(MAX_SOUND_BYTES + 1)) == "too_large"
    for data in (PDF, picture(), b"hello", b"RIFF\x00\x00\x00\x00WAVEfmt ", m4a(coded=b"avc1")):
        assert why(data) == "not_taken"
    assert why(opus(channels=2)) == "stereo"
    for data in (opus()[:-20], webm()[:-2], m4a()[:-10], mp3()[:60]):
        assert why(data) == "broken"
    assert why(written(Stream(0, []))) == "empty"


@given(data=st.binary(max_size=400), form=st.sampled_from(sorted(TAKEN)), at=st.integers(0, 300))
def test_nothing_else_leaves_here(data: bytes, form: str, at: int) -> None:
    """Whatever the bytes are, a recording comes out or a reason."""
    made = TAKEN[form][0](0.2)
    for each in (data, made[:at] + data + made[at:], made[:at] + data, made[:4] + data):
        try:
            taken = take_recording(each)
        except NotTaken:
            continue
        assert taken.seconds > 0

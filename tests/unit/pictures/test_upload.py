"""A picture that staff upload is written anew, small, and without anything beside its dots."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.errors import NotTaken
from bot.messages import MAX_FILE_BYTES
from bot.pictures.upload import MAX_SIDE, take_picture
from tests.support.files import PLACE, picture, voice


def refusal(data: bytes, alt: str = "A house") -> str:
    """Return why something is not taken."""
    with pytest.raises(NotTaken) as refused:
        take_picture(data, alt=alt)
    return refused.value.why


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """Return a picture in a format."""
    written = BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def photo(width: int, height: int) -> Image.Image:
    """Return a picture of many colours."""
    bands = [Image.effect_noise((width, height), 90) for _ in range(3)]
    return Image.merge("RGB", bands)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_is_written_anew_without_its_place(form: str) -> None:
    """The place at which it was taken is gone, and its words are those of the caller."""
    data = picture(form)
    assert Image.open(BytesIO(data)).getexif()
    kept = take_picture(data, alt="  A  house ")
    assert PLACE.encode() not in kept.data
    assert kept.alt == "A house"
    image = Image.open(BytesIO(kept.data))
    assert image.format in {"JPEG", "PNG"}
    assert not image.getexif()
    assert (image.width, image.height) == (kept.width, kept.height)


def test_a_large_one_is_made_smaller() -> None:
    """Neither side has more than 1280 dots, and its shape stays."""
    kept = take_picture(saved(photo(2600, 1300), "JPEG"), alt="A house")
    assert (kept.width, kept.height) == (MAX_SIDE, MAX_SIDE // 2)
    assert kept.content_type == "image/jpeg"


def test_a_drawing_stays_sharp() -> None:
    """A picture of few colours is kept as PNG, dot for dot."""
    drawing = Image.new("RGB", (300, 200), "#ffffff")
    drawing.paste("#123456", (10, 10, 60, 60))
    kept = take_picture(saved(drawing, "PNG"), alt="A square")
    assert kept.content_type == "image/png"
    assert Image.open(BytesIO(kept.data)).convert("RGB").tobytes() == drawing.tobytes()


def test_what_is_clear_becomes_white() -> None:
    """A logo on nothing stands on white, also in the dark."""
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    kept = Image.open(BytesIO(take_picture(saved(clear, "PNG"), alt="Nothing").data))
    assert kept.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_one_on_its_side_stands_up() -> None:
    """What the camera noted of how it was held is done, not kept."""
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = take_picture(saved(photo(300, 100), "JPEG", exif=exif), alt="A tower")
    assert (kept.width, kept.height) == (100, 300)


def test_a_bomb_is_refused() -> None:
    """A small file that would be a huge picture is refused before it is decoded."""
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 1_000_000
    assert refusal(bomb) == "too_large"
    assert refusal(saved(Image.new("1", (8_000, 5_001)), "PNG")) == "too_large"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_moves_is_refused(form: str) -> None:
    """A picture that moves cannot be read aloud, and can do harm: a still one is asked for."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("#ff0000", "#0000ff")]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    assert refusal(data) == "animated"


def test_other_files_and_broken_ones_are_refused() -> None:
    """By their bytes; each with a reason that can be said."""
    assert refusal(b"GIF89a" + bytes(40)) == "not_taken"
    assert refusal(voice()) == "not_taken"
    assert refusal(picture("PNG")[:60]) == "broken"
    assert refusal(b"\xff\xd8\xff" + bytes(MAX_FILE_BYTES)) == "too_large"


@pytest.mark.parametrize("alt", ["", "  \n", "x" * 301])
def test_its_words_are_asked_for(alt: str) -> None:
    """Without words for whoever cannot see it, it is not taken."""
    assert refusal(picture(), alt) == "no_alt"


@given(st.binary(max_size=60), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400))
def test_any_bytes_are_taken_or_refused(noise: bytes, form: str, cut: int) -> None:
    """Whatever the bytes are, nothing but a picture or a known reason comes out."""
    data = picture(form)
    for broken in (noise, data[:cut] + noise + data[cut + len(noise) :], data[:cut]):
        try:
            kept = take_picture(broken, alt="A house")
        except NotTaken as refused:
            why = refused.why
        else:
            why = ""
            assert Image.open(BytesIO(kept.data)).format in {"JPEG", "PNG"}
        assert why in {"", "too_large", "not_taken", "broken", "animated"}

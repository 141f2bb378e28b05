"""A QR code leads where it says, on a screen and in print."""

from xml.etree import ElementTree as ET

import pytest
import segno
from PIL import Image

from bot.pictures.qr import QUIET, code_image, qr_png, qr_svg
from tests.unit.pictures.pixels import links, opened

LINKS = (
    "https://t.me/example_bot?start=q_Ab3",
    "https://wa.me/620000000000?text=q_Ab3",
    "https://suar.example.org/?start=quiz_warning_signs&c=jakarta-youth-leader-0001",
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("link", LINKS)
def test_a_png_says_its_link(link: str) -> None:
    """A phone reads the very link."""
    assert links(opened(qr_png(link))) == [link]


@pytest.mark.parametrize("link", LINKS)
def test_a_small_one_does_too(link: str) -> None:
    """As on a card, where it has 190 dots."""
    assert links(code_image(link, side=190)) == [link]


def test_a_dirty_one_does_too() -> None:
    """A code of which a corner of a tenth is covered is still read: its correction is at least M."""
    image = opened(qr_png(LINKS[0]))
    side = image.width
    spot = Image.new("RGB", (side // 9, side // 9), "#ffffff")
    image.paste(spot, (side * 5 // 9, side * 5 // 9))
    assert links(image) == [LINKS[0]]
    assert segno.make_qr(LINKS[0], error="m", boost_error=True).error in {"M", "Q", "H"}


def test_the_link_is_printed_below() -> None:
    """Below the code there is ink, within the picture; the code itself is square."""
    image = opened(qr_png(LINKS[2]))
    below = image.crop((0, image.width, *image.size)).convert("L").point(lambda dot: 255 - dot)
    box = below.getbbox()
    assert box is not None
    assert box[0] > 0
    assert box[2] < image.width
    assert box[3] < below.height


def test_an_svg_loads_nothing_and_names_its_link() -> None:
    """It is one drawing with its link as title, and no script, style or address in it."""
    root = ET.fromstring(qr_svg(LINKS[0]))
    assert root.tag == f"{SVG}svg"
    assert {child.tag for child in root.iter()} <= {
        f"{SVG}{n}" for n in ("svg", "title", "g", "path")
    }
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "t.me/example_bot?start=q_Ab3"
    modules = segno.make_qr(LINKS[0], error="m", boost_error=True).symbol_size(border=QUIET)[0]
    assert root.attrib["viewBox"].split()[2] == str(int(modules) * 8)

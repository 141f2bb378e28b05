"""The menu as a picture, in every language."""

import pytest

from bot.content.load import Content
from bot.content.step_base import Pictogram
from bot.errors import NotDrawn
from bot.pictures.making import paint
from bot.pictures.menu import Menu, menu_of
from bot.pictures.pictograms import SIGNS, pictogram
from tests.support.flags import drawing

MAX_BYTES = 60_000


def test_every_language(content: Content) -> None:
    """Each can be drawn, small enough for a slow line, and is drawn once."""
    for locale in content.words.locales:
        menu = menu_of(content, "menu.main", locale)
        picture = paint(menu)
        assert len(picture.data) < MAX_BYTES, locale
        assert paint(menu_of(content, "menu.main", locale)) is picture
        assert menu.from_right == (content.words.direction(locale) == "rtl")


async def test_it_is_made_by_its_address(content: Content) -> None:
    """A step with pictograms has a picture; any other step or language has none."""
    pictures = drawing(content)
    pictures.content = content
    assert isinstance(await pictures.plan("menu:menu.main@ar"), Menu)
    for address in ("menu:menu.more@en", "menu:no.step@en", "menu:menu@en", "menu:menu.main@xx"):
        assert await pictures.draw(address) is None


def test_a_step_without_pictograms(content: Content) -> None:
    """It cannot be drawn."""
    with pytest.raises(NotDrawn):
        menu_of(content, "menu.more", "en")


@pytest.mark.parametrize("name", Pictogram.__args__)  # type: ignore[attr-defined]  # a Literal's names
def test_every_pictogram(name: str) -> None:
    """Each name has a sign of its own that is seen and leaves room around it."""
    mask = pictogram(name, 100)
    box = mask.point(lambda dot: 255 * (dot > 32)).getbbox()
    assert box is not None
    assert 1 <= box[0] < box[2] <= 99
    assert 0.03 < sum(mask.tobytes()) / 255 / 10_000 < 0.6
    assert [pictogram(each, 100).tobytes() for each in SIGNS].count(mask.tobytes()) == 1

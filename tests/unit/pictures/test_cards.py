"""Cards show a result and nothing of who played; a certificate has the name that was typed for it."""

import pytest
from PIL import ImageChops

from bot.errors import NotDrawn
from bot.pictures.cards import (
    CARD,
    CERTIFICATE,
    Certificate,
    ResultCard,
    level_of,
    render_card,
    render_certificate,
)
from bot.pictures.names import clean_name
from bot.pictures.words import Said
from tests.unit.pictures.pixels import links, opened

LINK = "https://t.me/example_bot?start=quiz_warning_signs"
LEVELS = {0: "begun", 4: "good", 7: "sharp"}


def card(**other: object) -> ResultCard:
    """Return a card with whatever is other."""
    usual = {
        "quiz": Said("Spot the signs", "en"),
        "level": Said("Sharp eyes! Friends may come to you with questions now.", "en"),
        "score": Said("7 of 8", "en"),
        "right": 7,
        "asked": 8,
        "invite": Said("Now you! How many do you get?", "en"),
        "link": LINK,
    }
    return ResultCard(**(usual | other))  # type: ignore[arg-type]


def certificate(name: str = "Sari", locale: str = "en") -> Certificate:
    """Return a certificate for a name."""
    return Certificate(
        head=Said("Certificate", locale),
        given_to=Said("This goes to", locale),
        name=name,
        finished=Said("for playing this quiz to the end:", locale),
        quiz=Said("Spot the signs", locale),
        score=Said("7 of 8", locale),
        day=Said("30 July 2026", locale),
        link=LINK,
    )


@pytest.mark.parametrize(
    "made",
    [
        card(),
        card(campaign="World Day, 30 July, all cities of the youth network together"),
        card(level=Said("One of many words to be read here. " * 17, "en")),
        card(quiz=Said("တားဆီးကာကွယ်ရေး လက္ခဏာများ", "my"), level=Said("အရမ်းကောင်းပါတယ်။ " * 20, "my")),
        card(
            invite=Said("دورك الآن! كم إجابة صحيحة تحصل عليها؟", "ar"), quiz=Said("علامات", "ar")
        ),
        card(right=0, asked=1),
        card(right=40, asked=40),
    ],
)
def test_a_card_is_one_size_and_its_code_leads_to_the_quiz(made: ResultCard) -> None:
    """However long its words are, in any language, the card keeps its size, is small, and its code can be read."""
    png = render_card(made)
    image = opened(png)
    assert image.size == CARD
    assert len(png) < 150_000
    assert links(image) == [LINK]


def test_words_never_run_into_the_code() -> None:
    """The longest result that a quiz may have stands above the foot of the card, in smaller letters."""
    long, short = (
        opened(render_card(card(level=Said(text, "en")))) for text in ("word " * 120, ".")
    )
    foot = (0, 960, *CARD)
    apart = ImageChops.difference(long.crop(foot), short.crop(foot))
    # The few colours of a file differ a little from picture to picture.
    assert max(high for _, high in apart.getextrema()) < 24


def test_the_dots_tell_how_many_and_not_which() -> None:
    """Two cards with as many right answers are the same."""
    assert render_card(card()) == render_card(card())
    assert render_card(card()) != render_card(card(right=6))


@pytest.mark.parametrize(
    "name",
    [
        "Sari",
        "Maria Theresia Wulandari Kusumaningrum van den Berg de Souza",
        "ليلى أحمد",
        "မောင်မောင်",
        "李",
    ],
)
def test_a_certificate_has_its_name_inside(name: str) -> None:
    """A short or a long name, in any of our scripts, stands within the frame, and the code leads to the quiz."""
    image = opened(render_certificate(certificate(clean_name(name[:60]))))
    assert image.size == CERTIFICATE
    assert links(image) == [LINK]
    frame = image.crop((60, 60, 120, 920)).convert("L").point(lambda dot: 255 - dot)
    assert frame.getbbox() is None


def test_another_name_is_another_picture() -> None:
    """The name is really drawn."""
    assert render_certificate(certificate("Sari")) != render_certificate(certificate("Dewi"))


def test_a_name_is_not_shown_by_the_code() -> None:
    """Whoever prints a certificate's data, as in a traceback or a log, prints no name."""
    assert "Sari" not in repr(certificate("Sari"))


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [("  Sari \n Dewi ", "Sari Dewi"), ("Sa\u0000ri\u202e", "Sari"), ("A\u0308", "\u00c4")],
)
def test_a_name_is_one_line_of_letters(typed: str, drawn: str) -> None:
    """Breaks, controls and marks that turn the direction are no part of a name."""
    assert clean_name(typed) == drawn


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u202e", "x" * 61])
def test_what_is_no_name_is_refused(typed: str) -> None:
    """Nothing that could be seen, or far too much."""
    with pytest.raises(NotDrawn) as refused:
        clean_name(typed)
    assert refused.value.why == "no_name"


def test_a_name_in_letters_without_a_font_is_refused() -> None:
    """Better no certificate than one with boxes for a name."""
    with pytest.raises(NotDrawn):
        render_certificate(certificate("ᚠᚢᚦ"))


@pytest.mark.parametrize(
    ("right", "asked", "level"),
    [
        (0, 8, "begun"),
        (3, 8, "begun"),
        (4, 8, "good"),
        (8, 8, "sharp"),
        (4, 4, "sharp"),
        (2, 4, "good"),
    ],
)
def test_a_level_is_by_the_share(right: int, asked: int, level: str) -> None:
    """A shorter round reaches the same level with the same share."""
    assert level_of(LEVELS, right, asked, 8) == level

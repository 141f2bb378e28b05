"""How much hangs on a text."""

import pytest

from bot.content.load import ROOT, Content
from bot.content.ranks import RANKS, load_ranks
from bot.content.texts import Text, texts_of

TABLE = load_ranks(ROOT / "locales")


@pytest.mark.parametrize(
    ("place", "rank"),
    [
        ("flows/flows/risk.yml", "safety"),
        ("flows/flows/consent.yml", "safety"),
        ("flows/directory/emergency.yml", "safety"),
        ("flows/pages/webchat.yml", "safety"),
        ("flows/answers/refugee.yml", "answer"),
        ("flows/quizzes/warning_signs.yml", "campaign"),
        ("flows/flows/file.yml", "safety"),
        ("flows/casework/wrap_up.yml", "interface"),
        ("bot/desk/web/templates/base.html", "interface"),
        ("flows/flows/quiz.yml", "campaign"),
        ("flows/flows/new.yml", "safety"),
        ("somewhere/new.yml", "safety"),
    ],
)
def test_a_place_has_a_rank(place: str, rank: str) -> None:
    """The most precise line of the table decides; what it does not name may matter."""
    assert TABLE.of([place]) == rank


def test_a_text_has_the_highest_rank_of_its_places() -> None:
    """A word that stands on a menu and on the desk counts as the menu's."""
    places = ["bot/desk/web/templates/base.html", "flows/quizzes/a.yml", "flows/flows/menu.yml"]
    assert TABLE.of(places) == "safety"
    assert TABLE.of_texts([Text("a", place) for place in places]) == {"a": "safety"}


def test_every_place_of_the_table_is_there(content: Content) -> None:
    """A file that was renamed would silently lose its rank."""
    known = {text.where for text in texts_of(content)}
    for rank in RANKS:
        for pattern in TABLE.places.get(rank, ()):
            assert list(ROOT.glob(pattern)), pattern
    assert {"flows/flows/risk.yml", "flows/pages/translation.yml"} <= known


def test_every_text_of_the_content_has_its_rank(content: Content) -> None:
    """The words know it of each text, also where a message asks for it."""
    assert set(content.words.ranks) == {text.text for text in texts_of(content)}
    assert content.words.ranks[content.emergency[0].confidentiality] == "safety"
    assert content.words.ranks[content.answers["what_is_trafficking"].text] == "answer"

"""Pictures are drawn by their address, once for the same words, and never at the cost of the words."""

from urllib.parse import quote

import pytest
import structlog

from bot.content.load import Content
from bot.errors import NotDrawn
from bot.messages import Media, Outgoing, Picture
from bot.pictures import making
from bot.pictures.making import PATH, ServerPictures
from tests.support.flags import QUIZ, advert_question, drawing, with_question
from tests.unit.pictures.pixels import links, opened


@pytest.fixture
def pictures(content: Content) -> ServerPictures:
    """The house's pictures, of content that has a `flag` question called `seen`."""
    making._question.cache_clear()
    making._card.cache_clear()
    return drawing(content)


async def test_a_question_and_a_card_are_drawn(pictures: ServerPictures) -> None:
    """By what a message carries, in the language of the message."""
    question = await pictures.make(Media("quiz", f"quiz:{QUIZ}/seen@id"))
    card = await pictures.make(Media("card", f"card:{QUIZ}/7/8@ar"))
    assert question is not None
    assert card is not None
    assert (question.width, question.height) == opened(question.data).size
    assert links(opened(card.data)) == [f"https://t.me/b?start=quiz_{QUIZ}"]


async def test_a_card_leads_to_the_campaign_by_which_its_player_came(
    pictures: ServerPictures,
) -> None:
    """And a certificate too, also one without a name."""
    for address in (f"card:{QUIZ}/7/8/k7m2@id", f"certificate:{QUIZ}/7/8/2026-07-30//k7m2@id"):
        made = await pictures.draw(address)
        assert made is not None
        assert links(opened(made.data)) == ["https://t.me/b?start=c_k7m2"]


async def test_the_same_picture_is_drawn_once(pictures: ServerPictures) -> None:
    """A hundred people see one picture."""
    address = f"quiz:{QUIZ}/seen@id"
    assert await pictures.draw(address) is await pictures.draw(address)


async def test_an_edit_is_seen_at_once(pictures: ServerPictures, content: Content) -> None:
    """What is kept is kept by its words, so that new words are a new picture under the old address."""
    address = f"quiz:{QUIZ}/seen@en"
    before = await pictures.draw(address)
    pictures.content = with_question(content, advert_question())
    after = await pictures.draw(address)
    assert before is not None
    assert after is not None
    assert before.data != after.data


@pytest.mark.parametrize(
    "address",
    [
        "",
        "quiz",
        "quiz:",
        "@",
        f"quiz:{QUIZ}/seen",
        f"quiz:{QUIZ}/gone@id",
        f"quiz:{QUIZ}/seen@xx",
        f"quiz:{QUIZ}/seen/more@id",
        "quiz:gone/seen@id",
        f"card:{QUIZ}/9/8@id",
        f"card:{QUIZ}/0/0@id",
        f"card:{QUIZ}/-1/8@id",
        f"card:{QUIZ}/7/999@id",
        f"card:{QUIZ}/७/8@id",
        f"card:{QUIZ}/99999999/99999999@id",
        f"certificate:{QUIZ}/7/8/2026-02-30/Sari@id",
        f"card:{QUIZ}/7/8/k7%20m2@id",
        f"card:{QUIZ}/7/8/k7m2/more@id",
        f"certificate:{QUIZ}/7/8/2026-07-30/{'x' * 700}@id",
        "https://example.org/picture.png@id",
    ],
)
async def test_what_is_not_there_is_no_picture(pictures: ServerPictures, address: str) -> None:
    """A quiz that was taken out, or an address of chance, gives none, and the log says it with a code."""
    with structlog.testing.capture_logs() as logs:
        assert await pictures.draw(address) is None
    assert [line["event"] for line in logs] == ["picture_not_made"]
    assert logs[0]["why"] in {"unknown", "no_name"}
    assert set(logs[0]) == {"event", "kind", "why", "log_level"}


async def test_a_certificate_leaves_its_name_nowhere(pictures: ServerPictures) -> None:
    """It is drawn, and the name stands in no log, in no cache and in no printed message."""
    media = Media(
        "certificate", f"certificate:{QUIZ}/7/8/2026-07-30/{quote('Sari Dewi', safe='')}@id"
    )
    with structlog.testing.capture_logs() as logs:
        made = await pictures.make(media)
        await pictures.draw(f"certificate:{QUIZ}/7/8/2026-07-30/{quote('ᚠᚢᚦ Sari', safe='')}@id")
    assert isinstance(made, Picture)
    assert "Sari" not in repr(logs) + repr(media) + repr(Outgoing("x", media=(media,)))
    assert making._card.cache_info().currsize + making._question.cache_info().currsize == 0


async def test_a_broken_library_costs_the_picture_only(
    pictures: ServerPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong while drawing, the answer is none, and the log has its kind."""

    def broken(plan: object) -> Picture:
        raise OSError("a path of this machine")

    monkeypatch.setattr(making, "paint", broken)
    with structlog.testing.capture_logs() as logs:
        assert await pictures.draw(f"quiz:{QUIZ}/seen@id") is None
    assert logs == [
        {"event": "picture_not_made", "kind": "quiz", "why": "OSError", "log_level": "warning"}
    ]


def test_a_message_says_in_which_language_its_picture_is() -> None:
    """Once: a message that is written again keeps the language that it had; pictures from elsewhere have none."""
    said = Outgoing("x", media=(Media("quiz", "quiz:a/b"), Media("image", "map.png")))
    once = said.spoken_in("id")
    assert [media.url for media in once.media] == ["quiz:a/b@id", "map.png"]
    assert once.spoken_in("en") == once


def test_an_address_on_the_web_tells_no_name(pictures: ServerPictures) -> None:
    """A question's is plain, a certificate's is sealed, and each leads back to what it was."""
    plain = Media("quiz", f"quiz:{QUIZ}/seen@id")
    named = Media("certificate", f"certificate:{QUIZ}/7/8/2026-07-30/Sari@id")
    assert pictures.path_of(plain) == f"/chat/picture/quiz:{QUIZ}/seen@id.png"
    assert "Sari" not in pictures.path_of(named)
    for media in (plain, named):
        assert pictures.address_in(pictures.path_of(media).removeprefix(f"{PATH}/")) == media.url


@pytest.mark.parametrize(
    "path", ["", ".png", "x", f"certificate:{QUIZ}/7/8/2026-07-30/Sari@id.png"]
)
def test_a_certificate_is_given_to_nobody_who_makes_its_address(
    pictures: ServerPictures, path: str
) -> None:
    """Only we can write the address of one: nobody else can have any name drawn under the house's own."""
    with pytest.raises(NotDrawn):
        pictures.address_in(path)

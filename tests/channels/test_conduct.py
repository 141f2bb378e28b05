"""One contract for every channel, from a platform's own events to a person's screen; `test_contract.py` holds the port itself.

A channel plays along with an adapter in `tests/support/platforms/`. What it cannot do it declares there, with the reason, and
docs/channels.md says the same; a test is played on each channel that does not declare to lack what it asks for.
"""

import re
from pathlib import Path

import pytest

from bot.messages import MAX_TEXT_CHARS, Button, IncomingKind, Outgoing
from tests.support.platforms import PLATFORMS
from tests.support.platforms.platform import ABILITIES, ALT, Platform, Visitor
from tests.support.platforms.playing import LACKS, ids_of, playing, text_of
from tests.support.platforms.stage import Stage, options, with_picture
from tests.support.platforms.walk import ELLIPSIS
from tests.support.world import TestHouse

DOC = Path(__file__).parents[2] / "docs" / "channels.md"
WORDS = (
    "hello",
    "<b>not markup</b> & <script>alert(1)</script> *x* _y_ `z` [a](b)",
    "\u202eright to left\u202c \u0645\u0631\u062d\u0628\u0627 \u200f! \u2068Sari\u2069",
    "\u0627\u062a\u0635\u0644 \u0628\u0640 +62 812-9007-0027 (24/7)\n\n\u0634\u06a9\u0631\u06cc\u0647",
    "a family \U0001f468\u200d\U0001f469\u200d\U0001f467 and a flag \U0001f1ee\U0001f1e9",
    "\u1019\u103c\u1014\u103a\u1019\u102c \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 line\n\nline",
)


async def test_a_word_is_answered_and_an_option_leads_on(
    platform: Platform, sari: Visitor
) -> None:
    """The start is greeted, a command is known everywhere, and an option leads to its step."""
    assert text_of(await sari.write("/start"))
    assert "language.choose.en" in ids_of(await sari.write("/language"))
    assert text_of(await sari.press("language.choose.en"))
    assert platform.channel.name == sari.address.channel


@pytest.mark.parametrize("text", WORDS)
async def test_any_words_come_in_and_go_out_unchanged(
    sari: Visitor, stage: Stage, text: str
) -> None:
    """Markup, right-to-left marks, isolates, emoji and scripts without spaces are the same on both ways."""
    stage.answer = [Outgoing(text)]
    seen = await sari.write(text)
    assert [event.text for event in stage.heard] == [text]
    assert [each.text for each in seen] == [text]


@pytest.mark.parametrize("number", [1, 3, 4, 10, 11, 13, 30])
async def test_all_options_can_be_seen_and_chosen(
    sari: Visitor, stage: Stage, number: int
) -> None:
    """However many there are, each stands on the screen, and the first and the last are taken as what they are."""
    offered = options(number)
    stage.answer = [Outgoing("Choose", offered)]
    seen = await sari.write("hello")
    assert text_of(seen) == "Choose"
    assert ids_of(seen) == [button.id for button in offered]
    for button in (offered[0], offered[-1]):
        await sari.press(button.id)
        assert stage.chosen[-1] == button.id


async def test_options_that_read_the_same_are_told_apart(sari: Visitor, stage: Stage) -> None:
    """Two options with long titles that begin alike both stand there, and each is itself."""
    long = "I want to talk to somebody about my contract and my pay "
    first, second = options(2)
    titled = (Button(first.id, f"{long}now"), Button(second.id, f"{long}tomorrow"))
    stage.answer = [Outgoing("Choose", titled)]
    assert sorted(ids_of(await sari.write("hello"))) == [first.id, second.id]


@pytest.mark.parametrize("sign", ["word ", "a", "\U0001f642", "\u0645", "a\u0301"])
async def test_long_words_arrive_whole(sari: Visitor, stage: Stage, sign: str) -> None:
    """The longest text arrives in parts of which none is lost, with its options under the last."""
    text = (sign * (MAX_TEXT_CHARS // len(sign))).strip()
    stage.answer = [Outgoing(text, options(2))]
    seen = await sari.write("hello")
    joined = "".join(each.text for each in seen if each.text != ELLIPSIS)
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", text)
    assert len(ids_of(seen[-1:])) == 2


async def test_several_messages_keep_their_order(sari: Visitor, stage: Stage) -> None:
    """What is said in several messages stands there in its order."""
    stage.answer = [Outgoing(f"part {n}") for n in range(1, 6)]
    assert text_of(await sari.write("hello")) == "\n\n".join(f"part {n}" for n in range(1, 6))


@playing("files")
async def test_a_photo_is_heard_as_a_file(sari: Visitor, stage: Stage) -> None:
    """A photo and a voice message are events with a file on offer, of which nothing was fetched."""
    stage.answer = [Outgoing("I cannot see it")]
    for kind in ("photo", "voice"):
        assert text_of(await sari.send_file(kind)) == "I cannot see it"
        heard = stage.heard[-1]
        assert (heard.kind, heard.text) == (IncomingKind.UNREADABLE, kind)
        assert heard.file is not None
        assert heard.file.kind == kind


@playing("captions")
async def test_words_under_a_photo_are_read(sari: Visitor, stage: Stage) -> None:
    """What stands under a photo is a text, and the photo is on offer beside it."""
    stage.answer = [Outgoing("I have read it")]
    await sari.send_file("photo", "they took my passport")
    heard = stage.heard[-1]
    assert (heard.kind, heard.text) == (IncomingKind.TEXT, "they took my passport")
    assert heard.file is not None


@pytest.mark.parametrize("number", [0, 2, 5])
async def test_a_picture_goes_with_its_words(
    platform: Platform, sari: Visitor, stage: Stage, number: int
) -> None:
    """A picture is shown, or described where none can be; its words and options are whole either way."""
    stage.answer = [with_picture("Look at this advert", ALT, options(number))]
    seen = await sari.write("hello")
    assert "Look at this advert" in text_of(seen)
    assert ids_of(seen) == [button.id for button in options(number)]
    assert any(each.has_picture for each in seen)
    assert ("pictures" in platform.lacks) == (platform.channel.name in LACKS["pictures"])


async def test_many_words_under_a_picture_arrive_whole(sari: Visitor, stage: Stage) -> None:
    """Words that are too long for a caption are there with the picture all the same, each once."""
    text = " ".join(f"word{n}" for n in range(600))
    stage.answer = [with_picture(text, ALT, options(2))]
    seen = await sari.write("hello")
    words = [word for each in seen for word in each.text.split() if word.startswith("word")]
    assert words == text.split()
    assert sum(each.has_picture for each in seen) == 1


@playing("old_options")
async def test_an_old_option_is_still_heard(sari: Visitor, stage: Stage) -> None:
    """An option under an earlier message comes in as what it is; what it means now is the turn's to say."""
    stage.answer = [Outgoing("Choose", options(2))]
    await sari.write("hello")
    stage.answer = [Outgoing("nothing to choose")]
    await sari.write("and now")
    await sari.press("menu.main.option01")
    assert stage.chosen == ["menu.main.option01"]


@playing("links")
async def test_a_link_brings_what_it_carries(sari: Visitor, stage: Stage) -> None:
    """Whoever comes by a link begins with its payload."""
    stage.answer = [Outgoing("welcome")]
    await sari.start("c_k7m2")
    heard = stage.heard[-1]
    assert (heard.kind, heard.text) == (IncomingKind.START, "c_k7m2")


@playing("typing")
async def test_somebody_is_seen_writing(platform: Platform, sari: Visitor) -> None:
    """That somebody is writing is shown to the person."""
    await sari.write("hello")
    assert not await platform.typing_shown(sari)
    await platform.channel.show_typing(sari.address)
    assert await platform.typing_shown(sari)


async def test_typing_is_no_trouble_anywhere(platform: Platform, sari: Visitor) -> None:
    """Where it cannot be shown, nothing happens."""
    await sari.write("hello")
    await platform.channel.show_typing(sari.address)
    assert await sari.new() == []


async def test_a_language_stays_chosen(house: TestHouse, sari: Visitor) -> None:
    """The language that somebody chooses is spoken from then on, whatever the platform tells of theirs."""
    await sari.write("/language")
    await sari.press("language.choose.id")
    seen = await sari.write("/menu")
    titles = {choice.id: choice.title for each in seen for choice in each.choices}
    words, step = house.content.words, house.content.step("menu.main")
    menu = {f"menu.main.{each.id}": each.title for each in getattr(step, "choices", ())}
    assert titles.keys() & menu.keys()
    for each in titles.keys() & menu.keys():
        assert titles[each] == words.say(menu[each], "id")


def test_what_it_lacks_is_declared(doc: str) -> None:
    """Each adapter says why it lacks what it lacks, the tests are played on all the others, and the doc's table says the same."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", doc, re.MULTILINE)
    told = {ability: [cell.strip() for cell in cells.split("|")][1:] for ability, cells in rows}
    assert list(told) == list(ABILITIES)
    names = list(PLATFORMS)
    for ability in ABILITIES:
        assert {
            name for name, cell in zip(names, told[ability], strict=True) if cell == "no"
        } == LACKS[ability]


async def test_the_adapter_declares_the_same(platform: Platform) -> None:
    """What an adapter declares to lack is what its tests are left out for, each with a reason."""
    lacking = {ability for ability, names in LACKS.items() if platform.channel.name in names}
    assert set(platform.lacks) == lacking
    assert all(len(reason) > 8 for reason in platform.lacks.values())
    can = platform.channel.capabilities
    assert can.pulled == ("pushing" in platform.lacks)


def test_the_example_is_the_one_that_is_played(doc: str) -> None:
    """Every block of code in the doc stands word for word in the channel that these tests play."""
    folder = Path(__file__).parents[1] / "support" / "line"
    played = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    blocks = re.findall(r"```python\n(.*?)```", doc, re.DOTALL)
    assert blocks
    assert all(block in played for block in blocks)


@pytest.fixture(scope="module")
def doc() -> str:
    """What docs/channels.md says."""
    return DOC.read_text(encoding="utf-8")

"""Links to WhatsApp, from the number that Meta tells to the count of who came by which."""

import pytest
from sqlalchemy import select

from bot.channels.whatsapp_number import OwnNumber
from bot.store.tables import LinkCountRow
from tests.integration.campaigns.test_joining import add_link
from tests.integration.test_whatsapp import Meta
from tests.support.whatsapp_fake.graph import Fault, choices_of, words_of
from tests.support.whatsapp_fake.meta import PHONE_ID, message, text


async def opened(meta: Meta) -> dict[str, int]:
    """Return how often each link was opened."""
    async with meta.house.db.transaction() as conn:
        rows = await conn.execute(select(LinkCountRow.code, LinkCountRow.opened))
        return {row.code: row.opened for row in rows}


@pytest.mark.parametrize(
    "words", ["Halo Suar! (c_kupang)", "hello suar c_kupang", "start C_kupang"]
)
async def test_who_comes_by_a_link_is_counted(meta: Meta, words: str) -> None:
    """The greeting that a link has typed leads to the campaign and counts, as it does on Telegram; repeated by Meta, once."""
    await add_link(meta.house, "kupang")
    sent = text(meta.next_id(), words)
    said = await meta.says(sent)
    assert any(choice.startswith("campaigns.") for each in said for choice in choices_of(each))
    assert await meta.says(sent) == []
    assert await opened(meta) == {"kupang": 1}


async def test_what_was_written_beside_the_code_is_heard(meta: Meta) -> None:
    """Who changes the greeting into a call for help is helped; that they came by the link is counted too."""
    await add_link(meta.house, "kupang")
    words = "help, my boss keeps my passport and the door is locked (c_kupang)"
    said = await meta.writes(words)
    assert await opened(meta) == {"kupang": 1}
    assert "risk.support.talk" in {choice for each in said for choice in choices_of(each)}


async def test_a_quiz_is_led_to(meta: Meta) -> None:
    """A link to a quiz begins that quiz."""
    said = await meta.writes("Halo Suar! (quiz_warning_signs)")
    assert any(choice.startswith("quiz.") for each in said for choice in choices_of(each))


async def test_an_unknown_code_is_a_hello(meta: Meta) -> None:
    """A code that leads nowhere is greeted like anybody, and nothing is counted."""
    [*_, last] = await meta.writes("Halo Suar! (c_gone)")
    assert words_of(last)
    assert await opened(meta) == {}


async def test_a_caption_with_a_code_keeps_its_picture(meta: Meta) -> None:
    """A picture whose words have a code in them is still a picture."""
    await add_link(meta.house, "kupang")
    media = {"id": "65463453", "mime_type": "image/jpeg", "caption": "c_kupang"}
    assert await meta.says(message(meta.next_id(), "image", media))
    assert await opened(meta) == {"kupang": 1}


async def test_meta_is_asked_once_for_our_number(meta: Meta) -> None:
    """The number is asked for once and kept; where Meta does not answer, it is not known, and soon asked for again."""
    number = OwnNumber(meta.channel.api, PHONE_ID)
    meta.graph.node_faults.append(Fault(2))
    assert await number.get() is None
    assert await number.get() is None
    number._not_before = 0
    assert await number.get() == "628110000000"
    meta.graph.shown_number = "+1 555 010 0000"
    assert await number.get() == "628110000000"

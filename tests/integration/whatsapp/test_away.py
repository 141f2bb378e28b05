"""The database is away: whoever writes on WhatsApp is told so, in their language as far as it can be known without it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.conversation.trouble import offline
from bot.store.engine import Database
from tests.integration.test_whatsapp import Meta
from tests.support.whatsapp_fake.meta import Json, button, message, messages, text, webhook

NOWHERE = "postgresql://suar:suar@127.0.0.1:1/suar"
"""Nothing listens there."""
STICKER = message("s1", "sticker", {"id": "65463453", "mime_type": "image/webp"})
PRESS = button("b1", "menu.main")


@asynccontextmanager
async def away(meta: Meta) -> AsyncIterator[None]:
    """Let the database be away for as long as the block lasts."""
    there, nowhere = meta.gateway.conversations, Database.at(NOWHERE)
    meta.gateway.conversations = replace(there, db=nowhere)
    try:
        yield
    finally:
        meta.gateway.conversations = there
        await nowhere.close()


async def told(meta: Meta, sent: Json, **who: str | None) -> str:
    """Let somebody do something while the database is away; return what they are told. Meta is asked to bring it again."""
    before = len(meta.graph.sent)
    async with away(meta):
        assert await meta.post(webhook(messages(sent, **who))) == 503
    [words] = meta.graph.texts()[before:]
    return words


async def choose(meta: Meta, locale: str) -> None:
    """Let them choose a language."""
    for pressed in ("language.choose", f"language.choose.{locale}"):
        await meta.says(button(meta.next_id(), pressed))


def broken(meta: Meta, locale: str) -> str:
    """Return what is said in a language."""
    return offline(meta.house.content, locale).text


async def test_in_the_language_that_they_were_written_to_last(meta: Meta) -> None:
    """Who has chosen English hears it in English, whatever they press or send; another change is followed."""
    for chosen in ("en", "id"):
        await choose(meta, chosen)
        for number, sent in enumerate((PRESS, STICKER)):
            said = await told(meta, {**sent, "id": f"{chosen}-{number}"})
            assert said == broken(meta, chosen)


@pytest.mark.parametrize(
    ("words", "locale"),
    [
        ("please help me, my boss has my passport and I am afraid", "en"),
        ("tolong saya, majikan saya tidak bayar gaji", "id"),
        ("ကျွန်တော့်ကို ကူညီပါ အလုပ်ရှင်က ပတ်စပို့ သိမ်းထားတယ်", "my"),
        ("আমাকে সাহায্য করুন, মালিক আমার পাসপোর্ট রেখে দিয়েছে", "bn"),
        ("ok", "id"),
    ],
)
async def test_a_stranger_hears_it_in_what_they_write(meta: Meta, words: str, locale: str) -> None:
    """Of whom nothing is remembered, their words tell; where they tell nothing, it is the house's language."""
    assert await told(meta, text("m1", words), number=None) == broken(meta, locale)


@pytest.mark.parametrize(
    ("number", "user_id", "locale"),
    [
        ("8801700000007", None, "bn"),
        ("84900000007", None, "vi"),
        (None, "VN.13491208655302741918", "vi"),
        ("251900000007", "ET.13491208655302741918", "am"),
        ("966500000007", None, "id"),
        ("852500000007", "HK.13491208655302741918", "id"),
        ("6281200000008", None, "id"),
    ],
)
async def test_a_press_of_a_stranger_is_answered_by_where_their_number_is_from(
    meta: Meta, number: str | None, user_id: str | None, locale: str
) -> None:
    """The countries that people leave tell of their language; those that they come to do not."""
    assert await told(meta, PRESS, number=number, user_id=user_id) == broken(meta, locale)


async def test_what_they_write_counts_more_than_where_their_number_is_from(meta: Meta) -> None:
    """An English text from a number of Vietnam is answered in English."""
    words = "please help me, my boss has my passport and I am afraid"
    said = await told(meta, text("m1", words), number="84900000007", user_id=None)
    assert said == broken(meta, "en")

"""Pictures and files on WhatsApp: uploaded first, then sent by their number, with the words where they can stand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest_asyncio

from bot.channels.port import Pictures
from bot.channels.whatsapp import WhatsApp
from bot.messages import Address, Button, Media, Outgoing, Picture, SentFile
from bot.store.outbox import Letter
from tests.channels.test_contract import letter, on_whatsapp
from tests.support.whatsapp_fake.graph import Graph, running_graph
from tests.support.whatsapp_fake.meta import PHONE_ID, USER_ID

SARI = Address("whatsapp", PHONE_ID, USER_ID)
SHOWN = Media("quiz", "quiz:warning_signs/seen@id", "A. Hi!")
GONE = Media("quiz", "gone", "A. Hi!")


@dataclass(frozen=True)
class Drawn(Pictures):
    """Draws everything but what is gone."""

    async def make(self, media: Media) -> Picture | None:
        return None if media == GONE else Picture(b"\x89PNG", 10, 10)

    def path_of(self, media: Media) -> str:
        return ""


@dataclass
class Both:
    """The fake, and our side of it."""

    graph: Graph
    channel: WhatsApp

    async def send(self, sent: Letter) -> dict[str, object]:
        """Send a letter; return what arrived."""
        await self.channel.send(SARI, sent)
        return self.graph.sent[-1]


@pytest_asyncio.fixture
async def both() -> AsyncIterator[Both]:
    """WhatsApp with pictures."""
    async with running_graph() as graph, on_whatsapp(graph.base_url) as channel:
        channel.pictures = Drawn()
        yield Both(graph, channel)


async def test_words_stand_under_a_picture(both: Both) -> None:
    """Without buttons the words are the caption; where there are none, what the picture shows is said."""
    for words, caption in (("Look", "Look"), ("", SHOWN.alt)):
        sent = await both.send(letter(Outgoing(words, media=(SHOWN,))))
        image = sent["image"]
        assert isinstance(image, dict)
        assert image["caption"] == caption
        assert both.graph.media[image["id"]] == ("image/png", b"\x89PNG")


async def test_a_picture_stands_above_buttons(both: Both) -> None:
    """With buttons it is the head of the message; that cannot be drawn, the words go alone."""
    buttons = (Button("a", "A"), Button("b", "B"))
    sent = await both.send(letter(Outgoing("Look", buttons, (SHOWN,))))
    shown = sent["interactive"]
    assert isinstance(shown, dict)
    assert shown["header"]["image"]["id"] in both.graph.media
    sent = await both.send(letter(Outgoing("Look", buttons, (GONE,))))
    shown = sent["interactive"]
    assert isinstance(shown, dict)
    assert "header" not in shown


async def test_files_of_a_counsellor(both: Both) -> None:
    """A voice message goes as one, a PDF under a neutral name, a picture as a picture."""
    wanted = {
        "voice": ("audio", {"voice": True}),
        "pdf": ("document", {"caption": "Here", "filename": "document.pdf"}),
        "picture": ("image", {"caption": "Here"}),
    }
    for kind, (type_, body) in wanted.items():
        words = "" if kind == "voice" else "Here"
        file = letter(Outgoing(words, file=SentFile("1", kind)))
        sent = await both.send(replace(file, content=b"bytes"))
        made = sent[type_]
        assert isinstance(made, dict)
        assert both.graph.media[made.pop("id")][1] == b"bytes"
        assert made == body

"""Pictures of broadcasts on WhatsApp: after a day of silence the very picture that Meta has approved goes above the words that it has approved."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest_asyncio

from bot.conversation.broadcast_templates import unapproved, wanted_of
from bot.messages import Address, Picture
from bot.pictures.making import ServerPictures
from bot.store import pictures as store
from bot.store import templates
from bot.store.engine import Database
from tests.integration.campaigns.test_picture import photo, resolving
from tests.integration.campaigns.test_sending import send_all
from tests.integration.campaigns.test_whatsapp_broadcasts import DAY
from tests.integration.test_whatsapp import Meta
from tests.support.broadcasts import agree, body, ends, start_run
from tests.support.whatsapp_fake.graph import pictures_of
from tests.support.whatsapp_fake.meta import PHONE_ID, Json
from tests.support.whatsapp_talk import on_meta, template_desk
from tests.support.world import TestHouse


@dataclass
class Stage:
    """Suar on WhatsApp, which finds the pictures that staff upload."""

    meta: Meta
    pictures: ServerPictures
    ends: dict[tuple[str, str | None], int] = field(default_factory=dict)
    """What became of everybody in the last run."""

    async def keep(self, picture: Picture) -> UUID:
        """Keep a picture."""
        made = uuid4()
        async with self.meta.house.db.transaction() as conn:
            await store.add(conn, made, picture, alt={"id": "Empat teman"}, by=None)
        return made

    async def approve(self, content: Json) -> None:
        """Let Meta approve what a broadcast says, unless it does not take it in."""
        desk = template_desk(self.meta, self.pictures.draw)
        self.meta.graph.templates.approves = True
        wanted = wanted_of(self.meta.house.content, content)
        await desk.want([each for each in wanted.values() if each])
        assert await desk.sync() is None

    async def unapproved(self, content: Json) -> set[tuple[str, str]]:
        """Return in which versions and languages a broadcast is not approved."""
        async with self.meta.house.db.transaction() as conn:
            return set(await unapproved(conn, self.meta.house.content, content))

    async def send(self, content: Json, count: int) -> list[Json]:
        """Send to people who have been silent for a day; return the templates that left."""
        house, before = self.meta.house, len(self.meta.graph.sent)
        at = house.clock.now() - DAY
        addresses = [Address("whatsapp", PHONE_ID, f"ID.{uuid4().hex}") for _ in range(count)]
        readers = await agree(house.db, house.people, addresses, at=at)
        run = await start_run(house.db, readers, due_at=house.clock.now(), content=content)
        await send_all(house, run)
        self.ends = await ends(house.db, run)
        return self.meta.graph.sent[before:]


@pytest_asyncio.fixture
async def stage(house: TestHouse, db: Database) -> AsyncIterator[Stage]:
    """Suar on WhatsApp."""
    async with on_meta(house) as meta:
        meta.channel.pictures = pictures = resolving(house.content, db)
        yield Stage(meta, pictures)


def with_picture(number: UUID) -> Json:
    """Return a broadcast with a picture."""
    return body() | {"picture": str(number), "alt": {"id": "Empat teman"}}


async def test_the_approved_picture_goes_along(stage: Stage) -> None:
    """Meta's reader sees the very picture, and so does everybody who gets the template; it is uploaded once for all of them."""
    picture = photo()
    content = with_picture(await stage.keep(picture))
    await stage.approve(content)
    graph = stage.meta.graph
    assert set(graph.templates.examples.values()) == {picture.data}
    sent = await stage.send(content, 5)
    assert stage.ends == {("sent", None): 5}
    assert {each["type"] for each in sent} == {"template"}
    assert {shown for each in sent for shown in pictures_of(each)} == set(graph.media)
    assert list(graph.media.values()) == [(picture.mime, picture.data)]


async def test_another_picture_needs_another_approval(stage: Stage) -> None:
    """The same words under another picture, or under none, are not approved, and nobody who was silent gets them."""
    content = with_picture(await stage.keep(photo()))
    other = with_picture(await stage.keep(photo()))
    await stage.approve(content)
    assert await stage.unapproved(content) == set()
    assert await stage.unapproved(other) != set()
    assert await stage.unapproved(body()) == await stage.unapproved(other)
    assert await stage.send(other, 2) == []
    assert stage.ends == {("left_out", "no_template"): 2}


async def test_a_picture_that_meta_has_let_go_of_is_uploaded_anew(stage: Stage) -> None:
    """Meta may forget what was uploaded before its time: it gets it once more, and everybody gets the message."""
    picture = photo()
    content = with_picture(await stage.keep(picture))
    await stage.approve(content)
    await stage.send(content, 1)
    stage.meta.graph.media.clear()
    sent = await stage.send(content, 1)
    assert [pictures_of(each) for each in sent] == [list(stage.meta.graph.media)]
    assert list(stage.meta.graph.media.values()) == [(picture.mime, picture.data)]


async def test_a_picture_that_is_not_there_is_not_submitted(stage: Stage) -> None:
    """Words whose picture cannot be found are not taken in, and Meta is not asked about half of them."""
    await stage.approve(with_picture(uuid4()))
    kept, _ = await template_desk(stage.meta).list_kept()
    assert {each.status for each in kept} == {templates.REFUSED}
    assert stage.meta.graph.templates.created == 0

"""An uploaded picture of a message, from the database to the people who get it."""

from dataclasses import dataclass
from functools import partial
from io import BytesIO
from uuid import UUID, uuid4

import httpx
from PIL import Image
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.app.channels import _uploaded
from bot.channels.capabilities import TELEGRAM, Capabilities
from bot.channels.testing import FakeChannel
from bot.content.load import Content
from bot.gateway.webchat.pictures import ChatPictures
from bot.messages import Media, Picture
from bot.pictures.making import ServerPictures
from bot.pictures.upload import take_picture
from bot.store import pictures as store
from bot.store.engine import Database
from bot.store.tables import PictureRow
from tests.channels.test_telegram_pictures import line_to_sari
from tests.integration.campaigns.test_sending import readers_of, send_all
from tests.support.broadcasts import body, start_run
from tests.support.clock import FixedClock
from tests.support.flags import drawing
from tests.support.world import make_house


@dataclass
class SeeingChannel(FakeChannel):
    """The fake channel, which shows pictures as Telegram does."""

    capabilities: Capabilities = TELEGRAM


def photo() -> Picture:
    """Return a photo as it is kept after its upload."""
    drawn = BytesIO()
    noise = [Image.effect_noise((200, 120), 90) for _ in range(3)]
    Image.merge("RGB", noise).save(drawn, "PNG")
    made = take_picture(drawn.getvalue(), alt="Four friends on a stage")
    return Picture(made.data, made.width, made.height, made.content_type)


async def kept(campaigners: Database, picture: Picture) -> UUID:
    """Keep a picture as campaign code does."""
    made = uuid4()
    async with campaigners.transaction() as conn:
        await store.add(conn, made, picture, alt={"id": "Empat teman"}, by=None)
    return made


def resolving(content: Content, db: Database) -> ServerPictures:
    """Return what finds pictures as the house's own does."""
    pictures = drawing(content)
    pictures.uploads = partial(_uploaded, db)
    return pictures


async def test_a_message_takes_its_picture_along(
    db: Database, campaigners: Database, clock: FixedClock, content: Content
) -> None:
    """What a recipient's channel is handed names the picture and says what is on it; Telegram's people get the very bytes."""
    picture = photo()
    number = await kept(campaigners, picture)
    async with make_house(db, clock, content, SeeingChannel()) as house:
        [reader] = await readers_of(house, 1)
        said = body() | {"picture": str(number), "alt": {"id": "Empat teman"}}
        run = await start_run(house.db, [reader], due_at=clock.now(), content=said)
        await send_all(house, run)
        [(_, letter)] = house.channel.sent
    [media] = letter.message.media
    assert (media.kind, media.alt) == ("picture", "Empat teman")
    async with line_to_sari(resolving(content, db)) as line:
        await line.channel.send(line.sari, letter)
        [shown] = await line.fake.messages(int(line.sari.value))
    assert (shown.method, shown.text) == ("sendPhoto", letter.message.text)
    assert shown.file_bytes == len(picture.data)


async def test_the_web_finds_it_under_its_number(
    db: Database, campaigners: Database, content: Content
) -> None:
    """A page of the web chat loads the same bytes with their type; a number of chance finds nothing."""
    picture = photo()
    number = await kept(campaigners, picture)
    pictures = resolving(content, db)
    app = Starlette(routes=ChatPictures(pictures).routes())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://suar"
    ) as web:
        path = pictures.path_of(Media("picture", f"picture:{number}@id"))
        answer = await web.get(path)
        assert (answer.status_code, answer.content) == (200, picture.data)
        assert answer.headers["content-type"] == picture.mime == "image/jpeg"
        for address in (f"picture:{uuid4()}@id", "picture:x@id", "picture:../x@id"):
            assert (await web.get(f"/chat/picture/{address}.png")).status_code == 404


async def test_many_get_it_and_it_is_read_once(
    db: Database, campaigners: Database, content: Content
) -> None:
    """A picture that a hundred thousand people get is fetched from the database once a process, and few are remembered."""
    asked: list[UUID] = []
    numbers = [await kept(campaigners, photo()) for _ in range(10)]
    pictures = resolving(content, db)

    async def counted(number: UUID) -> Picture | None:
        asked.append(number)
        return await _uploaded(db, number)

    pictures.uploads = counted
    for number in [*numbers[:1] * 5, *numbers]:
        assert await pictures.draw(f"picture:{number}@id") is not None
    assert asked == numbers
    assert len(pictures._uploaded) == 8
    async with db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(PictureRow)) == 10

"""The channels that are set up, and the pictures that they show.

aiogram takes several seconds to import, so only a process with a Telegram token does it, in the functions below. The same holds for pywa
and WhatsApp.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from bot.campaigns.addresses import deep_link
from bot.channels.port import Channel
from bot.channels.terminal import Terminal
from bot.channels.voices import StoredVoices
from bot.channels.webchat import WebChat
from bot.channels.whatsapp_ground import Ground, StoredGround
from bot.content.load import Content
from bot.conversation.doors import Doors
from bot.messages import Picture
from bot.pictures.making import ServerPictures
from bot.settings import Settings
from bot.store import pictures as store_pictures
from bot.store.contacts import People
from bot.store.engine import Database

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram
    from bot.channels.whatsapp import WhatsApp
    from bot.channels.whatsapp_number import OwnNumber

NAME_WAIT_S = 2.0


@dataclass(frozen=True)
class Channels:
    """The channels of a process; those of platforms are None where they are not set up."""

    pictures: ServerPictures
    webchat: WebChat
    terminal: Terminal
    telegram: "Telegram | None"
    whatsapp: "WhatsApp | None"
    number: "OwnNumber | None"
    """The one that WhatsApp knows us by."""

    def by_name(self) -> dict[str, Channel]:
        """Return those that there are, by what addresses call them."""
        known: tuple[Channel | None, ...] = (
            self.webchat,
            self.terminal,
            self.telegram,
            self.whatsapp,
        )
        return {channel.name: channel for channel in known if channel is not None}

    async def doors(self, base_url: str) -> Doors:
        """Return the ways into Suar. Telegram is asked once a process, and not waited for long."""
        name = None
        with suppress(TimeoutError):
            async with asyncio.timeout(NAME_WAIT_S):
                name = await telegram_name(self.telegram)
        # WhatsApp tells our number where it is known; without it there is no link.
        number = getattr(self.whatsapp, "number", None)
        return Doors(base_url.rstrip("/"), name, number)


@asynccontextmanager
async def open_channels(
    settings: Settings, content: Content, db: Database, people: People
) -> AsyncIterator[Channels]:
    """Make the channels that are set up, and close what they hold at the end."""

    async def link(payload: str) -> str:
        name = await telegram_name(telegram)
        return deep_link(payload, base_url=settings.base_url, telegram_name=name)

    pictures = ServerPictures(content, link, people.keyring.fernet, partial(_uploaded, db))
    clock = people.clock
    async with AsyncExitStack() as stack:
        telegram = _telegram(settings, pictures)
        if telegram is not None:
            stack.push_async_callback(telegram.bot.session.close)
            telegram.voices = StoredVoices(db, clock)
        whatsapp = _whatsapp(settings, content, pictures, StoredGround(db, people, clock))
        if whatsapp is not None:
            stack.push_async_callback(whatsapp.session.aclose)
            whatsapp.voices = StoredVoices(db, clock)
        webchat, number = WebChat(pictures=pictures), _own_number(whatsapp)
        yield Channels(pictures, webchat, Terminal(), telegram, whatsapp, number)


async def telegram_name(telegram: "Telegram | None") -> str | None:
    """Return what the public bot is called on Telegram; None where there is none, or Telegram cannot be asked."""
    if telegram is None:
        return None
    from aiogram.exceptions import AiogramError  # noqa: PLC0415  # slow to import

    try:
        return (await telegram.bot.me()).username
    except AiogramError:
        return None


async def _uploaded(db: Database, picture_id: UUID) -> Picture | None:
    """Return a picture that staff have uploaded."""
    async with db.transaction(durable=False) as conn:
        return await store_pictures.find(conn, picture_id)


def _telegram(settings: Settings, pictures: ServerPictures) -> "Telegram | None":
    if settings.telegram_token is None:
        return None
    from bot.channels.telegram import Telegram, make_bot  # noqa: PLC0415  # see above

    return Telegram(
        make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url),
        pictures=pictures,
    )


def _whatsapp(
    settings: Settings, content: Content, pictures: ServerPictures, ground: Ground
) -> "WhatsApp | None":
    access = settings.whatsapp
    if access is None:
        return None
    from bot.channels.whatsapp import WhatsApp, make_session  # noqa: PLC0415  # see above

    session, api = make_session(access.api_url, access.token)

    def label(key: str, locale: str | None) -> str:
        words = content.pages["whatsapp"][key]
        return content.words.say(words, locale or settings.default_locale)[:20]

    choose, further = partial(label, "choose"), partial(label, "further")
    return WhatsApp(
        api, session, access.phone_id, ground, choose, further=further, pictures=pictures
    )


def _own_number(whatsapp: "WhatsApp | None") -> "OwnNumber | None":
    if whatsapp is None:
        return None
    from bot.channels.whatsapp_number import OwnNumber  # noqa: PLC0415  # see above

    return OwnNumber(whatsapp.api, whatsapp.account)

"""What every role shares, built and closed in one place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.app.channels import Channels, open_channels, telegram_name
from bot.app.keys import dsn_of, keyring_of
from bot.channels.delivery import Delivery
from bot.channels.terminal import Terminal
from bot.channels.webchat import WebChat
from bot.channels.whatsapp_links import wa_link
from bot.clock import SystemClock
from bot.content.load import Content, load_content
from bot.conversation.service import Conversations
from bot.editing.live import LiveContent
from bot.jobs.procrastinate_queue import JobQueue, make_app
from bot.pictures.making import ServerPictures
from bot.settings import Settings
from bot.store.campaigning import ROLE
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.holder import Holder
from bot.store.keys import get_lookup
from bot.store.notices import Ear
from bot.store.paces import Limits
from bot.understanding.lexicon import load_lexicon
from bot.understanding.rasa import RasaClient
from bot.understanding.service import Reader

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram
    from bot.channels.whatsapp import WhatsApp
    from bot.channels.whatsapp_number import OwnNumber
    from bot.conversation.template_desk import TemplateDesk


@dataclass(frozen=True)
class House:
    """What every role shares."""

    settings: Settings
    dsn: str
    db: Database
    campaigners: Database
    """The same one as campaign code sees it."""
    people: People
    clock: SystemClock
    live: LiveContent
    ear: Ear
    nlu: RasaClient
    conversations: Conversations
    delivery: Delivery
    queue: JobQueue
    holder: Holder
    webchat: WebChat
    terminal: Terminal
    telegram: "Telegram | None"
    whatsapp: "WhatsApp | None"
    number: "OwnNumber | None"
    pictures: ServerPictures

    @property
    def content(self) -> Content:
        """What is said now."""
        return self.live.content

    @property
    def templates(self) -> "TemplateDesk | None":
        """What asks Meta to approve words; None where WhatsApp is off, or its business account is not named."""
        access = self.settings.whatsapp
        if self.whatsapp is None or access is None or access.business_account is None:
            return None
        # pywa is slow to import, so only a process that speaks WhatsApp does it.
        from bot.channels.whatsapp_templates import TemplateApi  # noqa: PLC0415  # see above
        from bot.conversation.template_desk import TemplateDesk  # noqa: PLC0415  # see above

        api = TemplateApi(self.whatsapp.api, access.business_account, self.pictures.draw)
        return TemplateDesk(self.db, self.clock, self.queue, api)

    async def telegram_name(self) -> str | None:
        """Return what the public bot is called on Telegram; None where there is none, or Telegram cannot be asked."""
        return await telegram_name(self.telegram)

    async def whatsapp_link(self, payload: str) -> str | None:
        """Return the address that opens Suar on WhatsApp with a payload; None where it is off, or our number is not known."""
        digits = None if self.number is None else await self.number.get()
        if digits is None:
            return None
        text, locale = self.content.pages["whatsapp"]["hello"], self.settings.default_locale
        return wa_link(digits, self.content.words.say(text, locale, code=payload))


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Build what every role shares, and close it at the end.

    Raises:
        SetupError: The keys do not fit the database, or something is missing.
        ContentError: A flow or a catalogue is wrong.
        StoreUnavailable: The database is away.
    """
    dsn = dsn_of(settings)
    content = load_content()
    db, campaigners = Database.at(dsn), Database.at(dsn, pool_size=2, role=ROLE)
    clock, holder, ear = SystemClock(), Holder(dsn), Ear(dsn)
    keyring = keyring_of(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        stack.push_async_callback(campaigners.close)
        async with db.transaction() as conn:
            lookup = await get_lookup(conn, keyring)
        people = People(keyring, lookup, clock)
        nlu = _nlu(settings)
        stack.push_async_callback(nlu.close)
        channels = await stack.enter_async_context(open_channels(settings, content, db, people))
        queue = JobQueue(make_app(dsn))
        delivery = Delivery(db, people, channels.by_name(), queue, clock, holder.number)
        reader = Reader(nlu, load_lexicon())
        conversations = _conversations(settings, content, reader, delivery, channels)
        live = LiveContent(db, clock, content)
        live.feed(conversations, channels.pictures)
        await live.look()
        for work in (holder.run(), delivery.look_after(), ear.run(), live.run(ear)):
            stack.callback(asyncio.create_task(work).cancel)
        await holder.held()
        yield House(
            settings, dsn, db, campaigners, people, clock, live, ear, nlu, conversations, delivery, queue,
            holder, channels.webchat, channels.terminal, channels.telegram, channels.whatsapp, channels.number,
            channels.pictures,
        )  # fmt: skip


def _nlu(settings: Settings) -> RasaClient:
    urls = [url.strip() for url in (settings.nlu_url or "").split(",") if url.strip()]
    token = settings.nlu_token.get_secret_value() if settings.nlu_token else None
    # Without an address every question is refused at once, and the lexicon and the menus carry on.
    return RasaClient(urls or ["http://127.0.0.1:9"], token, settings.nlu_deadline_s)


def _conversations(
    settings: Settings, content: Content, reader: Reader, delivery: Delivery, channels: Channels
) -> Conversations:
    return Conversations(
        db=delivery.db,
        people=delivery.people,
        content=content,
        reader=reader,
        delivery=delivery,
        clock=delivery.clock,
        default_locale=settings.default_locale,
        buffer_for=timedelta(hours=settings.buffer_hours),
        public_url=settings.base_url.rstrip("/"),
        limits=Limits.of(settings.pace_burst),
        find_doors=partial(channels.doors, settings.base_url),
    )

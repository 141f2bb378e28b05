"""The composition root: one object graph per role, and the only place that knows concrete classes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from bot.campaigns.addresses import deep_link
from bot.campaigns.broadcast import Ground as CampaignGround
from bot.campaigns.firing import look
from bot.campaigns.store_broadcasts import Broadcasts
from bot.channels.bulk import Bulk
from bot.channels.delivery import Delivery
from bot.channels.port import Channel
from bot.channels.terminal import Terminal
from bot.channels.voices import StoredVoices
from bot.channels.webchat import WebChat
from bot.channels.whatsapp_ground import Ground, StoredGround
from bot.channels.whatsapp_links import wa_link
from bot.clock import SystemClock
from bot.content.load import Content, load_content
from bot.conversation.asked import Asked
from bot.conversation.broadcasting import Broadcasting
from bot.conversation.doors import Doors
from bot.conversation.referring import Referring
from bot.conversation.service import Conversations
from bot.conversation.talks import Talks
from bot.desk.telegram.services import StaffBotServices
from bot.desk.web.app import desk_routes
from bot.desk.web.pages import Pages
from bot.desk.web.services import DeskServices, Studio
from bot.editing.live import LiveContent
from bot.errors import SetupError
from bot.gateway.calendar import EventCalendar
from bot.gateway.health import Health
from bot.gateway.results.page import ResultPages
from bot.gateway.webchat.door import Door
from bot.gateway.webchat.files import ChatFiles
from bot.gateway.webchat.leaving import ChatLeaving
from bot.gateway.webchat.page import ChatPage
from bot.gateway.webchat.pictures import ChatPictures
from bot.gateway.webchat.recordings import ChatRecordings
from bot.gateway.webchat.socket import ChatSocket
from bot.gateway.webchat.theme import load_theme
from bot.jobs.broadcaster import Broadcaster
from bot.jobs.procrastinate_queue import JobQueue, make_app
from bot.jobs.recovery import Recovery
from bot.jobs.vanisher import Vanisher
from bot.jobs.worker import Worker
from bot.messages import Picture
from bot.pictures.making import ServerPictures
from bot.settings import Settings
from bot.store import pictures as store_pictures
from bot.store.campaigning import ROLE
from bot.store.contacts import People
from bot.store.crypto import Keyring, read_or_make_secret_keys
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
    from bot.gateway.telegram import TelegramGateway
    from bot.gateway.telegram_ways import WayIn

# aiogram takes several seconds to import, so only a process with a Telegram token does it, in the functions below. The same
# holds for python-telegram-bot and the staff's bot, and for pywa and WhatsApp.

log = structlog.get_logger(__name__)

INTRODUCE_AGAIN_S = 5.0
NAME_WAIT_S = 2.0
_WITHOUT_CHANNELS = dict.fromkeys(
    (
        "telegram_token",
        "whatsapp_token",
        "whatsapp_phone_id",
        "whatsapp_app_secret",
        "whatsapp_verify_token",
    )
)


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
        from bot.channels.whatsapp_templates import TemplateApi  # noqa: PLC0415  # see above
        from bot.conversation.template_desk import TemplateDesk  # noqa: PLC0415  # see above

        api = TemplateApi(self.whatsapp.api, access.business_account)
        return TemplateDesk(self.db, self.clock, self.queue, api)

    async def telegram_name(self) -> str | None:
        """Return what the public bot is called on Telegram; None where there is none, or Telegram cannot be asked."""
        return await _telegram_name(self.telegram)

    async def whatsapp_link(self, payload: str) -> str | None:
        """Return the address that opens Suar on WhatsApp with a payload; None where it is off, or our number is not known."""
        digits = None if self.number is None else await self.number.get()
        if digits is None:
            return None
        text, locale = self.content.pages["whatsapp"]["hello"], self.settings.default_locale
        return wa_link(digits, self.content.words.say(text, locale, code=payload))


async def _telegram_name(telegram: "Telegram | None") -> str | None:
    if telegram is None:
        return None
    from aiogram.exceptions import AiogramError  # noqa: PLC0415  # slow to import

    try:
        return (await telegram.bot.me()).username
    except AiogramError:
        return None


async def _doors(
    settings: Settings, telegram: "Telegram | None", whatsapp: "WhatsApp | None"
) -> Doors:
    """Return which channels are set up. Telegram is asked once a process, and not waited for long."""
    name = None
    with suppress(TimeoutError):
        async with asyncio.timeout(NAME_WAIT_S):
            name = await _telegram_name(telegram)
    # WhatsApp tells our number where it is known; without it there is no link.
    number = getattr(whatsapp, "number", None)
    return Doors(settings.base_url.rstrip("/"), name, number)


def keyring_of(settings: Settings) -> Keyring:
    """Return the secret keys: from the environment, else from the data folder, where the first run makes one."""
    given = tuple(key.get_secret_value() for key in settings.secret_keys)
    return Keyring.of(given or read_or_make_secret_keys(settings.data_dir))


def dsn_of(settings: Settings) -> str:
    """Return the database's address.

    Raises:
        SetupError: SUAR_DATABASE_URL is not set.
    """
    if not settings.database_url:
        raise SetupError("SUAR_DATABASE_URL is not set; `suar run` starts a database of its own.")
    return settings.database_url


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
    clock = SystemClock()
    holder = Holder(dsn)
    keyring = keyring_of(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        stack.push_async_callback(campaigners.close)
        async with db.transaction() as conn:
            lookup = await get_lookup(conn, keyring)
        people = People(keyring, lookup, clock)
        nlu = _nlu(settings)
        stack.push_async_callback(nlu.close)

        async def link(payload: str) -> str:
            name = await _telegram_name(telegram)
            return deep_link(payload, base_url=settings.base_url, telegram_name=name)

        pictures = ServerPictures(content, link, keyring.fernet, partial(_uploaded, db))
        webchat, terminal = WebChat(pictures=pictures), Terminal()
        telegram = _telegram(settings, pictures)
        if telegram is not None:
            stack.push_async_callback(telegram.bot.session.close)
        channels: dict[str, Channel] = {webchat.name: webchat, terminal.name: terminal}
        if telegram is not None:
            telegram.voices = StoredVoices(db, clock)
            channels[telegram.name] = telegram
        whatsapp = _whatsapp(settings, content, pictures, StoredGround(db, people, clock))
        if whatsapp is not None:
            stack.push_async_callback(whatsapp.session.aclose)
            whatsapp.voices = StoredVoices(db, clock)
            channels[whatsapp.name] = whatsapp
        number = _own_number(whatsapp)
        queue = JobQueue(make_app(dsn))
        delivery = Delivery(db, people, channels, queue, clock, holder.number)
        conversations = Conversations(
            db=db,
            people=people,
            content=content,
            reader=Reader(nlu, load_lexicon()),
            delivery=delivery,
            clock=clock,
            default_locale=settings.default_locale,
            buffer_for=timedelta(hours=settings.buffer_hours),
            public_url=settings.base_url.rstrip("/"),
            limits=Limits.of(settings.pace_burst),
            find_doors=partial(_doors, settings, telegram, whatsapp),
        )
        live, ear = LiveContent(db, clock, content), Ear(dsn)
        live.feed(conversations, pictures)
        await live.look()
        for work in (holder.run(), delivery.look_after(), ear.run(), live.run(ear)):
            stack.callback(asyncio.create_task(work).cancel)
        await holder.held()
        yield House(
            settings, dsn, db, campaigners, people, clock, live, ear, nlu, conversations, delivery, queue,
            holder, webchat, terminal, telegram, whatsapp, number, pictures,
        )  # fmt: skip


async def _uploaded(db: Database, picture_id: UUID) -> Picture | None:
    """Return a picture that staff have uploaded."""
    async with db.transaction(durable=False) as conn:
        return await store_pictures.find(conn, picture_id)


def _nlu(settings: Settings) -> RasaClient:
    urls = [url.strip() for url in (settings.nlu_url or "").split(",") if url.strip()]
    token = settings.nlu_token.get_secret_value() if settings.nlu_token else None
    # Without an address every question is refused at once, and the lexicon and the menus carry on.
    return RasaClient(urls or ["http://127.0.0.1:9"], token, settings.nlu_deadline_s)


def _asked(house: House) -> Asked:
    asked = Asked(house.db, house.nlu, house.conversations.reader, house.content)
    house.live.feed(asked)
    return asked


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


def make_web(settings: Settings) -> Starlette:
    """Return the web role: chat, desk, webhooks, health; polling too, where it is set.

    Raises:
        SetupError: The webhook's secret is missing.
    """
    if settings.telegram_token is not None:
        _webhook(settings)  # Refused before anything is opened, so that nothing is stopped midway.
    _ = settings.whatsapp  # Likewise.
    app = Starlette(middleware=[Middleware(GZipMiddleware, minimum_size=600)])
    app.state.stopping = stopping = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_house(settings) as house, AsyncExitStack() as stack:
            gateway = _telegram_gateway(house)
            way = gateway and gateway.way_in(_webhook(settings))
            app.router.routes.extend(_routes(house, stopping, way))
            background = [_asked(house).run()]
            if gateway is not None and way is not None:
                background += [_introduce(house), way.run()]
                app.router.routes.append(
                    Route("/telegram/webhook", gateway.webhook, methods=["POST"])
                )
            app.router.routes.extend(_whatsapp_routes(house))
            if house.number is not None:
                background.append(house.number.learn())
            for work in background:
                task = asyncio.create_task(work)
                stack.callback(task.cancel)
            yield

    app.router.lifespan_context = lifespan
    return app


def _routes(house: House, stopping: asyncio.Event, way: "WayIn | None") -> list[BaseRoute]:
    settings, ear = house.settings, house.ear
    health = Health(
        house.db,
        house.nlu,
        way,
        house.live,
        house.whatsapp is not None,
        house.conversations.reader,
    )
    page = ChatPage(
        house.content,
        settings.default_locale,
        settings.quick_exit_url,
        settings.base_url,
        settings.chat_sites,
        load_theme(settings.chat_theme),
    )
    house.live.feed(page)
    door = Door(settings.chat_new_per_minute)
    socket = ChatSocket(
        house.webchat, house.conversations, ear, house.holder.number, door, page.stamp
    )
    files = ChatFiles(house.conversations)
    desk = DeskServices(
        db=house.db,
        people=house.people,
        clock=house.clock,
        words=house.content.words,
        content=lambda: house.content,
        live=house.live,
        ear=ear,
        secure_cookies=settings.base_url.startswith("https://"),
        talks=Talks(house.conversations),
        referring=Referring(house.conversations),
        studio=_studio(house),
        templates=house.templates,
        health=health.parts,
        stopping=stopping,
        staff_bot=settings.staff_telegram_token is not None,
    )
    return [
        *page.routes(),
        *_public(house).routes(),
        *socket.routes(),
        *files.routes(),
        *ChatLeaving(house.conversations).routes(),
        *ChatPictures(house.pictures).routes(),
        *ChatRecordings(house.db).routes(),
        *EventCalendar(house.campaigners, house.content.words, settings.base_url).routes(),
        *desk_routes(desk),
        *health.routes(),
    ]


def _public(house: House) -> ResultPages:
    pages = ResultPages(
        house.content,
        house.campaigners,
        house.people.lookup,
        house.clock,
        house.settings.default_locale,
    )
    house.live.feed(pages)
    return pages


def _studio(house: House) -> Studio:
    settings = house.settings
    broadcasts = Broadcasts(
        house.campaigners, house.clock, lambda: house.content, settings.timezone
    )
    return Studio(
        db=house.campaigners,
        broadcasts=broadcasts,
        home=settings.timezone,
        base_url=settings.base_url,
        telegram_name=house.telegram_name,
        per_second=settings.broadcast_per_second,
        whatsapp_link=house.whatsapp_link,
    )


def _telegram_gateway(house: House) -> "TelegramGateway | None":
    if house.telegram is None:
        return None
    from bot.gateway.telegram import TelegramGateway  # noqa: PLC0415  # see above

    secret = house.settings.telegram_webhook_secret
    return TelegramGateway(
        house.telegram,
        house.conversations,
        secret.get_secret_value() if secret else None,
        house.dsn,
    )


def _whatsapp_routes(house: House) -> list[Route]:
    access = house.settings.whatsapp
    if house.whatsapp is None or access is None:
        return []
    from bot.gateway.whatsapp import WhatsAppGateway  # noqa: PLC0415  # see above

    gateway = WhatsAppGateway(
        house.whatsapp,
        house.conversations,
        access.app_secret,
        access.verify_token,
        access.business_account,
    )
    return gateway.routes()


def _webhook(settings: Settings) -> tuple[str, str] | None:
    """Return the address and the secret of our webhook; None for polling.

    Raises:
        SetupError: The secret is missing.
    """
    if settings.telegram_mode != "webhook":
        return None
    secret = settings.telegram_webhook_secret
    if secret is None:
        raise SetupError("SUAR_TELEGRAM_WEBHOOK_SECRET is needed for the webhook.")
    return f"{settings.base_url}/telegram/webhook", secret.get_secret_value()


async def _introduce(house: House) -> None:
    """Tell Telegram our commands: beside everything else, until it has listened."""
    from bot.gateway.telegram import introduce  # noqa: PLC0415  # see above

    assert house.telegram is not None
    words, texts = house.content.words, house.content.pages["telegram"]
    commands = {
        code: {name: words.say(text, code) for name, text in texts.items()}
        for code in words.released
    }
    commands[""] = commands[house.settings.default_locale]
    while True:
        try:
            await introduce(house.telegram.bot, commands)
        except Exception as exc:
            log.warning("telegram_not_introduced", error=type(exc).__name__)
            await asyncio.sleep(INTRODUCE_AGAIN_S)
        else:
            return


async def run_worker(settings: Settings) -> None:
    """The worker role."""
    async with open_house(settings) as house:
        pushed = [
            name
            for name, channel in house.delivery.channels.items()
            if not channel.capabilities.pulled
        ]
        broadcasting = Broadcasting(house.conversations, house.holder.number, settings.timezone)
        bulk = Bulk(house.delivery.channels, settings.broadcast_per_second)
        recovery = Recovery(house.db, house.conversations, house.delivery, house.clock, pushed)
        await Worker(
            make_app(house.dsn, pool_size=8),
            house.db,
            house.delivery,
            recovery,
            house.clock,
            house.conversations.buffer_for,
            Broadcaster(broadcasting, bulk, house.dsn),
            Vanisher(house.db, house.people, bulk, house.clock),
            settings.timezone,
            templates=house.templates,
            campaigns=lambda: look(
                house.campaigners,
                clock=house.clock,
                ground=CampaignGround.of(house.content, settings.timezone),
            ),
        ).run()


async def run_staff_bot(settings: Settings) -> None:
    """The role of the staff's Telegram bot. It holds no token of the public one: what it sends to people the worker takes.

    Raises:
        SetupError: Its token is missing, or Telegram does not know it.
    """
    token = settings.staff_telegram_token
    if token is None:
        raise SetupError("SUAR_STAFF_TELEGRAM_TOKEN is not set; @BotFather gives one.")
    from bot.desk.telegram.bot import StaffBot, make_application  # noqa: PLC0415  # see above

    group = settings.staff_telegram_chat if settings.staff_telegram_topics != "off" else None
    app = make_application(token.get_secret_value(), settings.telegram_api_url)
    async with open_house(settings.model_copy(update=_WITHOUT_CHANNELS)) as house:
        services = StaffBotServices(
            db=house.db,
            people=house.people,
            clock=house.clock,
            pages=Pages(house.content.words),
            talks=Talks(house.conversations),
            ear=house.ear,
            base_url=settings.base_url,
            group=group,
        )
        await StaffBot(services, app).run()

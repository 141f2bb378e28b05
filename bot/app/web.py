"""The web role: chat, desk, webhooks, public pages, health; polling too, where it is set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from bot.app.desk import desk_services
from bot.app.gateways import (
    introduce_to_telegram,
    telegram_gateway,
    telegram_webhook,
    whatsapp_routes,
)
from bot.app.house import House, open_house
from bot.conversation.asked import Asked
from bot.desk.web.app import desk_routes
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
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.gateway.telegram_ways import WayIn


def make_web(settings: Settings) -> Starlette:
    """Return the web role: chat, desk, webhooks, health; polling too, where it is set.

    Raises:
        SetupError: The webhook's secret is missing.
    """
    # Refused before anything is opened, so that nothing is stopped midway.
    if settings.telegram_token is not None:
        telegram_webhook(settings)
    _ = settings.whatsapp
    app = Starlette(middleware=[Middleware(GZipMiddleware, minimum_size=600)])
    app.state.stopping = stopping = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_house(settings) as house, AsyncExitStack() as stack:
            gateway = telegram_gateway(house)
            way = gateway and gateway.way_in(telegram_webhook(settings))
            app.router.routes.extend(_routes(house, stopping, way))
            background = [_asked(house).run()]
            if gateway is not None and way is not None:
                background += [introduce_to_telegram(house), way.run()]
                app.router.routes.append(
                    Route("/telegram/webhook", gateway.webhook, methods=["POST"])
                )
            app.router.routes.extend(whatsapp_routes(house))
            if house.number is not None:
                background.append(house.number.learn())
            for work in background:
                task = asyncio.create_task(work)
                stack.callback(task.cancel)
            yield

    app.router.lifespan_context = lifespan
    return app


def _asked(house: House) -> Asked:
    asked = Asked(house.db, house.nlu, house.conversations.reader, house.content)
    house.live.feed(asked)
    return asked


def _routes(house: House, stopping: asyncio.Event, way: "WayIn | None") -> list[BaseRoute]:
    health = Health(
        house.db,
        house.nlu,
        way,
        house.live,
        house.whatsapp is not None,
        house.conversations.reader,
    )
    return [
        *_chat(house),
        *_public(house),
        *desk_routes(desk_services(house, health, stopping)),
        *health.routes(),
    ]


def _chat(house: House) -> list[BaseRoute]:
    """The web chat: its page, its socket, and what both show."""
    settings = house.settings
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
        house.webchat, house.conversations, house.ear, house.holder.number, door, page.stamp
    )
    return [
        *page.routes(),
        *socket.routes(),
        *ChatFiles(house.conversations).routes(),
        *ChatLeaving(house.conversations).routes(),
        *ChatPictures(house.pictures).routes(),
        *ChatRecordings(house.db).routes(),
    ]


def _public(house: House) -> list[BaseRoute]:
    """What everybody can open: what quizzes have taught, and the dates of events."""
    settings, campaigners = house.settings, house.campaigners
    results = ResultPages(
        house.content, campaigners, house.people.lookup, house.clock, settings.default_locale
    )
    house.live.feed(results)
    events = EventCalendar(campaigners, house.content.words, settings.base_url)
    return [*results.routes(), *events.routes()]

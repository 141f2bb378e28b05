"""Staff's web app: the hotline's desk, and the studio for campaigns, which works under a database role of its own."""

import asyncio

from bot.app.house import House
from bot.campaigns.store_broadcasts import Broadcasts
from bot.conversation.referring import Referring
from bot.conversation.talks import Talks
from bot.desk.web.services import DeskServices, Studio
from bot.gateway.health import Health


def desk_services(house: House, health: Health, stopping: asyncio.Event) -> DeskServices:
    """Return what the desk's pages work with; `stopping` ends what they hold open."""
    settings = house.settings
    return DeskServices(
        db=house.db,
        people=house.people,
        clock=house.clock,
        words=house.content.words,
        content=lambda: house.content,
        live=house.live,
        ear=house.ear,
        secure_cookies=settings.base_url.startswith("https://"),
        talks=Talks(house.conversations),
        referring=Referring(house.conversations),
        studio=_studio(house),
        templates=house.templates,
        health=health.parts,
        stopping=stopping,
        staff_bot=settings.staff_telegram_token is not None,
    )


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

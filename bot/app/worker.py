"""The worker role: what is done in the background, the sending of broadcasts among it."""

from bot.app.house import House, open_house
from bot.campaigns.broadcast import Ground
from bot.campaigns.firing import look
from bot.channels.bulk import Bulk
from bot.conversation.broadcasting import Broadcasting
from bot.jobs.broadcaster import Broadcaster
from bot.jobs.procrastinate_queue import make_app
from bot.jobs.recovery import Recovery
from bot.jobs.vanisher import Vanisher
from bot.jobs.worker import Worker
from bot.settings import Settings


async def run_worker(settings: Settings) -> None:
    """The worker role."""
    async with open_house(settings) as house:
        await _worker(house).run()


def _worker(house: House) -> Worker:
    settings, channels = house.settings, house.delivery.channels
    pushed = [name for name, channel in channels.items() if not channel.capabilities.pulled]
    broadcasting = Broadcasting(house.conversations, house.holder.number, settings.timezone)
    bulk = Bulk(channels, settings.broadcast_per_second)
    return Worker(
        make_app(house.dsn, pool_size=8),
        house.db,
        house.delivery,
        Recovery(house.db, house.conversations, house.delivery, house.clock, pushed),
        house.clock,
        house.conversations.buffer_for,
        Broadcaster(broadcasting, bulk, house.dsn),
        Vanisher(house.db, house.people, bulk, house.clock),
        settings.timezone,
        templates=house.templates,
        campaigns=lambda: look(
            house.campaigners,
            clock=house.clock,
            ground=Ground.of(house.content, settings.timezone),
        ),
    )

"""The role of the staff's Telegram bot."""

from bot.app.house import open_house
from bot.conversation.talks import Talks
from bot.desk.telegram.services import StaffBotServices
from bot.desk.web.pages import Pages
from bot.errors import SetupError
from bot.settings import Settings

_WITHOUT_CHANNELS = dict.fromkeys(
    (
        "telegram_token",
        "whatsapp_token",
        "whatsapp_phone_id",
        "whatsapp_app_secret",
        "whatsapp_verify_token",
    )
)


async def run_staff_bot(settings: Settings) -> None:
    """The role of the staff's Telegram bot. It holds no token of the public one: what it sends to people the worker takes.

    Raises:
        SetupError: Its token is missing, or Telegram does not know it.
    """
    token = settings.staff_telegram_token
    if token is None:
        raise SetupError("SUAR_STAFF_TELEGRAM_TOKEN is not set; @BotFather gives one.")
    # python-telegram-bot is slow to import, so only this role does it.
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

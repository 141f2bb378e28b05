"""The ways in of the platforms: Telegram's webhook or polling, and WhatsApp's webhook.

Their clients are slow to import, so only a process with a token does it, in the functions below.
"""

import asyncio
from typing import TYPE_CHECKING

import structlog
from starlette.routing import Route

from bot.app.house import House
from bot.errors import SetupError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.gateway.telegram import TelegramGateway

log = structlog.get_logger(__name__)

INTRODUCE_AGAIN_S = 5.0


def telegram_gateway(house: House) -> "TelegramGateway | None":
    """Return what takes in Telegram's updates; None where it is off."""
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


def whatsapp_routes(house: House) -> list[Route]:
    """Return the routes of WhatsApp's webhook; none where it is off."""
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


def telegram_webhook(settings: Settings) -> tuple[str, str] | None:
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


async def introduce_to_telegram(house: House) -> None:
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

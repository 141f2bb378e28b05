"""What `suar doctor` finds of the public bot: is it known, do its news come in, and do all processes agree how."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psycopg
from aiogram.exceptions import AiogramError
from aiogram.types import WebhookInfo

from bot.channels.telegram import make_bot
from bot.errors import SetupError
from bot.gateway.telegram_hook import is_failing
from bot.gateway.telegram_ways import ways_stood_for
from bot.store.engine import libpq_url

MEND_TOKEN = "check SUAR_TELEGRAM_TOKEN with @BotFather, and the network"  # noqa: S105  # advice
MEND_HOOK = "can Telegram reach SUAR_PUBLIC_URL over HTTPS with a valid certificate? What waits is kept there for a day"
MEND_WAYS = "set SUAR_TELEGRAM_MODE alike everywhere and start the older processes again; until then the youngest decides"


@dataclass(frozen=True)
class Examined:
    """What was found."""

    well: bool
    words: str
    mend: str = ""


async def examine_bot(token: str, api_url: str, mode: str, hook: str, dsn: str) -> Examined:
    """Ask Telegram, and the database for what its processes stand for.

    Args:
        token: The bot's.
        api_url: Where the Bot API is.
        mode: `polling` or `webhook`, as it is set here.
        hook: The address of our webhook.
        dsn: The database; where it does not answer, only Telegram is asked.
    """
    try:
        bot = make_bot(token, api_url)
    except SetupError as exc:
        return Examined(False, str(exc), MEND_TOKEN)
    try:
        me, info = await bot.get_me(), await bot.get_webhook_info()
    except (AiogramError, OSError) as exc:
        return Examined(False, type(exc).__name__, MEND_TOKEN)
    finally:
        await bot.session.close()
    stood = await _stood_for(dsn)
    known = f"signed in as @{me.username}, {mode}"
    if len(stood) > 1:
        return Examined(False, f"{known}; processes of both ways are running", MEND_WAYS)
    return _judged(known, info, mode, hook, is_running=bool(stood))


def _judged(known: str, info: WebhookInfo, mode: str, hook: str, *, is_running: bool) -> Examined:
    waiting = f"{info.pending_update_count} wait"
    if is_failing(info, datetime.now(UTC)):
        found = f"{known}; Telegram cannot deliver ({info.last_error_message}), {waiting}"
        return Examined(False, found, MEND_HOOK)
    if is_running and mode == "webhook" and info.url != hook:
        where = urlsplit(info.url).hostname or "nowhere"
        mend = "is SUAR_PUBLIC_URL right, and does no other program use this bot?"
        return Examined(False, f"{known}; Telegram delivers to {where}, {waiting}", mend)
    if is_running and mode == "polling" and info.url:
        mend = (
            "does another program use this bot? Start `suar web` again; it takes the webhook back"
        )
        return Examined(False, f"{known}; Telegram delivers to a webhook, {waiting}", mend)
    return Examined(True, known)


async def _stood_for(dsn: str) -> set[str]:
    try:
        conn = await psycopg.AsyncConnection.connect(
            libpq_url(dsn), autocommit=True, connect_timeout=5
        )
        async with conn:
            return {str(way) for way in await ways_stood_for(conn)}
    except (psycopg.Error, OSError):
        return set()

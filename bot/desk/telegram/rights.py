"""Asks Telegram whether the staff's bot could do its work: for `suar doctor`, so the words are for an operator."""

from dataclasses import dataclass

from telegram import Bot, ChatMemberAdministrator
from telegram.error import InvalidToken, TelegramError

from bot.desk.telegram.bot import make_application
from bot.errors import SetupError

MEND_TOKEN = "check SUAR_STAFF_TELEGRAM_TOKEN with @BotFather, and the network"  # noqa: S105  # no token
MEND_CHAT = "check SUAR_STAFF_TELEGRAM_CHAT, and that the bot is in that group"
MEND_TOPICS = "switch topics on in the group's settings"
MEND_RIGHTS = (
    "make the bot an administrator of the group that may manage topics and delete messages"
)


@dataclass(frozen=True)
class Found:
    """What was found of the bot."""

    well: bool
    words: str
    mend: str = ""


async def examine_bot(token: str, api_url: str, group: int | None) -> Found:
    """Look at the token and, where a group is given, at what the bot may do there."""
    try:
        bot: Bot = make_application(token, api_url).bot
        async with bot:
            name = f"signed in as @{bot.username}"
            return Found(True, f"{name}, no topics") if group is None else await _group(bot, group)
    except SetupError as exc:
        return Found(False, str(exc), MEND_TOKEN)
    except InvalidToken:
        return Found(False, "Telegram does not know the token", MEND_TOKEN)
    except TelegramError as exc:
        return Found(False, type(exc).__name__, MEND_TOKEN)


async def _group(bot: Bot, group: int) -> Found:
    try:
        chat = await bot.get_chat(group)
        member = await bot.get_chat_member(group, bot.id)
    except TelegramError as exc:
        return Found(False, f"the group cannot be seen ({type(exc).__name__})", MEND_CHAT)
    if not chat.is_forum:
        return Found(False, "the group has no topics", MEND_TOPICS)
    may = isinstance(member, ChatMemberAdministrator) and (
        bool(member.can_manage_topics) and member.can_delete_messages
    )
    if not may:
        return Found(False, "the group does not give it the rights it needs", MEND_RIGHTS)
    return Found(True, f"signed in as @{bot.username}, talks in topics of the group")

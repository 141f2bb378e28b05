"""getMe, getChat, the bot's commands and descriptions, close and logOut."""

import json
import re

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.errors import refuse
from tests.support.telegram_fake.methods.messages import target_chat
from tests.support.telegram_fake.records import Json
from tests.support.telegram_fake.state import BotAccount

_MAX_COMMANDS = 100
_MAX_COMMAND_DESCRIPTION_CHARS = 256
_MAX_DESCRIPTION_CHARS = 512
_MAX_SHORT_DESCRIPTION_CHARS = 120
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")


async def get_me(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getme."""
    return account.user | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getchat."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return target_chat(account, params).payload | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), True),
    }


async def set_my_commands(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#setmycommands."""
    commands = params.parsed("commands", "commands")
    if not isinstance(commands, list):
        refuse("Expected an Array of BotCommand")
    if len(commands) > _MAX_COMMANDS:
        refuse("BOT_COMMANDS_TOO_MUCH")
    checked = [_command(command) for command in commands]
    account.profile["commands", _scope_and_language(params)] = checked
    return True


def _command(command: object) -> Json:
    if not isinstance(command, dict):
        refuse("Can't parse BotCommand: expected an Object")
    name, description = command.get("command", ""), command.get("description", "")
    if not _COMMAND.fullmatch(name):
        refuse("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _MAX_COMMAND_DESCRIPTION_CHARS:
        refuse("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description}


async def get_my_commands(account: BotAccount, params: Params) -> list[Json]:
    """Source: https://core.telegram.org/bots/api#getmycommands."""
    commands: list[Json] = account.profile.get(("commands", _scope_and_language(params)), [])
    return commands


async def delete_my_commands(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#deletemycommands."""
    account.profile.pop(("commands", _scope_and_language(params)), None)
    return True


def _scope_and_language(params: Params) -> str:
    scope = params.parsed("scope", "BotCommandScope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True) + params.text("language_code")


async def set_my_description(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#setmydescription."""
    return _set_text(account, params, "description", _MAX_DESCRIPTION_CHARS)


async def set_my_short_description(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#setmyshortdescription."""
    return _set_text(account, params, "short_description", _MAX_SHORT_DESCRIPTION_CHARS)


def _set_text(account: BotAccount, params: Params, name: str, limit: int) -> bool:
    text = params.text(name)
    if len(text) > limit:
        kind = "description" if name == "description" else "short description"
        refuse(f"Bot {kind} is too long")
    account.profile[name, params.text("language_code")] = text
    return True


async def get_my_description(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getmydescription."""
    text = account.profile.get(("description", params.text("language_code")), "")
    return {"description": text}


async def get_my_short_description(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getmyshortdescription."""
    text = account.profile.get(("short_description", params.text("language_code")), "")
    return {"short_description": text}


async def close(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#close."""
    account.updates.interrupt(None)
    return True


async def log_out(account: BotAccount, params: Params) -> bool:
    """Source: https://core.telegram.org/bots/api#logout."""
    account.is_logged_out = True
    return True

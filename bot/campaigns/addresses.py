"""Where people come in: on Telegram, or in the web chat. Pure."""

from urllib.parse import quote


def deep_link(payload: str, *, base_url: str, telegram_name: str | None) -> str:
    """Return the address that opens Suar with `payload` (`c_<code>`, `quiz_<id>`): on Telegram, where the bot has a name there.

    Args:
        payload: At most 64 letters, digits, `_` and `-`.
        base_url: Where the web chat is, without a slash at the end.
        telegram_name: What the public bot is called there, without the @.
    """
    if telegram_name is not None:
        return f"https://t.me/{telegram_name}?start={quote(payload)}"
    return f"{base_url}/?start={quote(payload)}"

"""Links as the studio shows them: the address to copy, and its code to scan."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from bot.campaigns.links import Link
from bot.pictures.qr import qr_svg

TELEGRAM = "https://t.me/{name}?start={payload}"


@dataclass(frozen=True)
class Row:
    """A link with its address on Telegram; None while it is not known what the bot is called there."""

    link: Link
    address: str | None
    qr: str
    """The code as an address of data, for the page's own picture."""


def address_of(payload: str, telegram_name: str | None) -> str | None:
    """Return the address that opens the bot on Telegram with a payload."""
    if telegram_name is None:
        return None
    return TELEGRAM.format(name=telegram_name, payload=payload)


def qr_of(address: str | None) -> str:
    """Return the code of an address as data; empty without one."""
    if address is None:
        return ""
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(address)).decode()}"


def rows_of(found: Sequence[Link], telegram_name: str | None) -> list[Row]:
    """Return links as the page shows them."""
    rows = []
    for link in found:
        address = address_of(link.payload, telegram_name)
        rows.append(Row(link, address, qr_of(address) if link.closed_at is None else ""))
    return rows

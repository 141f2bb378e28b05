"""Links as the studio shows them: the address to copy, and its code to scan."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from bot.campaigns.links import Link
from bot.desk.web.services import Studio
from bot.desk.web.studio.ways import TELEGRAM as ON_TELEGRAM
from bot.desk.web.studio.ways import Way, ways_in
from bot.pictures.qr import qr_svg

TELEGRAM = "https://t.me/{name}?start={payload}"


@dataclass(frozen=True)
class Row:
    """A link with its address on Telegram; None while it is not known what the bot is called there."""

    link: Link
    address: str | None
    qr: str
    """The code as an address of data, for the page's own picture."""
    others: tuple[Way, ...] = ()
    """The ways in beside Telegram; none of a closed link."""


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


async def rows_of(found: Sequence[Link], studio: Studio) -> list[Row]:
    """Return links as the page shows them."""
    name = await studio.telegram_name()
    rows = []
    for link in found:
        address = address_of(link.payload, name)
        if link.closed_at is None:
            others = await others_of(studio, link.payload)
            rows.append(Row(link, address, qr_of(address), others))
        else:
            rows.append(Row(link, address, ""))
    return rows


async def others_of(studio: Studio, payload: str) -> tuple[Way, ...]:
    """Return the ways in beside Telegram."""
    return tuple(way for way in await ways_in(studio, payload) if way.kind != ON_TELEGRAM)

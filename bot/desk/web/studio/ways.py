"""The ways in that a link has: on Telegram, on WhatsApp and in the web chat, each with its code to scan."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from bot.campaigns.addresses import deep_link
from bot.desk.web.services import Studio
from bot.errors import NotFound
from bot.pictures.qr import qr_svg

TELEGRAM, WHATSAPP, WEB = "telegram", "whatsapp", "web"
VIA = "via"
"""What a code's address says of the way that it is to lead."""


@dataclass(frozen=True)
class Way:
    """An address that leads in."""

    kind: str
    address: str

    @property
    def qr(self) -> str:
        """The code as an address of data, for a page's own picture."""
        return f"data:image/svg+xml;base64,{b64encode(qr_svg(self.address)).decode()}"


async def ways_in(studio: Studio, payload: str) -> list[Way]:
    """Return the addresses that open Suar with a payload; of platforms whose own name or number is not known, none."""
    name, on_whatsapp = await studio.telegram_name(), await studio.whatsapp_link(payload)
    ways = []
    if name is not None:
        there = deep_link(payload, base_url=studio.base_url, telegram_name=name)
        ways.append(Way(TELEGRAM, there))
    if on_whatsapp is not None:
        ways.append(Way(WHATSAPP, on_whatsapp))
    web = deep_link(payload, base_url=studio.base_url, telegram_name=None)
    return [*ways, Way(WEB, web)]


def asked_for(request: Request, ways: Sequence[Way], *, usual: str | None) -> str:
    """Return the address that a request for a code means.

    Raises:
        NotFound: There is no such way.
    """
    via = request.query_params.get(VIA)
    if via is None and usual is not None:
        return usual
    found = next((way.address for way in ways if way.kind == via), None)
    if found is None:
        raise NotFound
    return found

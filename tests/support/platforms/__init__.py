"""Each channel as a person lives it: what they can do there, and what they see. `docs/channels.md` says how to add one."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.support.platforms.line import on_line
from tests.support.platforms.platform import Platform
from tests.support.platforms.telegram import on_telegram
from tests.support.platforms.terminal import on_terminal
from tests.support.platforms.web import on_web
from tests.support.platforms.whatsapp import on_whatsapp
from tests.support.world import TestHouse

Opening = Callable[[TestHouse], AbstractAsyncContextManager[Platform]]
PLATFORMS: Mapping[str, Opening] = {
    "telegram": on_telegram,
    "whatsapp": on_whatsapp,
    "web": on_web,
    "terminal": on_terminal,
    "line": on_line,
}
"""Every channel; `line` is the example of docs/channels.md."""
SHIPPED = tuple(name for name in PLATFORMS if name != "line")


@asynccontextmanager
async def open_platform(name: str, house: TestHouse) -> AsyncIterator[Platform]:
    """Open a channel's platform for a house, which from then on speaks there."""
    async with PLATFORMS[name](house) as platform:
        house.delivery.channels = {**house.delivery.channels, name: platform.channel}
        yield platform

"""The channels of the contract suite, and somebody on each."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.platforms import PLATFORMS, open_platform
from tests.support.platforms.platform import Platform, Visitor
from tests.support.platforms.stage import Stage, staged
from tests.support.world import TestHouse


@pytest_asyncio.fixture(params=list(PLATFORMS))
async def platform(request: pytest.FixtureRequest, house: TestHouse) -> AsyncIterator[Platform]:
    """Each channel in turn."""
    async with open_platform(request.param, house) as opened:
        yield opened


@pytest_asyncio.fixture
async def sari(platform: Platform) -> Visitor:
    """Somebody who has done nothing yet."""
    return await platform.visitor()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Who decides what is said, in place of the turn."""
    with staged() as made:
        yield made

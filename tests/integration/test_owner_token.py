"""Bot and human never both speak, and nothing is lost: schedules of everything that can happen to a conversation."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import example, given, settings

from bot.channels.errors import RateLimited, TemporarilyDown
from bot.content.load import Content
from bot.store.engine import Database
from tests.integration.owner_example import Cast
from tests.integration.owner_stage import Stage, unclear_texts
from tests.support.clock import FixedClock
from tests.support.gated import GatedChannel
from tests.support.schedules import Act, Step, steps
from tests.support.tables import empty_tables
from tests.support.world import make_house

MANY = int(os.environ.get("SUAR_TEST_SCHEDULES", "670"))
"""Schedules for each beginning."""


class Theatre:
    """A stage with an event loop of its own, because Hypothesis calls plain functions."""

    def __init__(self, dsn: str, content: Content) -> None:
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.stage = self.runner.run(self._open(dsn, content))

    async def _open(self, dsn: str, content: Content) -> Stage:
        # What the disk does is not in question here, and waiting for it would take most of the time.
        database = Database.at(f"{dsn}&options=-csynchronous_commit%3Doff")
        self.stack.push_async_callback(database.close)
        async with database.engine.begin() as conn:
            await empty_tables(conn)
        channel = GatedChannel()
        house = await self.stack.enter_async_context(
            make_house(database, FixedClock(), content, channel)
        )
        staff = (await house.staff(), await house.staff())
        return Stage(Cast(house, channel, staff, unclear_texts(house)))

    def play(self, schedule: list[Step], owner: str) -> None:
        """Play one schedule."""
        self.runner.run(self.stage.run(schedule, owner))

    def close(self) -> None:
        """End everything."""
        self.runner.run(self.stack.aclose())
        self.runner.close()


@pytest.fixture(scope="module")
def theatre(dsn: str, content: Content) -> Iterator[Theatre]:
    """The stage on which every schedule of this file is played."""
    made = Theatre(dsn, content)
    yield made
    made.close()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("owner", ["bot", "queue", "staff"])
@given(schedule=steps)
@example(schedule=[Step((Act("speak"), Act("claim")), held=True)])
@example(schedule=[Step((Act("numbers"),), failure=TemporarilyDown()), Step((Act("claim"),))])
@example(schedule=[Step((Act("claim"), Act("claim", 1)))])
@example(schedule=[Step((Act("reply"),), failure=RateLimited(30)), Step((Act("close"),))])
@example(schedule=[Step((Act("reply"), Act("close")), held=True), Step((Act("look"),))])
@settings(max_examples=MANY, derandomize=True, deadline=None, database=None)
def test_bot_and_human_never_both_speak(
    theatre: Theatre, owner: str, schedule: list[Step]
) -> None:
    """Whoever has the person: no bot message during a counsellor's turn, one counsellor at a time, no word lost."""
    theatre.play(schedule, owner)

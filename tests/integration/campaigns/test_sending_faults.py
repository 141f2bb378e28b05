"""Whatever happens at whatever moment, nobody gets a broadcast twice, misses it, or gets it after they have stopped."""

import asyncio
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.campaigns.quiet import TALKING
from bot.content.load import Content
from bot.faults import BULK_POINTS
from bot.store.engine import Database
from tests.support.broadcast_faults import (
    DEEDS,
    FAILURES,
    PEOPLE,
    SHUTS,
    Event,
    Plan,
    Story,
)
from tests.support.broadcasts import TEXT, ends, taken_at

EXAMPLES = int(os.environ.get("SUAR_TEST_STORIES", "150"))
"""Each tells of one to four moments at which something happens; 4,000 stories are 10,000 moments, and take half an hour."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(500 + 2 * EXAMPLES)]
EVENTS = st.builds(
    Event,
    point=st.sampled_from(BULK_POINTS),
    times=st.integers(1, 6),
    dies=st.booleans(),
    deed=st.sampled_from(DEEDS),
    whom=st.integers(0, PEOPLE - 1),
)
PLANS = st.builds(
    Plan,
    events=st.lists(EVENTS, min_size=1, max_size=4).map(tuple),
    failures=st.lists(st.sampled_from(sorted(FAILURES)), max_size=2).map(tuple),
    lost=st.frozensets(st.integers(1, 8), max_size=2),
)


async def check(db: Database, content: Content, plan: Plan) -> Story:
    """Play a plan, and hold it against what must be so."""
    story = Story(db, content, plan)
    await story.play()
    assert story.run is not None
    found = await ends(db, story.run)
    assert not {state for state, _ in found} & {"waiting", "taken"}
    copies, deeds = story.copies(), {event.whom for event in plan.events if event.deed in SHUTS}
    asks = {event.whom for event in plan.events if event.deed == "hand_over"}
    talks = {event.whom for event in plan.events if event.deed == "talk"}
    left = plan.failures.count("left")
    for number, reader in enumerate(story.readers):
        times = copies[reader.address.value]
        assert times <= 1
        heard = story.heard(reader)
        if number in deeds:
            # Whatever was said about their wish is said after it: no broadcast follows.
            # Whoever asks for a person is asked for their consent first; who leaves that open may get it later.
            wished = 2 if number in asks else 1
            assert TEXT["id"] not in heard[wished:] or len(heard) == 1 or number in talks
        elif times == 0:
            left -= 1
    assert left >= 0
    taken = await taken_at(db, story.run)
    for number, spoke in story.spoke:
        at = taken.get(story.readers[number].contact_id)
        assert at is None or not spoke < at < spoke + TALKING
    for number, shut in story.shut:
        at = taken.get(story.readers[number].contact_id)
        assert at is None or at <= shut
    for at in story.channel.on_sent:
        assert 8 <= (at + timedelta(hours=7)).hour < 21
    return story


def test_once_and_only_to_those_who_still_want_it(dsn: str, content: Content) -> None:
    """Processes die, people stop or are handed over, night falls, answers are lost: everybody else gets it exactly once."""

    # Inside, so that a failure shows the plan alone and not all content.
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(plan=PLANS)
    def holds(plan: Plan) -> None:
        asyncio.run(play(plan))

    async def play(plan: Plan) -> None:
        db = Database.at(dsn, pool_size=6)
        try:
            await check(db, content, plan)
        finally:
            await db.close()

    holds()

"""Every golden conversation on every channel, from the platform's own events over the real database to what the person sees."""

from pathlib import Path

import pytest

from bot.content.load import Content
from bot.messages import Button, Outgoing
from bot.prover.golden import read_golden
from tests.support.platforms import SHIPPED, open_platform
from tests.support.platforms.platform import Choice, Seen
from tests.support.platforms.stage import staged
from tests.support.platforms.walk import Walk, compare
from tests.support.world import TestHouse

FILES = sorted((Path(__file__).parents[1] / "flows").glob("*.json"))
NOT_OFFERED = {"web": ("phone.",)}
"""Flows that a channel does not offer: who uses a browser next begins with a page of their own."""


@pytest.mark.parametrize("name", SHIPPED)
async def test_everybody_reads_the_same(house: TestHouse, content: Content, name: str) -> None:
    """What a conversation says and offers is said and offered on each channel, but for where it is cut."""
    found: dict[str, list[str]] = {}
    async with open_platform(name, house) as platform:
        with staged() as stage:
            for path in FILES:
                if path.stem.startswith(NOT_OFFERED.get(name, ())):
                    continue
                walk = await Walk.begin(content, platform, stage, read_golden(path))
                if told := await walk.differences():
                    found[path.stem] = told
    assert found == {}


def test_a_difference_is_told() -> None:
    """Other words, a choice that is missing and another title are each noticed; a cut, a number and a wordless part are none."""
    said = [Outgoing("One. Two.", (Button("a.b", "A long title"),))]
    assert not list(
        compare(said, [Seen("One."), Seen("Two.", (Choice("a.b", "1. A long\u2026"),))])
    )
    assert not list(
        compare(said, [Seen("One. Two."), Seen("\u2026", (Choice("a.b", "A long title"),))])
    )
    assert list(compare(said, [Seen("One.", (Choice("a.b", "A long title"),))]))
    assert list(compare(said, [Seen("One. Two.")]))
    assert list(compare(said, [Seen("One. Two.", (Choice("a.b", "Another"),))]))

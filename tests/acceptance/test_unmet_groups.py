"""Questions that no answer covers, through the real language model: are those that mean the same put together?"""

import asyncio
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from bot.content.load import ROOT
from bot.local.judging import serving_model
from bot.local.nlu import LocalNlu
from bot.understanding.grouping import group

FILE = Path(__file__).parents[1] / "data" / "unmet.yml"
TOGETHER_RIGHTLY = 0.9
"""Of all pairs that are put together, how many mean the same."""
FOUND = 0.8
"""Of all pairs that mean the same, how many are put together."""
pytestmark = pytest.mark.timeout(600)


async def _vectors(texts: list[str]) -> list[bytes | None]:
    nlu = LocalNlu(ROOT, Path("data"), lambda _: None)
    async with serving_model(nlu, await nlu.train()) as client:
        return [(await client.parse(text)).meaning for text in texts]


def test_questions_that_mean_the_same_are_one_group() -> None:
    """Six people ask each of twelve things in two languages: hardly any wrong pair, and most of the right ones."""
    things = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    asked = [(thing, text) for thing, texts in things.items() for text in texts]
    groups = group(asyncio.run(_vectors([text for _, text in asked])))
    together = {pair for members in groups for pair in combinations(members, 2)}
    same = {(a, b) for a, b in combinations(range(len(asked)), 2) if asked[a][0] == asked[b][0]}
    assert len(same) >= 150
    told = [[asked[place] for place in members] for members in groups]
    assert len(together & same) / max(1, len(together)) >= TOGETHER_RIGHTLY, told
    assert len(together & same) / len(same) >= FOUND, told

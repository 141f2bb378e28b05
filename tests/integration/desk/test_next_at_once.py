"""Two counsellors in two browsers press "next person" at the same moment, five hundred times."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route
from sqlalchemy import text

from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.house import PASSWORD, House
from tests.support.desk_page import chromium_contexts, sign_in

ROUNDS = 500
AT_A_TIME = 2
"""Rounds after which the talks are closed, so that both stay below what they carry."""
CALM = Risk(RiskLevel.NONE, ())
PRESS = """async () => {
  const form = document.getElementById("next-form");
  const sent = await fetch(form.action, {
    method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual",
  });
  return sent.type;
}"""
"""Sends the page's own form with its token, and does not follow: whom they were given stands in the database."""


BY_ITSELF = re.compile(r"/desk/(events|parts/)")
"""What the open queue fetches by itself after every change: a thousand times that would be all that the test does."""


@pytest.mark.browser
@pytest.mark.slow
async def test_two_browsers_that_press_at_once_never_get_the_same_person(
    house: House, address: str
) -> None:
    """Each of a thousand people is given once, to one of the two, and both get somebody each time."""
    staff = [
        await house.add_staff(name, languages=("id",), carries=2 * AT_A_TIME)
        for name in ("Dewi", "Budi")
    ]
    async with chromium_contexts(address, 2) as contexts:
        for context in contexts:
            await context.route(BY_ITSELF, _refuse)
        pages = [await context.new_page() for context in contexts]
        for page, who in zip(pages, staff, strict=True):
            await sign_in(page, who.email, PASSWORD, house.codes[who.email].pop())
        for first in range(0, ROUNDS, AT_A_TIME):
            for _ in range(2 * AT_A_TIME):
                await house.add_case(risk=CALM)
            for _ in range(AT_A_TIME):
                assert await asyncio.gather(*map(_press, pages)) == ["opaqueredirect"] * 2
            await _each_has(house, (first + AT_A_TIME))
    async with house.db.transaction() as conn:
        given = text("SELECT case_id FROM case_events WHERE kind = 'case_claimed'")
        claims = [row.case_id for row in await conn.execute(given)]
    assert len(claims) == len(set(claims)) == 2 * ROUNDS


async def _refuse(route: Route) -> None:
    await route.abort()


async def _press(page: Page) -> str:
    said: str = await page.evaluate(PRESS)
    return said


async def _each_has(house: House, rounds: int) -> None:
    """Make sure that both were given somebody in each round so far, and close their talks."""
    async with house.db.transaction() as conn:
        counted = text(
            "SELECT count(*) AS n FROM cases WHERE claimed_by IS NOT NULL GROUP BY claimed_by"
        )
        assert [row.n for row in await conn.execute(counted)] == [rounds, rounds]
        await conn.execute(text("UPDATE cases SET state = 'closed', closed_at = now()"))

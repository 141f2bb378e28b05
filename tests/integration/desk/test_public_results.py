"""Public pages of campaigns: results for everybody where a campaign says so, and a leader's own page."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from unittest.mock import patch

import httpx
import numpy as np
import pytest
import uvicorn
from playwright.async_api import Page
from sqlalchemy import update
from starlette.applications import Starlette

from bot.campaigns import leaders, results
from bot.errors import StoreUnavailable
from bot.gateway.results.page import ResultPages
from bot.store.engine import Database
from bot.store.tables import CampaignLinkRow, CampaignRow, LinkCountRow
from tests.integration.desk.browser import words_of
from tests.integration.desk.house import House
from tests.integration.desk.test_learning import FACT, put
from tests.integration.desk.test_results import add_campaign, run_campaign
from tests.support.accessibility import faults_of
from tests.support.desk_page import open_chromium
from tests.support.players import Study, play_study

RESULTS = "/results/wd27"


@pytest.fixture
def pages(house: House) -> ResultPages:
    """The public pages of the house."""
    return ResultPages(
        house.content, house.services.studio.db, house.people.lookup, house.clock, "id"
    )


@pytest.fixture
async def anybody(pages: ResultPages) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of anybody."""
    app = httpx.ASGITransport(Starlette(routes=pages.routes()))
    async with httpx.AsyncClient(transport=app, base_url="http://suar") as client:
        yield client


async def test_results_are_there_when_the_campaign_says_so(
    house: House, anybody: httpx.AsyncClient
) -> None:
    """Rounded, with what is small hidden; in the language asked for, and kept by browsers for ten minutes."""
    await run_campaign(house, public=True)
    page = await anybody.get(f"{RESULTS}?lang=en")
    words = words_of(page)
    assert "Quizzes finished 50 Links opened 80" in words
    assert "Jakarta 40 Kupang hidden Medan hidden Links without a city hidden" in words
    assert "Good 30 A little hidden Not really hidden" in words
    assert page.headers["cache-control"] == "public, max-age=600"
    assert "script-src" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "noindex" not in page.text
    assert "Kuis selesai" in (await anybody.get(f"{RESULTS}?lang=id")).text
    browser = {"accept-language": "en-GB,en;q=0.9"}
    assert "Quizzes finished" in (await anybody.get(RESULTS, headers=browser)).text
    assert "Kuis selesai" in (await anybody.get(f"{RESULTS}?lang=<script>")).text


@pytest.mark.parametrize(
    ("state", "body"),
    [
        ("live", {}),
        ("live", {"public": "yes"}),
        ("draft", {"public": True}),
        ("archived", {"public": True}),
    ],
)
async def test_without_its_word_there_is_nothing(
    house: House, anybody: httpx.AsyncClient, state: str, body: dict[str, object]
) -> None:
    """And it looks like a campaign that there never was."""
    await add_campaign(house, state=state, **body)
    hidden, never = [await anybody.get(path) for path in (RESULTS, "/results/never")]
    assert hidden.status_code == never.status_code == 404
    assert hidden.text == never.text
    assert "World Day" not in hidden.text
    assert hidden.headers["cache-control"] == "no-store"


async def test_its_makers_can_look_before(house: House, anybody: httpx.AsyncClient) -> None:
    """By the token of the studio, which opens no other campaign; the page says that it is not public."""
    await add_campaign(house, state="draft")
    token = results.preview_token("wd27", house.people.lookup)
    page = await anybody.get(f"{RESULTS}?preview={token}&lang=en")
    assert "Nobody else sees this page yet." in words_of(page)
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    other = results.preview_token("other", house.people.lookup)
    assert (await anybody.get(f"{RESULTS}?preview={other}")).status_code == 404


async def test_numbers_are_reckoned_once_in_ten_minutes(
    house: House, anybody: httpx.AsyncClient
) -> None:
    """Whoever asks meanwhile gets the same ones; but a campaign that is taken back is gone at once."""
    await run_campaign(house, public=True)
    before = (await anybody.get(RESULTS)).text
    async with house.db.transaction() as conn:
        await conn.execute(update(LinkCountRow).values(opened=500))
    assert (await anybody.get(RESULTS)).text == before
    house.clock.ahead += timedelta(minutes=11)
    assert (await anybody.get(RESULTS)).text != before
    async with house.db.transaction() as conn:
        await conn.execute(update(CampaignRow).values(body={}))
    assert (await anybody.get(RESULTS)).status_code == 404


async def test_what_people_learned_is_of_the_campaigns_quizzes(
    house: House, anybody: httpx.AsyncClient
) -> None:
    """The claim with a share before and after, and the range of each."""
    await run_campaign(house, public=True)
    await put(house, play_study(Study(), 300, np.random.default_rng(2)))
    words = words_of(await anybody.get(f"{RESULTS}?lang=en"))
    assert house.content.facts[FACT].claim in words
    assert re.search(r"Before the quiz \d+% \(\d+% to \d+%\) Right after it \d+% \(", words)


async def test_a_leader_sees_what_their_link_came_to(
    house: House, anybody: httpx.AsyncClient
) -> None:
    """By the signed address alone: rounded, few not told, and closed links too."""
    await run_campaign(house)
    lookup = house.people.lookup
    page = await anybody.get(f"/l/{leaders.token_of('c0', lookup)}?lang=en")
    assert "Hello =Leader 0!" in words_of(page)
    assert "Quizzes finished 40 Links opened 60" in words_of(page)
    assert (page.headers["cache-control"], page.headers["x-robots-tag"]) == (
        "no-store",
        "noindex, nofollow",
    )
    async with house.db.transaction() as conn:
        await conn.execute(update(CampaignLinkRow).values(closed_at=house.clock.now()))
    small = words_of(await anybody.get(f"/l/{leaders.token_of('c2', lookup)}?lang=en"))
    assert "Quizzes finished fewer than five Links opened fewer than five" in small
    assert "This link is closed." in small


@pytest.mark.parametrize(
    "token", ["c0", "c0.", "c0.AAAAAAAAAAAAAAAAAAAA", ".", "gone", "c0.\u00e9"]
)
async def test_a_guessed_token_opens_nothing(
    house: House, anybody: httpx.AsyncClient, token: str
) -> None:
    """Nor does that of another link."""
    await run_campaign(house)
    assert (await anybody.get(f"/l/{token}")).status_code == 404
    signature = leaders.token_of("c1", house.people.lookup).partition(".")[2]
    assert (await anybody.get(f"/l/c0.{signature}")).status_code == 404


@pytest.fixture
async def page(pages: ResultPages) -> AsyncIterator[Page]:
    """Chromium before the public pages."""
    config = uvicorn.Config(Starlette(routes=pages.routes()), port=0, log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # uvicorn offers nothing to wait for
        await asyncio.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with open_chromium(address) as page:
        yield page
    server.should_exit = True
    await serving


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_everybody_can_read_them(house: House, page: Page, colours: str) -> None:
    """No serious fault, without scripts, in the dark, and on the smallest phone without scrolling sideways."""
    await run_campaign(house, public=True)
    await put(house, play_study(Study(), 300, np.random.default_rng(2)))
    await page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    await page.set_viewport_size({"width": 360, "height": 740})
    own = leaders.token_of("c0", house.people.lookup)
    for path in (f"{RESULTS}?lang=en", f"{RESULTS}?lang=id", f"/l/{own}?lang=id"):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.ok
        assert await faults_of(page) == []
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) == 0


async def test_while_nobody_can_look_it_is_said(anybody: httpx.AsyncClient) -> None:
    """Without the database each page says that it cannot be shown now, and is kept by nobody; an address that cannot be stored has no page."""
    for address in ("/results/%00", "/results/a%00b"):
        assert (await anybody.get(address)).status_code == 404
    with patch.object(Database, "transaction", side_effect=StoreUnavailable):
        page = await anybody.get(f"{RESULTS}?lang=en")
    assert page.status_code == 503
    assert "This page cannot be shown right now" in words_of(page)
    assert page.headers["cache-control"] == "no-store"

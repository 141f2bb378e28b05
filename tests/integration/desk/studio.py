"""Campaigns and messages for tests of the desk, made through its forms."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert

from bot.campaigns.runs import LAST_ID
from bot.store.tables import BroadcastRecipientRow, BroadcastRunRow, TesterRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House
from tests.support.audience import Somebody, add_people

FIELDS: dict[str, Any] = {
    "name": "The day itself",
    "variant": "a",
    "locale": ["id", "en"],
    "a-id-text": "Hari ini 30 Juli, hari untuk saling menjaga. Punya lima menit? Ada kuis singkat.",
    "a-id-title0": "Main kuisnya",
    "a-id-target0": "quiz:warning_signs",
    "a-en-text": "Today is 30 July, a day to look out for each other. Got five minutes? There is a short quiz.",
    "a-en-title0": "Play the quiz",
    "a-en-target0": "same",
    "fallback": "id",
}
SECOND: dict[str, Any] = {
    "variant": ["a", "b"],
    "share": "50",
    "b-id-text": "Yuk main kuis!",
    "b-en-text": "Let us play a quiz!",
}


async def post(
    browser: Browser, path: str, fields: dict[str, Any], **files: Any
) -> httpx.Response:
    """Send a form with fields that may come more than once, and files."""
    assert browser.page is not None
    csrf = re.findall(r'name="csrf" value="([^"]*)"', browser.page.text)[0]
    version = re.findall(r'name="version" value="(\d+)"', browser.page.text)
    data = {"csrf": csrf, **({"version": version[0]} if version else {}), **fields}
    return await browser.client.post(path, data=data, files=files or None)


async def make_campaign(browser: Browser, title: str = "July for all", **about: Any) -> str:
    """Make a campaign; return its address."""
    await browser.open("/desk/campaigns/new")
    answer = await browser.send("/desk/campaigns/new", title=title, **about)
    assert answer.status_code == httpx.codes.SEE_OTHER, words_of(answer)
    return answer.headers["location"].partition("?")[0]


async def make_message(browser: Browser, campaign: str, **other: Any) -> str:
    """Write a message; return its address."""
    new = f"{campaign}/messages/new"
    await browser.open(new)
    answer = await post(browser, new, {**FIELDS, **other})
    assert answer.status_code == httpx.codes.SEE_OTHER, words_of(answer)
    return answer.headers["location"].partition("?")[0]


async def act(browser: Browser, message: str, name: str, **more: str) -> httpx.Response:
    """Open a message and press one of its buttons; return the page that comes after it."""
    await browser.open(message)
    answer = await post(browser, f"{message}/act", {"act": name, **more})
    if answer.status_code == httpx.codes.SEE_OTHER:
        answer = await browser.open(answer.headers["location"])
    return answer


async def add_tester(house: House) -> UUID:
    """Put somebody on the team's list who agrees to hear of campaigns."""
    somebody = Somebody()
    await add_people(house.db, [somebody])
    async with house.db.transaction() as conn:
        await conn.execute(insert(TesterRow).values(contact_id=somebody.id, label="Sari"))
    return somebody.id


async def put_run(
    house: House, message: str, *, state: str = "running", test: bool = False, **people: int
) -> UUID:
    """Put a run into the house in which so many people are in each state (`sent`, `waiting`, …), half of them in each version."""
    run, now = uuid4(), house.clock.now()
    number = UUID(message.rsplit("/", 1)[1])
    rows = [
        {
            "contact_id": uuid4(), "run_id": run, "conversation_id": uuid4(), "locale": "id",
            "variant": "ab"[count % 2], "due_at": now - timedelta(minutes=1),
            "state": "left_out" if name in {"held", "recent", "blocked"} else name,
            "why": name if name in {"held", "recent", "blocked"} else None,
        }
        for name, many in people.items()
        for count in range(many)
    ]  # fmt: skip
    async with house.db.transaction() as conn:
        await conn.execute(
            insert(BroadcastRunRow).values(
                id=run, broadcast_id=number, due_at=now, state=state, planned=len(rows),
                planned_to=LAST_ID, test=test,
            )
        )  # fmt: skip
        if rows:
            await conn.execute(insert(BroadcastRecipientRow), rows)
    return run


async def furnish(house: House, browser: Browser) -> dict[str, str]:
    """Put campaigns of every kind into the house; return the address of each page that needs an id, by its route."""
    await browser.open("/desk/campaigns/start")
    begun = await browser.send("/desk/campaigns/start", title="My first one")
    wizard = begun.headers["location"].removesuffix("/2")
    campaign = await make_campaign(browser, domains="example.org", about="Quizzes in July.")
    message = await make_message(browser, campaign, **SECOND)
    for name in ("", "wd27"):
        await browser.open(campaign)
        await post(
            browser, f"{campaign}/links", {"target": "join", "code": name, "city": "kupang"}
        )
    await put_run(house, message, sent=20, read=12, waiting=30, recent=6, held=3)
    await add_tester(house)
    await browser.open("/desk/campaigns/testers")
    await browser.send("/desk/campaigns/testers", label="Budi’s old phone")
    at = {
        "/campaigns/{campaign_id:uuid}": campaign,
        "/campaigns/{campaign_id:uuid}/messages/new": f"{campaign}/messages/new",
        "/campaigns/{campaign_id:uuid}/start": wizard,
        "/campaigns/{campaign_id:uuid}/start/{step:whole}": f"{wizard}/2?goal=quiz",
        "/campaigns/messages/{message_id:uuid}": message,
        "/campaigns/messages/{message_id:uuid}/dry-run": f"{message}/dry-run",
        **{f"also {path}": path for path in await _last_steps(browser)},
    }
    return {route: path.removeprefix("/desk") for route, path in at.items()}


async def _last_steps(browser: Browser) -> list[str]:
    """Make a first campaign up to its last step; return the addresses of the later steps."""
    await browser.open("/desk/campaigns/start")
    second = (await browser.send("/desk/campaigns/start", title="Ready")).headers["location"]
    await browser.open(f"{second}?goal=read")
    words: dict[str, Any] = {
        f"a-{code}-{part}": "Read" for code in ("id", "en") for part in ("text", "title0")
    }
    answer = await browser.send(second, goal="read", **words)
    assert answer.status_code == httpx.codes.SEE_OTHER, words_of(answer)
    steps = second.removesuffix("/2")
    return [f"{steps}/{number}" for number in (3, 4, 5)]

"""Leaders, the report and public results in the studio: what is shown, what is hidden, and who may."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import insert, select, update

from bot.campaigns import leaders
from bot.desk.web.pages import TEMPLATES
from bot.hotline.permissions import Role
from bot.store.tables import (
    BroadcastRecipientRow,
    BroadcastRow,
    BroadcastRunRow,
    CampaignLinkRow,
    CampaignRatingRow,
    CampaignRow,
    LinkCountRow,
    QuizCountRow,
)
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.support.broadcasts import body

PAGE = "/desk/campaigns/leaders"
CITIES = {"jakarta": (60, 41), "kupang": (9, 6), "medan": (4, 2), None: (8, 0)}
"""Opened and finished behind the link of each city."""


@pytest.fixture
async def studio(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


async def add_campaign(house: House, *, state: str = "live", **body: object) -> UUID:
    """Add a campaign."""
    campaign = house.clock.new_id()
    row = {"id": campaign, "slug": "wd27", "title": "World Day", "state": state, "body": body}
    async with house.db.transaction() as conn:
        await conn.execute(insert(CampaignRow).values(**row))
    return campaign


async def run_campaign(house: House, **body: object) -> UUID:
    """Add a campaign in which something of everything has happened."""
    campaign = await add_campaign(house, **body)
    today = house.clock.now().date()
    async with house.db.transaction() as conn:
        for number, (city, (opened, finished)) in enumerate(CITIES.items()):
            link = {"code": f"c{number}", "campaign_id": campaign, "city": city}
            link |= {"target": "quiz:warning_signs", "leader": f"=Leader {number}"}
            await conn.execute(insert(CampaignLinkRow).values(**link, named=number == 1))
            await conn.execute(
                insert(LinkCountRow).values(
                    code=f"c{number}", day=today, opened=opened, finished=finished
                )
            )
        for rating, count in {"good": 30, "some": 12, "none": 3}.items():
            row = {"campaign_id": campaign, "day": today, "rating": rating, "count": count}
            await conn.execute(insert(CampaignRatingRow).values(**row))
        for question, shown in {"dm_offer": 40, "cousin_offer": 4}.items():
            row = {"quiz": "warning_signs", "fact": "f", "kind": "single", "phase": "round"}
            row |= {"question": question, "day": today, "locale": "id"}
            await conn.execute(insert(QuizCountRow).values(**row, shown=shown, right=shown // 2))
        await _send(house, conn, campaign, {"a": {"read": 30, "failed": 2}, "b": {"read": 25}})
    return campaign


async def _send(
    house: House, conn: Any, campaign: UUID, became: Mapping[str, Mapping[str, int]]
) -> None:
    broadcast, run, now = house.clock.new_id(), house.clock.new_id(), house.clock.now()
    said: dict[str, object] = {
        "content": body(),
        "audience": {"all": []},
        "schedule": {"kind": "now"},
        "state": "done",
    }
    await conn.execute(
        insert(BroadcastRow).values(id=broadcast, campaign_id=campaign, name="The day", **said)
    )
    await conn.execute(insert(BroadcastRunRow).values(id=run, broadcast_id=broadcast, due_at=now))
    people = [
        {"contact_id": house.clock.new_id(), "run_id": run, "variant": variant, "state": state,
         "conversation_id": house.clock.new_id(), "locale": "id", "due_at": now}
        for variant, states in became.items()
        for state, count in states.items()
        for _ in range(count)
    ]  # fmt: skip
    await conn.execute(insert(BroadcastRecipientRow), people)


async def test_a_leader_gets_a_link_with_its_code(studio: Browser, house: House) -> None:
    """The link, its code as PNG, SVG and a sheet, and the page of their own; then it is closed."""
    campaign = await add_campaign(house)
    await studio.open(PAGE)
    fields = {"campaign": str(campaign), "nickname": " Kak  Ani ", "city": "kupang"}
    done = await studio.send(PAGE, **fields, target="quiz:warning_signs", named="yes")
    shown = await studio.open(done.headers["location"])
    words = words_of(shown)
    assert "Kak Ani Kupang" in words
    [code] = set(re.findall(r"start=c_([a-z0-9]{10})", shown.text))
    assert f"https://t.me/suar_example_bot?start=c_{code}" in words
    assert f"https://suar.example/l/{leaders.token_of(code, house.people.lookup)}" in words
    png = await studio.client.get(f"{PAGE}/{code}/qr.png")
    assert (png.status_code, png.content[:4]) == (200, b"\x89PNG")
    svg = await studio.client.get(f"{PAGE}/{code}/qr.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    sheet = await studio.client.get(f"{PAGE}/{code}/sheet")
    assert "Kak Ani" in sheet.text
    for _ in range(2):
        closed = await studio.send(f"{PAGE}/{code}/close")
        assert closed.status_code == 303
    assert "Closed" in words_of(await studio.open(PAGE))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"nickname": "  "}, "Write a nickname of 1 to 40 letters."),
        ({"nickname": "x" * 41}, "Write a nickname of 1 to 40 letters."),
        ({"target": "quiz:gone"}, "Choose where the link leads."),
    ],
)
async def test_bad_input_is_told_and_kept(
    studio: Browser, house: House, changed: dict[str, str], told: str
) -> None:
    """422, the form with what was typed, and how to mend it."""
    campaign = await add_campaign(house)
    await studio.open(PAGE)
    fields = {"campaign": str(campaign), "nickname": "Ani", "city": "kupang", "target": "join"}
    answer = await studio.send(PAGE, **{**fields, **changed})
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert 'value="kupang" selected' in answer.text
    assert f'value="{changed.get("nickname", "Ani")}"' in answer.text


@pytest.mark.parametrize(
    "path", [f"{PAGE}?campaign=x", f"{PAGE}/gone/qr.png", f"{PAGE}/gone/sheet"]
)
async def test_what_is_not_there_is_not_found(studio: Browser, path: str) -> None:
    """An id of chance, or a link that is no more."""
    assert (await studio.open(path)).status_code == 404


async def test_the_board_ranks_nobody(studio: Browser, house: House) -> None:
    """Together first; cities by the alphabet, small ones hidden with one beside them; names only of those who want it, without a number."""
    await run_campaign(house)
    words = words_of(await studio.open(PAGE))
    board = words.partition("Links of leaders")[0]
    assert "Quizzes finished 49 Links opened 81" in board
    assert board.index("Jakarta") < board.index("Kupang") < board.index("Links without a city")
    assert "Jakarta 41 60" in board
    assert "=Leader 1" in board
    assert "Medan hidden hidden" in board
    assert "=Leader 0" not in board


async def test_the_report_has_every_number_in_a_table(studio: Browser, house: House) -> None:
    """Nothing is only in a chart; small numbers are in neither."""
    campaign = await run_campaign(house)
    page = await studio.open(f"/desk/campaigns/{campaign}/report")
    words = words_of(page)
    assert "Jakarta 60 41 Kupang 9 hidden Medan hidden hidden Links without a city hidden" in words
    assert "The day A read hidden The day A not delivered hidden The day B read 25" in words
    assert "40 50%" in words
    assert "Good 30 A little hidden Not really hidden" in words
    charts = json.loads(re.findall(r'id="charts">(.*?)</script>', page.text, re.DOTALL)[0])
    assert charts["cities"]["series"][0]["values"] == [60, 9, None, None]
    assert charts["questions"]["series"][0]["values"] == [50]


async def test_files_hold_the_same(studio: Browser, house: House) -> None:
    """CSV, a workbook and JSON; a broadcast's name is no formula anywhere."""
    campaign = await run_campaign(house)
    async with house.db.transaction() as conn:
        await conn.execute(update(BroadcastRow).values(name="=cmd()"))
    report = f"/desk/campaigns/{campaign}/report"
    await studio.open(report)
    told = await studio.send(f"{report}/export", kind="csv")
    assert "cities,kupang,,opened,9\n" in told.text
    assert "cities,medan,,opened,\n" in told.text
    assert "broadcasts,'=cmd(),b,read,25\n" in told.text
    book = await studio.send(f"{report}/export", kind="xlsx")
    names = ZipFile(BytesIO(book.content)).namelist()
    assert "xl/worksheets/sheet5.xml" in names
    made = (await studio.send(f"{report}/export", kind="json")).json()
    assert {"city": "medan", "opened": None, "finished": None} in made["cities"]
    assert made["together"] == {"opened": 81, "finished": 49, "held": None}


async def test_an_empty_campaign_says_so(studio: Browser, house: House) -> None:
    """Before anything has happened each part of the report says it, and a studio without campaigns too."""
    assert "No campaign yet." in words_of(await studio.open(PAGE))
    campaign = await add_campaign(house)
    words = words_of(await studio.open(f"/desk/campaigns/{campaign}/report"))
    assert "Nobody has come by a link of this campaign yet." in words
    assert "No message has gone out yet." in words
    assert "No leader has a link yet." in words_of(await studio.open(PAGE))


async def test_results_are_public_only_when_somebody_says_so(
    studio: Browser, house: House
) -> None:
    """Off at first; on, and off again; who was slower is told, and nothing changes."""
    campaign = await add_campaign(house, domains=["a.example"])
    page = f"/desk/campaigns/{campaign}/results"
    shown = await studio.open(page)
    assert "Nobody outside can see it." in words_of(shown)
    assert "/results/wd27?preview=" in shown.text
    await studio.send(page, public="yes", version="1")
    assert "Everybody can see it now" in words_of(await studio.open(page))
    late = await studio.send(page, public="no", version="1")
    assert late.status_code == 409
    assert "Somebody changed this campaign" in words_of(late)
    async with house.db.transaction() as conn:
        body = await conn.scalar(select(CampaignRow.body))
    assert body == {"domains": ["a.example"], "public": True}
    await studio.send(page, public="no", version="2")
    assert "Nobody outside can see it." in words_of(await studio.open(page))


async def test_it_is_for_campaigners(desk: Browser, house: House) -> None:
    """A counsellor finds none of it."""
    campaign = await run_campaign(house)
    one = f"/desk/campaigns/{campaign}"
    for path in (PAGE, f"{PAGE}/c0/qr.png", f"{one}/report", f"{one}/results"):
        assert (await desk.open(path)).status_code == 404


def test_every_id_has_words(house: House) -> None:
    """What the code calls by id, a page can say."""
    text = (TEMPLATES / "studio" / "words_results.html").read_text(encoding="utf-8")
    states = {"waiting", "taken", "sent", "delivered", "read", "failed", "unknown", "left_out"}
    for name in states | {"nickname", "target", "added", "closed", "kept"}:
        assert f'"{name}": _(' in text

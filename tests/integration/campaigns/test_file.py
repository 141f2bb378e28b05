"""Campaigns from files: kept once, changed where they differ, approved by somebody else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import insert, select

from bot.campaigns import runs
from bot.campaigns.broadcast import NotNow
from bot.campaigns.file import CampaignFile, Kept, keep
from bot.campaigns.store_broadcasts import Broadcasts, NotReady, SecondPerson
from bot.store.campaigning import ROLE
from bot.store.engine import Database
from bot.store.tables import CampaignLinkRow, CampaignRow, StaffRow
from tests.support.world import TestHouse

FILE = {
    "campaign": "camp-2027",
    "title": "Camp",
    "links": [{"code": "c27", "target": "join", "city": "medan"}],
    "broadcasts": [
        {
            "name": "Hello",
            "when": {"kind": "local", "on": "2027-07-30", "time": "09:00"},
            "words": {"id": {"text": "Halo"}},
        }
    ],
}


@pytest_asyncio.fixture
async def broadcasts(house: TestHouse) -> AsyncIterator[Broadcasts]:
    """Broadcasts as campaigners keep them."""
    db = Database.at(house.db.dsn, pool_size=2, role=ROLE)
    yield Broadcasts(db, house.clock, lambda: house.content, "Asia/Jakarta")
    await db.close()


@pytest_asyncio.fixture
async def writer(house: TestHouse) -> UUID:
    """Somebody who writes campaigns."""
    return await staff(house, "w@example.org")


async def staff(house: TestHouse, email: str) -> UUID:
    """Add a campaigner."""
    number = house.clock.new_id()
    async with house.db.transaction() as conn:
        await conn.execute(
            insert(StaffRow).values(
                id=number, email=email, name="W", role="campaigner", languages=["id"],
                locale="id", password_hash="x",
            )
        )  # fmt: skip
    return number


def file(**changes: object) -> CampaignFile:
    """Return the file, changed."""
    return CampaignFile.model_validate({**FILE, **changes})


def saying(text: str) -> list[dict[str, object]]:
    """Return the broadcasts of the file with other words."""
    [broadcast] = FILE["broadcasts"]  # type: ignore[misc]
    return [{**broadcast, "words": {"id": {"text": text}}}]  # type: ignore[dict-item]


async def became(broadcasts: Broadcasts, wanted: CampaignFile, by: UUID) -> list[str]:
    """Keep a file; return what became of its broadcasts."""
    kept: list[Kept] = await keep(broadcasts, wanted, by=by)
    return [each.became for each in kept]


async def test_it_is_kept_once_and_changed_where_it_differs(
    broadcasts: Broadcasts, writer: UUID, house: TestHouse
) -> None:
    """Read twice it is there once; other words are a change, wait for approval again, and links follow the file."""
    assert await became(broadcasts, file(), writer) == ["added"]
    assert await became(broadcasts, file(), writer) == ["same"]
    links = [{"code": "c27", "target": "quiz:men_too"}]
    assert await became(broadcasts, file(broadcasts=saying("Hai"), links=links), writer) == [
        "changed"
    ]
    [kept] = await broadcasts.all()
    assert kept.state == "waiting"
    assert kept.draft.content.words_for("a", "id").text == "Hai"
    async with house.db.transaction() as conn:
        assert list(await conn.scalars(select(CampaignRow.slug))) == ["camp-2027"]
        found = await conn.execute(select(CampaignLinkRow.target, CampaignLinkRow.city))
        assert [tuple(row) for row in found] == [("quiz:men_too", None)]


async def test_a_second_person_approves_it(
    broadcasts: Broadcasts, writer: UUID, house: TestHouse
) -> None:
    """Whoever brought the file cannot approve what is in it; somebody else can, and a change asks for it anew."""
    await keep(broadcasts, file(), by=writer)
    [kept] = await broadcasts.all()
    with pytest.raises(SecondPerson):
        await broadcasts.act(kept.id, "approve", by=writer, version=kept.version)
    other = await staff(house, "o@example.org")
    await broadcasts.act(kept.id, "approve", by=other, version=kept.version)
    assert (await broadcasts.get(kept.id)).state == "scheduled"
    assert await became(broadcasts, file(), writer) == ["same"]
    assert (await broadcasts.get(kept.id)).state == "scheduled"
    assert await became(broadcasts, file(broadcasts=saying("Hai")), writer) == ["changed"]
    seen = await broadcasts.get(kept.id)
    assert (seen.state, seen.approved_by, seen.next_at) == ("waiting", None, None)


async def test_what_cannot_go_out_stays_a_draft(broadcasts: Broadcasts, writer: UUID) -> None:
    """A word that gives somebody away on a locked screen is refused; nothing waits for approval."""
    loud = saying("Perdagangan orang: kamu korban?")
    with pytest.raises(NotReady) as refused:
        await keep(broadcasts, file(broadcasts=loud), by=writer)
    assert {finding.code for finding in refused.value.findings} == {"loud_word"}
    [kept] = await broadcasts.all()
    assert kept.state == "draft"


async def test_what_is_over_is_not_brought_back(broadcasts: Broadcasts, writer: UUID) -> None:
    """The same file does nothing to a broadcast that was cancelled; other words make it a draft that waits."""
    await keep(broadcasts, file(), by=writer)
    [kept] = await broadcasts.all()
    await broadcasts.act(kept.id, "cancel", by=writer, version=kept.version)
    assert await became(broadcasts, file(), writer) == ["same"]
    assert (await broadcasts.get(kept.id)).state == "cancelled"
    assert await became(broadcasts, file(broadcasts=saying("Hai")), writer) == ["changed"]
    assert (await broadcasts.get(kept.id)).state == "waiting"


async def test_the_code_of_another_campaign_stays_its_own(
    broadcasts: Broadcasts, writer: UUID, house: TestHouse
) -> None:
    """A second campaign cannot take a link over that hangs on posters already."""
    await keep(broadcasts, file(), by=writer)
    await keep(broadcasts, file(campaign="other-2027", broadcasts=[]), by=writer)
    async with house.db.transaction() as conn:
        query = select(CampaignRow.slug).join(
            CampaignLinkRow, CampaignLinkRow.campaign_id == CampaignRow.id
        )
        assert list(await conn.scalars(query)) == ["camp-2027"]


async def test_what_is_under_way_is_not_changed(
    broadcasts: Broadcasts, writer: UUID, house: TestHouse
) -> None:
    """While a broadcast is on its way, other words in the file are refused: nobody has approved them."""
    await keep(broadcasts, file(), by=writer)
    [kept] = await broadcasts.all()
    await broadcasts.act(
        kept.id, "approve", by=await staff(house, "o@example.org"), version=kept.version
    )
    async with broadcasts.db.transaction() as conn:
        await runs.add_run(conn, house.clock.new_id(), kept.id, house.clock.now())
    with pytest.raises(NotNow):
        await keep(broadcasts, file(broadcasts=saying("Hai")), by=writer)
    assert replace(await broadcasts.get(kept.id), version=0).draft == kept.draft

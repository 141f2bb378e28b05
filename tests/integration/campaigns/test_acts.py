"""What is noted of campaigners' work, what takes it back, and words that are changed while a message is on its way."""

from dataclasses import replace

import pytest
import pytest_asyncio
from sqlalchemy import delete, update
from sqlalchemy.exc import ProgrammingError

from bot.campaigns import acts
from bot.campaigns.broadcast import NotNow
from bot.campaigns.firing import fire_due, fire_test, look
from bot.content.load import Content
from bot.store.engine import Database
from bot.store.tables import CampaignActRow
from tests.integration.campaigns.test_broadcasts import all_runs, planned
from tests.support.audience import NOON, Desk, Somebody, add_people, make_desk, words
from tests.support.clock import FixedClock


@pytest_asyncio.fixture
async def desk(db: Database, campaigners: Database, clock: FixedClock, content: Content) -> Desk:
    """Two campaigners, at noon."""
    clock.at = NOON
    return await make_desk(db, campaigners, clock, content)


async def told(desk: Desk, made: object) -> list[str]:
    """Return what was done with a message, the oldest first."""
    async with desk.broadcasts.db.transaction() as conn:
        found = await acts.of_subject(conn, made)  # type: ignore[arg-type]
    return [each.act for each in reversed(found)]


async def test_every_act_is_noted_with_who_did_it(desk: Desk, clock: FixedClock) -> None:
    """A message's page can say who did what; what was refused is not in it."""
    made = await desk.write()
    await fire_test(desk.broadcasts.db, made, clock=clock, ground=desk.ground, by=desk.second)
    await desk.act(made, "submit")
    with pytest.raises(NotNow):
        await desk.act(made, "pause")
    await desk.act(made, "approve", by=desk.second)
    assert await told(desk, made) == ["create", "test", "submit", "approve"]
    async with desk.broadcasts.db.transaction() as conn:
        seen = await desk.broadcasts.get(made)
        listed = await acts.of_campaign(conn, seen.campaign_id)
    assert {each.staff_id for each in listed} == {desk.writer, desk.second}
    assert all(each.who for each in listed)


async def test_what_was_noted_stays(desk: Desk) -> None:
    """Campaign code can neither change nor delete a line."""
    await desk.write()
    for wish in (delete(CampaignActRow), update(CampaignActRow).values(act="x")):
        with pytest.raises(ProgrammingError):
            async with desk.broadcasts.db.transaction() as conn:
                await conn.execute(wish)


async def test_acts_are_taken_back(desk: Desk) -> None:
    """Submitted, approved, put away: each way leads back to where it was, and an approval no more once it has fired."""
    made = await desk.write()
    await desk.act(made, "submit")
    await desk.act(made, "withdraw")
    await desk.act(made, "archive")
    await desk.act(made, "unarchive")
    assert (await desk.broadcasts.get(made)).state == "draft"
    await desk.approve(made)
    await desk.act(made, "unapprove", by=desk.second)
    back = await desk.broadcasts.get(made)
    assert (back.state, back.approved_by, back.next_at) == ("waiting", None, None)
    await desk.act(made, "approve", by=desk.second)
    await desk.act(made, "cancel")
    await desk.act(made, "archive")
    await desk.act(made, "unarchive")
    assert (await desk.broadcasts.get(made)).state == "cancelled"


async def test_an_approval_that_has_fired_stays(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Once people are planned it can be paused or cancelled, and not put back into the queue."""
    await add_people(db, [Somebody()])
    made = await desk.write()
    await desk.approve(made)
    await fire_due(desk.broadcasts.db, clock.now(), clock=clock, ground=desk.ground)
    with pytest.raises(NotNow):
        await desk.act(made, "unapprove")


async def test_a_reason_stands_until_the_message_waits_again(desk: Desk) -> None:
    """Who wrote it reads why it came back, until they send it again."""
    made = await desk.write()
    await desk.act(made, "submit")
    version = (await desk.broadcasts.get(made)).version
    await desk.broadcasts.act(
        made, "send_back", by=desk.second, version=version, reason="Say where it is."
    )
    assert (await desk.broadcasts.get(made)).sent_back_because == "Say where it is."
    await desk.act(made, "submit")
    assert (await desk.broadcasts.get(made)).sent_back_because is None


async def test_words_are_mended_midway(db: Database, desk: Desk, clock: FixedClock) -> None:
    """Paused on its way, a message may get other words; approved again, the same run goes on and nobody is planned twice."""
    await add_people(db, [Somebody() for _ in range(10)])
    made = await desk.write()
    await desk.approve(made)
    await look(desk.broadcasts.db, clock=clock, ground=desk.ground)
    await desk.act(made, "pause")
    seen = await desk.broadcasts.get(made)
    new = words("id", "en", fallback="en", text="Other words, for those who come now.")
    draft = replace(seen.draft, content=new)
    await desk.broadcasts.edit(made, draft, by=desk.writer, version=seen.version)
    assert [each.state for each in await all_runs(db)] == ["paused"]
    clock.pass_(hours=1)
    await desk.approve(made)
    await look(desk.broadcasts.db, clock=clock, ground=desk.ground)
    [run] = await all_runs(db)
    assert run.state == "running"
    assert len(await planned(db)) == 10

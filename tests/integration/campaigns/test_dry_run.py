"""A dry run tells who gets a broadcast and who does not, in numbers of which none tells of one person."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest_asyncio
from sqlalchemy import insert, select, update

from bot.campaigns.audience import read_rule
from bot.campaigns.broadcast import Ground
from bot.campaigns.dry_run import DryRun, dry_run
from bot.campaigns.firing import look
from bot.campaigns.schedule import At, Local
from bot.campaigns.size import Size
from bot.content.load import Content
from bot.store.engine import Database
from bot.store.tables import CaseRow, ConversationRow
from tests.support.audience import AT_NINE, NOON, Desk, Somebody, add_people, make_desk, words
from tests.support.clock import FixedClock

DAY = timedelta(days=1)
KUPANG = read_rule({"field": "city", "in": ["kupang"]})


@pytest_asyncio.fixture
async def desk(db: Database, campaigners: Database, clock: FixedClock, content: Content) -> Desk:
    """Two campaigners, at noon of 30 July in Jakarta."""
    clock.at = NOON
    return await make_desk(db, campaigners, clock, content)


def some(how_many: int, **told: object) -> list[Somebody]:
    """Return people of Kupang."""
    return [Somebody(**{"city": "kupang", **told}) for _ in range(how_many)]  # type: ignore[arg-type]


async def run_dry(desk: Desk, clock: FixedClock, **written: object) -> DryRun:
    """Write a draft for Kupang, and run it dry."""
    made = await desk.write(audience=KUPANG, **written)  # type: ignore[arg-type]
    seen = await desk.broadcasts.get(made)
    return await dry_run(desk.broadcasts.db, seen, clock.now(), ground=desk.ground, per_second=5)


async def test_it_tells_who_gets_it_when_and_how_long_it_takes(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """By channel, language and zone, with the first and the last moment, and what fewer than five is."""
    there = [
        *some(10), *some(7, locale="ms", zone="Asia/Makassar"), *some(5, channel="web"),
        *some(3, locale="en", zone="Europe/London"), *some(2, locale="en", city="medan"),
    ]  # fmt: skip
    await add_people(db, there)
    seen = await run_dry(desk, clock, schedule=Local(on=date(2026, 7, 31), time=AT_NINE))
    assert seen.gets_it == Size(25)
    assert seen.by_channel == {"test": Size(20), "web": Size(5)}
    assert seen.by_language == {"id": Size(22), "en": Size(None)}
    assert seen.by_zone == {
        "Asia/Jakarta": Size(15), "Asia/Makassar": Size(7), "Europe/London": Size(None),
    }  # fmt: skip
    assert seen.by_variant == {"a": Size(25)}
    assert seen.first_at == datetime(2026, 7, 31, 1, tzinfo=UTC)
    assert seen.last_at == datetime(2026, 7, 31, 8, tzinfo=UTC)
    assert seen.takes == timedelta(seconds=5)
    assert seen.waits == ()


async def test_it_tells_who_does_not_get_it_and_why(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Stopped, blocked, without a language, after its end; nobody is counted twice, and who did not agree is not counted at all."""
    await add_people(
        db,
        [
            *some(5), *some(6, stopped=True), *some(7, blocked=True), *some(2, locale="ar"),
            *some(8, zone="America/New_York"), *some(9, agrees=False),
            *some(1, stopped=True, blocked=True),
        ],
    )  # fmt: skip
    content = words("id", "en")
    seen = await run_dry(
        desk, clock, content=content, schedule=At(at=NOON), not_after=NOON + timedelta(hours=3)
    )
    assert seen.fires_at is None
    clock.at = NOON - timedelta(hours=1)
    seen = await run_dry(
        desk, clock, content=content, schedule=At(at=NOON), not_after=NOON + timedelta(hours=3)
    )
    assert seen.gets_it == Size(5)
    assert seen.left_out == {
        "blocked": Size(8), "expired": Size(8), "stopped": Size(6), "no_locale": Size(None),
        "held": Size(None), "recent": Size(None),
    }  # fmt: skip


async def test_it_tells_who_waits_for_the_morning(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """For whom it is night, and until when."""
    await add_people(db, [*some(5), *some(6, zone="America/New_York")])
    seen = await run_dry(desk, clock)
    assert seen.gets_it == Size(11)
    [waits] = seen.waits
    assert (waits.zone, waits.people) == ("America/New_York", Size(6))
    assert waits.until == datetime(2026, 7, 30, 12, tzinfo=UTC)


async def hold(db: Database, people: list[Somebody]) -> None:
    """Open a case for some of them, and let a counsellor talk with one."""
    async with db.transaction() as conn:
        for each in people[1:]:
            conversation = await conn.scalar(
                select(ConversationRow.id).where(ConversationRow.contact_id == each.id)
            )
            await conn.execute(
                insert(CaseRow).values(
                    id=uuid4(), reference=uuid4().hex[:6].upper(), contact_id=each.id,
                    conversation_id=conversation, state="waiting", level="concern", locale="id",
                    passphrase_lookup=uuid4().bytes,
                )
            )  # fmt: skip
        mine = ConversationRow.contact_id == people[0].id
        await conn.execute(update(ConversationRow).where(mine).values(owner="queue"))


async def test_cases_show_as_one_number_from_five_on(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Four who are held back are "fewer than five", as nobody is; five are five, and still among those who are planned."""
    people = some(20)
    await add_people(db, people)
    await hold(db, people[:4])
    seen = await run_dry(desk, clock)
    assert seen.left_out["held"] == Size(None)
    await hold(db, people[4:6])
    seen = await run_dry(desk, clock)
    assert seen.left_out["held"] == Size(6)
    assert seen.gets_it == Size(20)


async def test_who_was_meant_to_get_another_is_counted_whatever_became_of_it(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Within twenty hours of another broadcast, those it was for are counted, also who was held back from it."""
    people = some(8)
    await add_people(db, people)
    other = await desk.write(audience=KUPANG)
    await desk.approve(other)
    await look(desk.broadcasts.db, clock=clock, ground=desk.ground)
    await hold(db, people[:5])
    clock.pass_(hours=19)
    seen = await run_dry(desk, clock, schedule=At(at=clock.now() + timedelta(minutes=30)))
    assert seen.left_out["recent"] == Size(8)
    seen = await run_dry(desk, clock, schedule=At(at=clock.now() + 2 * DAY))
    assert seen.left_out["recent"] == Size(None)


def test_a_house_knows_the_zones_of_its_cities(content: Content) -> None:
    """What planning knows of the house: its own zone, every zone that people can choose, and who reads what."""
    ground = Ground.of(content, "Asia/Jayapura")
    assert {"Asia/Jayapura", "Asia/Riyadh", "Asia/Makassar"} <= ground.zones
    assert ground.language_for(words("id"), "jv") == "id"
    assert ground.language_for(words("en"), "jv") is None
    assert ground.language_for(words("en"), "en") == "en"

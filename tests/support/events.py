"""Events for tests, and people who come to them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bot.campaigns import events
from bot.campaigns.events import EventDraft
from bot.store.tables import CampaignRow, EventRow, EventSignupRow
from tests.support.audience import add_campaign
from tests.support.world import Person, TestHouse

WORDS = {
    "id": {"title": "Kemah Pemuda", "short": "Kemah", "place": "Taman Kota", "about": "Permainan dan makan siang."},
    "en": {"title": "Youth Camp", "short": "Camp", "place": "City Park", "about": "Games and lunch."},
}  # fmt: skip
SHOW = "events.show"
JAKARTA = "Asia/Jakarta"


async def add_event(
    house: TestHouse, slug: str = "camp", *, starts_at: datetime | None = None,
    places: int | None = None, zone: str = JAKARTA, state: str = "open",
) -> UUID:  # fmt: skip
    """Add an event of a live campaign; by default it begins in three days, at 09:00 in Jakarta."""
    begins = starts_at or house.clock.now() + timedelta(days=3)
    made = house.clock.new_id()
    draft = EventDraft(WORDS, None, zone, begins, begins + timedelta(hours=3), places)
    async with house.db.transaction() as conn:
        campaign = await add_campaign(conn, f"of-{slug}")
        await conn.execute(CampaignRow.__table__.update().values(state="live"))
        await events.create(conn, made, campaign, slug, draft)
        await conn.execute(EventRow.__table__.update().values(state=state))
    return made


async def come(house: TestHouse, slug: str = "camp", *, person: Person | None = None) -> Person:
    """Let somebody come by the event's link and sign up."""
    person = person or house.person()
    await person.start(f"c_e-{slug}")
    await person.press(f"{SHOW}.come-{slug}")
    return person


async def signups(house: TestHouse) -> list[str]:
    """Return how everybody stands who signed up, in the order in which they did."""
    query = select(EventSignupRow.state).order_by(EventSignupRow.at, EventSignupRow.contact_id)
    async with house.db.transaction() as conn:
        return list(await conn.scalars(query))


async def marks(house: TestHouse) -> list[str]:
    """Return what somebody was told."""
    async with house.db.transaction() as conn:
        rows = await conn.scalars(select(EventSignupRow.reminded))
        return [mark for row in rows for mark in row]


async def change(house: TestHouse, event_id: UUID, **values: Any) -> None:
    """Change an event as the desk does."""
    async with house.db.transaction() as conn:
        before = await events.get(conn, event_id)
        draft = EventDraft(**{**vars(before.draft), **values})
        await events.edit(conn, event_id, draft, version=before.version, now=house.clock.now())


async def do(house: TestHouse, event_id: UUID, what: Any) -> None:
    """Open, close or cancel an event as the desk does."""
    async with house.db.transaction() as conn:
        before = await events.get(conn, event_id)
        now = house.clock.now()
        await events.act(conn, event_id, what, version=before.version, now=now)

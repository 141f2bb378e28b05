"""People whom campaigns may write to, put into the database many at a time, and broadcasts for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import EVERYBODY, AnyRule
from bot.campaigns.broadcast import BroadcastContent, Ground, read_content
from bot.campaigns.schedule import AnySchedule, Now
from bot.campaigns.store_broadcasts import Broadcasts, Draft
from bot.content.load import Content
from bot.store.engine import Database
from bot.store.tables import (
    AddressRow,
    CampaignMemberRow,
    CampaignRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    ProfileRow,
    StaffRow,
)
from tests.support.clock import FixedClock

HOME = "Asia/Jakarta"
NOON = datetime(2026, 7, 30, 5, 0, tzinfo=UTC)
"""Noon in Jakarta, one in Makassar, two in Jayapura."""


@dataclass(frozen=True)
class Somebody:
    """A person as campaigns know them."""

    locale: str | None = "id"
    city: str | None = None
    zone: str | None = None
    age_band: str | None = None
    interests: tuple[str, ...] = ()
    channel: str = "test"
    last_in_at: datetime = NOON
    agrees: bool = True
    stopped: bool = False
    blocked: bool = False
    id: UUID = field(default_factory=uuid4)


async def add_people(db: Database, people: Sequence[Somebody]) -> None:
    """Put people into the database, as if they had written and agreed."""
    async with db.transaction() as conn:
        for table, rows in _rows(people).items():
            if rows:
                await conn.execute(insert(table), rows)


def _rows(people: Sequence[Somebody]) -> dict[Any, list[dict[str, Any]]]:
    rows: dict[Any, list[dict[str, Any]]] = {
        ContactRow: [], AddressRow: [], ConversationRow: [], ProfileRow: [], ConsentRow: [],
    }  # fmt: skip
    for each in people:
        place = uuid4()
        rows[ContactRow].append(
            {"id": each.id, "wrapped_key": b"-", "stopped_at": NOON if each.stopped else None}
        )
        rows[AddressRow].append(
            {
                "id": place, "contact_id": each.id, "channel": each.channel, "account": "bot",
                "lookup": place.bytes, "value_sealed": b"-",
                "blocked_at": NOON if each.blocked else None,
            }
        )  # fmt: skip
        rows[ConversationRow].append(
            {
                "id": uuid4(), "contact_id": each.id, "address_id": place,
                "locale": each.locale, "last_in_at": each.last_in_at,
            }
        )  # fmt: skip
        rows[ProfileRow].append(
            {
                "contact_id": each.id, "city": each.city, "zone": each.zone,
                "age_band": each.age_band, "interests": list(each.interests),
            }
        )  # fmt: skip
        rows[ConsentRow].append(
            {
                "contact_id": each.id, "scope": "news", "granted": each.agrees,
                "text_version": "v", "locale": "id", "channel": each.channel,
            }
        )  # fmt: skip
    return rows


async def add_campaign(
    conn: AsyncConnection, slug: str = "july", body: dict[str, Any] | None = None
) -> UUID:
    """Add a campaign; return its id."""
    made = uuid4()
    await conn.execute(insert(CampaignRow).values(id=made, slug=slug, title=slug, body=body or {}))
    return made


async def add_member(
    conn: AsyncConnection,
    campaign_id: UUID,
    somebody: Somebody,
    *,
    code: str | None = None,
    joined_at: datetime = NOON,
) -> None:
    """Let somebody be of a campaign."""
    await conn.execute(
        insert(CampaignMemberRow).values(
            contact_id=somebody.id, campaign_id=campaign_id, code=code, joined_at=joined_at
        )
    )


def words(*locales: str, text: str = "Hello {}!", fallback: str | None = None) -> BroadcastContent:
    """Return content in some languages."""
    said = {locale: {"text": text.format(locale)} for locale in locales or ("id", "en")}
    return read_content({"variants": [{"words": said}], "fallback": fallback})


@dataclass
class Desk:
    """Two campaigners at work on the broadcasts of one campaign."""

    broadcasts: Broadcasts
    campaign_id: UUID
    writer: UUID
    second: UUID

    @property
    def ground(self) -> Ground:
        """What planning knows of the house."""
        return self.broadcasts.ground

    async def write(
        self,
        content: BroadcastContent | None = None,
        *,
        audience: AnyRule = EVERYBODY,
        schedule: AnySchedule | None = None,
        not_after: datetime | None = None,
        name: str = "July",
    ) -> UUID:
        """Write a draft; return its id."""
        draft = Draft(name, content or words(), audience, schedule or Now(), not_after)
        return await self.broadcasts.create(self.campaign_id, draft, by=self.writer)

    async def approve(self, broadcast_id: UUID) -> None:
        """Submit a draft, and let the second person approve it."""
        await self.act(broadcast_id, "submit")
        await self.act(broadcast_id, "approve", by=self.second)

    async def act(self, broadcast_id: UUID, act: Any, *, by: UUID | None = None) -> None:
        """Do something with a broadcast as it stands."""
        seen = await self.broadcasts.get(broadcast_id)
        await self.broadcasts.act(broadcast_id, act, by=by or self.writer, version=seen.version)


async def make_desk(
    db: Database, campaigners: Database, clock: FixedClock, content: Content
) -> Desk:
    """Return a campaign with two campaigners."""
    staff = (uuid4(), uuid4())
    async with db.transaction() as conn:
        for number, each in enumerate(staff):
            await conn.execute(
                insert(StaffRow).values(
                    id=each, email=f"{number}@example.org", name="Somebody", role="campaigner",
                    password_hash="-", languages=["id"], locale="en",
                )
            )  # fmt: skip
        campaign = await add_campaign(conn, body={"domains": ["suar.example"]})
    return Desk(Broadcasts(campaigners, clock, lambda: content, HOME), campaign, *staff)


AT_NINE = time(9)

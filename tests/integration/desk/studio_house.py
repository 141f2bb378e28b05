"""A campaign with its messages, people and links, for tests of the studio's pages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from bot.campaigns.audience import EVERYBODY, AnyRule
from bot.campaigns.broadcast import read_content
from bot.campaigns.schedule import AnySchedule, Now
from bot.campaigns.store_broadcasts import Broadcast, Draft
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from bot.store.tables import CampaignLinkRow
from tests.integration.desk.house import House
from tests.support.audience import Somebody, add_campaign, add_people

WORDS = {"en": {"text": "There is a new quiz."}, "id": {"text": "Kuis baru sudah ada."}}


@dataclass
class Studio:
    """One campaign of the house, and who works on it."""

    house: House
    campaign_id: UUID
    writer: Staff
    second: Staff

    async def write(
        self,
        name: str = "The day itself",
        *,
        audience: AnyRule = EVERYBODY,
        schedule: AnySchedule | None = None,
        not_after: datetime | None = None,
    ) -> UUID:
        """Write a draft; return its id."""
        content = read_content({"variants": [{"words": WORDS}], "fallback": "en"})
        draft = Draft(name, content, audience, schedule or Now(), not_after)
        broadcasts = self.house.services.studio.broadcasts
        return await broadcasts.create(self.campaign_id, draft, by=self.writer.id)

    async def get(self, broadcast_id: UUID) -> Broadcast:
        """Return a message as it stands."""
        return await self.house.services.studio.broadcasts.get(broadcast_id)

    async def approve(self, broadcast_id: UUID) -> None:
        """Send it for approval, and let the second person approve it."""
        broadcasts = self.house.services.studio.broadcasts
        for act, by in (("submit", self.writer), ("approve", self.second)):
            seen = await broadcasts.get(broadcast_id)
            await broadcasts.act(broadcast_id, act, by=by.id, version=seen.version)  # type: ignore[arg-type]

    async def people(self, how_many: int, **told: object) -> None:
        """Let people have agreed to hear of campaigns."""
        now = self.house.clock.now()
        told = {"channel": "telegram", "last_in_at": now, **told}
        await add_people(self.house.db, [Somebody(**told) for _ in range(how_many)])  # type: ignore[arg-type]


async def make_studio(house: House) -> Studio:
    """Return a campaign with a link, and two campaigners."""
    writer = await house.add_staff("Rina", Role.CAMPAIGNER)
    second = await house.add_staff("Budi", Role.CAMPAIGNER)
    async with house.db.transaction() as conn:
        campaign = await add_campaign(conn, "july")
        link = {"code": "k7m2", "campaign_id": campaign, "target": "join", "city": "kupang"}
        await conn.execute(insert(CampaignLinkRow).values(**link))
    return Studio(house, campaign, writer, second)

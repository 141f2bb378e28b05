"""Carries out what people want of campaigns: joining, telling something of themselves, leaving."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.people import CHILD
from bot.conversation.campaign_effects import (
    BecomeTester,
    CancelSignUp,
    ChangeProfile,
    JoinCampaigns,
    LeaveCampaigns,
    RateCampaign,
    SignUp,
)
from bot.conversation.effects import Granted
from bot.hotline import consent
from bot.store import campaigning, contacts, events, links
from bot.store.contacts import Party
from bot.store.tables import CampaignMemberRow, ProfileRow

Effect = (
    BecomeTester
    | JoinCampaigns
    | ChangeProfile
    | LeaveCampaigns
    | SignUp
    | CancelSignUp
    | RateCampaign
)


async def apply(
    conn: AsyncConnection, effect: Effect, party: Party, locale: str, *, now: datetime
) -> None:
    """Carry out one effect."""
    match effect:
        case BecomeTester(code):
            await links.take_invitation(conn, code, party.contact_id, now=now)
        case JoinCampaigns(granted, came_by):
            await _record(conn, party, granted, locale, now)
            await _join(conn, party, came_by, now)
        case ChangeProfile(changes):
            await _change(conn, party, changes, now)
        case LeaveCampaigns(granted):
            await _record(conn, party, granted, locale, now)
            await campaigning.end_news(conn, party.contact_id)
        case SignUp(granted, slug):
            await _sign_up(conn, party, granted, slug, locale, now)
        case CancelSignUp(slug):
            if not await events.cancel(conn, party.contact_id, slug, now=now):
                await _end_events(conn, party, now)
        case RateCampaign():
            await _rate(conn, effect, now)


async def stop(conn: AsyncConnection, party: Party, *, now: datetime) -> None:
    """End what somebody agreed to hear of campaigns: they want no messages that they did not ask for."""
    await consent.withdraw(conn, party.contact_id, at=now, case_id=None, scope=consent.NEWS)
    await campaigning.end_news(conn, party.contact_id)
    await _end_events(conn, party, now)
    await campaigning.end_events(conn, party.contact_id)


async def _end_events(conn: AsyncConnection, party: Party, now: datetime) -> None:
    await consent.withdraw(conn, party.contact_id, at=now, case_id=None, scope=consent.EVENT)


async def _sign_up(
    conn: AsyncConnection, party: Party, granted: Granted, slug: str, locale: str, now: datetime
) -> None:
    # The words that they have read rest on a look during which this transaction holds the event.
    if await events.sign_up(conn, party, slug, now=now) is not None:
        # Whoever said "stop" before asks for these messages now.
        await contacts.set_stopped(conn, party.contact_id, None)
        await _record(conn, party, granted, locale, now)


async def _rate(conn: AsyncConnection, effect: RateCampaign, now: datetime) -> None:
    kind, _, slug = effect.about.partition(":")
    found = events.campaign_of(conn, slug) if slug else links.campaign_of(conn, kind)
    campaign = await found
    if campaign is not None:
        await events.rate(conn, campaign, effect.rating, day=now)


async def _record(
    conn: AsyncConnection, party: Party, granted: Granted, locale: str, now: datetime
) -> None:
    await consent.record(
        conn, party, granted.scope, granted=granted.granted,
        text_version=granted.text_version, locale=locale, at=now,
    )  # fmt: skip


async def _join(conn: AsyncConnection, party: Party, came_by: str | None, now: datetime) -> None:
    # Whoever said "stop" before asks for these messages now.
    await contacts.set_stopped(conn, party.contact_id, None)
    profile = insert(ProfileRow).values(contact_id=party.contact_id, changed_at=now)
    await conn.execute(profile.on_conflict_do_nothing())
    campaign = await links.campaign_of(conn, came_by) if came_by else None
    if campaign is not None:
        member = insert(CampaignMemberRow).values(
            contact_id=party.contact_id, campaign_id=campaign, code=came_by, joined_at=now
        )
        await conn.execute(member.on_conflict_do_nothing())


async def _change(
    conn: AsyncConnection, party: Party, changes: Mapping[str, Any], now: datetime
) -> None:
    """Keep what somebody told; of those under 18 no city, whenever they told it."""
    mine = ProfileRow.contact_id == party.contact_id
    await conn.execute(update(ProfileRow).where(mine).values(**changes, changed_at=now))
    of_a_child = (mine, ProfileRow.age_band == CHILD)
    await conn.execute(update(ProfileRow).where(*of_a_child).values(city=None))

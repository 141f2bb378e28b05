"""Looks up which city a person's rounds count for, and how many there were."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation import came
from bot.conversation.city import CityLook
from bot.conversation.quiz.round import FLOW
from bot.conversation.state import State
from bot.hotline import consent
from bot.store import campaigning, city_rounds, links
from bot.store.contacts import Party


async def look(conn: AsyncConnection, party: Party, state: State, *, now: datetime) -> CityLook:
    """Return the city that the person told for campaigns, else that of the link by which they came; nothing of it is kept here."""
    city = await _told(conn, party) or await _of_link(conn, state, now)
    if city is None:
        return CityLook()
    return CityLook(city, await city_rounds.finished(conn, city, day=now.date()))


async def _told(conn: AsyncConnection, party: Party) -> str | None:
    if not await consent.hears(conn, party.contact_id):
        return None
    return await campaigning.city_of(conn, party.contact_id)


async def _of_link(conn: AsyncConnection, state: State, now: datetime) -> str | None:
    code = came.code_of(state.memory.get(FLOW, {}), now)
    return await links.city_of(conn, code) if code is not None else None

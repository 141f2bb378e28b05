"""What the page of a message tells beside its form: what can be done with it, who did what, how far it is, and where a button may lead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import acts, campaigns, progress
from bot.campaigns.acts import Done
from bot.campaigns.audience import describe
from bot.campaigns.broadcast import OPEN_STEPS, UNDOES, acts_in
from bot.campaigns.broadcast_rows import Broadcast
from bot.campaigns.segments import count_testers
from bot.campaigns.store_broadcasts import KIND
from bot.content.parts import MAX_MESSAGE_CHARS, MAX_TITLE_CHARS
from bot.desk.web.desk import Desk, Visit
from bot.store.tables import EventRow

UNDO_WITHIN = timedelta(minutes=15)
"""So long a page offers to take back what one has just done."""
EDITED = frozenset({"draft", "waiting", "scheduled", "paused", "stopped", "cancelled", "expired"})
"""States in which the words can be changed; whether a run is under way is looked at when they are saved."""


async def facts(
    desk: Desk, conn: AsyncConnection, visit: Visit, seen: Broadcast
) -> dict[str, Any]:
    """Return what the page of a message tells of it, read as the role of campaigns."""
    history = await acts.of_subject(conn, seen.id)
    return {
        "campaign": await campaigns.get(conn, seen.campaign_id),
        "message": seen,
        "acts": acts_in(seen.state),
        "is_mine": seen.written_by == visit.staff.id,
        "history": history,
        "undo": last_undo(history, visit, seen, desk.now()),
        "runs": await progress.of_broadcast(conn, seen.id),
        "testers": await count_testers(conn),
        "audience": describe(seen.draft.audience),
        "schedule": seen.draft.schedule,
        "home": desk.services.studio.home,
    }


def last_undo(
    history: Sequence[Done], visit: Visit, seen: Broadcast, now: datetime
) -> tuple[str, str] | None:
    """Return what somebody has just done with a message, and the act that takes it back; None where nothing does."""
    if not history or history[0].staff_id != visit.staff.id or history[0].kind != KIND:
        return None
    last = history[0]
    back = UNDOES.get(last.act)
    if back not in acts_in(seen.state) or now - last.at > UNDO_WITHIN:
        return None
    if back == "approve" and seen.written_by == visit.staff.id:
        return None
    return last.act, back or ""


async def form_facts(
    desk: Desk, conn: AsyncConnection, visit: Visit, campaign_id: UUID
) -> dict[str, Any]:
    """Return what the form of a message chooses from."""
    content, locale = desk.services.content(), visit.staff.locale
    say = content.words.say
    quizzes = [(f"quiz:{each.quiz}", say(each.title, locale)) for each in content.quizzes.values()]
    return {
        "quizzes": quizzes,
        "events": await _events(conn, campaign_id, locale),
        "steps": [step for step in OPEN_STEPS if content.has_step(step)],
        "known_locales": list(content.words.locales),
        "direction_of": content.words.direction,
        "max_text": MAX_MESSAGE_CHARS,
        "max_title": MAX_TITLE_CHARS,
    }


async def _events(conn: AsyncConnection, campaign_id: UUID, locale: str) -> list[tuple[str, str]]:
    """Return the events of a campaign as targets, each by its title in the reader's language or another."""
    query = select(EventRow.slug, EventRow.words).where(EventRow.campaign_id == campaign_id)
    found = []
    for row in await conn.execute(query.order_by(EventRow.starts_at)):
        said = [row.words.get(code) for code in (locale, "id", "en", *row.words)]
        title = next((each["title"] for each in said if _has_title(each)), row.slug)
        found.append((f"event:{row.slug}", title))
    return found


def _has_title(words: object) -> bool:
    return isinstance(words, dict) and bool(words.get("title"))

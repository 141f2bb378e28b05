"""What came of a campaign, in numbers of which none is small; and whether everybody may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import leaders
from bot.campaigns.campaigns import Campaign
from bot.campaigns.hiding import Told, tell
from bot.campaigns.leaders import Link
from bot.campaigns.size import SMALLEST
from bot.content.load import Content
from bot.errors import Conflict, NotFound
from bot.store.crypto import Lookup
from bot.store.tables import (
    BroadcastRow,
    BroadcastRunRow,
    CampaignLinkRow,
    CampaignMemberRow,
    CampaignRatingRow,
    CampaignRow,
    LinkCountRow,
    QuizCountRow,
)

PUBLIC = "public"
"""The key of a campaign's body that says whether everybody may see its results."""
SHOWN = frozenset({"live", "ended"})
"""States of a campaign whose results everybody may see."""
QUIZ = "quiz:"
ROUND = "round"
PREVIEW_CHARS = 32
_PROGRESS = text("SELECT * FROM campaign_progress(:run)")
HELD = "held"
STATES = ("read", "delivered", "sent", "failed", "unknown", "left_out", "taken", "waiting")
RATINGS = ("good", "some", "none")


@dataclass(frozen=True)
class Asked:
    """A question of the campaign's quizzes: how often it was answered, and the part that was right; None where it was seldom."""

    quiz: str
    question: str
    answered: int | None
    right: float | None


@dataclass(frozen=True)
class Sent:
    """What became of one variant of a broadcast."""

    broadcast: str
    variant: str
    states: Told
    """By the state of the message."""


@dataclass(frozen=True)
class Results:
    """All numbers of a campaign. In each table small numbers are hidden, and others beside them."""

    cities: tuple[Told, Told]
    """Links opened and quizzes finished by the link's city."""
    days: Mapping[str, Told]
    """`opened`, `finished` and `joined` by ISO day."""
    ratings: Told
    questions: tuple[Asked, ...]
    """Of everybody who played while the campaign ran, by whatever way they came."""
    sent: tuple[Sent, ...]
    held: int | None
    """How many were left in peace because somebody talks with them; None below five."""


async def read(conn: AsyncConnection, campaign: Campaign, *, today: date) -> Results:
    """Return what came of a campaign until today."""
    links = await leaders.links_of(conn, campaign.id)
    sent, held = await _sent(conn, campaign.id)
    return Results(
        leaders.by_city(links),
        await _days(conn, campaign.id),
        await _ratings(conn, campaign.id),
        await _questions(conn, campaign, quizzes_of(links), today),
        sent,
        held,
    )


def quizzes_of(links: Sequence[Link]) -> frozenset[str]:
    """Return the quizzes to which a campaign's links lead."""
    return frozenset(
        link.target.removeprefix(QUIZ) for link in links if link.target.startswith(QUIZ)
    )


def facts_of(content: Content, quizzes: Collection[str]) -> frozenset[str]:
    """Return the facts that quizzes measure."""
    known = (content.quizzes[name] for name in quizzes if name in content.quizzes)
    return frozenset(fact for quiz in known for fact in quiz.measures)


def is_public(campaign: Campaign) -> bool:
    """Tell whether everybody may see the results."""
    return campaign.body.get(PUBLIC) is True and campaign.state in SHOWN


async def find_by_slug(conn: AsyncConnection, slug: str) -> UUID:
    """Return the campaign of a slug.

    Raises:
        NotFound: There is none.
    """
    found = await conn.scalar(select(CampaignRow.id).where(CampaignRow.slug == slug))
    if found is None:
        raise NotFound
    return found


def preview_token(slug: str, lookup: Lookup) -> str:
    """Return what opens the public page of a campaign for its makers before everybody may see it."""
    return lookup.of("results-preview", slug).hex()[:PREVIEW_CHARS]


async def publish(
    conn: AsyncConnection, campaign: Campaign, *, public: bool, version: int, at: datetime
) -> None:
    """Show the results to everybody, or to nobody outside any more.

    Raises:
        Conflict: Somebody changed the campaign since the version that was seen.
    """
    body: dict[str, Any] = {**campaign.body, PUBLIC: public}
    done = await conn.execute(
        update(CampaignRow)
        .where(CampaignRow.id == campaign.id, CampaignRow.version == version)
        .values(body=body, version=version + 1, changed_at=at)
    )
    if not done.rowcount:
        raise Conflict


async def _days(conn: AsyncConnection, campaign_id: UUID) -> dict[str, Told]:
    counts = await conn.execute(
        select(LinkCountRow.day, func.sum(LinkCountRow.opened), func.sum(LinkCountRow.finished))
        .join(CampaignLinkRow, CampaignLinkRow.code == LinkCountRow.code)
        .where(CampaignLinkRow.campaign_id == campaign_id)
        .group_by(LinkCountRow.day)
    )
    day = cast(CampaignMemberRow.joined_at, Date).label("day")
    joined = await conn.execute(
        select(day, func.count()).where(CampaignMemberRow.campaign_id == campaign_id).group_by(day)
    )
    by: dict[str, dict[date, int]] = {"opened": {}, "finished": {}}
    by["joined"] = {row[0]: row[1] for row in joined}
    for row in counts:
        by["opened"][row[0]], by["finished"][row[0]] = row[1], row[2]
    known = sorted({each for days in by.values() for each in days})
    span = _span(known[0], known[-1]) if known else []
    return {
        name: tell({f"{each}": days.get(each, 0) for each in span}) for name, days in by.items()
    }


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


async def _ratings(conn: AsyncConnection, campaign_id: UUID) -> Told:
    rows = await conn.execute(
        select(CampaignRatingRow.rating, func.sum(CampaignRatingRow.count))
        .where(CampaignRatingRow.campaign_id == campaign_id)
        .group_by(CampaignRatingRow.rating)
    )
    return tell(_in_order({row[0]: row[1] for row in rows}, RATINGS))


def _in_order(rows: Mapping[str, int], known: Sequence[str]) -> dict[str, int]:
    """Return the rows with what is known first, in its order."""
    return {
        name: rows[name] for name in (*known, *sorted(rows.keys() - set(known))) if name in rows
    }


async def _questions(
    conn: AsyncConnection, campaign: Campaign, quizzes: Collection[str], today: date
) -> tuple[Asked, ...]:
    count = QuizCountRow
    rows = await conn.execute(
        select(count.quiz, count.question, func.sum(count.shown), func.sum(count.right))
        .where(
            count.phase == ROUND,
            count.quiz.in_(sorted(quizzes)),
            count.day >= (campaign.starts_on or date.min),
            count.day <= (campaign.ends_on or today),
        )
        .group_by(count.quiz, count.question)
        .order_by(count.quiz, count.question)
    )
    return tuple(_asked(quiz, question, shown, right) for quiz, question, shown, right in rows)


def _asked(quiz: str, question: str, shown: int, right: int) -> Asked:
    if shown < SMALLEST:
        return Asked(quiz, question, None, None)
    return Asked(quiz, question, shown, right / shown)


async def _sent(conn: AsyncConnection, campaign_id: UUID) -> tuple[tuple[Sent, ...], int | None]:
    runs = await conn.execute(
        select(BroadcastRow.name, BroadcastRunRow.id)
        .join(BroadcastRow, BroadcastRow.id == BroadcastRunRow.broadcast_id)
        .where(BroadcastRow.campaign_id == campaign_id, ~BroadcastRunRow.test)
        .order_by(BroadcastRow.name, BroadcastRunRow.due_at)
    )
    by: dict[tuple[str, str], dict[str, int]] = {}
    held = 0
    for name, run in runs.all():
        for row in await conn.execute(_PROGRESS, {"run": run}):
            if row.why == HELD:
                held += row.people
                continue
            states = by.setdefault((name, row.variant), {})
            states[row.state] = states.get(row.state, 0) + row.people
    sent = tuple(
        Sent(name, variant, tell(_in_order(states, STATES)))
        for (name, variant), states in by.items()
    )
    return sent, held or None

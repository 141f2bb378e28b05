"""Links of youth leaders: one each, under a nickname they chose; and the board of cities, which ranks nobody."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.hiding import Told, tell
from bot.clock import Clock
from bot.errors import Conflict, NotFound, Refused
from bot.store.crypto import Lookup
from bot.store.tables import CampaignLinkRow, CampaignRow, LinkCountRow

ELSEWHERE = ""
"""Stands for a city where a link has none."""
MAX_NICKNAME_CHARS = 40
CODE_CHARS = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read as another."""
_SIGNED_BYTES = 15
_PURPOSE = "leader-page"


class NoNickname(Refused):
    """A nickname has 1 to 40 letters."""


@dataclass(frozen=True)
class Link:
    """A link of a campaign, and how often it was opened and a quiz finished behind it."""

    code: str
    campaign_id: UUID
    target: str
    city: str | None
    leader: str | None
    named: bool
    closed_at: datetime | None
    opened: int
    finished: int

    @property
    def is_open(self) -> bool:
        """Whether it still leads somewhere."""
        return self.closed_at is None


@dataclass(frozen=True)
class Wanted:
    """What a new link is to be."""

    nickname: str
    target: str
    city: str | None
    named: bool


@dataclass(frozen=True)
class Place:
    """A city on the board: what all its links came to together, and the leaders who wanted to be named."""

    city: str
    opened: int | None
    finished: int | None
    leaders: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """All cities of a campaign in the order of their ids, links without one last, and what they came to together; small numbers are hidden."""

    opened: int | None
    finished: int | None
    places: tuple[Place, ...]


async def links_of(conn: AsyncConnection, campaign_id: UUID) -> list[Link]:
    """Return all links of a campaign, those of leaders by nickname first, then the others by code."""
    query = _links().where(CampaignLinkRow.campaign_id == campaign_id)
    found = [_read(row) for row in await conn.execute(query)]
    return sorted(
        found, key=lambda each: (each.leader is None, (each.leader or "").casefold(), each.code)
    )


async def get(conn: AsyncConnection, code: str) -> Link:
    """Return one link.

    Raises:
        NotFound: There is none.
    """
    row = (await conn.execute(_links().where(CampaignLinkRow.code == code))).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


async def add(conn: AsyncConnection, campaign_id: UUID, wanted: Wanted, *, clock: Clock) -> str:
    """Make a link for a leader; return its code, which nobody can guess.

    Raises:
        NotFound: There is no such campaign.
        NoNickname: It is empty or too long.
    """
    nickname = " ".join(wanted.nickname.split())
    if not 0 < len(nickname) <= MAX_NICKNAME_CHARS or not nickname.isprintable():
        raise NoNickname
    known = select(CampaignRow.id).where(CampaignRow.id == campaign_id)
    if await conn.scalar(known) is None:
        raise NotFound
    code = "".join(clock.choice(_LETTERS) for _ in range(CODE_CHARS))
    await conn.execute(
        insert(CampaignLinkRow).values(
            code=code, campaign_id=campaign_id, target=wanted.target, city=wanted.city,
            leader=nickname, named=wanted.named,
        )
    )  # fmt: skip
    return code


async def close(conn: AsyncConnection, code: str, *, at: datetime) -> None:
    """Close a leader's link: it leads nowhere any more, and what was counted stays.

    Raises:
        Conflict: It was closed before, or is none of a leader.
    """
    mine = (
        CampaignLinkRow.code == code,
        CampaignLinkRow.closed_at.is_(None),
        CampaignLinkRow.leader.is_not(None),
    )
    done = await conn.execute(update(CampaignLinkRow).where(*mine).values(closed_at=at))
    if not done.rowcount:
        raise Conflict


def board(links: Sequence[Link]) -> Board:
    """Return what the cities came to. No leader has a number: who is named is named for being part of it."""
    opened, finished = by_city(links)
    places = tuple(
        Place(city, opened.rows[city], finished.rows[city], _named(links, city))
        for city in opened.rows
    )
    return Board(opened.total, finished.total, places)


def by_city(links: Sequence[Link]) -> tuple[Told, Told]:
    """Return how often the links of each city were opened, and a quiz finished behind them."""
    opened: dict[str, int] = {}
    finished: dict[str, int] = {}
    for link in sorted(links, key=lambda each: (each.city is None, each.city or ELSEWHERE)):
        city = link.city or ELSEWHERE
        opened[city] = opened.get(city, 0) + link.opened
        finished[city] = finished.get(city, 0) + link.finished
    return tell(opened), tell(finished)


def own(link: Link) -> Mapping[str, int | None]:
    """Return what a leader is told of their own link: rounded, so that a city's number less theirs tells of nobody."""
    return {
        "opened": tell({"": link.opened}).coarse().total,
        "finished": tell({"": link.finished}).coarse().total,
    }


def token_of(code: str, lookup: Lookup) -> str:
    """Return what opens a leader's own page: the link's code, signed."""
    return f"{code}.{_signature(code, lookup)}"


def code_in(token: str, lookup: Lookup) -> str:
    """Return the code of the link that a token opens.

    Raises:
        NotFound: It is none of ours.
    """
    code, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(code, lookup).encode()):
        raise NotFound
    return code


def _signature(code: str, lookup: Lookup) -> str:
    return urlsafe_b64encode(lookup.of(_PURPOSE, code)[:_SIGNED_BYTES]).decode()


def _named(links: Sequence[Link], city: str) -> tuple[str, ...]:
    here = {link.leader for link in links if link.named and (link.city or ELSEWHERE) == city}
    return tuple(sorted((name for name in here if name is not None), key=str.casefold))


def _links() -> Select[str, UUID, str, str | None, str | None, bool, datetime | None, int, int]:
    link = CampaignLinkRow
    return (
        select(
            link.code, link.campaign_id, link.target, link.city, link.leader, link.named, link.closed_at,
            func.coalesce(func.sum(LinkCountRow.opened), 0).label("opened"),
            func.coalesce(func.sum(LinkCountRow.finished), 0).label("finished"),
        )
        .outerjoin(LinkCountRow, LinkCountRow.code == link.code)
        .group_by(link.code)
    )  # fmt: skip


def _read(
    row: Row[str, UUID, str, str | None, str | None, bool, datetime | None, int, int],
) -> Link:
    return Link(*row)

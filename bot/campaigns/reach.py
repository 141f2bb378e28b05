"""How many people rules are about: by channel and by zone, and many rules at once. What is shown of it never tells fewer than five apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import AnyRule, condition
from bot.campaigns.broadcast import Ground
from bot.campaigns.people import PEOPLE, REACHED
from bot.campaigns.planning import ROOM, planned_zone
from bot.campaigns.size import SMALLEST, Size


@dataclass(frozen=True)
class Reach:
    """How many people a rule is about and can be reached."""

    people: Size
    by_channel: Mapping[str, Size]
    """By the channel on which they write, the most first. What could be told by taking the others from the whole is hidden too."""


async def reach(
    conn: AsyncConnection,
    rule: AnyRule,
    *,
    channels: Sequence[str],
    today: date,
    home: str,
) -> Reach:
    """Return how many people a rule is about, all together and on each of `channels` and whatever others they write on."""
    where = condition(rule, today=today, home=home)
    query = select(PEOPLE.c.channel, func.count()).where(where, REACHED).group_by(PEOPLE.c.channel)
    counted = dict.fromkeys(channels, 0)
    await conn.execute(text(ROOM))
    for name, people in await conn.execute(query):
        counted[name] = people
    return Reach(Size.of(sum(counted.values())), hide(counted))


def hide(counted: Mapping[str, int]) -> dict[str, Size]:
    """Return sizes, the largest first, of which none can be told by subtraction.

    Where all that is hidden together is fewer than five, the smallest that is shown is hidden with it.
    """
    shown = {name: people for name, people in counted.items() if people >= SMALLEST}
    hidden = sum(counted.values()) - sum(shown.values())
    if shown and 0 < hidden < SMALLEST:
        del shown[min(shown, key=lambda name: (shown[name], name))]
    largest = sorted(counted, key=lambda name: (-shown.get(name, 0), name))
    return {name: Size.of(shown.get(name)) for name in largest}


async def sizes(
    conn: AsyncConnection, rules: Sequence[AnyRule], *, today: date, home: str
) -> list[Size]:
    """Return how many people each of some rules is about and can be reached; everybody is looked at once."""
    if not rules:
        return []
    wheres = [condition(rule, today=today, home=home) for rule in rules]
    counts = [func.count().filter(where) for where in wheres]
    await conn.execute(text(ROOM))
    row = (await conn.execute(select(*counts).select_from(PEOPLE).where(REACHED))).one()
    return [Size.of(people) for people in row]


async def people_by_zone(
    conn: AsyncConnection, rule: AnyRule, *, ground: Ground, today: date
) -> dict[str, int]:
    """Return how many of those a rule is about live by each clock. Exact: a page shows no more of it than `Size` does."""
    where = condition(rule, today=today, home=ground.home)
    people = select(planned_zone(ground).label("zone")).where(where, REACHED).subquery()
    query = select(people.c.zone, func.count()).group_by(people.c.zone)
    await conn.execute(text(ROOM))
    rows = await conn.execute(query)
    return {row[0]: row[1] for row in rows}

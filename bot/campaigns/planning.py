"""Plans a run: writes down who gets it, when, in which language and which variant.

It is one INSERT … SELECT for a part of the people at a time, by their ids; how far it came stands in the run, in the transaction that
wrote them. A killed planner goes on there, and of two at once the second waits and then finds nothing left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    Text,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    null,
    select,
    text,
    true,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import condition, is_tester
from bot.campaigns.broadcast import BroadcastContent, Ground
from bot.campaigns.broadcast_rows import Broadcast, get
from bot.campaigns.people import PEOPLE, REACHED
from bot.campaigns.runs import LAST_ID
from bot.campaigns.schedule import Due, Now, dues
from bot.faults import fault_point
from bot.store.engine import Database
from bot.store.tables import BroadcastRecipientRow, BroadcastRunRow, CampaignMemberRow

CHUNK = 250_000
"""So many people are planned in one transaction; a kill loses no more than their planning. Smaller parts take longer together, since
the ids of people are spread over all pages of the tables."""
ROOM = "SET LOCAL work_mem = '64MB'"
"""With the server's usual 4 MB it would sort and join a million people on the disk."""
_AWARE = DateTime(timezone=True)


Rows = Select[tuple[UUID, UUID, str, str, datetime]]
"""Contact, conversation, variant, language, when."""


@dataclass(frozen=True)
class Plan:
    """Whom a run is for, as a query, and the columns from which one can count."""

    meant: Select[Any]
    """All who are meant, also those who cannot be reached or have no language in common with it."""
    variant: ColumnElement[str]
    said: ColumnElement[str | None]
    """The language; NULL: none."""
    due: FromClause
    """`zone`, `at` and `wanted` of `Due`."""

    @property
    def gets_it(self) -> ColumnElement[bool]:
        """The condition that somebody gets a row."""
        return REACHED & self.said.is_not(None)

    def between(self, after: UUID | None, to: UUID) -> Rows:
        """Return who gets it of those whose ids come after one and up to the other."""
        part = self.meant.where(self.gets_it, PEOPLE.c.contact_id <= to)
        if after is not None:
            part = part.where(PEOPLE.c.contact_id > after)
        return part.with_only_columns(
            PEOPLE.c.contact_id,
            PEOPLE.c.conversation_id,
            self.variant.label("variant"),
            self.said.label("said"),
            self.due.c.at,
        )


def plan(broadcast: Broadcast, fired: datetime, ground: Ground, *, test: bool = False) -> Plan:
    """Return whom the run that fires at `fired` is for.

    Args:
        broadcast: What goes out.
        fired: When the run fires; the run's `due_at`.
        ground: What planning has to know of the house.
        test: For the team alone, whatever the audience and the schedule say.
    """
    schedule = Now() if test else broadcast.draft.schedule
    due = _due_table(dues(schedule, fired, ground.zones))
    joined = due.c.zone == planned_zone(ground)
    meant = select(PEOPLE.c.contact_id).select_from(PEOPLE).join(due, joined)
    if test:
        meant = meant.where(is_tester())
    else:
        where = condition(broadcast.draft.audience, today=fired.date(), home=ground.home)
        meant = meant.where(where, _joined(broadcast.campaign_id, due))
    said = _language(broadcast.draft.content, ground)
    return Plan(meant, _variant(broadcast.draft.content, broadcast.id), said, due)


def planned_zone(ground: Ground) -> ColumnElement[str]:
    """Return the zone that somebody is planned by: the house's where theirs is none that we know."""
    known = PEOPLE.c.zone.in_(sorted(ground.zones))
    return case((known, PEOPLE.c.zone), else_=ground.home)


def _due_table(found: list[Due]) -> FromClause:
    columns: list[ColumnClause[Any]] = [
        column("zone", Text),
        column("at", _AWARE),
        column("wanted", _AWARE),
    ]
    rows: list[tuple[Any, ...]] = [(due.zone, due.at, due.wanted) for due in found]
    if any(due.joined_from for due in found):
        columns += [column("joined_from", _AWARE), column("joined_to", _AWARE)]
        rows = [(due.zone, due.at, due.wanted, due.joined_from, due.joined_to) for due in found]
    if rows:
        return values(*columns, name="due").data(rows).alias("due")
    nobody = [cast(null(), each.type).label(each.name) for each in columns]
    return select(*nobody).where(false()).subquery("due")


def _joined(campaign_id: UUID, due: FromClause) -> ColumnElement[bool]:
    """Return the condition that somebody joined the campaign on the day that a drip is for; true for other schedules."""
    if "joined_from" not in due.c:
        return true()
    return exists().where(
        CampaignMemberRow.contact_id == PEOPLE.c.contact_id,
        CampaignMemberRow.campaign_id == campaign_id,
        CampaignMemberRow.joined_at >= due.c.joined_from,
        CampaignMemberRow.joined_at < due.c.joined_to,
    )


def _language(content: BroadcastContent, ground: Ground) -> ColumnElement[str | None]:
    """Return in which language somebody gets it; NULL for in none."""
    reads: dict[str | None, list[str]] = {}
    for locale in sorted({*ground.chains, *content.locales}):
        reads.setdefault(ground.language_for(content, locale), []).append(locale)
    whens = [(PEOPLE.c.locale.in_(readers), said) for said, readers in reads.items() if said]
    return case(*whens, else_=literal(content.fallback, Text))


def _variant(content: BroadcastContent, broadcast_id: UUID) -> ColumnElement[str]:
    """Return which variant somebody gets: by chance, but for one person always the same of one broadcast."""
    if len(content.variants) == 1:
        return literal(content.variants[0].id, Text)
    mixed = func.md5(cast(PEOPLE.c.contact_id, Text) + literal(str(broadcast_id), Text))
    # Seven hexadecimal digits: a number that is never below nothing.
    drawn = cast(cast(literal("x", Text) + func.left(mixed, 7), BIT(28)), BigInteger)
    return case((drawn % 100 < content.variants[0].share, "a"), else_="b")


async def plan_run(db: Database, run_id: UUID, *, ground: Ground, chunk: int = CHUNK) -> None:
    """Plan what is left of a run; then it is `running`, or `done` where it is for nobody.

    Does nothing with a run that is paused, cancelled or planned.
    """
    async with db.transaction(durable=False) as conn:
        await conn.execute(text(ROOM))
        people = await conn.scalar(select(func.count()).select_from(PEOPLE)) or 0
    step = 2**128 // max(1, -(-people // chunk))
    while await _plan_part(db, run_id, ground, step):
        pass


async def _plan_part(db: Database, run_id: UUID, ground: Ground, step: int) -> bool:
    """Plan the next part of a run; False when nothing is left to do."""
    async with db.transaction() as conn:
        # Not the run's own row: whoever pauses it must not wait until a part is done.
        await conn.execute(_ALONE, {"run": str(run_id)})
        run = (await conn.execute(_NEXT, {"run": run_id})).one_or_none()
        if run is None or run.state != "planning":
            return False
        await conn.execute(text(ROOM))
        broadcast = await get(conn, run.broadcast_id)
        begin = run.planned_to.int if run.planned_to else 0
        to = UUID(int=begin + step) if begin + 2 * step <= 2**128 else LAST_ID
        part = plan(broadcast, run.due_at, ground, test=run.test).between(run.planned_to, to)
        planned = run.planned + await _write(conn, run_id, part)
        await _note(conn, run_id, planned, to)
        fault_point("before_plan_commit")
    fault_point("after_plan_commit")
    return to != LAST_ID


async def _note(conn: AsyncConnection, run_id: UUID, planned: int, to: UUID) -> None:
    """Note how far the plan is. A run that was paused or cancelled meanwhile stays so."""
    values: dict[str, Any] = {"planned": planned, "planned_to": to}
    if to == LAST_ID:
        still = BroadcastRunRow.state == "planning"
        state, ended_at = ("running", null()) if planned else ("done", func.now())
        values["state"] = case((still, state), else_=BroadcastRunRow.state)
        values["ended_at"] = case((still, ended_at), else_=BroadcastRunRow.ended_at)
    mine = BroadcastRunRow.id == run_id
    await conn.execute(update(BroadcastRunRow).where(mine).values(**values))


async def _write(
    conn: AsyncConnection,
    run_id: UUID,
    part: Rows,
) -> int:
    """Add the rows of a part; return how many."""
    found = part.subquery()
    run = literal(run_id).label("run_id")
    into = pg_insert(BroadcastRecipientRow).from_select(
        ["run_id", "contact_id", "conversation_id", "variant", "locale", "due_at"],
        select(run, *found.c),
    )
    # Somebody whose zone was changed between two parts would be there twice.
    once = into.on_conflict_do_nothing()
    written = await conn.execute(once, execution_options={"preserve_rowcount": True})
    return written.rowcount


_NEXT = select(
    BroadcastRunRow.broadcast_id,
    BroadcastRunRow.due_at,
    BroadcastRunRow.state,
    BroadcastRunRow.planned,
    BroadcastRunRow.planned_to,
    BroadcastRunRow.test,
).where(BroadcastRunRow.id == bindparam("run"))
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("run", type_=Text), 0)))

"""What somebody of the staff brings: they say it themselves, and a supervisor confirms skills and sets how much they carry."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline.matching import GENDERS, Skill
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, list_staff
from bot.store.tables import StaffRow

MOST_CARRIED = 20
"""Six people at high risk at once: nobody can be set to carry more."""


async def set_own(
    conn: AsyncConnection,
    staff: Staff,
    *,
    languages: Iterable[str],
    gender: str,
    skills: Iterable[str],
) -> None:
    """Keep what somebody says of themselves; a skill that they take back is no longer confirmed either.

    `gender` is one of `matching.GENDERS`, or empty for not saying it. Somebody speaks one language at least: with
    none the languages stay as they are.
    """
    known = {skill for skill in Skill if skill in set(skills)}
    spoken = list(dict.fromkeys(languages)) or list(staff.languages)
    # What a supervisor confirms at this very moment is seen here: two of them never lose each other's words.
    confirmed = await conn.scalar(
        select(StaffRow.confirmed_skills).where(StaffRow.id == staff.id).with_for_update()
    )
    await conn.execute(
        update(StaffRow)
        .where(StaffRow.id == staff.id)
        .values(
            languages=spoken,
            gender=gender if gender in GENDERS else None,
            skills=sorted(known),
            confirmed_skills=sorted(known & set(confirmed or ())),
        )
    )


async def list_talkers(conn: AsyncConnection, by: Staff) -> list[Staff]:
    """Return those who take people from the queue, by name; for those who oversee.

    Raises:
        NotFound: This role does not oversee.
    """
    if not by.may(Permission.OVERSEE):
        raise NotFound
    return [
        each for each in await list_staff(conn) if each.may(Permission.TALK) and not each.disabled
    ]


async def confirm(
    conn: AsyncConnection, by: Staff, staff_id: UUID, *, skills: Iterable[str], carries: int
) -> None:
    """Keep which of somebody's skills are confirmed, and how much they carry at once.

    Raises:
        NotFound: This role does not oversee, or there is no such person.
    """
    if not by.may(Permission.OVERSEE):
        raise NotFound
    said = await conn.scalar(
        select(StaffRow.skills).where(StaffRow.id == staff_id).with_for_update()
    )
    if said is None:
        raise NotFound
    values = {
        "confirmed_skills": sorted(set(said) & set(skills)),
        "carries": min(max(carries, 1), MOST_CARRIED),
    }
    await conn.execute(update(StaffRow).where(StaffRow.id == staff_id).values(**values))

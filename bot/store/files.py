"""What of the case file goes with a person: sealed anew when two contacts become one, forgotten when they are erased.

What a receiver outside has got cannot be called back from here, so its number stays until a counsellor has told them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import (
    FileDateRow,
    FilePersonRow,
    FileProtocolRow,
    FileRequestRow,
    FileTextRow,
    ReferralLeftRow,
    ReferralRow,
)

TEXT, PERSON, PURPOSE = "file.text", "file.person", "file.purpose"
RELEASED, CORRECTION = "file.released", "file.correction"
CONTENT, SHOWN, PACKAGE = "referral.content", "referral.shown", "referral.package"
SEALED: tuple[tuple[Any, str, str], ...] = (
    (FileTextRow, "text_sealed", TEXT),
    (FilePersonRow, "details_sealed", PERSON),
    (FileDateRow, "purpose_sealed", PURPOSE),
    (FileRequestRow, "text_sealed", RELEASED),
    (FileRequestRow, "correction_sealed", CORRECTION),
    (ReferralRow, "content_sealed", CONTENT),
    (ReferralRow, "shown_sealed", SHOWN),
    (ReferralRow, "package_sealed", PACKAGE),
)
"""Every sealed column of the file, and the place it is sealed for."""
OWNED: tuple[Any, ...] = (
    FileTextRow,
    FilePersonRow,
    FileDateRow,
    FileRequestRow,
    FileProtocolRow,
    ReferralRow,
)
"""Every table that names a person by `contact_id`."""


async def forget(conn: AsyncConnection, contact_id: UUID, at: datetime) -> None:
    """Forget the file of a person; keep only which receiver still has something, by the receiver's own number."""
    sent = select(
        ReferralRow.number,
        ReferralRow.receiver_id,
        ReferralRow.staff_id,
        func.date(func.timezone("UTC", ReferralRow.sent_at)),
        literal(at.date()),
    ).where(ReferralRow.contact_id == contact_id, ReferralRow.sent_at.is_not(None))
    columns = ["number", "receiver_id", "staff_id", "sent_on", "erased_on"]
    await conn.execute(insert(ReferralLeftRow).from_select(columns, sent))
    for table in OWNED:
        await conn.execute(delete(table).where(table.contact_id == contact_id))


async def end_dates(conn: AsyncConnection, contact_id: UUID) -> None:
    """Drop the days of a plan that two contacts bring along when they become one: it is made anew with the person."""
    await conn.execute(
        delete(FileDateRow).where(
            FileDateRow.contact_id == contact_id, FileDateRow.state == "planned"
        )
    )

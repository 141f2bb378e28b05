"""Reads the answers that the figures are made of, and whom to ask again."""

import asyncio
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.learning import probes
from bot.campaigns.learning.answers import Answer
from bot.campaigns.learning.probes import Probe
from bot.campaigns.learning.report import Report, report
from bot.store import study


async def read_answers(conn: AsyncConnection) -> list[Answer]:
    """Return every answer of everybody who takes part."""
    return [
        Answer(
            row.contact_id,
            row.fact,
            row.question,
            row.phase,
            row.locale,
            row.right,
            row.choices,
            row.on,
        )
        for row in await study.read_answers(conn)
    ]


async def read_report(
    conn: AsyncConnection, *, now: datetime, locale: str | None = None
) -> Report:
    """Return what people have learned until now, of all languages or of one; reckoned beside the loop."""
    answers = await read_answers(conn)
    return await asyncio.to_thread(report, answers, study.day_of(now), locale=locale)


async def read_due(conn: AsyncConnection, *, now: datetime) -> list[Probe]:
    """Return whom to ask which fact today; at decent hours, and under their conversation's lock once more (`study.ask`)."""
    today = study.day_of(now)
    return probes.due(await study.taught(conn, today), today)

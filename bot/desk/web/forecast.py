"""The forecast beside the rota: how long somebody would wait, and what one more person would change."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.rota import parse_date, parse_time
from bot.hotline.forecast import Forecast, forecast
from bot.hotline.forecast_read import read
from bot.hotline.hours import HOME, ZONES
from bot.understanding.model import RiskLevel

EVENING = time(20)
LEVELS = {level.label: level for level in sorted(RiskLevel, reverse=True)}
MINUTE, STEP = timedelta(minutes=1), 5
"""Told in steps of so many minutes: more exact would look surer than it is."""


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the form, and the answer to what was asked."""
    asked, now = visit.request.query_params, desk.now()
    today = now.astimezone(ZONES[HOME]).date()
    day = parse_date(asked.get("day", "")) or today
    hour = parse_time(asked.get("time", "")) or EVENING
    at = datetime.combine(day, hour, ZONES[HOME])
    level = LEVELS.get(asked.get("level", ""), RiskLevel.HIGH)
    async with desk.services.db.transaction(durable=False) as conn:
        history, shifts = await read(conn, visit.staff, at, now=now)
        spoken = sorted({arrival.language for arrival in history.arrivals}) or [visit.staff.locale]
        language = asked.get("language", "")
        language = language if language in spoken else spoken[0]
        values: dict[str, Any] = {
            "levels": LEVELS,
            "level": level,
            "languages": spoken,
            "language": language,
            "day": day,
            "time": f"{hour:%H:%M}",
            "asked": "day" in asked,
            "weeks": history.weeks,
            "minutes": minutes,
        }
        if "day" in asked:
            ways = (
                asyncio.to_thread(forecast, history, shifts, at, level, language, more=more)
                for more in (False, True)
            )
            values["now_so"], values["with_more"] = await asyncio.gather(*ways)
            values["helps"] = helps(values["now_so"], values["with_more"])
        return await frame.page(desk, conn, visit, "forecast.html", values)


def minutes(span: timedelta) -> int:
    """Return a wait as it is told: in minutes, to the nearest step."""
    return STEP * round(span / MINUTE / STEP)


def helps(alone: Forecast | None, more: Forecast | None) -> str:
    """Tell what one more person changes: `removes` the wait, makes it `shorter`, or does `little`."""
    if alone is None or more is None or more.middle is None:
        return "little"
    if alone.middle is None:
        return "shorter"
    if minutes(alone.middle) > 0 and minutes(more.middle) == 0:
        return "removes"
    return "shorter" if minutes(more.middle) < minutes(alone.middle) else "little"

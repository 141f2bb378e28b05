"""Days, moments and names of languages as people of a language write them, by Babel.

Each `locale` is one of `Words.formats`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.lists import format_list

from bot.content.hours import DAYS

_PLAIN = Locale("en")
"""For a language that Babel does not know, or knows by little more than its name."""
_NO_MONTH = "M01"
_NAMED_OTHERWISE = {"prs": "fa_AF"}
"""Dari has a code of its own, and Babel names it as the Farsi of Afghanistan."""
_SPANS_AS = {"su": "id", "ps": "fa"}
"""Where Babel has no words for hours: read in a language that shares them."""
_ALWAYS = 10_000
"""A share of a larger unit that no span reaches: the unit stays the one that is asked for."""


def say_day(day: date, locale: str) -> str:
    """Write a day out, as in 22 November 2026."""
    return format_date(day, "long", locale=_known(locale))


def say_full_day(day: date, locale: str) -> str:
    """Write a day out with its name, as in Sunday, 22 November 2026."""
    return format_date(day, "full", locale=_known(locale))


def say_month(day: date, locale: str) -> str:
    """Write the month that a day is in, as in November 2026."""
    return format_skeleton("yMMMM", day, locale=_known(locale))


def first_weekday(locale: str) -> int:
    """Return with which day a week begins where a language is mostly read: 0 is Monday, 6 is Sunday."""
    known = _known(locale)
    if known.territory is None:
        likely = str(get_global("likely_subtags").get(known.language, known.language))
        known = Locale.parse(likely)
    return known.first_week_day


def say_weekday_and_time(moment: datetime, locale: str) -> str:
    """Write a moment of the coming week in its own zone, as in Monday 09:00."""
    return format_datetime(moment, "EEEE HH:mm", tzinfo=moment.tzinfo, locale=_known(locale))


def say_moment(moment: datetime, zone: str, locale: str) -> str:
    """Write a moment out as the clock of `zone` (an IANA name) shows it, as in Monday, 22 November 2026, 09:00."""
    there = moment.astimezone(ZoneInfo(zone))
    known = _known(locale)
    day = format_date(there.date(), "full", locale=known)
    return f"{day}, {format_datetime(there, 'HH:mm', tzinfo=there.tzinfo, locale=known)}"


def say_zone(moment: datetime, zone: str) -> str:
    """Write which clock is meant: WIB, WITA or WIT, else how far it is from UTC."""
    there = moment.astimezone(ZoneInfo(zone))
    name = there.tzname() or ""
    if name.isalpha():
        return name
    ahead = there.strftime("%z")
    return f"UTC{ahead[:3]}:{ahead[3:]}"


def say_span(span: timedelta, locale: str) -> str:
    """Write a round span of time, as in 45 minutes or 3 hours; what is no whole number of hours is in minutes."""
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    unit: Literal["minute", "hour"] = "minute" if rest or not hours else "hour"
    known = _known(_SPANS_AS.get(locale, locale))
    return format_timedelta(
        timedelta(minutes=minutes), granularity=unit, threshold=_ALWAYS, locale=known
    )


def say_weekday(name: str, locale: str) -> str:
    """Write out a day of the week, which a file names as in mon."""
    written: str = _known(locale).days["format"]["wide"][DAYS.index(name)]
    return written


def say_languages(codes: Sequence[str], locale: str) -> str:
    """Write the names of languages as a list; a code without a known name stays as it is."""
    names = [say_language(code, locale) or code for code in codes]
    return say_names(names, locale)


def say_either(names: Sequence[str], locale: str) -> str:
    """Write names as a list of which one is enough."""
    return format_list(names, style="or", locale=_known(locale))


def say_names(names: Sequence[str], locale: str) -> str:
    """Write names as a list."""
    return format_list(names, locale=_known(locale))


@lru_cache(maxsize=512)
def say_language(code: str, locale: str) -> str | None:
    """Write the name of the language `code`; None where Babel has none."""
    known = _known(locale)
    if code in _NAMED_OTHERWISE:
        return known.languages.get(_NAMED_OTHERWISE[code])
    try:
        return Locale.parse(code, sep="-").get_language_name(known)
    except (ValueError, UnknownLocaleError):
        return known.languages.get(code)


@lru_cache(maxsize=64)
def _known(locale: str) -> Locale:
    try:
        known = Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return _PLAIN
    has_months = known.months["format"]["wide"][1] != _NO_MONTH
    return known if has_months else _PLAIN

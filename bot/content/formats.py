"""Dates and names of languages as the person's language writes them, by Babel."""

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date


@lru_cache(maxsize=64)
def babel_locale(code: str) -> Locale:
    """Return Babel's locale of a language; English where it has none."""
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def date_in(day: date, code: str) -> str:
    """Return a day in full: ``22 November 2026``."""
    return format_date(day, format="long", locale=babel_locale(code))


@lru_cache(maxsize=512)
def language_in(language: str, code: str) -> str | None:
    """Return the name of `language` in the language `code`; None where Babel has none."""
    return babel_locale(language).get_language_name(babel_locale(code))

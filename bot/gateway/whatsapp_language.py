"""Which language to use with somebody on WhatsApp while the database is away: nobody can look up what they chose."""

from collections.abc import Mapping

from babel.core import get_global

from bot.channels.whatsapp_readers import Readers
from bot.channels.whatsapp_updates import Heard, is_user_id
from bot.content.catalogue import Words
from bot.understanding.language import guess_language

COUNTRIES: Mapping[str, str] = {
    "62": "ID", "63": "PH", "66": "TH", "84": "VN", "86": "CN", "91": "IN", "92": "PK", "93": "AF",
    "94": "LK", "95": "MM", "98": "IR", "251": "ET", "252": "SO", "855": "KH", "880": "BD",
}  # fmt: skip
"""Codes that numbers begin with: those of countries that people leave. Who lives in one that people come to (Malaysia, Hong Kong, the Gulf) seldom reads
its language, and the house's own is the better guess. Source: ITU-T E.164, list of assigned country codes."""
LONGEST_CODE = 3


def language_of(heard: Heard, readers: Readers, words: Words, default: str) -> str:
    """Return the language in which to say at once that something is broken.

    What this process remembers comes first, then what they write in, then where their number is from, then the house's own.
    """
    incoming = heard.incoming
    remembered = readers.locale_of(incoming.address)
    if remembered is not None:
        return remembered
    hint = _by_country(heard, words)
    written = guess_language(incoming.text, prior=hint or default) if incoming.has_words else None
    spoken = words.nearest(written) if written else None
    return spoken or hint or default


def _by_country(heard: Heard, words: Words) -> str | None:
    known = (heard.incoming.address, heard.known_as)
    values = [address.value for address in known if address is not None]
    found = next((country for value in values if (country := _country(value))), None)
    # Of the Unicode CLDR: the language that most people of a country speak.
    likely = get_global("likely_subtags").get(f"und_{found}") if found else None
    return words.nearest(likely.partition("_")[0]) if likely else None


def _country(value: str) -> str | None:
    """Return whence a number is, or a user id, which begins with the country."""
    if is_user_id(value):
        country = value[:2]
        return country if country in COUNTRIES.values() else None
    codes = (value[:length] for length in range(1, LONGEST_CODE + 1))
    return next((COUNTRIES[code] for code in codes if code in COUNTRIES), None)

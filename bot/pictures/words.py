"""Words of a picture in somebody's language: what nobody has checked stands there with its original."""

from dataclasses import dataclass

from bot.content.catalogue import Words


@dataclass(frozen=True)
class Said:
    """Some words as they are drawn."""

    text: str
    locale: str
    """The language that they are in: that of the reader, or the one that stands in for it."""
    original: str = ""
    """What to compare an unchecked translation with; else empty."""
    original_locale: str = ""


def said(words: Words, text: str, locale: str, **values: object) -> Said:
    """Return `text` (as it stands in `flows/`) in the language `locale`, with `{placeholders}` filled in."""
    shown = Said(words.say(text, locale, **values), words.tongue(text, locale))
    if not words.needs_original(text, locale):
        return shown
    original = words.original(locale)
    return Said(shown.text, shown.locale, words.say(text, original, **values), original)

"""Content that also speaks languages in the making, without touching the files."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from bot.commands.locales import pseudo_of
from bot.content.catalogue import LocaleInfo
from bot.content.load import Content
from bot.content.translating import read_translations

DRAFTS = Path(__file__).parent / "drafts"
PSEUDO = "qps"


def drafts(code: str) -> dict[str, str]:
    """Return the few translations that tests have in a language."""
    return dict(read_translations(DRAFTS / f"{code}.yml", code))


def pseudo_words(content: Content, *, without: Collection[str] = ()) -> dict[str, str]:
    """Return every text of the content with accents, but those of the ranks `without`."""
    ranks = content.words.ranks
    return {text: pseudo_of(text) for text, rank in ranks.items() if rank not in without}


def speaking(
    content: Content,
    code: str,
    words: Mapping[str, str],
    *,
    reviewed: Collection[str] = (),
    info: LocaleInfo | None = None,
) -> Content:
    """Return the content with one more language that is begun and says `words`."""
    known = content.words
    info = info or known.listed.get(code) or LocaleInfo(name=code)
    made = replace(
        known,
        locales={**known.locales, code: info.model_copy(update={"state": "begun"})},
        catalogues={**known.catalogues, code: dict(words)},
        reviewed={**known.reviewed, code: frozenset(reviewed)},
        listed={**known.listed, code: info},
    )
    return replace(content, words=made)

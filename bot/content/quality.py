"""Compares a translation with its text: what would mislead a person is wrong, what only looks odd is a warning.

Our own few rules need nothing and run wherever a translation comes in. The many of the translate toolkit, which know the
punctuation of each language, run where it is installed (it is a tool for working on Suar).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

_PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)[sd]")
_URL = re.compile(r"https?://[^\s<>\"\u060c\u3002\uff0c]+")
_NUMBER = re.compile(r"\d+")
_CONTROL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_TOOLKIT = [
    "accelerators",
    "brackets",
    "doublespacing",
    "doublewords",
    "emails",
    "endpunc",
    "endwhitespace",
    "newlines",
    "printf",
    "purepunc",
    "puncspacing",
    "pythonbraceformat",
    "startpunc",
    "startwhitespace",
    "tabs",
    "urls",
]
_LINES = "\u2022"


def mistakes(text: str, translation: str, max_chars: int | None) -> Iterator[str]:
    """Yield what would mislead a person, or break: placeholders, links, numbers, length, directions."""
    if _found(_PLACEHOLDER, text) != _found(_PLACEHOLDER, translation):
        yield "placeholders differ"
    if _links(text) != _links(translation):
        yield "links differ"
    if missing := _numbers(text) - _numbers(translation):
        yield f"numbers are missing: {', '.join(sorted(missing))}"
    # A short number may be a translator's way of counting; a long one is an address, a date or a line to call.
    if new := {each for each in _numbers(translation) - _numbers(text) if len(each) > 2}:
        yield f"numbers that the text does not have: {', '.join(sorted(new))}"
    if max_chars and len(translation) > max_chars:
        yield f"{len(translation)} characters, at most {max_chars}"
    if _CONTROL & set(translation):
        yield "marks of direction: they are added where they are needed"


def oddities(locale: str, text: str, translation: str) -> Iterator[str]:
    """Yield what the translate toolkit wonders about; nothing where it is not installed."""
    if text.count(_LINES) != translation.count(_LINES):
        yield "another number of bullets"
    yield from _toolkit(locale)(text, translation)


@cache
def _toolkit(locale: str) -> Callable[[str, str], Iterator[str]]:
    try:
        from translate.filters.checks import (  # noqa: PLC0415  # a tool, not there on a server
            CheckerConfig,
            StandardChecker,
        )
        from translate.storage.pypo import pounit  # noqa: PLC0415
    except ImportError:
        return lambda _text, _translation: iter(())
    config = CheckerConfig(targetlanguage=locale)
    checker = StandardChecker(checkerconfig=config, limitfilters=list(_TOOLKIT))

    def run(text: str, translation: str) -> Iterator[str]:
        unit = pounit(text)
        unit.target = translation
        for name, told in checker.run_filters(unit).items():
            yield f"{name}: {told}"

    return run


def _found(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def _links(text: str) -> Counter[str]:
    return Counter(found.rstrip(".,;:!?)") for found in _URL.findall(text))


def _numbers(text: str) -> set[str]:
    """Return the numbers in Western digits, whatever digits they are written in."""
    bare = _URL.sub(" ", _PLACEHOLDER.sub(" ", text))
    return {"".join(str(unicodedata.digit(d)) for d in each) for each in _NUMBER.findall(bare)}

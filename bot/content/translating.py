"""The translators' work on one catalogue: its header, taking translations in, recording reviews, counting what is there."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog, Message

from bot.content.catalogue import LocaleInfo
from bot.content.extract import HEADER
from bot.content.pofile import counts, forget_reviews, is_reviewed, mark_reviewed
from bot.content.quality import mistakes
from bot.content.ranks import RANKS, Rank
from bot.errors import ContentError
from bot.yaml_file import read_yaml

UNREAD = """\
# The words of Suar in {name} ({code}).
# This file is distributed under the licence of Suar (Apache-2.0).
#
# NOT CHECKED. What is translated here was drafted by a language model. No native speaker has
# read it, unless a message says "reviewed" above it. People in danger read these words: do not
# rely on any of them without a review. If this is your language, please read and mend them:
# docs/translating.md says how.
#"""


@dataclass(frozen=True)
class Tally:
    """How many texts of one rank a catalogue has, and how many of them are reviewed."""

    wanted: int = 0
    translated: int = 0
    reviewed: int = 0


def header_of(code: str, info: LocaleInfo) -> str:
    """Return what stands at the top of a language's catalogue."""
    return HEADER if info.state == "released" else UNREAD.format(name=info.name, code=code)


def rank_of(message: Message) -> Rank:
    """Return the rank that the template noted on a message."""
    noted = (comment.removeprefix("rank: ") for comment in message.auto_comments)
    return next((rank for note in noted for rank in RANKS if rank == note), "interface")


def limit_of(message: Message) -> int | None:
    """Return how long a translation may be, as the template noted it: the narrowest of the places where it stands."""
    words = (comment.split() for comment in message.auto_comments)
    limits = [int(w[2]) for w in words if w[:2] == ["At", "most"] and w[3:] == ["characters."]]
    return min(limits, default=None)


def count(catalog: Catalog) -> Mapping[Rank, Tally]:
    """Return the tally of each rank."""
    tallies = dict.fromkeys(RANKS, Tally())
    for message in catalog:
        if message.id and message.context is None:
            so_far = tallies[rank := rank_of(message)]
            tallies[rank] = Tally(
                so_far.wanted + 1,
                so_far.translated + counts(message),
                so_far.reviewed + (counts(message) and is_reviewed(message)),
            )
    return tallies


def review(
    catalog: Catalog, by: str, on: date, *, rank: Rank | None, places: Collection[str]
) -> int:
    """Record that `by` has reviewed the translations of a rank (of any, for None) that stand at `places` (anywhere, if empty).

    Returns:
        How many there were.
    """
    chosen = [
        message
        for message in catalog
        if counts(message)
        and rank in {None, rank_of(message)}
        and (not places or _stands_at(message, places))
    ]
    for message in chosen:
        mark_reviewed(message, by, on)
    return len(chosen)


def read_translations(path: Path, code: str) -> Iterator[tuple[str, str]]:
    """Yield text and translation from a file of ``- {en: …, <code>: …}``; what is not translated is left out.

    Raises:
        ContentError: It is not such a file.
    """
    data = read_yaml(path, path.name)
    if not isinstance(data, list):
        raise ContentError("not a list", file=path.name)
    for number, item in enumerate(data, start=1):
        if not isinstance(item, dict) or not isinstance(item.get("en"), str):
            raise ContentError(f"entry {number}: no `en`", file=path.name)
        translated = item.get(code)
        if translated is not None and not isinstance(translated, str):
            raise ContentError(f"entry {number}: `{code}` is no text", file=path.name)
        if translated and translated.strip():
            yield item["en"], translated


def as_list(catalog: Catalog, code: str, rank: Rank) -> str:
    """Return the texts of a rank that are not translated, as the YAML that `read_translations` reads once it is filled in."""
    lines = []
    for message in catalog:
        if isinstance(message.id, str) and message.id and not counts(message):
            if rank_of(message) != rank:
                continue
            limit, places = limit_of(message), " ".join(sorted(w for w, _ in message.locations))
            lines.append(f"# {places}" + (f", at most {limit} characters" if limit else ""))
            quoted = yaml.safe_dump(
                message.id, allow_unicode=True, default_style='"', width=10_000
            )
            lines += [f"- en: {quoted.strip()}", f"  {code}:"]
    return "".join(f"{line}\n" for line in lines)


def take_in(catalog: Catalog, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Put translations into a catalogue as unreviewed drafts.

    Yields:
        Each text that was refused, and why. Then nothing of the file should be kept.
    """
    seen: dict[str, str] = {}
    for text, translation in pairs:
        message = catalog.get(text)
        if message is None:
            yield text, "no text of Suar; it may have changed"
            continue
        if seen.setdefault(text, translation) != translation:
            yield text, "stands twice, with two translations"
            continue
        wrong = [*mistakes(text, translation, limit_of(message))]
        yield from ((text, problem) for problem in wrong)
        if message.string != translation or message.fuzzy:
            message.string = translation
            message.flags.discard("fuzzy")
            forget_reviews(message)


def _stands_at(message: Message, places: Collection[str]) -> bool:
    return any(
        fnmatchcase(where, f"*{place}*") for where, _ in message.locations for place in places
    )

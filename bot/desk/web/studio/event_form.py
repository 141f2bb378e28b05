"""The form of an event, read into what is kept; what is wrong with it comes back as codes by field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import FormData

from bot.campaigns.clocks import instant, zone_of
from bot.campaigns.events import MAX_SLUG_CHARS, SLUG, EventDraft, EventRecord, EventWords
from bot.content.load import Content
from bot.desk.web.security import text_of
from bot.understanding.cleaning import folded

LIMITS: Mapping[str, int] = {
    name: next(each.max_length for each in info.metadata if hasattr(each, "max_length"))
    for name, info in EventWords.model_fields.items()
}
"""How long each text may be, in the order of the form."""
MAX_PLACES = 100_000
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in."""

    fields: Mapping[str, str]
    """What was typed, by field; texts as ``title.id``."""
    locales: Sequence[str]
    """The languages that have a column."""
    draft: EventDraft | None = None
    """What it means; None where something is wrong."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """The code of what is wrong, by field."""


def fields_of(record: EventRecord) -> dict[str, str]:
    """Return an event as its form shows it; times by the event's own clock."""
    draft, there = record.draft, zone_of(record.draft.zone)
    shown = {
        "city": draft.city or "",
        "zone": draft.zone,
        "starts": draft.starts_at.astimezone(there).strftime("%Y-%m-%dT%H:%M"),
        "ends": draft.ends_at.astimezone(there).strftime("%Y-%m-%dT%H:%M"),
        "places": "" if draft.places is None else str(draft.places),
        "campaign": str(record.campaign_id),
        "slug": record.slug,
    }
    texts = {f"{n}.{code}": text for code, each in draft.words.items() for n, text in each.items()}
    return {**shown, **texts}


def read(form: FormData, content: Content, locales: Sequence[str], *, now: datetime) -> Filled:
    """Read a form.

    Args:
        form: As it was sent.
        content: Which languages, cities and zones there are, and which words a locked screen must not show.
        locales: The languages that have a column.
        now: An event begins after it.
    """
    names = ("campaign", "slug", "city", "zone", "starts", "ends", "places")
    fields = {name: text_of(form, name).strip() for name in names}
    texts = [f"{name}.{code}" for code in locales for name in LIMITS]
    fields |= {name: text_of(form, name).strip() for name in texts}
    problems: dict[str, str] = {}
    words = _words(fields, content, locales, problems)
    starts, ends = _times(fields, content, problems, now=now)
    places = _places(fields["places"], problems)
    if fields["city"] and fields["city"] not in content.cities.cities:
        problems["city"] = "city"
    if problems or starts is None or ends is None:
        return Filled(fields, locales, None, problems)
    draft = EventDraft(words, fields["city"] or None, fields["zone"], starts, ends, places)
    return Filled(fields, locales, draft)


def slug_of(fields: Mapping[str, str], locales: Sequence[str]) -> str | None:
    """Return the name in the event's address: what was typed, else one made of its title; None where it is no name."""
    typed = fields["slug"]
    if not typed:
        title = next((fields[f"title.{code}"] for code in locales if fields[f"title.{code}"]), "")
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        typed = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG_CHARS].strip("-")
    return typed if SLUG.fullmatch(typed) and len(typed) <= MAX_SLUG_CHARS else None


def _words(
    fields: Mapping[str, str], content: Content, locales: Sequence[str], problems: dict[str, str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code in locales:
        texts = {name: fields[f"{name}.{code}"] for name in LIMITS}
        if not any(texts.values()):
            continue
        found[code] = texts
        for name, text in texts.items():
            problem = _problem_of(name, text, content.loud_words.get(code, ()))
            if problem:
                problems[f"{name}.{code}"] = problem
    if not found:
        problems[f"title.{locales[0]}"] = "no_words"
    return found


def _problem_of(name: str, text: str, loud: Sequence[str]) -> str | None:
    if not text:
        return "missing"
    if len(text) > LIMITS[name]:
        return "long"
    # A reminder begins with the title, and with the place soon after: a locked screen shows both.
    plain = folded(text)
    return "loud" if name in {"title", "place"} and any(word in plain for word in loud) else None


def _times(
    fields: Mapping[str, str], content: Content, problems: dict[str, str], *, now: datetime
) -> tuple[datetime | None, datetime | None]:
    zone = fields["zone"]
    if zone not in content.cities.every_zone:
        problems["zone"] = "zone"
        return None, None
    starts, ends = _moment(fields["starts"], zone), _moment(fields["ends"], zone)
    if starts is None:
        problems["starts"] = "time"
    elif starts <= now:
        problems["starts"] = "past"
    if ends is None:
        problems["ends"] = "time"
    elif starts is not None and not starts < ends <= starts + LONGEST:
        problems["ends"] = "order"
    return starts, ends


def _moment(typed: str, zone: str) -> datetime | None:
    try:
        wall = datetime.fromisoformat(typed)
    except ValueError:
        return None
    # Whoever sends another form than ours may send a zone of its own.
    return None if wall.tzinfo else instant(wall.date(), wall.time(), zone)


def _places(typed: str, problems: dict[str, str]) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or not typed.isascii() or not 1 <= int(typed[:9]) <= MAX_PLACES:
        problems["places"] = "places"
        return None
    return int(typed)


def blank(home: str, **given: Any) -> dict[str, str]:  # noqa: ANN401  # texts of fields
    """Return an empty form."""
    names = ("campaign", "slug", "city", "starts", "ends", "places")
    return {**dict.fromkeys(names, ""), "zone": home, **given}

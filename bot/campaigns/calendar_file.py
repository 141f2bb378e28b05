"""An event as a calendar file (RFC 5545). It holds what a poster would say, and nothing of whoever asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event

from bot.campaigns.clocks import zone_of

PRODUCT = "-//Suar//Events//EN"


@dataclass(frozen=True)
class Entry:
    """What goes into the file."""

    uid: str
    """The same for every version of the event."""
    words: Mapping[str, str]
    """`title`, `place` and `about`, in one language."""
    zone: str
    """An IANA name."""
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int
    """Goes up with each change, so that calendars take the newest."""
    cancelled: bool = False


def write_ics(entry: Entry) -> bytes:
    """Return the file: one event in its own zone, with the zone's rules."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(zone_of(entry.zone)))
    event.add("dtend", entry.ends_at.astimezone(zone_of(entry.zone)))
    for name, key in (("summary", "title"), ("location", "place"), ("description", "about")):
        if entry.words.get(key):
            event.add(name, entry.words[key])
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    # Whoever looks into a shared calendar need not see it.
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written

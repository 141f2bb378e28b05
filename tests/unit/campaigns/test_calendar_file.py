"""The calendar file, read back by the same standard."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.campaigns.calendar_file import Entry, write_ics

ENTRY = Entry(
    uid="x@suar.example",
    words={
        "title": "Kemah, pemuda; 2027",
        "place": "Taman Kota",
        "about": "Baris satu\nbaris dua",
    },
    zone="Asia/Makassar",
    starts_at=datetime(2027, 7, 30, 1, tzinfo=UTC),
    ends_at=datetime(2027, 7, 30, 4, tzinfo=UTC),
    changed_at=datetime(2027, 7, 1, tzinfo=UTC),
    sequence=3,
)


def test_it_reads_back_as_it_was() -> None:
    """Words with commas and lines, the moment, the zone with its rules, and the version are those of the event."""
    read = Calendar.from_ical(write_ics(ENTRY))
    [event] = read.walk("VEVENT")
    assert (str(event["summary"]), str(event["location"])) == ("Kemah, pemuda; 2027", "Taman Kota")
    assert str(event["description"]) == "Baris satu\nbaris dua"
    assert event.decoded("dtstart") == ENTRY.starts_at
    assert event["dtstart"].params["TZID"] == "Asia/Makassar"
    assert event.decoded("dtstart").utcoffset() == timedelta(hours=8)
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Makassar"]
    assert (event.decoded("sequence"), str(event["status"])) == (3, "CONFIRMED")
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event


def test_lines_are_ended_and_folded_as_the_standard_wants() -> None:
    """Each line ends with CRLF and has at most 75 octets."""
    written = write_ics(Entry(**{**vars(ENTRY), "words": {"title": "é" * 80}}))
    lines = written.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_any_words_come_back(title: str) -> None:
    """Whatever campaigners write comes back as they wrote it."""
    read = Calendar.from_ical(write_ics(Entry(**{**vars(ENTRY), "words": {"title": title}})))
    [event] = read.walk("VEVENT")
    assert str(event.get("summary", "")) == title


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "America/New_York", "Asia/Tehran"])
def test_the_zone_is_right_anywhere(zone: str) -> None:
    """The moment is the same one, whatever clock shows it."""
    read = Calendar.from_ical(write_ics(Entry(**{**vars(ENTRY), "zone": zone})))
    [event] = read.walk("VEVENT")
    assert event.decoded("dtstart").astimezone(UTC) == ENTRY.starts_at


def test_a_cancelled_event_says_so() -> None:
    """Calendars that have it take it off."""
    [event] = Calendar.from_ical(write_ics(Entry(**{**vars(ENTRY), "cancelled": True}))).walk(
        "VEVENT"
    )
    assert str(event["status"]) == "CANCELLED"

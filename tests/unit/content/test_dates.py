"""Days, moments and lists as people of a language write them."""

import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.content.dates import (
    first_weekday,
    say_day,
    say_either,
    say_full_day,
    say_language,
    say_languages,
    say_month,
    say_span,
    say_weekday,
    say_weekday_and_time,
)
from bot.content.load import Content


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "November 22, 2026"),
        ("en-GB", "22 November 2026"),
        ("id", "22 November 2026"),
        ("rhg", "November 22, 2026"),
        ("x", "November 22, 2026"),
    ],
)
def test_a_day_is_written_out(locale: str, said: str) -> None:
    """Also for a language that has no form of its own here: in English."""
    assert say_day(date(2026, 11, 22), locale) == said


def test_a_moment_keeps_its_own_zone() -> None:
    """Nine o'clock there is written as nine o'clock."""
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    assert say_weekday_and_time(moment, "id") == "Senin 09:00"
    assert say_weekday_and_time(moment, "en") == "Monday 09:00"


def test_a_day_of_the_week_has_its_name() -> None:
    """The short names of the files are for machines."""
    assert [say_weekday(day, "id") for day in ("mon", "sun")] == ["Senin", "Minggu"]


def test_languages_are_a_list_of_names() -> None:
    """A code that nobody knows a name for stays as it is."""
    assert say_languages(["id", "en", "prs"], "en") == "Indonesian, English, and Dari"
    assert say_languages(["id", "qqq"], "id") == "Indonesia dan qqq"


@pytest.mark.parametrize(
    ("code", "locale", "said"),
    [
        ("id", "en-GB", "Indonesian"),
        ("ar-Latn", "id", "Arab"),
        ("prs", "en", "Dari"),
        ("prs", "jv", None),
        ("qqq", "en", None),
    ],
)
def test_a_language_has_a_name(code: str, locale: str, said: str | None) -> None:
    """Whatever script its code names; none is made up, least of all English."""
    assert say_language(code, locale) == said


def test_a_choice_is_a_list_with_or() -> None:
    """One of several is enough."""
    assert say_either(["Kupang", "Medan"], "en") == "Kupang or Medan"
    assert say_either(["Kupang", "Medan", "Solo"], "id") == "Kupang, Medan, atau Solo"


def test_a_calendar_has_months_and_whole_days() -> None:
    """The month alone, and a day with its name."""
    assert say_month(date(2026, 11, 22), "id") == "November 2026"
    assert say_full_day(date(2026, 11, 22), "en-GB") == "Sunday, 22 November 2026"


@pytest.mark.parametrize(
    ("locale", "first"), [("id", 6), ("en", 6), ("en-GB", 0), ("ar", 5), ("x", 6)]
)
def test_a_week_begins_where_its_readers_begin_it(locale: str, first: int) -> None:
    """On Monday, Saturday or Sunday, by where a language is mostly read unless it says where."""
    assert first_weekday(locale) == first


@pytest.mark.parametrize(
    ("minutes", "locale", "said"),
    [
        (45, "en", "45 minutes"),
        (60, "en", "1 hour"),
        (90, "en", "90 minutes"),
        (2_880, "en", "48 hours"),
        (180, "id", "3 jam"),
        (180, "su", "3 jam"),
        (180, "ar", "3 ساعات"),
        (45, "my", "45 မိနစ်"),
    ],
)
def test_a_span_is_in_whole_hours_or_in_minutes(minutes: int, locale: str, said: str) -> None:
    """A wait reads as people say it."""
    assert say_span(timedelta(minutes=minutes), locale) == said


def test_a_span_is_in_the_words_of_every_language(content: Content) -> None:
    """No name of a unit shows where words were to be, and no Latin letter in another script."""
    for code, info in content.words.locales.items():
        for span in (timedelta(minutes=45), timedelta(hours=3)):
            said = say_span(span, content.words.formats(code))
            assert "duration" not in said
            letters = [each for each in said if each.isalpha()]
            own = [unicodedata.name(each).split()[0] for each in info.name if each.isalpha()]
            assert letters
            assert {unicodedata.name(each).split()[0] for each in letters} <= {*own}, (code, said)

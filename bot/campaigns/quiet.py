"""When nobody is written to first: from nine in the evening until eight in the morning by their own clock, and in the middle of a talk."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.campaigns.clocks import instant, zone_of

TALKING = timedelta(minutes=10)
"""Whoever has just written is in the middle of something, perhaps before an important answer: for so long nothing comes between."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuietHours:
    """From when until when it is quiet, by the clock on the wall; `since` is later in the day than `until`."""

    since: time = time(21)
    until: time = time(8)

    def covers(self, at: time) -> bool:
        """Tell whether it is quiet when the clock shows `at`; the first moment is, the last is not."""
        return at >= self.since or at < self.until


QUIET = QuietHours()


def is_quiet(moment: datetime, zone: str, hours: QuietHours = QUIET) -> bool:
    """Tell whether an aware moment lies in the quiet hours of somebody who lives by `zone` (an IANA name)."""
    return hours.covers(moment.astimezone(zone_of(zone)).time())


def next_open(moment: datetime, zone: str, hours: QuietHours = QUIET) -> datetime:
    """Return the first moment from `moment` on, in UTC, that is not quiet in `zone`; at most a day later."""
    if not is_quiet(moment, zone, hours):
        return moment.astimezone(UTC)
    day = moment.astimezone(zone_of(zone)).date()
    while True:
        # Where the hands leap over a whole day, its morning is the first moment of the next, which is night.
        opens = instant(day, hours.until, zone)
        if opens >= moment and not is_quiet(opens, zone, hours):
            return opens
        day += _DAY

"""What the page of the audit log reads from its address."""

from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from bot.desk.web.audit_log import FIELDS, HERE, read_wish
from bot.hotline.audit import Wish


def test_everything_that_can_be_asked_for() -> None:
    """Who, what, which case and from which day to which, both with their whole day; and the page after a line."""
    someone = UUID(int=7)
    asked = {
        "staff": str(someone),
        "kind": "case_read",
        "case": " s-1001 ",
        "since": "2026-11-01",
        "until": "2026-11-02",
        "before": "51",
    }
    day = date(2026, 11, 1)
    assert read_wish(QueryParams(asked)) == Wish(
        someone,
        "case_read",
        "S-1001",
        datetime(day.year, day.month, 1, tzinfo=HERE),
        datetime(day.year, day.month, 3, tzinfo=HERE),
        51,
    )


@pytest.mark.parametrize("name", [*FIELDS, "before"])
@given(value=st.text(alphabet="!?ab-", max_size=9))
def test_what_cannot_be_read_narrows_nothing(name: str, value: str) -> None:
    """A made-up address shows the whole log instead of an error."""
    wish = read_wish(QueryParams({name: value}))
    narrowed = [each for each in vars(wish).values() if each not in (None, "")]
    assert not narrowed or (name == "case" and wish.reference)


@pytest.mark.parametrize("value", ["9999-12-31", "0001-01-01"])
def test_the_ends_of_the_calendar_are_no_mistake(value: str) -> None:
    """The last day there is has no day after it, and is asked for all the same."""
    read_wish(QueryParams({"since": value, "until": value}))

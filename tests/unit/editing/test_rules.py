"""When the next review is, and how fresh an answer is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.editing.browse import DARK, DUE, FRESH, OVERDUE, freshness_of
from bot.editing.rules import REVIEW_SPANS, next_review

TODAY = date(2027, 1, 1)


@pytest.mark.parametrize(("span", "expected"), [(90, 90), (180, 180), (1, 30), (900, 180)])
def test_the_next_review_is_as_far_away_as_the_last(span: int, expected: int) -> None:
    """Ninety days stay ninety; what is odd is brought to something a team can keep."""
    former = {
        "reviewed_on": "2026-01-01",
        "review_by": (date(2026, 1, 1) + timedelta(days=span)).isoformat(),
    }
    assert next_review(former, TODAY) == {
        "reviewed_on": "2027-01-01",
        "review_by": (TODAY + timedelta(days=expected)).isoformat(),
    }


@given(reviewed=st.dates(), by=st.dates())
def test_a_review_always_leads_to_a_later_one(reviewed: date, by: date) -> None:
    """Whatever dates stand there, the next review is ahead, and within the longest time."""
    found = next_review({"reviewed_on": reviewed.isoformat(), "review_by": by.isoformat()}, TODAY)
    shortest, longest = REVIEW_SPANS
    assert shortest <= date.fromisoformat(found["review_by"]) - TODAY <= longest


def test_an_answer_goes_from_fresh_to_dark(content: Content) -> None:
    """Due for thirty days before its date, overdue for ninety after it, then dark."""
    answer = content.answers["what_is_trafficking"]
    steps = [(-31, FRESH), (-30, DUE), (0, DUE), (1, OVERDUE), (90, OVERDUE), (91, DARK)]
    for days, expected in steps:
        assert freshness_of(answer, answer.review_by + timedelta(days=days)) == expected

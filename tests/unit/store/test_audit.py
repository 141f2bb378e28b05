"""The links of the audit log, and the heads that people note."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import redact
from bot.store.audit import START, Head, link_of, mark_of
from bot.store.crypto import Lookup

LOOKUP = Lookup(b"k" * 32)
WHEN = st.datetimes(timezones=st.just(UTC))
LINES = st.tuples(
    st.integers(1, 10**9),
    WHEN,
    st.none() | st.uuids(),
    st.sampled_from(["case_read", "code_wrong"]),
    st.none() | st.uuids(),
    st.none() | st.text(max_size=5),
    st.none() | st.integers(0, 9),
).map(list)


@given(one=LINES, other=LINES)
def test_another_line_has_another_link(one: list[Any], other: list[Any]) -> None:
    """No field of a line can be changed without its link being another."""
    same = link_of(LOOKUP, START, one) == link_of(LOOKUP, START, other)
    assert same == (one == other)


@given(line=LINES)
def test_a_link_hangs_on_the_key_and_on_the_line_before(line: list[Any]) -> None:
    """Who has not the key cannot make it, and a line cannot be moved."""
    link = link_of(LOOKUP, START, line)
    assert link_of(Lookup(b"x" * 32), START, line) != link
    assert link_of(LOOKUP, link, line) != link


def test_an_id_and_the_same_text_are_not_mixed_up_with_nothing() -> None:
    """A missing reason is another line than an empty one."""
    when, who = datetime(2026, 1, 1, tzinfo=UTC), UUID(int=1)
    kept = link_of(LOOKUP, START, [1, when, who, "case_read", None, None, None])
    assert link_of(LOOKUP, START, [1, when, who, "case_read", None, "", None]) != kept
    assert link_of(LOOKUP, START, [1, when, None, "case_read", who, None, None]) != kept


@given(number=st.integers(1, 10**6), link=st.binary(min_size=32, max_size=32))
def test_a_head_is_read_as_it_was_written_and_stands_in_the_logs_whole(
    number: int, link: bytes
) -> None:
    """What the logs take for somebody's number they take out; a head is none."""
    head = Head(number, mark_of(link))
    assert Head.parse(f" {head}\n") == head
    event = redact(None, "", {"event": "audit_head", "line": number, "mark": head.mark})
    assert (event["line"], event["mark"]) == (number, head.mark)


@pytest.mark.parametrize("given", ["", "12", "12:abc", ":" + "a" * 32, "x:" + "a" * 32])
def test_what_is_no_head_is_refused(given: str) -> None:
    """A head that was copied by halves is said to be none, not taken for another."""
    with pytest.raises(ValueError, match="NUMBER:LETTERS"):
        Head.parse(given)

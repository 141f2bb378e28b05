"""The check question: from when on somebody else may be writing, and what is covered until it is answered."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.check_question import SILENCE, CheckQuestion, first_in_doubt, masked
from bot.hotline.watched import EVENT, WATCHED
from bot.store.transcript import Line

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def thread(*told: tuple[str, timedelta]) -> list[Line]:
    """Return lines by these authors, each so long after the one before."""
    at, lines = START, []
    for number, (author, after) in enumerate(told):
        at += after
        text = WATCHED if author == EVENT else f"words {number}"
        lines.append(Line(number, author, text, at))
    return lines


def agreed(at: datetime, failed_at: datetime | None = None) -> CheckQuestion:
    """Return a question that was agreed then."""
    return CheckQuestion("which fruit", "a green mango", at, failed_at=failed_at)


def test_who_writes_on_is_not_doubted() -> None:
    """Within the silence, and without the safe word, nobody is asked, however long the counsellor was silent herself."""
    lines = thread(("person", MINUTE), ("staff", SILENCE), ("person", -MINUTE))
    assert first_in_doubt(lines, START) is None
    assert masked(lines, agreed(START))[0] == tuple(lines)


def test_a_long_silence_covers_what_was_before() -> None:
    """What is written after the silence is read; what was told before it is not, until it is sure who writes."""
    lines = thread(("person", MINUTE), ("staff", MINUTE), ("person", SILENCE), ("person", MINUTE))
    shown, check = masked(lines, agreed(START))
    assert [line.masked for line in shown] == [True, True, False, False]
    assert all("words" not in line.text for line in shown[:2])
    assert check is not None
    assert check.is_due
    again, check = masked(lines, agreed(lines[-1].at))
    assert again == tuple(lines)
    assert check is not None
    assert not check.is_due


def test_the_safe_word_covers_what_was_before_but_itself_is_read() -> None:
    """The sign that somebody may be looking is never covered."""
    lines = thread((EVENT, MINUTE), ("person", MINUTE), (EVENT, MINUTE), ("person", MINUTE))
    shown, _ = masked(lines, agreed(lines[1].at))
    assert [line.masked for line in shown] == [False, True, False, False]
    assert shown[0].text == WATCHED


def test_without_an_agreed_question_nothing_is_covered() -> None:
    """Where nothing was agreed nobody could be asked."""
    lines = thread(("person", MINUTE), ("person", SILENCE))
    assert masked(lines, None) == (tuple(lines), None)


TOLD = st.lists(
    st.tuples(
        st.sampled_from(["person", "staff", EVENT]),
        st.integers(0, 20).map(lambda hours: timedelta(hours=hours)),
    ),
    max_size=12,
)


@given(TOLD, st.integers(0, 100), st.none() | st.integers(0, 100))
def test_nothing_from_before_a_doubt_is_ever_shown(
    told: list[tuple[str, timedelta]], passed_h: int, failed_h: int | None
) -> None:
    """Whatever happened: while the question is due no word from before the doubt, or from before a wrong answer, is there."""
    lines = thread(*told)
    passed = START + timedelta(hours=passed_h)
    failed = None if failed_h is None else START + timedelta(hours=failed_h)
    shown, check = masked(lines, agreed(passed, failed))
    doubt = first_in_doubt(lines, passed)
    assert check is not None
    assert check.is_due == (doubt is not None or failed is not None)
    assert [line.at for line in shown] == [line.at for line in lines]
    covered = [line for line in shown if line.masked]
    assert all(line.text == "" for line in covered)
    if doubt is not None:
        assert all(line.masked or line.author == EVENT for line in shown[:doubt])
        assert not any(line.masked for line in shown[doubt:])
    if not check.is_due:
        assert shown == tuple(lines)

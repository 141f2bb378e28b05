"""Reports: what is told of small groups, and what can be worked out from everything that is told."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.hotline.reports import FEWEST_WAITS, SMALL, Seen, hidden, publish, report
from bot.hotline.reports_files import as_csv, as_xlsx

NAMES = ("a", "b", "c", "d")
counts = st.fixed_dictionaries({name: st.integers(0, 12) for name in NAMES})
MONTH = date(2026, 10, 1)


def seen(**known: object) -> Seen:
    """Return an ordinary case."""
    ordinary: dict[str, object] = {
        "month": MONTH, "level": "high", "language": "id", "hour": 20, "end": "answered",
        "promise": "kept", "outcome": "helped", "waited": timedelta(minutes=7),
    }  # fmt: skip
    return Seen(**{**ordinary, **known})  # type: ignore[arg-type]  # fields by name


@given(counts)
def test_a_small_group_is_hidden_with_company(month: Mapping[str, int]) -> None:
    """Nothing under five is told; whoever is hidden is not alone, and together they are not few."""
    gone = hidden(month)
    assert all(name in gone for name, count in month.items() if 0 < count < SMALL)
    if gone:
        told, total = publish([month])
        together = sum(month[name] for name in gone)
        assert total is None or (len(gone) > 1 and together >= SMALL)
        assert all(told[name] is None for name in gone)


def equations(months: list[Mapping[str, int]]) -> Iterator[list[float]]:
    """Yield, for every stretch of the months and everything that is told of it, which of the true counts it sums up."""
    for first, last in combinations(range(len(months) + 1), 2):
        told, total = publish(months[first:last])
        rows = {name: {name} for name, count in told.items() if count is not None}
        if total is not None:
            rows["total"] = set(NAMES)
        for names in rows.values():
            yield [
                float(first <= month < last and name in names)
                for month in range(len(months))
                for name in NAMES
            ]


@settings(max_examples=60)
@given(st.lists(counts, min_size=1, max_size=4))
def test_no_small_group_can_be_worked_out_from_all_reports(
    months: list[Mapping[str, int]],
) -> None:
    """With every report of every stretch in hand, no count of one to four of any month, or of its total, follows."""
    known = np.array([*equations(months)] or [[0.0] * (len(months) * len(NAMES))])
    rank = np.linalg.matrix_rank(known)
    for number, month in enumerate(months):
        wanted = {frozenset({name}) for name in NAMES if 0 < month[name] < SMALL}
        if 0 < sum(month.values()) < SMALL:
            wanted.add(frozenset(NAMES))
        for names in wanted:
            row = [
                float(at == number and name in names)
                for at in range(len(months))
                for name in NAMES
            ]
            assert np.linalg.matrix_rank(np.vstack([known, row])) > rank


def test_a_report_counts_what_is_many() -> None:
    """Twelve cases of one kind stand in every table, with the total, and nobody is named."""
    made = report([seen() for _ in range(12)], MONTH, MONTH)
    for table in made.tables:
        assert table.total == 12
        assert max(group.count or 0 for group in table.groups) == 12
    assert {table.name for table in made.tables} == {
        "level", "language", "hour", "end", "promise", "outcome",
    }  # fmt: skip


def test_waits_are_told_of_many_only() -> None:
    """Twenty waits have a middle and a range, nineteen have none."""
    for number in (FEWEST_WAITS - 1, FEWEST_WAITS):
        waits = [seen(waited=timedelta(minutes=at)) for at in range(number)]
        [high] = report(waits, MONTH, MONTH).waits
        assert (high.middle is None) == (number < FEWEST_WAITS)
    assert high.low is not None
    assert high.high is not None
    assert high.low < high.high


def test_files_hide_what_the_page_hides() -> None:
    """In the CSV a hidden group is an empty cell that says so, and the workbook is one."""
    cases = [seen() for _ in range(12)] + [seen(language="prs"), *[seen(language="en")] * 6]
    text = as_csv(report(cases, MONTH, MONTH))
    assert "language,id,12,no" in text
    assert "language,prs,,yes" in text
    assert "language,en,,yes" in text
    assert as_xlsx(report(cases, MONTH, MONTH)).startswith(b"PK")

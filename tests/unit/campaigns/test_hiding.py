"""Tables with small numbers hidden: what is hidden follows neither from the sum, nor from knowing how it is hidden."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.hiding import Told, tell
from bot.campaigns.size import SMALLEST

TABLES = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 60), max_size=9
)


@given(TABLES)
def test_no_small_number_is_shown(rows: dict[str, int]) -> None:
    """Neither a row nor the sum; what is shown is as it is, and in its order."""
    told = tell(rows)
    assert list(told.rows) == list(rows)
    assert all(
        value is None or value == rows[name] >= SMALLEST for name, value in told.rows.items()
    )
    assert told.total == (sum(rows.values()) if sum(rows.values()) >= SMALLEST else None)


@given(TABLES)
def test_subtraction_gives_nobody_away(rows: dict[str, int]) -> None:
    """The sum less all that is shown is never the number of a single row, nor small, unless everything is hidden."""
    told = tell(rows)
    hidden = [name for name, value in told.rows.items() if value is None]
    if not hidden or told.total is None:
        return
    rest = told.total - sum(value for value in told.rows.values() if value is not None)
    assert rest >= SMALLEST
    assert len(hidden) > 1


@given(TABLES)
def test_nothing_is_hidden_without_need(rows: dict[str, int]) -> None:
    """A table without small numbers is shown as it is."""
    if all(number >= SMALLEST for number in rows.values()):
        assert dict(tell(rows).rows) == rows


@pytest.mark.parametrize(("columns", "most"), [(1, 12), (2, 14), (3, 13), (4, 10)])
def test_who_knows_the_method_learns_no_hidden_number(columns: int, most: int) -> None:
    """Among all tables that look the same when told, each hidden row has more than one value."""
    names = "abcd"[:columns]
    worlds = defaultdict(list)
    for numbers in product(range(most), repeat=columns):
        told = tell(dict(zip(names, numbers, strict=True)))
        worlds[tuple(told.rows.items()), told.total].append(numbers)
    for (rows, _), same in worlds.items():
        hidden = [at for at, (_, value) in enumerate(rows) if value is None]
        if sum(same[0][at] for at in hidden) >= most:
            continue  # the others that look the same reach beyond what was tried here
        for at in hidden:
            assert len({world[at] for world in same}) > 1, same


@given(TABLES)
def test_for_everybody_numbers_are_rounded(rows: dict[str, int]) -> None:
    """To fives below a hundred, and never to nothing; what is hidden stays hidden."""
    told = tell(rows)
    for name, value in told.coarse().rows.items():
        assert (value is None) == (told.rows[name] is None)
        assert value is None or (value % 5 == 0 and value >= SMALLEST)


@pytest.mark.parametrize(
    ("exact", "coarse"),
    [(5, 5), (7, 5), (8, 10), (99, 100), (104, 100), (996, 1000), (4321, 4300), (12_345, 12_000)],
)
def test_larger_numbers_are_rounded_more(exact: int, coarse: int) -> None:
    """Two or three digits tell enough."""
    assert Told({"a": exact}, exact).coarse() == Told({"a": coarse}, coarse)

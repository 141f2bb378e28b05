"""Messages that mean the same are put together, whatever order they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.grouping import group

SIZE = 6
vectors = st.lists(st.integers(-127, 127), min_size=SIZE, max_size=SIZE).map(
    lambda numbers: bytes(number & 255 for number in numbers)
)
some = st.lists(st.one_of(vectors, st.none(), st.sampled_from([b"", b"abc"])), max_size=14)
bars = st.floats(0.05, 0.95)


def vector(*numbers: int) -> bytes:
    """Return a vector of signed bytes."""
    return bytes(number & 255 for number in numbers)


def as_sets(groups: list[list[int]]) -> set[frozenset[int]]:
    """Return the groups without their order."""
    return {frozenset(each) for each in groups}


def test_what_is_alike_is_together() -> None:
    """Two that point the same way are one group, however long they are; the third is alone, and comes after."""
    assert group([vector(0, 50), vector(90, 5), vector(9, 0)]) == [[1, 2], [0]]


def test_no_question_draws_others_together_that_are_not_alike() -> None:
    """A question between two others joins one of them: it takes both together only if they are alike on average."""
    east, between, north = vector(100, 0), vector(80, 60), vector(0, 100)
    assert group([east, between, north], alike=0.5) == [[0, 1], [2]]


def test_a_question_counts_as_often_as_it_was_asked() -> None:
    """What joins a group is compared with each message in it, not with each way of writing."""
    east, north, middle = vector(100, 0), vector(60, 80), vector(0, 100)
    assert group([east, north, middle], alike=0.45) == [[1, 2], [0]]
    assert group([east, north, middle], alike=0.38) == [[1, 2], [0]]
    assert group([east, north, north, north, middle], alike=0.45) == [[0, 1, 2, 3, 4]]


@pytest.mark.parametrize("bad", [None, b"", vector(1, 2, 3)])
def test_what_cannot_be_compared_stays_alone(bad: bytes | None) -> None:
    """Without a vector, or with one of another model, a question is a group of its own."""
    assert group([vector(1, 0), bad, vector(1, 0)]) == [[0, 2], [1]]


def test_nothing_makes_no_groups() -> None:
    """An empty list is no trouble."""
    assert group([]) == []


@given(some, bars)
def test_every_message_is_in_exactly_one_group(them: list[bytes | None], alike: float) -> None:
    """Nothing is lost, nothing is counted twice, and the largest group comes first."""
    groups = group(them, alike=alike)
    assert sorted(place for each in groups for place in each) == list(range(len(them)))
    assert [len(each) for each in groups] == sorted((len(each) for each in groups), reverse=True)


@given(some, bars, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    them: list[bytes | None], alike: float, chance: st.DrawFn
) -> None:
    """Mixed up, the same messages stand together."""
    places = list(range(len(them)))
    chance.shuffle(places)  # type: ignore[attr-defined]
    mixed = group([them[place] for place in places], alike=alike)
    assert as_sets([[places[each] for each in members] for members in mixed]) == as_sets(
        group(them, alike=alike)
    )


@given(some, bars)
def test_the_same_vector_is_never_apart(them: list[bytes | None], alike: float) -> None:
    """Identical vectors are in one group, whatever else there is."""
    groups = group(them, alike=alike)
    for vector_ in {each for each in them if each}:
        holding = [g for g in groups if any(them[place] == vector_ for place in g)]
        assert len(holding) == 1

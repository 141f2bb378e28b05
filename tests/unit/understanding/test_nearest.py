"""Which answers a question is near to."""

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.nearest import OF_EACH, Questions

SIZE = 8
vectors = st.lists(st.integers(-127, 127), min_size=SIZE, max_size=SIZE).map(
    lambda numbers: bytes(number & 255 for number in numbers)
)
asked = st.lists(st.tuples(st.sampled_from("abc"), vectors), min_size=1, max_size=12)


def vector(*numbers: int) -> bytes:
    """Return a vector of signed bytes."""
    return bytes(number & 255 for number in numbers)


def test_the_likest_question_comes_first() -> None:
    """Length does not count, only direction."""
    questions = Questions(["east", "north"], [vector(100, 0), vector(0, 3)])
    (first, second) = questions.nearest(vector(9, 1))
    assert (first.answer, second.answer) == ("east", "north")
    assert first.likeness > 0.99 > second.likeness


def test_an_answer_is_as_near_as_its_nearest_few_questions() -> None:
    """One question that is near by chance counts less than several that are."""
    by_chance = [vector(0, 100), vector(100, 0), vector(100, 0)]
    often = [vector(60, 80)] * OF_EACH
    questions = Questions(["once"] * 3 + ["often"] * 3, by_chance + often)
    assert questions.nearest(vector(0, 1))[0].answer == "often"


def test_what_cannot_be_compared_finds_nothing() -> None:
    """No vector, one of another model, and a list that is still empty."""
    questions = Questions(["a"], [vector(1, 2)])
    assert questions.nearest(None) == ()
    assert questions.nearest(vector(1, 2, 3)) == ()
    assert Questions([], []).nearest(vector(1, 2)) == ()


@given(asked, vectors, st.integers(1, 5))
def test_the_order_is_that_of_likeness(
    known: list[tuple[str, bytes]], meaning: bytes, limit: int
) -> None:
    """Each answer once, the likest first, never more than asked for, never beyond -1 and 1."""
    owners, rows = zip(*known, strict=True)
    near = Questions(owners, rows).nearest(meaning, limit=limit)
    assert len(near) == min(limit, len(set(owners)))
    assert len({each.answer for each in near}) == len(near)
    likeness = [each.likeness for each in near]
    assert likeness == sorted(likeness, reverse=True)
    assert all(-1.001 <= each <= 1.001 for each in likeness)

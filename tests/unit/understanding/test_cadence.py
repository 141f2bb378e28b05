"""A metronome is told from a person by nothing but how far apart the messages come."""

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.cadence import LOOKS_AT, is_machine_like

EVERY_S = st.floats(1.1, 500)


@given(EVERY_S, st.lists(st.floats(-0.04, 0.04), min_size=LOOKS_AT, max_size=40))
def test_a_metronome_is_marked(every_s: float, wobble: list[float]) -> None:
    """Spacings that differ by a few in a hundred, as a network makes them, are a machine's at any speed."""
    assert is_machine_like([every_s * (1 + each) for each in wobble])


@given(EVERY_S, st.lists(st.floats(1, 3), min_size=LOOKS_AT - 1, max_size=LOOKS_AT - 1), st.data())
def test_a_person_is_not(every_s: float, others: list[float], data: st.DataObject) -> None:
    """Whoever once takes half as long again as another time is a person; nobody writes twelve messages without that."""
    spacings = [every_s, *(every_s * each for each in others[:-1]), every_s * 1.5 * max(others)]
    assert not is_machine_like(data.draw(st.permutations(spacings)))


@given(st.lists(EVERY_S, max_size=LOOKS_AT - 1))
def test_a_few_messages_say_nothing(gaps_s: list[float]) -> None:
    """Fewer than twelve messages are nobody's rhythm."""
    assert not is_machine_like(gaps_s)


@given(st.floats(0, 0.9), st.integers(LOOKS_AT, 50))
def test_what_comes_at_once_is_no_rhythm(every_s: float, number: int) -> None:
    """What a phone sends at once that was out of reach is not a machine's, and a flood is seen elsewhere."""
    assert not is_machine_like([every_s] * number)


@given(EVERY_S, st.lists(st.floats(1, 600), max_size=30))
def test_only_the_newest_count(every_s: float, before: list[float]) -> None:
    """However somebody wrote before, it is the newest twelve messages that tell."""
    assert is_machine_like([*before, *([every_s] * LOOKS_AT)])

"""What is shown of how many people there are tells nobody apart."""

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.reach import hide
from bot.campaigns.size import SMALLEST, Size

counts = st.dictionaries(
    st.sampled_from(("telegram", "whatsapp", "webchat", "sms", "mail")), st.integers(0, 40)
)


@given(counts)
def test_no_few_can_be_told_by_subtraction(counted: dict[str, int]) -> None:
    """Who knows the whole and all that is shown knows of nobody who is one of fewer than five; what is shown is right."""
    shown = hide(counted)
    assert shown.keys() == counted.keys()
    exact = {name: size.exact for name, size in shown.items() if size.exact is not None}
    assert all(counted[name] == people >= SMALLEST for name, people in exact.items())
    left = sum(counted.values()) - sum(exact.values())
    assert left == 0 or left >= SMALLEST or not exact


def test_the_most_come_first() -> None:
    """The largest group is read first, and those that are hidden last."""
    shown = hide({"a": 6, "b": 3, "c": 9, "d": 4})
    assert list(shown) == ["c", "a", "b", "d"]
    assert shown["b"] == Size(None)

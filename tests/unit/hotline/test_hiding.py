"""What a counsellor sees of a case before they have said why they need more."""

from datetime import UTC, datetime

from bot.hotline.hiding import hide
from bot.store.transcript import Line

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NUMBER = "0812-3456-7890"


def test_only_the_persons_own_words_are_masked() -> None:
    """A hotline's number that a counsellor or the bot wrote stays readable."""
    lines = [
        Line(n, author, f"call {NUMBER}", NOW)
        for n, author in enumerate(["person", "staff", "bot"])
    ]
    masked, _ = hide(lines, {}, own=True)
    assert [line.text for line in masked] == ["call [number]", f"call {NUMBER}", f"call {NUMBER}"]
    assert [line.id for line in masked] == [0, 1, 2]


def test_the_name_is_for_whoever_has_the_person() -> None:
    """The counsellor calls them by it; whoever only oversees does not need it."""
    wishes = {"name": "Kak Ray", "counsellor": "woman"}
    assert hide([], wishes, own=True)[1] == wishes
    assert hide([], wishes, own=False)[1] == {"name": "[name]", "counsellor": "woman"}
    assert hide([], {"counsellor": "woman"}, own=False)[1] == {"counsellor": "woman"}

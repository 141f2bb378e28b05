"""What a conversation remembers."""

from bot.conversation.state import Return, Said, State
from bot.understanding.model import Risk, RiskLevel
from tests.unit.conversation.talk import DRAW, NOW


def test_a_state_is_read_back_as_it_was_written() -> None:
    """Every field survives, times with their zone."""
    state = State(
        locale="id",
        locale_chosen=True,
        greeted=True,
        at="quiz.play",
        memory={"quiz": {"at": 2}},
        said={"menu.main": 3},
        offered=(("menu.main", "Menu"),),
        risk=Risk(RiskLevel.HIGH, ("confinement",), "self"),
        risk_at=NOW,
    )
    assert State.from_json(state.to_json()) == state
    assert State.from_json(State("en").to_json()) == State("en")


def test_remembering_adds_and_changes_nothing_else() -> None:
    """A new state comes back; the old one stays as it was."""
    before = State("en").remembering("quiz", at=1)
    after = before.remembering("quiz", right=1).remembering("answer", wanted=[])
    assert after.memory == {"quiz": {"at": 1, "right": 1}, "answer": {"wanted": []}}
    assert before.memory == {"quiz": {"at": 1}}


def test_neither_words_nor_passphrases_show_in_a_trace() -> None:
    """What could tell on a person stays out of `repr`, and so out of logs."""
    assert "secret" not in repr(Said(1, "secret"))
    assert "moon" not in repr(DRAW)
    assert repr(Return()) == "Return(case_id=None, reference=None, too_many_tries=False)"

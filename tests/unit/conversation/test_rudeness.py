"""Insults change nothing of what is known of danger, block nothing, and are answered in other words each time."""

from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.conversation.effects import InsultHeard
from bot.prover.talk import Talk, meaning
from bot.understanding.model import RiskLevel

UNKNOWN = meaning("out_of_scope", 0.1)


@given(
    level=st.sampled_from(list(RiskLevel)), intent=st.sampled_from(["disclose", "out_of_scope"])
)
def test_an_insult_with_danger_is_danger(content: Content, level: RiskLevel, intent: str) -> None:
    """Whatever of danger is found in the very words of an insult counts, and alone."""
    said = meaning(intent, 0.9, risk=level)
    talk = Talk.greeted(content).write("you idiot", said)
    insulted = any(isinstance(effect, InsultHeard) for effect in talk.effects)
    assert insulted == (level is RiskLevel.NONE and intent != "disclose")
    assert talk.state.risk.level >= level


@given(insults=st.lists(st.sampled_from(["idiot", "goblok", "fuck you"]), min_size=1, max_size=7))
def test_insults_never_move_risk_and_always_leave_the_way_to_a_person(
    content: Content, insults: list[str]
) -> None:
    """However many there are, the last message has its way to a person, and danger told before stays what it was."""
    talk = Talk.greeted(content).write("he hits me", meaning("disclose", risk=RiskLevel.HIGH))
    before = talk.state.risk, talk.state.risk_at, talk.state.at
    said = set()
    for words in insults:
        talk = talk.write(words, UNKNOWN)
        said.add(talk.words)
        assert any(button.endswith(".human") for button in talk.buttons)
    assert (talk.state.risk, talk.state.risk_at, talk.state.at) == before
    assert len(said) == min(len(insults), 3)
    assert talk.press("calm.rude.human").state.at == "consent.ask"


def test_the_step_that_waits_goes_on_waiting(content: Content) -> None:
    """Who swears in the middle of a quiz is still in it."""
    talk = Talk.greeted(content).press("quiz.play")
    at = talk.state.at
    assert talk.write("goblok", UNKNOWN).state.at == at

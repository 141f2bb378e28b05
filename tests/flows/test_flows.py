"""Golden conversations: each file is one, played as `suar flows replay` plays it. `docs/flows.md` explains their form."""

from pathlib import Path

import pytest

from bot.content.load import Content
from bot.conversation.ways import INTENT_STEPS
from bot.prover.golden import Golden, Turn, read_golden
from bot.prover.places import text_at
from bot.prover.replay import places_of, replay
from bot.prover.telling import difference
from bot.understanding.model import RiskLevel
from bot.understanding.taxonomy import get_taxonomy

FILES = sorted(Path(__file__).parent.glob("*.json"))
MIN_CASES = 60
UNSAID = {"affirm", "deny", "disclose", "out_of_scope"}
"""Acts without a step of their own: what they mean depends on where they are said."""


def turns_of(golden: Golden) -> list[tuple[Turn, str]]:
    """Return the turns with the language that each is said in."""
    locale, found = golden.locale, []
    for turn in golden.turns:
        locale = turn.locale or locale
        found.append((turn, locale))
    return found


@pytest.fixture(scope="module")
def everything() -> dict[str, Golden]:
    """Every golden conversation by its name."""
    return {path.stem: read_golden(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_conversation_goes_as_it_was_written_down(content: Content, path: Path) -> None:
    """Every turn says, offers and does what its file says, and nothing else."""
    for played in replay(content, read_golden(path)):
        told = "\n".join(difference(content, played))
        assert played.as_written, f"{path.name}, turn {played.number}:\n{told}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_words_of_a_conversation_exist_in_its_language(content: Content, path: Path) -> None:
    """A conversation in Indonesian is said in Indonesian; in a begun language, all that people's safety hangs on is."""
    said = [
        (place, locale)
        for turn, locale in turns_of(read_golden(path))
        for message in turn.said
        for place in places_of(message)
    ]
    for place, locale in said:
        text = text_at(content, place)
        translated = content.words.say(text, locale)
        is_source = locale == content.words.source
        whole = locale in content.words.released or content.words.ranks.get(text) == "safety"
        assert (translated == text) == is_source or not whole or "{" in text, (place, locale)


def test_the_files_are_named_after_their_flows(
    content: Content, everything: dict[str, Golden]
) -> None:
    """A file's name says which flow and which case; every flow is there, and six languages."""
    assert {name.partition(".")[0] for name in everything} == set(content.flows)
    spoken = {locale for golden in everything.values() for _, locale in turns_of(golden)}
    assert spoken >= {*content.words.released, "ar", "fa", "my", "so"}
    assert len(everything) >= MIN_CASES


def test_every_step_speaks_somewhere(content: Content, everything: dict[str, Golden]) -> None:
    """No step of any flow is without a conversation that comes to it."""
    spoken = {
        ".".join(place.split(".")[:2])
        for golden in everything.values()
        for turn in golden.turns
        for message in turn.said
        for place in places_of(message)
    }
    steps = {f"{flow.flow}.{name}" for flow in content.flows.values() for name in flow.steps}
    by_their_answers = {"answer.give", "quiz.play"}
    # Said without a message before them; see tests/integration/test_follow_up.py and campaigns/test_study.py.
    first = {"follow_up.hello", "study.later", "unclear.pace"}
    # A template of WhatsApp asks, and a recording is no words; see tests/integration/whatsapp and test_voices.py.
    first |= {"go_on.ask", "voice.listen"}
    # A counsellor's press; see tests/integration/test_pauses.py.
    first |= {"calm.paused"}
    assert steps - spoken - by_their_answers - first == set()


def test_every_intent_is_answered_somewhere(everything: dict[str, Golden]) -> None:
    """Each wish and each topic of the taxonomy has a turn in which somebody surely means it."""
    meant = {
        turn.means.intent
        for golden in everything.values()
        for turn in golden.turns
        if turn.text is not None and turn.means.confidence >= 0.5
    }
    assert set(INTENT_STEPS) <= meant
    assert set(get_taxonomy().intents) - UNSAID <= meant
    assert meant >= UNSAID


def test_every_level_of_danger_and_every_trouble_is_there(everything: dict[str, Golden]) -> None:
    """Danger of each level, doubt, an absent language model, a broken turn, an absent database, every kind of act."""
    turns = [turn for golden in everything.values() for turn in golden.turns]
    assert {turn.means.risk for turn in turns} == {level.label for level in RiskLevel}
    assert {turn.broken for turn in turns} == {None, "turn", "database"}
    assert {turn.act for turn in turns} == {"text", "press", "start", "sends", "does"}
    assert {turn.counsellor for turn in turns} == {None, "on desk", "writes"}
    assert {turn.owner for turn in turns} >= {"bot", "queue"}
    assert any(turn.means.doubt for turn in turns)
    assert any(turn.means.degraded for turn in turns)
    effects = {effect for turn in turns for effect in turn.effects}
    assert effects >= {
        "OpenCase", "RecordConsent", "RelayToCase", "EscalateCase", "LeaveCase", "ResumeCase", "RateCase",
        "StopMessages", "EraseContact", "SetBlocked",
    }  # fmt: skip

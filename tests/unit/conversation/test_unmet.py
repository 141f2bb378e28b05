"""What counts as a question that met no answer, and above all what never does."""

from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation import turn as turns
from bot.conversation.effects import NoteUnmet
from bot.conversation.state import Owner
from bot.conversation.unmet import LONG_CHARS, LONG_WORDS, OPEN_FLOWS
from bot.messages import IncomingKind
from bot.understanding.model import Guess, RiskLevel, Understanding
from bot.understanding.nearest import Near
from tests.unit.conversation.talk import NOW, Talk, meaning

ASKED = "which colour has the form"
NOTHING = meaning(confidence=0.2)


def noted(talk: Talk) -> list[NoteUnmet]:
    """Return what the last turn noted."""
    return [effect for effect in talk.effects if isinstance(effect, NoteUnmet)]


def test_what_is_not_understood_is_noted_with_its_words(content: Content) -> None:
    """The question and the answers that were nearest go to those who write answers."""
    near = (Near("ghost", 0.3), *(Near(name, 0.1) for name in list(content.answers)[:4]))
    means = Understanding("en", (Guess("out_of_scope", 0.2),), near=near)
    [note] = noted(Talk.greeted(content).write(ASKED, means))
    assert (note.kind, note.text) == ("not_understood", ASKED)
    assert list(note.near) == list(content.answers)[:3]
    assert ASKED not in repr(note)


def test_what_is_outside_is_told_apart(content: Content) -> None:
    """What is surely about something else is a kind of its own."""
    [note] = noted(Talk.greeted(content).write(ASKED, meaning()))
    assert note.kind == "outside"


def test_an_answer_that_may_not_be_given_any_more_is_missed_by_name(content: Content) -> None:
    """An answer overdue for review leaves its question unmet, whether its intent or its words have found it."""
    talk = Talk.greeted(content).wait(timedelta(days=2000))
    [note] = noted(talk.write(ASKED, meaning("what_is_trafficking")))
    assert (note.kind, note.near[0]) == ("no_answer", "what_is_trafficking")
    near = (Near("what_is_trafficking", 0.9),)
    means = Understanding("en", (Guess("what_is_trafficking", 0.9),), near=near)
    [note] = noted(talk.write(ASKED, means))
    assert (note.kind, note.near) == ("no_answer", ("what_is_trafficking",))


def test_a_question_that_is_answered_is_not_noted(content: Content) -> None:
    """Neither an answer nor suggestions are unmet before the person says so."""
    talk = Talk.greeted(content)
    assert not noted(talk.write(ASKED, meaning("what_is_trafficking")))
    assert not noted(talk.write(ASKED, meaning("what_is_trafficking", 0.4)))


@pytest.mark.parametrize("typed", [None, "no", "No"])
def test_a_no_to_what_was_offered_is_noted_once(content: Content, typed: str | None) -> None:
    """Pressed or typed, it notes the question before, with what was offered; the old button notes nothing more."""
    talk = Talk.greeted(content).write(ASKED, meaning("what_is_trafficking", 0.4))
    offered = tuple(talk.state.memory["answer"]["wanted"])
    talk.wait(timedelta(minutes=1))
    talk = talk.write(typed, meaning("deny")) if typed else talk.press("answer.give.no")
    [note] = noted(talk)
    assert (note.kind, note.near, note.text) == ("none_fits", offered, None)
    assert note.asked_at == NOW
    assert not noted(talk.press("answer.give.no"))


def test_a_no_after_an_answer_was_chosen_is_not_noted(content: Content) -> None:
    """Who has pressed one of the suggestions has found something."""
    means = meaning("what_is_trafficking", 0.2, Guess("rights_abroad", 0.15))
    talk = Talk.greeted(content).write(ASKED, means)
    assert "answer.give.no" in talk.buttons
    talk.press("answer.give.what_is_trafficking")
    assert not noted(talk.press("answer.give.no"))


def test_that_suar_did_not_help_counts_for_the_answer_it_gave(content: Content) -> None:
    """Only soon after a question; what was given long ago says nothing, nor does a talk without any."""
    talk = Talk.greeted(content)
    assert not noted(talk.press("feedback.suar").press("feedback.suar.none"))
    talk.press("menu.main").write(ASKED, meaning("what_is_trafficking"))
    given = tuple(talk.state.memory["answer"]["wanted"])
    [note] = noted(talk.press("feedback.suar").press("feedback.suar.none"))
    assert note == NoteUnmet("no_help", given)
    assert not noted(talk.press("feedback.suar").press("feedback.suar.some"))
    talk.wait(timedelta(days=1))
    assert not noted(talk.press("feedback.suar").press("feedback.suar.none"))


@pytest.mark.parametrize("level", [RiskLevel.CONCERN, RiskLevel.HIGH, RiskLevel.IMMEDIATE])
def test_nothing_is_noted_of_danger_nor_soon_after_it(content: Content, level: RiskLevel) -> None:
    """A disclosure is no feedback on content, and what follows it may go on telling."""
    talk = Talk.greeted(content).write(ASKED, meaning("what_is_trafficking", 0.4))
    assert not noted(talk.write("he took it", meaning(confidence=0.2, risk=level)))
    talk.press("menu.main")
    assert not noted(talk.write(ASKED, NOTHING))
    talk.write(ASKED, meaning("what_is_trafficking", 0.4))
    assert not noted(talk.press("answer.give.no"))
    assert not noted(talk.press("feedback.suar").press("feedback.suar.none"))
    talk.wait(timedelta(hours=13)).press("menu.main")
    assert noted(talk.write(ASKED, NOTHING))


def test_what_may_be_danger_is_not_noted(content: Content) -> None:
    """Where danger is not ruled out, nothing is noted, neither at the plain question nor after it."""
    talk = Talk.greeted(content)
    doubtful = meaning(confidence=0.2, doubt=True)
    for _ in range(2):
        assert not noted(talk.write(ASKED, doubtful))


def test_nothing_is_noted_while_the_model_is_away(content: Content) -> None:
    """That a question could not be read says nothing about the answers."""
    assert not noted(Talk.greeted(content).write(ASKED, meaning(degraded=True)))


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.STAFF])
def test_nothing_is_noted_while_a_counsellor_has_the_talk(content: Content, owner: Owner) -> None:
    """Whoever waits or talks writes to a person."""
    talk = Talk.greeted(content)
    talk.owner, talk.case_level = owner, RiskLevel.NONE
    assert not noted(talk.write(ASKED, NOTHING))


def test_nothing_is_noted_under_a_cover(content: Content) -> None:
    """While a quiz covers the conversation somebody else may be writing, or pressing what stands above."""
    talk = Talk.greeted(content).press("watched.word").write("mango77")
    talk.write(ASKED, meaning("what_is_trafficking", 0.4))
    at = talk.state
    talk.write("mango77")
    assert not noted(talk.write(ASKED, NOTHING))
    talk.state = at.remembering("watched", hidden_until=(NOW + timedelta(hours=1)).isoformat())
    assert not noted(talk.press("answer.give.no"))
    assert not noted(talk.press("feedback.suar").press("feedback.suar.none"))


@pytest.mark.parametrize(
    "step", ["passphrase.ask", "wishes.name", "watched.word", "offer.check", "consent.ask"]
)
def test_what_is_written_where_no_question_is_waited_for_is_not_noted(
    content: Content, step: str
) -> None:
    """Four words, a name, a safe word, a job offer: said wrongly, they are not understood, and still nobody's to read."""
    talk = Talk.greeted(content).press(step)
    assert not noted(talk.write("who / knows: this @ one", NOTHING))
    talk.press(step)
    if step == "offer.check":
        talk.press("offer.check.paste")
    assert not noted(talk.write("rani", NOTHING))
    talk.press(step).write("who / knows: this @ one", meaning("what_is_trafficking", 0.4))
    assert not noted(talk.press("answer.give.no"))
    assert not noted(talk.press("feedback.suar").press("feedback.suar.none"))


@pytest.mark.parametrize(
    "text",
    [
        " ".join(["word"] * LONG_WORDS),
        "ก" * LONG_CHARS,
        "admin job cambodia, salary 2000 usd, no experience, ticket paid, visit visa first",
        "?!",
        "7",
    ],
)
def test_what_is_no_question_is_not_noted(content: Content, text: str) -> None:
    """A story, a job offer, signs and numbers."""
    assert not noted(Talk.greeted(content).write(text, NOTHING))


def test_commands_buttons_and_pictures_are_not_noted(content: Content) -> None:
    """Only what is asked in words counts."""
    talk = Talk.greeted(content)
    for command in turns.COMMANDS:
        assert not noted(talk.write(command))
    assert not noted(talk.press("menu.nowhere"))
    assert not noted(talk.do(IncomingKind.UNREADABLE, "photo"))


def test_questions_come_only_where_flows_that_exist_are_named(content: Content) -> None:
    """The list of flows in which a question may come names no flow that is gone."""
    assert set(content.flows) >= OPEN_FLOWS
    assert not OPEN_FLOWS & {"consent", "offer", "passphrase", "risk", "watched", "wishes"}

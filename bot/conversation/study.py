"""What the turn knows of the study of learning: which fact is measured of whom, in which guise, and what is open. Pure.

Everybody is measured in one fact of a quiz. The questions about it are its guises: each person begins at another one, so that over all people
every guise stands at every phase as often.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, Any

from bot.campaigns.learning.answers import PHASES, Phase
from bot.content.quizzes import Question, Quiz
from bot.understanding.model import RiskLevel

if TYPE_CHECKING:  # the steps import what they play
    from bot.conversation.steps.base import Scene

FLOW = "study"
ASK, PROBE, LATER = "study.ask", "study.probe", "study.later"
STEPS = frozenset({ASK, PROBE})
"""Where the turn has to know how the person stands to the study."""
WAITS = "waits"
"""Remembered by the quiz whose round is drawn and waits for the question whether learning may be measured."""
NOTHING: Mapping[str, Any] = {"quiz": None, "fact": None, "phase": None, "picked": []}
"""What is remembered when nothing is being measured."""


@dataclass(frozen=True)
class Measured:
    """One question that measures a fact."""

    quiz: str
    fact: str
    phase: Phase
    question: str


@dataclass(frozen=True)
class StudyLook:
    """How a person stands to the study, as the service has looked it up."""

    agrees: bool = False
    asked: frozenset[str] = frozenset()
    """Facts that they were asked, whenever."""
    open: tuple[Measured, ...] = ()
    """Asked weeks later and not answered yet, the oldest first."""
    rotation: int = 0
    """With which guise this person begins."""


def guise(quiz: Quiz, fact: str, phase: Phase, rotation: int) -> Question | None:
    """Return the question that asks a fact at a phase; None where the quiz has none about it."""
    guises = [question for question in quiz.questions if question.fact == fact]
    if not guises:
        return None
    return guises[(rotation + PHASES.index(phase)) % len(guises)]


def planned(scene: "Scene", quiz: Quiz) -> tuple[Measured, Measured] | None:
    """Return what to ask before this quiz and right after it; None where nothing is to be measured.

    Nobody is asked under a cover, after words of danger, after a no, or a second time.
    """
    if not quiz.measures or scene.state.is_covered(scene.world.now):
        return None
    if scene.state.recent_risk(scene.world.now).level is not RiskLevel.NONE:
        return None
    if scene.state.memory.get(FLOW, {}).get("declined"):
        return None
    look = scene.world.study or StudyLook()
    if look.asked & set(quiz.measures):
        return None
    fact = quiz.measures[look.rotation % len(quiz.measures)]
    # Whose turn it is among facts and among guises must not go together.
    rotation = look.rotation // len(quiz.measures)
    before, after = (guise(quiz, fact, phase, rotation) for phase in PHASES[:2])
    if before is None or after is None:
        return None
    return (
        Measured(quiz.quiz, fact, "before", before.id),
        Measured(quiz.quiz, fact, "after", after.id),
    )


def keeps_waiting(quiz_memory: Mapping[str, Any]) -> bool:
    """Tell whether the first question of the round that is open has not been shown yet, for the sake of the study."""
    return bool(quiz_memory.get(WAITS)) and not quiz_memory.get("since")


def remembered(memory: Mapping[str, Any], phase: Phase) -> Measured | None:
    """Return the question of a phase that a person has been planned to be asked; None where there is none."""
    if memory.get("phase") != phase or not memory.get("quiz"):
        return None
    return Measured(memory["quiz"], memory["fact"], phase, memory[phase])


def follows(scene: "Scene", quiz: Quiz) -> bool:
    """Tell whether the end of this quiz is followed by its question."""
    if scene.state.is_covered(scene.world.now):
        return False
    if scene.state.recent_risk(scene.world.now).level is not RiskLevel.NONE:
        return False
    due = remembered(scene.state.memory.get(FLOW, {}), "after")
    return due is not None and due.quiz == quiz.quiz


def ways(question: Question) -> int:
    """Return among how many possible answers a guess would choose."""
    choices = len(question.choices)
    if question.kind == "true_false":
        return 2
    if question.kind == "several":
        # None at all cannot be handed in.
        return (1 << choices) - 1
    if question.kind == "order":
        return factorial(choices)
    return choices

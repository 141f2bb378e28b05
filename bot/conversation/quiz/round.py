"""A round of a quiz under way: what is remembered of it, which questions it asks, and in which order.

What is remembered names questions by their ids, so that a bank may change meanwhile: a question that is no more is left out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.content.load import Content
from bot.content.quizzes import Question, Quiz, QuizChoice

FLOW = "quiz"
"""The flow that remembers it."""
STEP = "quiz.play"
WANTED, PLAYED = "wanted", "played"
"""The quiz that was asked for, and by quiz the codes of the questions that were played, the oldest first."""
CODE_CHARS = 4


@dataclass(frozen=True)
class Round:
    """A round that is open: there is a question to be answered."""

    quiz: Quiz
    left: tuple[Question, ...]
    """What is still to be asked, never empty; the first is the question at hand."""
    done: tuple[str, ...] = ()
    """Ids of the questions that were answered."""
    right: int = 0
    streak: int = 0
    picked: tuple[str, ...] = ()
    """Choices taken so far at a question that takes more than one."""
    hinted: bool = False
    since: datetime | None = None
    """When the question at hand was asked; None until it is."""
    timed: bool = False
    seed: str = ""

    @classmethod
    def begun(
        cls,
        quiz: Quiz,
        *,
        played: str,
        seed: str,
        timed: bool = False,
        keeping: tuple[str, str] | None = None,
    ) -> Self:
        """Draw a round: first what was not played yet, by chance, then what was played longest ago; levels rise.

        Args:
            quiz: Whose questions are drawn.
            played: The codes of what was played of it.
            seed: Where chance comes from.
            timed: Whether it is played against the time.
            keeping: A fact that is measured, and its question for afterwards: that one is kept back, and another teaches the fact.
        """
        codes = _codes(played)
        drawn = sorted(
            quiz.questions,
            key=lambda each: (_last(codes, code_of(each)), _chance(seed, each.id)),
        )
        if keeping is not None:
            drawn = _teaching(drawn, *keeping, quiz.round)
        asked = sorted(drawn[: quiz.round], key=lambda each: each.level)
        return cls(quiz, tuple(asked), timed=timed and quiz.seconds is not None, seed=seed)

    @classmethod
    def under_way(cls, memory: Mapping[str, Any], content: Content) -> Self | None:
        """Return the round that is open; None where there is none, or its quiz or all its questions are no more."""
        quiz = content.quizzes.get(memory.get("quiz") or "")
        if quiz is None or not memory.get("open"):
            return None
        ids, at = memory.get("round", ()), memory.get("at", 0)
        left = tuple(each for each in map(quiz.question, ids[at:]) if each is not None)
        if not left:
            return None
        same = left[0].id == ids[at]
        known = {choice.id for choice in left[0].choices}
        since = memory.get("since")
        return cls(
            quiz,
            left,
            done=tuple(ids[:at]),
            right=memory["right"],
            streak=memory.get("streak", 0),
            picked=tuple(each for each in memory.get("picked", ()) if same and each in known),
            hinted=same and memory.get("hinted", False),
            since=datetime.fromisoformat(since) if since and same else None,
            timed=memory.get("timed", False) and quiz.seconds is not None,
            seed=memory.get("seed", ""),
        )

    @property
    def question(self) -> Question:
        """The question at hand."""
        return self.left[0]

    @property
    def number(self) -> int:
        """Which question of the round it is, from 1."""
        return len(self.done) + 1

    @property
    def total(self) -> int:
        """How many questions the round has."""
        return len(self.done) + len(self.left)

    def asked_at(self, now: datetime) -> Self:
        """Return the round once its question stands on the screen."""
        return replace(self, since=now)

    def answered(self, *, right: bool) -> Self:
        """Return the round after the answer; `left` is empty after the last, and then it is over."""
        return replace(
            self,
            left=self.left[1:],
            done=(*self.done, self.question.id),
            right=self.right + right,
            streak=self.streak + 1 if right else 0,
            picked=(),
            hinted=False,
            since=None,
        )

    def to_memory(self) -> dict[str, Any]:
        """Return what the flow remembers of it, ready for JSON."""
        return {
            "quiz": self.quiz.quiz,
            "round": [*self.done, *(each.id for each in self.left)],
            "at": len(self.done),
            "right": self.right,
            "streak": self.streak,
            "picked": list(self.picked),
            "hinted": self.hinted,
            "since": self.since.isoformat() if self.since else None,
            "timed": self.timed,
            "seed": self.seed,
            "open": bool(self.left),
            WANTED: None,
        }


def played_of(memory: Mapping[str, Any], quiz: Quiz) -> str:
    """Return the codes of what was played of a quiz."""
    found: str = memory.get(PLAYED, {}).get(quiz.quiz, "")
    return found


def with_played(memory: Mapping[str, Any], quiz: Quiz, question: Question) -> dict[str, str]:
    """Return what was played of each quiz, `question` as the newest; what a bank holds no more is dropped."""
    known, code = {code_of(each) for each in quiz.questions}, code_of(question)
    kept = [each for each in _codes(played_of(memory, quiz)) if each in known and each != code]
    return {**memory.get(PLAYED, {}), quiz.quiz: "".join((*kept, code))}


def has_others(memory: Mapping[str, Any], quiz: Quiz) -> bool:
    """Tell whether a quiz has questions that were not played."""
    codes = set(_codes(played_of(memory, quiz)))
    return any(code_of(each) not in codes for each in quiz.questions)


def code_of(question: Question) -> str:
    """Return four signs that stand for a question: what was played is kept for long, and small."""
    return hashlib.sha256(question.id.encode()).hexdigest()[:CODE_CHARS]


def shuffled(question: Question, seed: str) -> Sequence[QuizChoice]:
    """Return the choices in an order that is the same for the whole round, and never the right one."""
    mixed = sorted(
        question.choices, key=lambda choice: _chance(seed, f"{question.id}/{choice.id}")
    )
    if tuple(mixed) == question.choices:
        return (*mixed[1:], mixed[0])
    return mixed


def _teaching(drawn: Sequence[Question], fact: str, kept: str, size: int) -> list[Question]:
    """Return the questions in their order without `kept`, with one about `fact` among the first `size`."""
    left = [each for each in drawn if each.id != kept]
    if any(each.fact == fact for each in left[:size]):
        return left
    teaches = next((each for each in left if each.fact == fact), None)
    if teaches is None:
        return left
    return [*left[: size - 1], teaches, *(each for each in left[size - 1 :] if each != teaches)]


def _codes(played: str) -> list[str]:
    return [played[at : at + CODE_CHARS] for at in range(0, len(played), CODE_CHARS)]


def _last(codes: Sequence[str], code: str) -> int:
    """Return how lately it was played; 0 for never."""
    return codes.index(code) + 1 if code in codes else 0


def _chance(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()

"""What every kind of question shares: how its choices are shown, and how typed words are read as pressed ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from bot.content.quiz_step import QuizStep
from bot.content.quizzes import LETTERS, Question, QuizChoice
from bot.conversation.quiz.round import Round
from bot.messages import Media
from bot.understanding.numbers import numbers_in

if TYPE_CHECKING:  # the steps import what plays the quiz
    from bot.conversation.steps.base import Scene

_NOT_A_SIGN = re.compile(r"[\W_]+")
_JOINING = frozenset({"and", "dan"})
CHOSEN = "\u2713"


@dataclass(frozen=True)
class Asked:
    """A question at hand, where it is asked, and of whom."""

    step: QuizStep
    scene: "Scene"
    round: Round

    @property
    def question(self) -> Question:
        """The question."""
        return self.round.question

    def with_picked(self, picked: Sequence[str]) -> Self:
        """Return the same with other choices taken so far."""
        return replace(self, round=replace(self.round, picked=tuple(picked)))


@dataclass(frozen=True)
class Shown:
    """One choice as it stands on the screen."""

    id: str
    letter: str
    """Empty where it has none."""
    words: str
    source: str
    """The same in the source language: somebody may copy it from a friend's phone."""

    @property
    def line(self) -> str:
        """The choice with its letter."""
        return f"{self.letter}. {self.words}" if self.letter else self.words


@dataclass(frozen=True)
class Taken:
    """What a press or typed words come to: the choices taken, and whether that is the answer."""

    picked: tuple[str, ...]
    is_answer: bool = True


class Kind:
    """The behaviour of one kind of question; this one takes a single choice."""

    def arranged(self, asked: Asked) -> Sequence[QuizChoice]:
        """Return the choices in the order in which they are shown."""
        return asked.question.choices

    def shown(self, asked: Asked) -> Sequence[Shown]:
        """Return the choices as they stand on the screen."""
        say = asked.scene.say
        return [
            Shown(choice.id, letter, say(choice.text), choice.text)
            for letter, choice in zip(LETTERS, self.arranged(asked), strict=False)
        ]

    def lines(self, asked: Asked) -> Sequence[str]:
        """Return what stands under the question, a part each; the choices first."""
        return ["\n".join(each.line for each in self.shown(asked))]

    def titles(self, asked: Asked) -> Mapping[str, str]:
        """Return the buttons: the title by the choice's id."""
        return {each.id: each.letter for each in self.shown(asked)}

    def media(self, asked: Asked) -> tuple[Media, ...]:
        """Return the pictures that belong to the question."""
        return ()

    def take(self, asked: Asked, choice: str) -> Taken | None:
        """Return what the press of a choice comes to; None where there is no such choice."""
        known = {each.id for each in self.shown(asked)}
        return Taken((choice,)) if choice in known else None

    def read(self, asked: Asked, text: str) -> Taken | None:
        """Return what typed words come to; None where they are no answer."""
        named = named_in(text, asked, self.shown(asked))
        return self.take(asked, named[0]) if len(named) == 1 else None

    def is_right(self, question: Question, picked: Sequence[str]) -> bool:
        """Tell whether these choices are the right answer."""
        return set(picked) == set(question.correct)

    def wrong(self, asked: Asked) -> str:
        """Return the words that name the right answer to somebody who gave another."""
        correct = asked.question.correct
        answer = next(each.words for each in self.shown(asked) if each.id in correct)
        return asked.scene.say(asked.step.wrong, answer=answer)


def named_in(text: str, asked: Asked, shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return the choices that `text` names, by letters, numbers or words, in its order; empty where it is anything else."""
    words = asked.scene.content.number_words
    typed = " ".join(_NOT_A_SIGN.split(text.casefold())).strip()
    for each in shown:
        whole = (
            " ".join(_NOT_A_SIGN.split(w.casefold())).strip() for w in (each.words, each.source)
        )
        if typed and typed in whole:
            return (each.id,)
    signs = [sign for sign in typed.split() if sign not in _JOINING]
    if numbers := numbers_in(text, words):
        signs = [str(number) for number in numbers]
    if len(signs) == 1 and signs[0].isalpha():
        signs = list(signs[0])
    known = {
        sign: each.id
        for at, each in enumerate(shown, 1)
        for sign in (each.letter.casefold(), str(at))
    }
    named = tuple(known.get(sign, "") for sign in signs)
    return named if all(named) and len(set(named)) == len(named) else ()

"""What is said around a question: itself with its buttons, itself once more after a hint or a choice, and the verdict."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.content.dates import say_names
from bot.content.quiz_step import QuizList, QuizStep
from bot.content.quizzes import Quiz
from bot.conversation.quiz.kinds import KINDS, Asked, Taken
from bot.conversation.quiz.round import Round
from bot.messages import Button, Outgoing

if TYPE_CHECKING:  # the steps import what plays the quiz
    from bot.conversation.steps.base import Scene

GRACE = timedelta(seconds=5)
"""What a slow line may take of the time without its being held against anybody."""
STREAK = 3
"""From so many right answers in a row on it is said."""
_PART = "\n\n"


def ask(asked: Asked) -> Outgoing:
    """Return the question with everything that belongs to it."""
    kind, scene, step, under_way = KINDS[asked.question.kind], asked.scene, asked.step, asked.round
    parts = _PART.join((scene.say(asked.question.text), *kind.lines(asked)))
    values: dict[str, object] = {"number": under_way.number, "total": under_way.total}
    words = step.question
    if under_way.timed:
        words = step.question_timed
        values["seconds"] = under_way.quiz.seconds
    text = scene.say(words, **values, question=parts)
    return Outgoing(text, _buttons(asked), kind.media(asked))


def ask_again(asked: Asked, note: str = "") -> Outgoing:
    """Return the choices as they stand now, after a note: the question itself is a little above."""
    lines = KINDS[asked.question.kind].lines(asked)
    text = _PART.join(filter(None, (note, *lines)))
    return Outgoing(text or asked.scene.say(asked.question.text), _buttons(asked))


def hint(asked: Asked) -> str:
    """Return the words of the hint."""
    return asked.scene.say(asked.step.hint_words, hint=asked.scene.say(asked.question.hint or ""))


def is_late(asked: Asked) -> bool:
    """Tell whether the time for the question was up."""
    limit = asked.round.quiz.seconds if asked.round.timed else None
    took = seconds_taken(asked.round, asked.scene.world.now)
    return (
        limit is not None
        and took is not None
        and timedelta(seconds=took) > (timedelta(seconds=limit) + GRACE)
    )


def seconds_taken(under_way: Round, now: datetime) -> int | None:
    """Return how long the question at hand has stood on the screen; None where that is not known."""
    return None if under_way.since is None else int((now - under_way.since).total_seconds())


def verdict(asked: Asked, taken: Taken, after: Round) -> str:
    """Return what is said to an answer: whether it is right, how many in a row, why, and where that comes from.

    Args:
        asked: The question at hand.
        taken: The answer.
        after: The round with the answer counted.
    """
    return _PART.join(_verdict(asked, taken, after))


def _verdict(asked: Asked, taken: Taken, after: Round) -> Iterator[str]:
    scene, step, kind = asked.scene, asked.step, KINDS[asked.question.kind]
    if not kind.is_right(asked.question, taken.picked):
        yield kind.wrong(asked)
    else:
        yield scene.say(step.late if is_late(asked) else step.right)
    if after.streak >= STREAK:
        yield scene.say(step.streak, count=after.streak)
    yield scene.say(asked.question.explanation)
    sources = scene.content.sources
    names = dict.fromkeys(sources[name].publisher for name in asked.question.sources)
    yield scene.say(step.source, publishers=say_names(list(names), scene.formats))


def result(scene: "Scene", quiz: Quiz, right: int, total: int) -> str:
    """Return the score and the words for it; a round that has become shorter is reckoned up to a whole one."""
    reached = right * quiz.round // total
    best = [each for each in quiz.results if each.min_correct <= reached][-1]
    return f"{right}/{total}{_PART}{scene.say(best.text)}"


def ways_out(step: QuizStep | QuizList, scene: "Scene") -> tuple[Button, ...]:
    """Return the ways to a person and out."""
    return (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))


def _buttons(asked: Asked) -> tuple[Button, ...]:
    scene, step, question = asked.scene, asked.step, asked.question
    kind, picked = KINDS[question.kind], asked.round.picked
    choices = (
        Button(f"{scene.here}.{question.id}-{choice}", title)
        for choice, title in kind.titles(asked).items()
    )
    further = []
    if question.kind == "several":
        further.append(scene.button(f"{question.id}.done", step.done))
    if question.kind == "order" and picked:
        further.append(scene.button(f"{question.id}.restart", step.restart))
    if question.hint and not asked.round.hinted:
        further.append(scene.button(f"{question.id}.hint", step.hint))
    if scene.state.is_covered(scene.world.now):
        # Somebody may be looking: a question is nothing but a question. The ways out stand under its answer.
        return (*choices, *further)
    return (*choices, *further, *ways_out(step, scene))

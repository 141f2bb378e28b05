"""`study_probe`: one question that measures what is known, before a quiz, after it and weeks later."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.dates import say_names
from bot.content.quiz_step import QuizStep
from bot.content.quizzes import Quiz
from bot.content.study_step import StudyProbe
from bot.conversation.effects import NoteStudyAnswer
from bot.conversation.quiz import asking
from bot.conversation.quiz.kinds import KINDS, Asked, Taken
from bot.conversation.quiz.round import FLOW as QUIZ_FLOW
from bot.conversation.quiz.round import STEP as QUIZ
from bot.conversation.quiz.round import Round, has_others
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.quiz import after_round, ways_after
from bot.conversation.study import NOTHING, Measured, StudyLook, remembered, ways
from bot.messages import Button, Outgoing
from bot.understanding.model import RiskLevel

LIST = "quiz.list"
_MEANS = {"affirm": "true", "deny": "false"}
_PART = "\n\n"


class StudyProbeHandler(Handler[StudyProbe]):
    """Buttons name their question, as in a quiz: ``<question>-<choice>``, ``.done``, ``.restart``, ``.unsure``."""

    def exits(self, step: StudyProbe, door: Door) -> Sequence[Exit]:
        quiz = door.content.step(QUIZ)
        assert isinstance(quiz, QuizStep)
        return (
            door.button("*-*", "", note="each_choice"),
            door.button("*-*", "", QUIZ, note="before_the_quiz"),
            door.button("*.unsure", step.unsure),
            door.button("*.unsure", step.unsure, QUIZ, note="before_the_quiz"),
            door.button("*.done", quiz.done),
            door.button("*.done", quiz.done, QUIZ, note="before_the_quiz"),
            door.button("*.restart", quiz.restart),
            Exit(QUIZ, f"{QUIZ}.again", quiz.again),
            Exit(QUIZ, f"{QUIZ}.card", quiz.card),
            *ways_after(door),
            door.link(LIST, quiz.more),
            Exit("study.stopped", "study.later.stop", step.stop),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: StudyProbe, scene: Scene) -> Move:
        due = _due(scene)
        asked = _asked(scene, due, ())
        if due is None or asked is None:
            return _closed(step, scene)
        say = (_question(step, asked, due),)
        return Move(say=say, remember={"picked": []})

    def press(self, step: StudyProbe, choice: str, scene: Scene) -> Move | None:
        sign = "-" if "-" in choice else "."
        question, found, act = choice.partition(sign)
        if not found:
            return None
        if scene.state.is_covered(scene.world.now):
            # Somebody may be looking: this is no moment to measure anything.
            return Move(go=QUIZ)
        due = _due(scene, question)
        asked = _asked(scene, due, scene.memory.get("picked", ()))
        if due is None or asked is None:
            return _closed(step, scene)
        kind = KINDS[asked.question.kind]
        taken = kind.take(asked, act) if sign == "-" else _beside(asked, act)
        return None if taken is None else _took(step, asked, due, taken)

    def hear(self, step: StudyProbe, text: str, scene: Scene) -> Move | None:
        due = _due(scene)
        asked = _asked(scene, due, scene.memory.get("picked", ()))
        if due is None or asked is None:
            return None
        taken = KINDS[asked.question.kind].read(asked, text)
        return None if taken is None else _took(step, asked, due, taken)

    def means(self, step: StudyProbe, meaning: Meaning, scene: Scene) -> str | None:
        asked = _asked(scene, _due(scene), ())
        if asked is None or asked.question.kind != "true_false":
            return None
        return f"{asked.question.id}-{_MEANS[meaning]}"


_UNSURE = Taken(("?",))
"""Handed in instead of any choice."""


def _due(scene: Scene, question: str | None = None) -> Measured | None:
    """Return what is to be asked now, or what the button of `question` belongs to; None where nothing is open."""
    if scene.state.recent_risk(scene.world.now).level is not RiskLevel.NONE:
        return None
    look = scene.world.study or StudyLook(agrees=True)
    found = [*look.open] if look.agrees else []
    is_over = not scene.state.memory.get(QUIZ_FLOW, {}).get("open")
    if look.agrees and is_over and (last := remembered(scene.memory, "after")):
        found.insert(0, last)
    # The yes itself leads to the first question, so that here the look may be older than it; a no takes the plan away.
    if first := remembered(scene.memory, "before"):
        found.insert(0, first)
    return next((each for each in found if question in {None, each.question}), None)


def _asked(scene: Scene, due: Measured | None, picked: Sequence[str]) -> Asked | None:
    """Return the question as a quiz would ask it; None where it is no more."""
    quiz = scene.content.quizzes.get(due.quiz) if due is not None else None
    question = quiz.question(due.question) if quiz is not None and due is not None else None
    if quiz is None or question is None:
        return None
    step = scene.content.step(QUIZ)
    assert isinstance(step, QuizStep)
    known = {choice.id for choice in question.choices}
    kept = tuple(each for each in picked if each in known)
    # The order of the choices is this question's own: it is the same whenever it is shown.
    return Asked(step, scene, Round(quiz, (question,), picked=kept, seed=question.id))


def _question(step: StudyProbe, asked: Asked, due: Measured) -> Outgoing:
    kind, scene = KINDS[asked.question.kind], asked.scene
    words = {"before": step.before, "after": step.after}.get(due.phase, step.again)
    parts = _PART.join((scene.say(asked.question.text), *kind.lines(asked)))
    return Outgoing(scene.say(words, question=parts), _buttons(step, asked), kind.media(asked))


def _buttons(step: StudyProbe, asked: Asked) -> tuple[Button, ...]:
    scene, question = asked.scene, asked.question
    titles = KINDS[question.kind].titles(asked)
    choices = (
        Button(f"{scene.here}.{question.id}-{choice}", title) for choice, title in titles.items()
    )
    further = []
    if question.kind == "several":
        further.append(scene.button(f"{question.id}.done", asked.step.done))
    if question.kind == "order" and asked.round.picked:
        further.append(scene.button(f"{question.id}.restart", asked.step.restart))
    unsure = scene.button(f"{question.id}.unsure", step.unsure)
    return (*choices, *further, unsure, *_ways_out(step, scene))


def _beside(asked: Asked, act: str) -> Taken | None:
    """Return what a button beside the choices comes to."""
    kind, picked = asked.question.kind, asked.round.picked
    if act == "unsure":
        return _UNSURE
    if act == "done" and kind == "several":
        return Taken(picked, is_answer=bool(picked))
    if act == "restart" and kind == "order":
        return Taken((), is_answer=False)
    return None


def _took(step: StudyProbe, asked: Asked, due: Measured, taken: Taken) -> Move:
    if not taken.is_answer:
        once_more = asked.with_picked(taken.picked)
        lines = KINDS[asked.question.kind].lines(once_more)
        say = (Outgoing(_PART.join(lines), _buttons(step, once_more)),)
        return Move(say=say, remember={"picked": list(taken.picked)})
    right = None
    if taken is not _UNSURE:
        right = KINDS[asked.question.kind].is_right(asked.question, taken.picked)
    effect = NoteStudyAnswer(
        due.quiz, due.fact, due.phase, due.question, choices=ways(asked.question), right=right
    )
    if due.phase == "before":
        keep: Mapping[str, Any] = {"phase": "after", "picked": []}
        noted = Outgoing(asked.scene.say(step.noted))
        return Move(say=(noted,), effects=(effect,), go=QUIZ, remember=keep)
    keep = dict(NOTHING) if due.phase == "after" else {"picked": []}
    told = _PART.join(_told(step, asked, taken))
    end = Outgoing(told, _onward(step, asked.scene, asked.round.quiz, due))
    return Move(say=(end,), effects=(effect,), remember=keep)


def _told(step: StudyProbe, asked: Asked, taken: Taken) -> Sequence[str]:
    """Return what is said to an answer when it may be said: whether it is right, why, where that comes from, and thanks."""
    scene, question = asked.scene, asked.question
    if taken is not _UNSURE:
        right = KINDS[question.kind].is_right(question, taken.picked)
        after = asked.round.answered(right=right)
        return (asking.verdict(asked, taken, after), scene.say(step.thanks))
    publishers = [scene.content.sources[name].publisher for name in question.sources]
    names = say_names(list(dict.fromkeys(publishers)), scene.formats)
    return (
        scene.say(step.unsure_told),
        scene.say(question.explanation),
        scene.say(asked.step.source, publishers=names),
        scene.say(step.thanks),
    )


def _onward(step: StudyProbe, scene: Scene, quiz: Quiz, due: Measured) -> tuple[Button, ...]:
    quiz_step = scene.content.step(QUIZ)
    assert isinstance(quiz_step, QuizStep)
    further = scene.link(LIST, quiz_step.more)
    if due.phase == "after":
        others = has_others(scene.state.memory.get(QUIZ_FLOW, {}), quiz)
        again = scene.link(f"{QUIZ}.again", quiz_step.others if others else quiz_step.again)
        card = scene.link(f"{QUIZ}.card", quiz_step.card)
        last = scene.state.memory.get(QUIZ_FLOW, {})
        more = after_round(scene, right=last.get("right", 0), asked=last.get("at", 0))
        return (again, card, *more, further, *_ways_out(step, scene))
    stop = scene.link("study.later.stop", step.stop)
    return (further, stop, *_ways_out(step, scene))


def _closed(step: StudyProbe, scene: Scene) -> Move:
    return Move(say=(Outgoing(scene.say(step.closed), _ways_out(step, scene)),))


def _ways_out(step: StudyProbe, scene: Scene) -> tuple[Button, ...]:
    return (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))

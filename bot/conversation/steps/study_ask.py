"""`study_ask`: may the same thing be asked before and after a quiz, and weeks later? A consent of its own."""

from collections.abc import Sequence
from typing import Any

from bot.content.study_step import StudyAsk
from bot.conversation.effects import Granted, RecordConsent
from bot.conversation.quiz.round import FLOW as QUIZ_FLOW
from bot.conversation.quiz.round import STEP as QUIZ
from bot.conversation.quiz.round import Round
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.study import NOTHING, PROBE, keeps_waiting, planned, remembered
from bot.messages import Button, Outgoing

SCOPE = "study"


class StudyAskHandler(Handler[StudyAsk]):
    """No is one press like yes and works from any old message; a yes counts only under the words as they are now.

    It stands before a quiz that waits, and under "My privacy". Whoever has agreed is not asked again by a quiz.
    """

    def exits(self, step: StudyAsk, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes, PROBE),
            door.button("yes", step.yes, step.next, note="no_quiz_waits"),
            door.button("yes", step.yes, door.here, note="old_button"),
            door.button("no", step.no, QUIZ),
            door.button("no", step.no, step.next, note="no_quiz_waits"),
            door.button("why", step.what_for),
            Exit(PROBE, note="agreed_before"),
        )

    def enter(self, step: StudyAsk, scene: Scene) -> Move:
        waiting = _waiting(scene)
        plan = planned(scene, waiting.quiz) if waiting is not None else None
        agrees = _agrees(scene)
        keep: dict[str, Any] = {}
        if plan is not None:
            before, after = plan
            keep = {"quiz": before.quiz, "fact": before.fact, "phase": "before"}
            keep |= {"before": before.question, "after": after.question}
            if agrees:
                return Move(go=PROBE, remember=keep)
        text = step.agreed if agrees else step.text
        buttons = _choices(step, scene)
        return Move(say=(Outgoing(scene.say(text), buttons),), remember=keep)

    def press(self, step: StudyAsk, choice: str, scene: Scene) -> Move | None:
        if choice == "why":
            return Move(say=(Outgoing(scene.say(step.why), _choices(step, scene)),))
        if choice not in {"yes", "no"}:
            return None
        granted = choice == "yes"
        if granted and scene.state.at != scene.here:
            return Move(go=scene.here)
        version = scene.version(step.text, step.agreed, step.why, step.yes, step.no, step.what_for)
        effect = RecordConsent(Granted(SCOPE, granted=granted, text_version=version))
        answer = Outgoing(scene.say(step.thanks if granted else step.declined))
        waits = _waiting(scene) is not None
        if not granted:
            go, keep = QUIZ if waits else step.next, {**NOTHING, "declined": True}
        else:
            begins = waits and remembered(scene.memory, "before") is not None
            go, keep = PROBE if begins else step.next, {"declined": False}
        return Move(say=(answer,), effects=(effect,), go=go, remember=keep)

    def means(self, step: StudyAsk, meaning: Meaning, scene: Scene) -> str | None:
        return "yes" if meaning == "affirm" else "no"


def _waiting(scene: Scene) -> Round | None:
    """Return the round whose first question has not been shown yet."""
    memory = scene.state.memory.get(QUIZ_FLOW, {})
    return Round.under_way(memory, scene.content) if keeps_waiting(memory) else None


def _agrees(scene: Scene) -> bool:
    return scene.world.study is not None and scene.world.study.agrees


def _choices(step: StudyAsk, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.button("yes", step.yes),
        scene.button("no", step.no),
        scene.button("why", step.what_for),
    )

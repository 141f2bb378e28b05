"""`broadcast`: what the buttons under a message of a campaign do, however old the message is."""

from collections.abc import Sequence

from bot.content.campaign_steps import BroadcastStep
from bot.conversation.campaign_effects import JoinCampaigns, LeaveCampaigns
from bot.conversation.effects import Granted
from bot.conversation.events import FLOW as EVENTS
from bot.conversation.events import SLUG
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing

SCOPE = "news"
QUIZ, EVENT, STOP, UNDO = "quiz", "event", "stop", "undo"
ENDED = "ended"


class BroadcastHandler(Handler[BroadcastStep]):
    """Buttons: ``quiz-<id>``, ``event-<slug>``, ``stop``, and ``undo`` under the answer to that.

    It remembers that it has just been left, so that an undo of long ago brings nobody back.
    """

    def exits(self, step: BroadcastStep, door: Door) -> Sequence[Exit]:
        return (
            door.button(f"{QUIZ}-*", "", step.quiz, note="each_choice"),
            door.button(f"{EVENT}-*", "", step.event, note="each_choice"),
            door.button(STOP, step.stop),
            door.button(UNDO, step.undo),
            door.button(UNDO, step.undo, step.about, note="old_button"),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: BroadcastStep, scene: Scene) -> Move:
        ways = (scene.button(STOP, step.stop), *_ways_out(step, scene))
        return Move(say=(Outgoing(scene.say(step.text), ways),))

    def press(self, step: BroadcastStep, choice: str, scene: Scene) -> Move | None:
        kind, _, name = choice.partition("-")
        if kind == QUIZ and name:
            # One that is no more: then another is played.
            wanted = name if name in scene.content.quizzes else None
            return Move(go=step.quiz, elsewhere={"quiz": {"wanted": wanted}})
        if kind == EVENT and name:
            return Move(go=step.event, elsewhere={EVENTS: {SLUG: name}})
        if choice == STOP:
            buttons = (scene.button(UNDO, step.undo), *_ways_out(step, scene))
            said = Outgoing(scene.say(step.stopped), buttons)
            left = LeaveCampaigns(_consent(step, scene, granted=False))
            return Move(say=(said,), effects=(left,), remember={ENDED: True})
        return _undone(step, scene) if choice == UNDO else None


def _undone(step: BroadcastStep, scene: Scene) -> Move:
    if not scene.memory.get(ENDED):
        return Move(go=step.about)
    buttons = (scene.button(STOP, step.stop), *_ways_out(step, scene))
    said = Outgoing(scene.say(step.back), buttons)
    joined = JoinCampaigns(_consent(step, scene, granted=True))
    return Move(say=(said,), effects=(joined,), remember={ENDED: False})


def _consent(step: BroadcastStep, scene: Scene, *, granted: bool) -> Granted:
    version = scene.version(step.stopped, step.undo, step.back, step.stop)
    return Granted(SCOPE, granted=granted, text_version=version)


def _ways_out(step: BroadcastStep, scene: Scene) -> tuple[Button, ...]:
    return (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))

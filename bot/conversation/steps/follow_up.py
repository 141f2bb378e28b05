"""`follow_up`: may Suar write first, and how often? A consent of its own, at the person's pace."""

from collections.abc import Sequence

from bot.content.steps import FollowUp
from bot.conversation.effects import ChangeFollowUp, Granted, PlanFollowUp, RecordConsent
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Outgoing

SCOPE = "follow_up"


class FollowUpHandler(Handler[FollowUp]):
    """No works from any old message; a yes counts only under the words as they are now."""

    def exits(self, step: FollowUp, door: Door) -> Sequence[Exit]:
        paces = [door.button(name, title, step.next) for name, title in step.after.items()]
        old = [
            door.button(name, title, door.here, note="old_button")
            for name, title in step.after.items()
        ]
        return (*paces, *old, door.button("no", step.no, step.next))

    def enter(self, step: FollowUp, scene: Scene) -> Move:
        after = tuple(scene.button(name, title) for name, title in step.after.items())
        return Move(say=(Outgoing(scene.say(step.text), (*after, scene.button("no", step.no))),))

    def press(self, step: FollowUp, choice: str, scene: Scene) -> Move | None:
        if choice == "no":
            refused = Granted(SCOPE, granted=False, text_version=_version(step, scene))
            declined = Outgoing(scene.say(step.declined))
            effects = (ChangeFollowUp("stop"), RecordConsent(refused))
            return Move(say=(declined,), effects=effects, go=step.next)
        if choice not in step.after:
            return None
        if scene.state.at != scene.here:
            return Move(go=scene.here)
        agreed = Granted(SCOPE, granted=True, text_version=_version(step, scene))
        hours = scene.state.memory.get("watched", {}).get("hours")
        plan = PlanFollowUp(int(choice.removeprefix("d")), hours, agreed)
        return Move(say=(Outgoing(scene.say(step.noted)),), effects=(plan,), go=step.next)

    def means(self, step: FollowUp, meaning: Meaning, scene: Scene) -> str | None:
        # A bare yes says nothing of when.
        return "no" if meaning == "deny" else None


def _version(step: FollowUp, scene: Scene) -> str:
    return scene.version(step.text, step.no, *step.after.values())

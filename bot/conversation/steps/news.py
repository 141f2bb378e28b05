"""`news`: may Suar write about campaigns? A consent of its own, changed and ended at the same place."""

from collections.abc import Sequence

from bot.content.campaign_steps import News
from bot.conversation.campaign_effects import JoinCampaigns, LeaveCampaigns
from bot.conversation.effects import Effect, Granted
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Outgoing

SCOPE = "news"
CODE = "code"
"""Under which the flow remembers by which link the person came."""


class NewsHandler(Handler[News]):
    """No is one press like yes and works from any old message; a yes counts only under the words as they are now."""

    def exits(self, step: News, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes, step.next),
            door.button("yes", step.yes, door.here, note="old_button"),
            door.button("no", step.no, step.instead),
            door.button("keep", step.keep, step.instead),
            door.button("keep", step.keep, door.here, note="old_button"),
            door.button("change", step.change, step.next),
            door.button("change", step.change, door.here, note="old_button"),
            door.button("no", step.stop, step.instead),
        )

    def enter(self, step: News, scene: Scene) -> Move:
        text, ways = step.text, {"yes": step.yes, "no": step.no}
        if scene.world.hears:
            text, ways = step.agreed, {"keep": step.keep, "change": step.change, "no": step.stop}
        buttons = tuple(scene.button(choice, title) for choice, title in ways.items())
        return Move(say=(Outgoing(scene.say(text), buttons),))

    def press(self, step: News, choice: str, scene: Scene) -> Move | None:
        match choice:
            case "no":
                granted = Granted(SCOPE, granted=False, text_version=_version(step, scene))
                said = (Outgoing(scene.say(step.declined)),)
                effects: tuple[Effect, ...] = (LeaveCampaigns(granted),)
                return Move(say=said, effects=effects, go=step.instead, remember={CODE: None})
            case "yes" | "keep" | "change" if scene.state.at != scene.here:
                return Move(go=scene.here)
            case "yes":
                return self._agreed(step, scene, go=step.next)
            case "keep" if scene.world.hears and scene.memory.get(CODE):
                # They came by the link of one more campaign, and like to hear of it too.
                return self._agreed(step, scene, go=step.instead)
            case "keep":
                return Move(go=step.instead)
            case "change":
                return Move(go=step.next)
            case _:
                return None

    def means(self, step: News, meaning: Meaning, scene: Scene) -> str | None:
        if meaning == "deny":
            return "no"
        return "keep" if scene.world.hears else "yes"

    def _agreed(self, step: News, scene: Scene, *, go: str) -> Move:
        granted = Granted(SCOPE, granted=True, text_version=_version(step, scene))
        effect = JoinCampaigns(granted, scene.memory.get(CODE))
        thanks = Outgoing(scene.say(step.thanks))
        return Move(say=(thanks,), effects=(effect,), go=go, remember={CODE: None})


def _version(step: News, scene: Scene) -> str:
    return scene.version(step.text, step.agreed, step.yes, step.no, step.keep, step.stop)

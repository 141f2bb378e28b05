"""`learn`: may single messages be kept, without names and numbers, so that Suar understands others better?"""

from collections.abc import Sequence

from bot.content.steps import Learn
from bot.conversation.effects import Granted, RecordConsent
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Outgoing

SCOPE = "learn"


class LearnHandler(Handler[Learn]):
    """No is one press like yes and works from any old message; a yes counts only under the words as they are now.

    It remembers that it was answered, so that nobody is asked again after every talk.
    """

    def exits(self, step: Learn, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes, step.next),
            door.button("yes", step.yes, door.here, note="old_button"),
            door.button("no", step.no, step.next),
        )

    def enter(self, step: Learn, scene: Scene) -> Move:
        buttons = (scene.button("yes", step.yes), scene.button("no", step.no))
        text = step.agreed if scene.world.learns else step.text
        return Move(say=(Outgoing(scene.say(text), buttons),))

    def press(self, step: Learn, choice: str, scene: Scene) -> Move | None:
        if choice not in {"yes", "no"}:
            return None
        granted = choice == "yes"
        if granted and scene.state.at != scene.here:
            return Move(go=scene.here)
        version = scene.version(step.text, step.agreed, step.yes, step.no)
        effect = RecordConsent(Granted(SCOPE, granted=granted, text_version=version))
        answer = Outgoing(scene.say(step.thanks if granted else step.declined))
        return Move(say=(answer,), effects=(effect,), go=step.next, remember={"answered": True})

    def means(self, step: Learn, meaning: Meaning, scene: Scene) -> str | None:
        return "yes" if meaning == "affirm" else "no"

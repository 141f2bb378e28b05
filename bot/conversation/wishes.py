"""What a person wished for, to be shown before it is passed on and then to be passed on with the case.

The flow `wishes` asks; whatever its steps keep is a wish. Nothing of it reaches staff without the consent to talk.
"""

from collections.abc import Mapping

from bot.content.steps import Choose
from bot.conversation.steps.base import Scene
from bot.conversation.steps.name import KEY as NAME

FLOW = "wishes"
NO_MATTER = "any"


def wishes(scene: Scene) -> Mapping[str, str]:
    """Return what the person wished for, by key; what does not matter to them is left out."""
    kept = scene.state.memory.get(FLOW, {})
    return {key: value for key, value in kept.items() if value and value != NO_MATTER}


def told_wishes(scene: Scene, *, name: str) -> str:
    """Return the wishes as the person reads them, or an empty text.

    Args:
        scene: Where we are.
        name: The words around the name, with `{name}`.
    """
    told = []
    for key, value in wishes(scene).items():
        if key == NAME:
            told.append(scene.say(name, name=value))
        else:
            told.append(_title(scene, key, value))
    return ", ".join(filter(None, told))


def _title(scene: Scene, key: str, value: str) -> str:
    for step in scene.content.flows[FLOW].steps.values():
        if isinstance(step, Choose) and step.key == key:
            if value in step.options:
                return scene.say(step.options[value])
            known = scene.content.words.locales.get(value)
            return known.name if known else ""
    return ""

"""What somebody who now waits is told of the time: what was measured, what the rota says, or that nobody can say."""

from bot.content.dates import say_span, say_weekday_and_time
from bot.content.steps import Emergency
from bot.conversation.steps.base import Scene
from bot.conversation.steps.emergency import numbers
from bot.conversation.wait import Wait
from bot.messages import Outgoing

PAGE = "waiting"
NUMBERS = "emergency.show"


def is_planned(scene: Scene) -> bool:
    """Tell whether nobody is there, and the rota says when somebody will be."""
    wait = scene.world.wait
    return not scene.world.on_desk and wait is not None and wait.opens_at is not None


def told_of_time(scene: Scene) -> tuple[Outgoing, ...]:
    """Return the messages about the time; none where it is not known, and the step's own words say so."""
    wait = scene.world.wait
    if wait is None:
        return ()
    if wait.speaks:
        return (Outgoing(_lately(scene, wait)),)
    if scene.world.on_desk:
        # Others are there: danger now goes to whoever is free, and the words for that are the counsellor's.
        return (Outgoing(_others(scene, wait)),)
    if wait.opens_at is None:
        return ()
    step = scene.content.step(NUMBERS)
    assert isinstance(step, Emergency)
    return (Outgoing(_planned(scene, wait)), Outgoing(numbers(step, scene)))


def _lately(scene: Scene, wait: Wait) -> str:
    words = scene.content.pages[PAGE]
    if wait.high is None:
        return scene.say(words["unsure"])
    high = say_span(wait.high, scene.formats)
    if not wait.low:
        return scene.say(words["up_to"], high=high)
    return scene.say(words["range"], low=say_span(wait.low, scene.formats), high=high)


def _others(scene: Scene, wait: Wait) -> str:
    words = scene.content.pages[PAGE]
    if wait.opens_at is None:
        return scene.say(words["others"])
    return scene.say(words["others_until"], opens=_when(scene, wait))


def _planned(scene: Scene, wait: Wait) -> str:
    due = say_weekday_and_time(wait.due_at, scene.formats)
    return scene.say(scene.content.pages[PAGE]["planned"], opens=_when(scene, wait), due=due)


def _when(scene: Scene, wait: Wait) -> str:
    assert wait.opens_at is not None
    return say_weekday_and_time(wait.opens_at, scene.formats)

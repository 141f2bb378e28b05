"""`city_round`: shall rounds count for the person's city? Says how many there were together, and of nobody who played them."""

from collections.abc import Sequence

from bot.content.round_steps import CityRound
from bot.conversation import city
from bot.conversation.quiz.round import FLOW as QUIZ
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Button, Outgoing

LIST, NEWS = "quiz.list", "campaigns.news"
_PART = "\n\n"


class CityRoundHandler(Handler[CityRound]):
    """Yes and no are one press each; the choice lasts until it is changed, and is kept in the sealed state alone."""

    def exits(self, step: CityRound, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes),
            door.button("no", step.no),
            door.button("no", step.end),
            door.link(NEWS, step.tell),
            door.link(LIST, step.more),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: CityRound, scene: Scene) -> Move:
        name = city.named(scene)
        if name is None:
            tell = (scene.link(NEWS, step.tell), *_onward(step, scene))
            return Move(say=(Outgoing(scene.say(step.unknown), tell),))
        counts = city.wanted(_quiz(scene))
        words = step.counts if counts else step.text
        ways = [scene.button("no", step.end if counts else step.no)]
        if not counts:
            ways.insert(0, scene.button("yes", step.yes))
        text = _PART.join((scene.say(words, city=name), together(step, scene, name)))
        return Move(say=(Outgoing(text, (*ways, *_onward(step, scene))),))

    def press(self, step: CityRound, choice: str, scene: Scene) -> Move | None:
        if choice == "no":
            said = Outgoing(scene.say(step.declined), _onward(step, scene))
            return Move(say=(said,), elsewhere={QUIZ: {city.WANTED: False}})
        return self._agreed(step, scene) if choice == "yes" else None

    def means(self, step: CityRound, meaning: Meaning, scene: Scene) -> str | None:
        return "yes" if meaning == "affirm" else "no"

    def _agreed(self, step: CityRound, scene: Scene) -> Move:
        name = city.named(scene)
        counts_now = city.ended(_quiz(scene))
        effects = city.counted(scene) if counts_now else ()
        keep = {city.WANTED: True, **({city.DONE: True} if counts_now else {})}
        if name is None:
            # Asked for the first time, or the city has been taken back since: nothing is counted without one.
            return Move(say=self.enter(step, scene).say, effects=effects)
        more = together(step, scene, name, more=int(counts_now))
        text = _PART.join((scene.say(step.agreed, city=name), more))
        said = Outgoing(text, _onward(step, scene))
        return Move(say=(said,), effects=effects, elsewhere={QUIZ: keep})


def together(step: CityRound, scene: Scene, name: str, *, more: int = 0) -> str:
    """Return how many rounds there were for the city; fewer than five are not told."""
    finished = (scene.world.city.finished if scene.world.city else 0) + more
    if finished < city.FEWEST:
        return scene.say(step.first, city=name)
    return scene.say(step.together, city=name, count=finished)


def way(door: Door) -> Exit:
    """Return the exit of `offered`."""
    step = door.content.step(city.STEP)
    assert isinstance(step, CityRound)
    return door.link(city.STEP, step.title)


def offered(scene: Scene) -> tuple[Button, ...]:
    """Return the button under a result that leads here; none where rounds count already, or somebody may be looking."""
    if scene.state.is_covered(scene.world.now) or city.wanted(_quiz(scene)):
        return ()
    return (scene.link(city.STEP, _step(scene).title),)


def told(scene: Scene) -> str | None:
    """Return what is said of the city under a result whose round counts for it."""
    name = city.named(scene)
    return together(_step(scene), scene, name, more=1) if name is not None else None


def _step(scene: Scene) -> CityRound:
    step = scene.content.step(city.STEP)
    assert isinstance(step, CityRound)
    return step


def _quiz(scene: Scene) -> dict[str, object]:
    return dict(scene.state.memory.get(QUIZ, {}))


def _onward(step: CityRound, scene: Scene) -> tuple[Button, ...]:
    return (scene.link(LIST, step.more), scene.link("menu.main", step.menu))

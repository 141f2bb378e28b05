"""`series`: the episodes of a web series, what to think about after each, and its quiz.

What somebody thinks is kept nowhere: it is answered with a kind word that fits whatever it was. Danger in it is answered as danger, long
before this step hears it.
"""

from collections.abc import Sequence
from typing import Any

from bot.content.series import SeriesStep
from bot.conversation.effects import ForgetWords
from bot.conversation.series import ASKING, EPISODE, OPEN, Spot, find, spot_of
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.conversation.ways import INTENT_STEPS
from bot.messages import Button, Outgoing

QUIZ, NEWS = "quiz.play", "campaigns.news"
SURE = 0.3
"""From so much confidence on, words are taken as the wish that they sound like; as everywhere else (`questions.GUESS`)."""
SMALL_TALK = frozenset({"greet", "thanks", "goodbye"})
"""Words of these kinds can be a thought, too."""


class SeriesHandler(Handler[SeriesStep]):
    """Buttons: ``all-<series>``, ``ep-<series>-<n>``, ``talk-<series>-<n>-<question>``, ``quiz-<series>-<n>``."""

    def exits(self, step: SeriesStep, door: Door) -> Sequence[Exit]:
        return (
            door.button("ep-*", "", note="each_choice"),
            door.button("talk-*", step.watched),
            door.button("talk-*", step.next_question),
            door.button("ep-*", step.next_episode),
            door.button("quiz-*", step.quiz, QUIZ),
            door.button("all-*", step.all),
            door.link(NEWS, step.news),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: SeriesStep, scene: Scene) -> Move:
        return _listed(step, scene, scene.memory.get(OPEN))

    def press(self, step: SeriesStep, choice: str, scene: Scene) -> Move | None:
        kind, _, name = choice.partition("-")
        if kind == "all" and name:
            return _listed(step, scene, name)
        if kind not in {"ep", "talk", "quiz"}:
            return None
        spot = spot_of(scene.content, name)
        if spot is None or (kind == "talk") != bool(spot.question):
            # Of an episode that is no more: here are the others.
            return _listed(step, scene, name.partition("-")[0])
        if kind == "ep":
            return _episode(step, scene, spot)
        if kind == "quiz":
            elsewhere = {"quiz": {"wanted": spot.episode.quiz}}
            return Move(go=QUIZ, remember=_at(spot), elsewhere=elsewhere)
        said = Outgoing(
            scene.say(step.question, question=scene.say(spot.discussion.ask)),
            (_onward(step, scene, spot), *_ways_out(step, scene, spot)),
        )
        return Move(say=(said,), remember={**_at(spot), ASKING: spot.name})

    def hear(self, step: SeriesStep, text: str, scene: Scene) -> Move | None:
        spot = spot_of(scene.content, scene.memory.get(ASKING))
        if spot is None or not spot.question or _is_a_wish(scene):
            return None
        said = Outgoing(
            scene.say(spot.discussion.after),
            (_onward(step, scene, spot), *_ways_out(step, scene, spot)),
        )
        return Move(say=(said,), effects=(ForgetWords(),), remember=_at(spot))


def _is_a_wish(scene: Scene) -> bool:
    """Tell whether words ask for something else than to be a thought: a person, a number, to be erased; or may tell of danger."""
    meant = scene.understanding
    if meant.doubt:
        return True
    wish = meant.intent in INTENT_STEPS and meant.intent not in SMALL_TALK
    return wish and meant.confidence >= SURE


def _at(spot: Spot) -> dict[str, Any]:
    episode = Spot(spot.series, spot.number).name
    return {OPEN: spot.series.series, EPISODE: episode, ASKING: None}


def _listed(step: SeriesStep, scene: Scene, name: object) -> Move:
    series = find(scene.content, name)
    human, menu = scene.link("consent.ask", step.human), scene.link("menu.main", step.menu)
    if series is None:
        return Move(say=(Outgoing(scene.say(step.none), (human, menu)),))
    entries = [
        scene.say(step.entry, number=number, title=scene.say(episode.title))
        for number, episode in enumerate(series.episodes, start=1)
    ]
    buttons = [
        Button(f"{scene.here}.ep-{series.series}-{number}", str(number))
        for number, _ in enumerate(series.episodes, start=1)
    ]
    text = scene.say(
        step.text, title=scene.say(series.title), about=scene.say(series.about),
        episodes="\n".join(entries),
    )  # fmt: skip
    said = Outgoing(text, (*buttons, scene.link(NEWS, step.news), human, menu))
    return Move(say=(said,), remember={OPEN: series.series, ASKING: None})


def _episode(step: SeriesStep, scene: Scene, spot: Spot) -> Move:
    episode = spot.episode
    text = scene.say(
        step.episode, number=spot.number, title=scene.say(episode.title),
        about=scene.say(episode.about), link=episode.link or scene.say(spot.series.where),
    )  # fmt: skip
    first = Spot(spot.series, spot.number, 1)
    buttons = (
        scene.button(f"talk-{first.name}", step.watched),
        scene.button(f"quiz-{spot.name}", step.quiz),
        *_ways_out(step, scene, spot),
    )
    return Move(say=(Outgoing(text, buttons),), remember=_at(spot))


def _onward(step: SeriesStep, scene: Scene, spot: Spot) -> Button:
    """Return the button to the next question, after the last to the quiz."""
    if spot.question < len(spot.episode.questions):
        following = Spot(spot.series, spot.number, spot.question + 1)
        return scene.button(f"talk-{following.name}", step.next_question)
    return scene.button(f"quiz-{Spot(spot.series, spot.number).name}", step.quiz)


def _ways_out(step: SeriesStep, scene: Scene, spot: Spot) -> tuple[Button, ...]:
    return (
        scene.button(f"all-{spot.series.series}", step.all),
        scene.link("consent.ask", step.human),
        scene.link("menu.main", step.menu),
    )

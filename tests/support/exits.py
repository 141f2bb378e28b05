"""Steps under watch: each move that one makes is held against the exits it declares."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from unittest import mock

from bot.content.load import Content
from bot.conversation.steps import HANDLERS
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene

Taken = tuple[str, str | None, str]
"""A step, where it led, and the button's id or pattern."""


@dataclass
class Watch:
    """What has been seen so far."""

    shown: set[tuple[str, str]] = field(default_factory=set)
    """Step and the pattern of a button that it showed."""
    taken: set[Taken] = field(default_factory=set)


class Watched(Handler[Any]):
    """A handler whose moves are looked at."""

    def __init__(self, handler: Handler[Any], watch: Watch) -> None:
        self.handler, self.watch = handler, watch

    def exits(self, step: Any, door: Door) -> Any:
        return self.handler.exits(step, door)

    def enter(self, step: Any, scene: Scene) -> Move:
        return self._seen(step, scene, self.handler.enter(step, scene), "")

    def press(self, step: Any, choice: str, scene: Scene) -> Move | None:
        move = self.handler.press(step, choice, scene)
        return move and self._seen(step, scene, move, f"{scene.here}.{choice}")

    def hear(self, step: Any, text: str, scene: Scene) -> Move | None:
        move = self.handler.hear(step, text, scene)
        # A word that is heard stands for one of the step's buttons, or for nothing that has one.
        return move and self._seen(step, scene, move, None)

    def means(self, step: Any, meaning: Meaning, scene: Scene) -> str | None:
        return self.handler.means(step, meaning, scene)

    def counts(self, step: Any, scene: Scene) -> bool:
        return self.handler.counts(step, scene)

    def _seen(self, step: Any, scene: Scene, move: Move, button: str | None) -> Move:
        """Look at a move: by a button with this id, by itself where it is empty, by words where it is None."""
        exits = tuple(self.handler.exits(step, Door(scene.content, scene.here)))
        for shown in (each.id for message in move.say for each in message.buttons):
            fitting = [each for each in exits if each.button and fnmatchcase(shown, each.button)]
            assert fitting, f"{scene.here} shows {shown}, which it does not declare"
            self.watch.shown.add((scene.here, fitting[-1].button))
        if button != "" or move.go is not None:
            self._led(scene, exits, button, move.go)
        return move

    def _led(
        self, scene: Scene, exits: tuple[Exit, ...], button: str | None, go: str | None
    ) -> None:
        taken = [
            each
            for each in exits
            if button is None or (fnmatchcase(button, each.button) if button else not each.button)
        ]
        led = [each for each in taken if where(scene, each.go) == where(scene, go)]
        assert led, f"{scene.here}: {button!r} leads to {go!r}, which it does not declare"
        self.watch.taken.update((scene.here, each.go, each.button) for each in led)


def where(scene: Scene, go: str | None) -> str | None:
    """Return the step that `go` means."""
    return scene.content.resolve(go, here=scene.here) if go else None


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch every step inside."""
    watch = Watch()
    with mock.patch.dict(
        HANDLERS, {name: Watched(handler, watch) for name, handler in HANDLERS.items()}
    ):
        yield watch


def declared(content: Content) -> set[Taken]:
    """Return every exit that any step of the content declares."""
    return {
        (here, each.go, each.button)
        for flow in content.flows.values()
        for name, step in flow.steps.items()
        for here in [f"{flow.flow}.{name}"]
        for each in HANDLERS[step.type].exits(step, Door(content, here))
    }

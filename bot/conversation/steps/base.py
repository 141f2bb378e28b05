"""What every kind of step shares: the scene it sees, and the move it answers with."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from bot.content.dates import say_day
from bot.content.load import Content
from bot.content.step_base import StepBase
from bot.conversation.effects import Effect
from bot.conversation.state import State, World
from bot.messages import Button, Outgoing
from bot.understanding.model import Understanding

S = TypeVar("S", bound=StepBase)
Meaning = Literal["affirm", "deny"]
PREVIEW_CHARS = 60
"""What a locked screen shows of a message."""


@dataclass(frozen=True)
class Heard:
    """A text that a step has said, and the words it came out in."""

    text: str
    words: str
    is_title: bool = False
    """Said as the title of a button."""


@dataclass(frozen=True)
class Scene:
    """What a step may look at. It changes nothing."""

    content: Content
    state: State
    world: World
    here: str
    """The step itself, as ``flow.step``."""
    understanding: Understanding = field(default_factory=Understanding)
    heard: list[Heard] | None = None
    """What the step says is noted here, for a language that is only begun."""

    @property
    def memory(self) -> Mapping[str, Any]:
        """What this step's flow remembers."""
        found: Mapping[str, Any] = self.state.memory.get(self.here.partition(".")[0], {})
        return found

    def say(self, text: str, **values: object) -> str:
        """Return `text` in the person's language."""
        words = self.content.words.say(text, self.state.locale, **values)
        if self.heard is not None:
            self.heard.append(Heard(text, words))
        return words

    def title(self, title: str) -> str:
        """Return the title of a button in the person's language."""
        words = self.content.words.say(title, self.state.locale)
        if self.heard is not None:
            self.heard.append(Heard(title, words, is_title=True))
        return words

    def date(self, day: date) -> str:
        """Return a day as the person's language writes it."""
        return say_day(day, self.formats)

    @property
    def formats(self) -> str:
        """In which language Babel writes dates and names of languages for this person."""
        return self.content.words.formats(self.state.locale)

    def button(self, choice: str, title: str) -> Button:
        """Return a button that comes back to this step as `choice`."""
        return Button(f"{self.here}.{choice}", self.title(title))

    def link(self, target: str, title: str) -> Button:
        """Return a button that leads to another step."""
        return Button(target, self.title(title))

    def version(self, *texts: str) -> str:
        """Return the fingerprint of words as shown, with any original beneath them, for the consent ledger."""
        words, locale = self.content.words, self.state.locale
        shown = [words.say(text, locale) for text in texts]
        if words.is_begun(locale):
            original = words.original(locale)
            shown += [
                words.say(text, original) for text in texts if words.needs_original(text, locale)
            ]
        return hashlib.sha256("\x1f".join(shown).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Move:
    """A step's answer: what to say, what to keep, what to do, and where to go.

    Without `go` the conversation waits at the step.
    """

    say: Sequence[Outgoing] = ()
    go: str | None = None
    remember: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What to keep for other flows, by their names."""
    effects: Sequence[Effect] = ()
    locale: str | None = None
    leave: bool = False
    """Wait nowhere in particular: the step has said all it had to say."""
    aside: bool = False
    """Said beside the rest: the step that waits stays the one it was."""


@dataclass(frozen=True)
class Aside:
    """What a step keeps of words that were answered as danger, and the button that comes back to it."""

    back: Button
    remember: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Exit:
    """One way on from a step, as drawings show it; tests hold it against what the step really does."""

    go: str | None
    """Where it leads, as `Move.go` says it; None stays at the step."""
    button: str = ""
    """The id of its button, in which ``*`` stands for anything; empty where it needs no button."""
    title: str = ""
    """The words on the button."""
    note: str = ""
    """A key of `flows/pages/drawing.yml`: when it happens or what the buttons are, where no title tells."""


@dataclass(frozen=True)
class Door:
    """The step whose exits are told, from the inside."""

    content: Content
    here: str

    def button(self, choice: str, title: str, go: str | None = None, note: str = "") -> Exit:
        """Return the exit of a button that comes back to this step as `choice`."""
        return Exit(go, f"{self.here}.{choice}", title, note)

    def link(self, target: str, title: str) -> Exit:
        """Return the exit of a button that leads to another step."""
        return Exit(target, target, title)


class Handler(Generic[S]):
    """The behaviour of one type of step."""

    def exits(self, step: S, door: Door) -> Sequence[Exit]:
        """Return every way on that `step` may ever offer or take by itself, in the order it is shown."""
        raise NotImplementedError

    def enter(self, step: S, scene: Scene) -> Move:
        """Return what happens when the conversation comes to `step`."""
        raise NotImplementedError

    def press(self, step: S, choice: str, scene: Scene) -> Move | None:
        """Return what a button of this step does; None for a button it does not have."""
        return None

    def hear(self, step: S, text: str, scene: Scene) -> Move | None:
        """Return what free text means to this step; None when it is not meant for it."""
        return None

    def counts(self, step: S, scene: Scene) -> bool:
        """Tell whether a number that is typed here is a meaning of its own, and not that of an option."""
        return False

    def overhear(self, step: S, text: str, scene: Scene) -> Aside | None:
        """Return what to keep of text that this step waited for, but that was answered as danger first."""
        return None

    def unreadable(self, step: S, scene: Scene) -> Move | None:
        """Return what a picture, a voice message and the like lead to; None where nothing in particular."""
        return None

    def means(self, step: S, meaning: Meaning, scene: Scene) -> str | None:
        """Return the choice that a plain yes or no stands for here."""
        return None

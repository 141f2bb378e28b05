"""A conversation played through the pure turn alone: the state is written to JSON and read back after every turn."""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Self

from bot.content.load import Content
from bot.conversation.effects import (
    Effect,
    EraseContact,
    EscalateCase,
    ForgetWords,
    LeaveCase,
    OpenCase,
    ResumeCase,
)
from bot.conversation.state import Draw, Owner, Return, Said, State, World
from bot.conversation.turn import TurnResult, turn
from bot.messages import Address, Incoming, IncomingKind, Outgoing
from bot.understanding.model import Guess, Risk, RiskLevel, Understanding

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DRAW = Draw(
    "K7M2QX", {"en": ("moon", "rice", "boat", "tree"), "id": ("bulan", "nasi", "kapal", "pohon")}
)
ADDRESS = Address("test", "bot", "somebody")


def meaning(
    intent: str = "out_of_scope",
    confidence: float = 0.9,
    *others: Guess,
    risk: RiskLevel = RiskLevel.NONE,
    kinds: tuple[str, ...] = (),
    language: str | None = None,
    degraded: bool = False,
) -> Understanding:
    """Return what a message is taken to mean."""
    guesses = () if degraded else (Guess(intent, confidence), *others)
    return Understanding(
        language, guesses, Risk(risk, kinds, "self" if risk else "unknown"), degraded
    )


def world(**known: object) -> World:
    """Return an ordinary morning: the bot owns the conversation and nobody is at the desk."""
    return replace(World(now=NOW, draw=DRAW), **known)  # type: ignore[arg-type]  # fields by name


@dataclass
class Talk:
    """One person, and the world as the service would show it to the turn."""

    content: Content
    state: State
    owner: Owner = Owner.BOT
    on_desk: bool = False
    now: datetime = NOW
    buffer: list[Said] = field(default_factory=list)
    case_level: RiskLevel | None = None
    returning: Return | None = None
    result: TurnResult | None = None
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    @classmethod
    def new(cls, content: Content, locale: str = "en") -> Self:
        """Return a conversation in which nothing has been said; its language stays as it is."""
        return cls(content, State(locale=locale, locale_chosen=True))

    @classmethod
    def greeted(cls, content: Content, locale: str = "en") -> Self:
        """Return a conversation that is past its first words."""
        return cls(content, State(locale=locale, locale_chosen=True, greeted=True))

    def write(self, text: str, means: Understanding | None = None) -> Self:
        """Write a text that means `means`, nothing known by default."""
        if self.owner is Owner.BOT and text.strip():
            self.buffer.append(Said(next(self._ids), text))
        return self._play(
            Incoming(ADDRESS, "1", IncomingKind.TEXT, text), means or Understanding()
        )

    def press(self, button: str) -> Self:
        """Press the button with this id."""
        return self.do(IncomingKind.BUTTON, button)

    def do(self, kind: IncomingKind, text: str = "") -> Self:
        """Do something else than writing."""
        return self._play(Incoming(ADDRESS, "1", kind, text), Understanding())

    def wait(self, span: timedelta) -> Self:
        """Let time pass."""
        self.now += span
        return self

    def _play(self, incoming: Incoming, understanding: Understanding) -> Self:
        self.result = turn(self.state, incoming, understanding, self.content, self._world())
        self.state = State.from_json(json.loads(json.dumps(self.result.state.to_json())))
        for effect in self.result.effects:
            self._apply(effect)
        return self

    def _world(self) -> World:
        return World(
            now=self.now,
            draw=DRAW,
            owner=self.owner,
            on_desk=self.on_desk,
            buffer=tuple(self.buffer) if self.owner is Owner.BOT else (),
            case_level=self.case_level,
            returning=self.returning,
        )

    def _apply(self, effect: Effect) -> None:
        match effect:
            case OpenCase(risk=risk):
                self.owner, self.case_level = Owner.QUEUE, risk.level
            case ResumeCase():
                self.owner, self.case_level = Owner.QUEUE, RiskLevel.NONE
            case EscalateCase(risk=risk):
                self.case_level = risk.level
            case LeaveCase():
                self.owner, self.case_level = Owner.BOT, None
            case EraseContact():
                self.owner, self.case_level = Owner.BOT, None
                self.state = State(locale=self.state.locale)
                self.buffer.clear()
            case ForgetWords():
                self.buffer.pop()
            case _:
                pass

    @property
    def messages(self) -> tuple[Outgoing, ...]:
        """What the last turn said."""
        assert self.result is not None
        return self.result.outgoing

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the last turn did."""
        assert self.result is not None
        return self.result.effects

    @property
    def words(self) -> str:
        """All words of the last turn."""
        return "\n\n".join(message.text for message in self.messages)

    @property
    def buttons(self) -> tuple[str, ...]:
        """The ids under the last turn's last message."""
        return tuple(button.id for button in self.messages[-1].buttons) if self.messages else ()

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles under the last turn's last message."""
        return tuple(button.title for button in self.messages[-1].buttons) if self.messages else ()

    def says(self, where: str) -> bool:
        """Tell whether the last turn said the text at ``flow.step.field``, whatever was filled in."""
        return is_said(self.content, where, self.state.locale, self.words)


def text_at(content: Content, where: str) -> str:
    """Return the text of the content at ``flow.step.field``, or of an answer at ``answers.id``."""
    flow, name, *field_name = where.split(".")
    if flow == "answers":
        return content.answers[name].text
    if flow == "quizzes":
        return content.quizzes[name].intro
    text = getattr(content.step(f"{flow}.{name}"), field_name[0])
    if field_name[1:]:
        text = text[int(field_name[1])]
    assert isinstance(text, str)
    return text


def is_said(content: Content, where: str, locale: str, words: str) -> bool:
    """Tell whether `words` hold the text at `where` in `locale`, whatever stands for its placeholders."""
    text = content.words.say(text_at(content, where), locale)
    at = 0
    for piece in filter(None, re.split(r"\{\w+\}", text)):
        at = words.find(piece, at) + len(piece)
        if at < len(piece):
            return False
    return True

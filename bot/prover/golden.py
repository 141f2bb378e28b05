"""Golden conversations: how a conversation should go, written down as JSON. `docs/flows.md` explains the form."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator, model_validator

from bot.content.parts import Strict
from bot.errors import ContentError
from bot.prover.talk import EVENTS, PHONES, meaning
from bot.understanding.model import Guess, RiskLevel, Understanding
from bot.understanding.taxonomy import get_taxonomy

Said = str | tuple[str, ...]
"""One message: the place of its text, or of each text it is made of."""
Level = Literal["none", "concern", "high", "immediate"]


class Meant(Strict):
    """A guess of the language model."""

    intent: str
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.9

    @field_validator("intent")
    @classmethod
    def _is_known(cls, intent: str) -> str:
        """A name that no model gives would make a conversation that nobody can have."""
        if intent not in get_taxonomy().intents:
            raise ValueError(f"there is no intent {intent!r}")
        return intent


class Means(Meant):
    """What a text is taken to mean; nothing here asks the language model."""

    intent: str = "out_of_scope"
    others: tuple[Meant, ...] = ()
    """Further guesses, likelier first."""
    risk: Level = "none"
    kinds: tuple[str, ...] = ()
    subject: Literal["self", "other", "unknown"] | None = None
    language: str | None = None
    """The language of this text, where it is not the file's."""
    doubt: bool = False
    """No danger was found, and none ruled out."""
    degraded: bool = False
    """The language model is away."""

    @field_validator("kinds")
    @classmethod
    def _are_known(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(kinds) - set(get_taxonomy().kinds):
            raise ValueError(f"there is no kind of risk {min(unknown)!r}")
        return kinds

    def understood(self, language: str | None) -> Understanding:
        """Return it as the reader would."""
        return meaning(
            self.intent,
            self.confidence,
            *(Guess(other.intent, other.confidence) for other in self.others),
            risk=RiskLevel.of(self.risk),
            kinds=self.kinds,
            subject=self.subject,
            language=self.language or language,
            degraded=self.degraded,
            doubt=self.doubt,
        )


Act = Literal["text", "press", "start", "sends", "does"]


class Turn(Strict):
    """What happens once, and all that must come of it: what is not given is not said, offered or done."""

    # What the world is like.
    hours: int | float = 0
    """How long it has been since the turn before."""
    counsellor: Literal["on desk", "writes"] | None = None
    broken: Literal["turn", "database"] | None = None
    referral: str | None = None
    """The state of the referral that a pressed button names."""
    own: Literal["opened", "asked", "released", "unknown"] | None = None
    """What four words, or presses after them, find of the own file; `opened` has a referral that was sent, and an aunt who may know."""
    link: str | None = None
    """Where the campaign's link leads by which somebody starts: `join`, `quiz:<id>`, `event:camp`, `series`, or `tester` for an invitation."""
    events: str | None = None
    """What is on: a key of `bot.prover.talk.EVENTS`; by default one event for which people can sign up."""
    city: str | None = None
    """The city of theirs that is known, for which twelve rounds were finished in the last seven days."""
    code: Literal["open", "gone", "same", "too_many"] | None = None
    """What the code leads to that is given, or that a yes would use."""
    chats: tuple[str, ...] = ()
    """Through which channels the person's connected chats go."""
    elsewhere: Level | None = None
    """A case of theirs is open in a chat on WhatsApp, with this level."""
    phone: str | None = None
    """What is known of those who use the phone: a key of `bot.prover.talk.PHONES`; by default, that nothing is kept of who is here."""
    returning: str | None = None
    """The reference that four words have found; empty for none, `too many` after too many tries."""
    # What the person does, or whoever else acts.
    text: str | None = None
    times: Annotated[int, Field(ge=1)] = 1
    """The text is written this many times in one message."""
    means: Means = Means()
    press: str | None = None
    start: str | None = None
    sends: str | None = None
    does: Literal["blocks", "unblocks", "the talk ends"] | None = None
    # What comes of it.
    said: tuple[Said, ...] = ()
    holds: tuple[str, ...] = ()
    """Words that are said, as the person reads them."""
    buttons: tuple[str, ...] = ()
    """The ids under the last message."""
    effects: tuple[str, ...] = ()
    owner: Literal["bot", "queue", "staff"] | None = None
    locale: str | None = None
    """The language in which it is said, where this turn changes it."""

    @property
    def act(self) -> Act:
        """Which of the acts it is."""
        return next(act for act in get_args(Act) if getattr(self, act) is not None)

    @field_validator("events")
    @classmethod
    def _is_on(cls, events: str | None) -> str | None:
        if events is not None and events not in EVENTS:
            raise ValueError(f"events: one of {', '.join(EVENTS)}")
        return events

    @field_validator("phone")
    @classmethod
    def _is_a_phone(cls, phone: str | None) -> str | None:
        if phone is not None and phone not in PHONES:
            raise ValueError(f"phone: one of {', '.join(PHONES)}")
        return phone

    @model_validator(mode="after")
    def _one_act(self) -> "Turn":
        acts = [act for act in get_args(Act) if getattr(self, act) is not None]
        if len(acts) != 1:
            raise ValueError(f"a turn has one of {', '.join(get_args(Act))}; this has {acts}")
        return self


class Golden(Strict):
    """A conversation as it should go."""

    about: str
    locale: str
    """The language that Suar answers in at first."""
    language: str | None = None
    """The language that the person writes in, as the reader tells it; None where it cannot tell."""
    chosen: bool = True
    """Whether the person chose the language; if not, Suar follows the one they write in."""
    greeted: bool = False
    """Whether the first words have been said."""
    remembers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What flows remember from before, such as a round of a quiz whose questions are wanted in this order."""
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]


def read_golden(path: Path) -> Golden:
    """Read a golden conversation.

    Raises:
        ContentError: It is missing or not in the form; says where.
    """
    try:
        return Golden.model_validate_json(path.read_bytes())
    except OSError as exc:
        raise ContentError(exc.strerror or "cannot be read", file=str(path)) from None
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContentError(f"{where}: {first['msg']}", file=str(path)) from None


def write_golden(golden: Golden, path: Path) -> None:
    """Write a golden conversation, one line a turn and without what goes without saying."""
    data = golden.model_dump(mode="json", exclude_defaults=True)
    turns = ",\n".join(f"    {_line(turn)}" for turn in data.pop("turns"))
    head = "".join(f"  {_line(name)}: {_line(value)},\n" for name, value in data.items())
    path.write_text(f'{{\n{head}  "turns": [\n{turns}\n  ]\n}}\n', encoding="utf-8")


def _line(value: Any) -> str:  # noqa: ANN401  # any JSON
    return json.dumps(value, ensure_ascii=False)

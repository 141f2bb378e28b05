"""What one message means, in the taxonomy's ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

from bot.understanding.nearest import Near


class RiskLevel(IntEnum):
    """How near danger is; the order is the order of the queue."""

    NONE = 0
    CONCERN = 1
    HIGH = 2
    IMMEDIATE = 3

    @property
    def label(self) -> str:
        """The taxonomy's id."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> "RiskLevel":
        """Return the level with this id; an unknown id counts as concern rather than as nothing."""
        return cls.__members__.get(label.upper(), cls.CONCERN)


@dataclass(frozen=True)
class Risk:
    """What a message tells of danger."""

    level: RiskLevel = RiskLevel.NONE
    kinds: tuple[str, ...] = ()
    subject: str = "unknown"
    """`self`, `other` or `unknown`."""

    def joined(self, other: "Risk") -> "Risk":
        """Return what both tell together: the higher level, all kinds."""
        higher, lower = (self, other) if self.level >= other.level else (other, self)
        kinds = tuple(dict.fromkeys((*higher.kinds, *lower.kinds)))
        subject = higher.subject if higher.subject != "unknown" else lower.subject
        return Risk(higher.level, kinds, subject)


NO_RISK = Risk()


@dataclass(frozen=True)
class Guess:
    """An intent that a message may have, with its confidence from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Understanding:
    """What one message means."""

    language: str | None = None
    """ISO 639-1, or None when it cannot be told."""
    guesses: tuple[Guess, ...] = ()
    """Best first; empty when the language model is away."""
    risk: Risk = field(default=NO_RISK)
    degraded: bool = False
    """The language model was away; only the lexicon has read the message."""
    doubt: bool = False
    """No danger was found, and none ruled out: worth one plain question."""
    languages: Mapping[str, float] = field(default_factory=dict, repr=False)
    """How likely each language is that the model has learned; empty when it is away."""
    any_risk: float | None = field(default=None, repr=False)
    """How likely the model alone thinks that there is any danger; None when it is away."""
    near: tuple[Near, ...] = field(default=(), repr=False)
    """Answers whose questions are like this message, the likest first; empty while nothing is known of them."""
    meaning: bytes | None = field(default=None, repr=False)
    """The message's sentence vector (`Parse.meaning`); None when the model is away."""

    @property
    def intent(self) -> str:
        """The likeliest intent, `out_of_scope` when there is none."""
        return self.guesses[0].intent if self.guesses else "out_of_scope"

    @property
    def confidence(self) -> float:
        """How sure that is, 0 to 1."""
        return self.guesses[0].confidence if self.guesses else 0.0

    def in_short(self) -> dict[str, Any] | None:
        """Return what is kept of a reading beside its message, JSON-ready; None where there was nothing to read.

        `intent` is None when the model was away; `confidence` is 0 to 1; the rest are the taxonomy's ids.
        """
        if self == Understanding():
            return None
        return {
            "language": self.language,
            "intent": self.guesses[0].intent if self.guesses else None,
            "confidence": round(self.confidence, 3),
            "risk": self.risk.level.label,
            "kinds": list(self.risk.kinds),
            "subject": self.risk.subject,
            "degraded": self.degraded,
        }


@dataclass(frozen=True)
class Parse:
    """What the language model says of a message."""

    guesses: tuple[Guess, ...]
    risk: Risk
    doubt: bool | None = None
    """Whether the model leaves a danger open (True) or rules it out; None where it does not say."""
    languages: Mapping[str, float] = field(default_factory=dict)
    """How likely each language is that the model has learned."""
    any_risk: float | None = None
    """How likely the model thinks that there is any danger, 0 to 1; None where it does not say."""
    meaning: bytes | None = field(default=None, repr=False)
    """The message's sentence vector, one signed byte a number, for comparing it with others."""


class Nlu(Protocol):
    """The language model, wherever it runs."""

    async def parse(self, text: str) -> Parse:
        """Return what `text` means.

        Raises:
            NluUnavailable: It is away, or slower than its deadline.
        """

    async def ready(self) -> bool:
        """Tell whether it would answer now."""

    async def model(self) -> str | None:
        """Return the name of the model that answers; None when it is away. Vectors of two models do not compare."""

"""Answers and the directory as `flows/` writes them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.content.hours import Open, Zone
from bot.content.parts import TRANSLATED, Dated, Id, Strict, Title, Words


class Source(Strict):
    """Where a fact comes from."""

    title: str
    publisher: str
    url: str | None = None
    date: Dated = None


Action = Literal["info", "offer", "limits", "now", "child"]
"""What follows an answer: nothing; a person is offered; also the limits of confidentiality are said; the emergency
numbers come first; the contact for children is named."""


class Answer(Strict):
    """A sourced answer to one question."""

    id: Id
    intent: Id
    audience: Literal[
        "would_be_migrant", "migrant_abroad", "young_person", "refugee", "family", "everyone"
    ]
    question: Words
    title: Title
    text: Words
    more: Words | None = None
    sources: tuple[str, ...] = Field(min_length=1)
    action: tuple[Action, ...] = Field(min_length=1)
    asked: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Other ways people ask it, by language. They are compared with what a person writes, and never shown."""
    next: tuple[Id, ...] = ()
    tool: Id | None = None
    """Something to do about it: a flow, to which a button under the answer leads; its title stands in the step."""
    region: str
    reviewed_on: date
    review_by: date
    owner: str


class ServiceSource(Strict):
    """Where a directory entry was found."""

    url: str | None = None
    publisher: str
    date: Dated = None


Need = Literal[
    "danger",
    "work",
    "agent_or_fraud",
    "abroad",
    "violence",
    "children",
    "papers",
    "legal",
    "health",
    "feelings",
    "family_missing",
    "refugee",
]
"""What a person looks for help with. The words for it stand in `flows/flows/services.yml`."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ANYWHERE = "any"


class Service(Strict):
    """A service of the directory; `surface` says who may see it, and when."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: str
    kind: str
    serves: Annotated[str, TRANSLATED]
    region: str
    countries: tuple[Country | Literal["any"], ...] = Field(min_length=1)
    languages: tuple[str, ...] = ()
    needs: tuple[Need, ...]
    zone: Zone
    phone: tuple[str, ...] = ()
    whatsapp: tuple[str, ...] = ()
    email: str | None = None
    url: str | None = None
    hours: Annotated[str, TRANSLATED]
    open: Open | None
    """The same as `hours`, for a machine; None where the words are old or not certain."""
    cost: Annotated[str, TRANSLATED] | None = None
    confidentiality: Annotated[str, TRANSLATED]
    """What happens with what one tells; said before any number."""
    surface: Literal["show", "show_after_check", "staff_only", "never"]
    source: ServiceSource
    confidence: str
    checked_on: date | None = None
    checked_by: str | None = None
    notes: str | None = None

    @property
    def for_people(self) -> bool:
        """Whether people may be told of it at all, once it is checked."""
        return self.surface in {"show", "show_after_check"}

    @property
    def can_be_reached(self) -> bool:
        """Whether any way to it is known; a name alone helps nobody."""
        return bool(self.phone or self.whatsapp or self.email or self.url)

    @model_validator(mode="after")
    def _can_be_found(self) -> "Service":
        if self.surface != "never" and not self.needs:
            raise ValueError("needs: is empty, so nobody would find it; name at least one need")
        if self.kind == "police" and "refugee" in self.needs:
            # The police and immigration are no place to send somebody who may be detained there.
            raise ValueError("needs: a line of the police is never for `refugee`; take it out")
        return self


class EmergencyNumber(Strict):
    """One line of the fixed fallback, which can never be empty."""

    id: Id
    service: str
    name: str
    number: str
    when: Annotated[str, TRANSLATED]
    confidentiality: Annotated[str, TRANSLATED]
    kinds: tuple[str, ...] = Field(min_length=1)
    needs: tuple[Need, ...] = Field(min_length=1)
    """What it stands in for while no checked service can be named."""
    region: Literal["ID", "abroad", "any"]
    audience: Literal["anyone", "refugees"] = "anyone"

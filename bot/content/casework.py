"""How a network helps a person on, as data: the protocol of each province, and what talks are about when they end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, model_validator

from bot.content.parts import Dated, Id, Strict, Title
from bot.errors import ContentError
from bot.yaml_file import read_model

Stage = Literal["identify", "safety", "consent", "refer", "accompany", "reintegrate", "close"]
"""The steps of every protocol, in their order. Their words stand in the desk's templates."""
STAGES: tuple[Stage, ...] = get_args(Stage)
BEFORE_REFERRAL: tuple[Stage, ...] = ("identify", "safety")
"""What a person does with a counsellor before anything is passed on; the consent is its own row in the ledger."""
Role = Literal[
    "women_and_children",
    "migrant_workers",
    "social_service",
    "police_women_children",
    "hospital",
    "legal_aid",
    "witness_protection",
    "shelter",
    "community",
]
"""What a receiver does: an office's task, never a person."""
ROLES: tuple[Role, ...] = get_args(Role)
NATIONAL = "national"
"""The protocol where no province has its own."""


class ProtocolStep(Strict):
    """One step of a protocol."""

    id: Stage
    required: bool = False
    """Whether a referral may be sent, or the case be called done, only after it."""
    receivers: tuple[Role, ...] = ()
    """Whose task it is, the first choice first; empty for the counsellor's own."""
    within_hours: int | None = Field(default=None, ge=1, le=24 * 90)
    """How long it should take: for `refer`, until the receiver answers."""


class ProtocolSource(Strict):
    """Where the protocol comes from."""

    publisher: str
    title: str
    url: str | None = None
    date: Dated = None


class Protocol(Strict):
    """The steps from the first sign to the return, as a province has agreed on them."""

    protocol: Id
    region: str
    """The province's name."""
    steps: tuple[ProtocolStep, ...]
    alarm_after_hours: int = Field(default=24, ge=1, le=24 * 30)
    """How long after the counsellor's reminder supervisors are told that nobody answers."""
    sources: tuple[ProtocolSource, ...] = Field(min_length=1)
    status: Literal["agreed", "draft"]
    """A draft is an example that a network has still to agree on; the desk says so."""

    @model_validator(mode="after")
    def _is_whole(self) -> "Protocol":
        named = tuple(step.id for step in self.steps)
        if named != STAGES:
            raise ValueError(f"steps: are {', '.join(named)}; write {', '.join(STAGES)}")
        if not self.refer.receivers or self.refer.within_hours is None:
            raise ValueError("steps: refer needs receivers and within_hours")
        return self

    def step(self, stage: Stage) -> ProtocolStep:
        """Return one of its steps."""
        return next(step for step in self.steps if step.id == stage)

    @property
    def refer(self) -> ProtocolStep:
        """The step in which something is passed on."""
        return self.step("refer")

    @property
    def before_referral(self) -> tuple[Stage, ...]:
        """The steps that must be done before anything is sent."""
        return tuple(stage for stage in BEFORE_REFERRAL if self.step(stage).required)


class Category(Strict):
    """Something that a talk can have been about."""

    id: Id
    title: Title


class WrapUp(Strict):
    """What is noted of a talk when it ends."""

    required: bool
    """Whether a talk can only be closed once a category is chosen."""
    categories: tuple[Category, ...] = Field(min_length=2, max_length=40)

    @model_validator(mode="after")
    def _differ(self) -> "WrapUp":
        names = [each.id for each in self.categories]
        if len(set(names)) < len(names):
            raise ValueError("categories: one id stands there twice")
        return self


def load_protocols(flows_dir: Path) -> Mapping[str, Protocol]:
    """Read the protocols of all provinces, by their id.

    Raises:
        ContentError: One is wrong, or there is none for the whole country.
    """
    found: dict[str, Protocol] = {}
    for path in sorted((flows_dir / "casework" / "protocols").glob("*.yml")):
        shown = str(path.relative_to(flows_dir.parent))
        protocol = read_model(Protocol, path, shown)
        if protocol.protocol != path.stem:
            problem = f"protocol: is {protocol.protocol!r}, the file is named {path.stem!r}"
            raise ContentError(problem, file=shown)
        found[protocol.protocol] = protocol
    if NATIONAL not in found:
        raise ContentError(
            "the protocol for the whole country is missing",
            file=f"flows/casework/protocols/{NATIONAL}.yml",
        )
    return found


def load_wrap_up(flows_dir: Path) -> WrapUp:
    """Read what talks are about when they end.

    Raises:
        ContentError: It is missing or wrong.
    """
    return read_model(WrapUp, flows_dir / "casework" / "wrap_up.yml", "flows/casework/wrap_up.yml")

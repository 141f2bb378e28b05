"""What a turn wants done about campaigns: who came by what, who hears of them, who comes to what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # which lists these effects beside the others
    from bot.conversation.effects import Granted


@dataclass(frozen=True)
class LinkOpened:
    """Somebody came by a link of a campaign; counted without who it was."""

    code: str


@dataclass(frozen=True)
class LinkFinished:
    """Somebody who came by a link of a campaign has played a quiz to its end; counted without who it was."""

    code: str


@dataclass(frozen=True)
class CountForCity:
    """The round just finished is to count for the person's city; counted without who it was."""

    city: str | None
    """None: it is not known yet, so that the turn is asked again."""


@dataclass(frozen=True)
class BecomeTester:
    """Somebody of the team came by an invitation: they see broadcasts before everybody else."""

    code: str


@dataclass(frozen=True)
class JoinCampaigns:
    """The person agrees to hear of campaigns; with the code of the link they came by, of that campaign too."""

    consent: "Granted"
    code: str | None = None


@dataclass(frozen=True)
class ChangeProfile:
    """The person tells something of themselves so that campaigns fit them; nothing is kept of who does not agree to hear of them."""

    changes: Mapping[str, Any] = field(repr=False)
    """`city`, `zone`, `zone_confirmed`, `age_band` or `interests`."""


@dataclass(frozen=True)
class LeaveCampaigns:
    """The person wants to hear of campaigns no more: what they told for that is deleted."""

    consent: "Granted"


@dataclass(frozen=True)
class SignUp:
    """The person comes to an event, or waits for a place; they agree that it is kept, and to be written to about it."""

    consent: "Granted"
    slug: str


@dataclass(frozen=True)
class CancelSignUp:
    """The person does not come after all; with the last of their places the consent ends."""

    slug: str


@dataclass(frozen=True)
class RateCampaign:
    """Somebody says how a campaign was; counted without who it was."""

    about: str
    """The code of the link they came by, or `event:<slug>`."""
    rating: Literal["good", "some", "none"]


CampaignEffect = (
    LinkOpened
    | LinkFinished
    | CountForCity
    | BecomeTester
    | JoinCampaigns
    | ChangeProfile
    | LeaveCampaigns
    | SignUp
    | CancelSignUp
    | RateCampaign
)

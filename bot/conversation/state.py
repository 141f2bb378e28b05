"""What a conversation remembers between two messages, and what the world outside looks like to one turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from bot.content.directory import Standings
from bot.conversation.city import CityLook
from bot.conversation.events import EventsLook
from bot.conversation.joining import Chats, CodeLook, TalkElsewhere
from bot.conversation.own import OwnLook
from bot.conversation.phone import PhoneLook
from bot.conversation.study import StudyLook
from bot.conversation.wait import Wait
from bot.understanding.model import NO_RISK, Risk, RiskLevel

Memory = Mapping[str, Any]
EPISODE = timedelta(hours=12)
"""What was told of danger counts together this long."""
COVER, COVER_UNTIL = "watched", "hidden_until"
"""The flow that remembers until when a quiz covers the conversation, and the key."""


@dataclass(frozen=True)
class State:
    """The bot's side of a conversation. Small, and stored encrypted after each turn."""

    locale: str
    locale_chosen: bool = False
    greeted: bool = False
    at: str | None = None
    """The step (``flow.step``) that waits for the person."""
    memory: Memory = field(default_factory=dict)
    """What steps keep for themselves, under their flow's name."""
    said: Mapping[str, int] = field(default_factory=dict)
    """How often a step with variants has spoken."""
    offered: tuple[tuple[str, str], ...] = ()
    """Ids and titles of the buttons under the last message, so that typing one works as pressing it."""
    risk: Risk = NO_RISK
    """What the person has told of danger in this stretch of the conversation."""
    risk_at: datetime | None = None
    heard: str | None = None
    """The platform's number of the message that was the last thing the person did, where words can be changed afterwards."""
    stands: bool = False
    """Whether its words still count when they are changed: it was no answer to a step that has been left since."""
    replied: str | None = None
    """A mark of what was said to it."""
    wrote: str | None = None
    """A mark of its letters, so that a comma more is no new message."""

    def remembering(self, flow: str, **values: object) -> Self:
        """Return the state with `values` added to what `flow` remembers."""
        kept = {**self.memory.get(flow, {}), **values}
        return replace(self, memory={**self.memory, flow: kept})

    def recent_risk(self, now: datetime) -> Risk:
        """Return what was told of danger in this stretch of the conversation."""
        if self.risk_at is None or now - self.risk_at > EPISODE:
            return NO_RISK
        return self.risk

    def is_covered(self, now: datetime) -> bool:
        """Tell whether a quiz covers the conversation, because somebody else may be looking."""
        until = self.memory.get(COVER, {}).get(COVER_UNTIL)
        return until is not None and now < datetime.fromisoformat(until)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready form that `from_json` reads back."""
        return {
            "locale": self.locale,
            "locale_chosen": self.locale_chosen,
            "greeted": self.greeted,
            "at": self.at,
            "memory": dict(self.memory),
            "said": dict(self.said),
            "offered": [list(pair) for pair in self.offered],
            "risk": [self.risk.level.value, list(self.risk.kinds), self.risk.subject],
            "risk_at": self.risk_at.isoformat() if self.risk_at else None,
            "heard": [self.heard, self.stands, self.replied, self.wrote],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        level, kinds, subject = data["risk"]
        heard, stands, replied, wrote = data.get("heard", (None, False, None, None))
        return cls(
            locale=data["locale"],
            locale_chosen=data["locale_chosen"],
            greeted=data["greeted"],
            at=data["at"],
            memory=data["memory"],
            said=data["said"],
            offered=tuple((button, title) for button, title in data["offered"]),
            risk=Risk(RiskLevel(level), tuple(kinds), subject),
            risk_at=datetime.fromisoformat(data["risk_at"]) if data["risk_at"] else None,
            heard=heard,
            stands=stands,
            replied=replied,
            wrote=wrote,
        )


class Owner(StrEnum):
    """Who may speak in a conversation."""

    BOT = "bot"
    QUEUE = "queue"
    STAFF = "staff"


@dataclass(frozen=True)
class Said:
    """A line of the person's that is still in the short-lived buffer."""

    id: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Draw:
    """Chance, drawn before the turn so that the turn itself has none: a case's reference and passphrase."""

    reference: str
    passphrases: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Four words in each language."""
    seed: str = ""
    """From which the questions of a quiz and their order come."""
    code: str = field(default="", repr=False)
    """By which another chat may be connected."""


@dataclass(frozen=True)
class Return:
    """What became of a passphrase that was typed."""

    case_id: UUID | None = None
    reference: str | None = None
    too_many_tries: bool = False


@dataclass(frozen=True)
class Link:
    """What a link of a campaign, or an invitation of the team, leads to."""

    code: str
    target: str
    """`quiz:<id>`, `join`, `event:<slug>`, `series` (`series:<id>`), or `tester` for an invitation."""


@dataclass(frozen=True)
class World:
    """All that one turn may know beside its state, its content and the message."""

    now: datetime
    draw: Draw
    owner: Owner = Owner.BOT
    on_desk: bool = False
    """Whether a counsellor is at the desk now."""
    buffer: tuple[Said, ...] = ()
    case_level: RiskLevel | None = None
    """The level of the open case, if there is one."""
    paused: bool = False
    """Whether the counsellor who has the case rests from it now (`bot.hotline.pause_rules`)."""
    returning: Return | None = None
    own: OwnLook | None = None
    """What the four words at the step of the own file have opened, where they were just given or still count."""
    referral: str | None = None
    """The state of the referral that the pressed button names; None where there is none of theirs."""
    learns: bool = False
    """Whether the person agrees to `learn`; known where they are asked."""
    study: StudyLook | None = None
    """How the person stands to the study of learning; known where it is asked about, and None elsewhere."""
    wait: Wait | None = None
    """What can be said of the time; known where somebody is handed over."""
    checks: Standings = field(default_factory=dict)
    """How the staff's checks of the directory stand; known where services are shown, and dark elsewhere."""
    hears: bool = False
    """Whether the person agrees to `news`; known where they are asked."""
    city: CityLook | None = None
    """What is known of the person's city; looked up where a round counts for it, and None elsewhere."""
    link: Link | None = None
    """What the link leads to by which they have just come in."""
    deletes: bool = True
    """Whether what was sent can be taken off the person's screen on their channel."""
    phone: PhoneLook = field(default_factory=PhoneLook)
    """What is known of those who use this phone; looked up at the step that lets them change, else only whether they may."""
    events: EventsLook | None = None
    """What is on, and what they signed up for; known where events are shown, and None elsewhere."""
    code: CodeLook | None = None
    """What the code leads to that was just given, or that a yes would use."""
    chats: Chats | None = None
    """The person's other chats; known where they are asked about."""
    elsewhere: TalkElsewhere | None = None
    """Their open case in another chat."""

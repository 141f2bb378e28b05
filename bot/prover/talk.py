"""A conversation played through the pure turn alone: the state is written to JSON and read back after every turn.

No database, no network: what the service would do with the effects of a turn is done to the little world around it.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Self
from uuid import UUID

from bot.content.directory import Standings
from bot.content.load import Content
from bot.conversation.campaign_effects import JoinCampaigns, LeaveCampaigns
from bot.conversation.city import CityLook
from bot.conversation.doors import Doors
from bot.conversation.effects import (
    BeginAnew,
    ComeBack,
    Effect,
    EndPause,
    EraseContact,
    EscalateCase,
    ForgetWords,
    Granted,
    LeaveCase,
    OpenCase,
    RecordConsent,
    ResumeCase,
    StopMessages,
)
from bot.conversation.events import EventSeen, EventsLook
from bot.conversation.join_effects import GoOnHere, LeaveChats
from bot.conversation.joining import Chats, CodeLook, TalkElsewhere
from bot.conversation.own import OwnLook
from bot.conversation.phone import Comer, PhoneLook
from bot.conversation.state import Draw, Link, Owner, Return, Said, State, World
from bot.conversation.study import StudyLook
from bot.conversation.trouble import offline, trouble
from bot.conversation.turn import TurnResult, after_talk, turn
from bot.conversation.wait import Wait
from bot.messages import Address, Incoming, IncomingKind, OfferedFile, Outgoing
from bot.prover.places import is_said
from bot.understanding.model import Guess, Risk, RiskLevel, Understanding

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DRAW = Draw(
    "K7M2QX",
    {"en": ("moon", "rice", "boat", "tree"), "id": ("bulan", "nasi", "kapal", "pohon")},
    code="KXWQMPDT",
)
CODE = CodeLook("open", "KXWQMPDT", "telegram", "en")
"""A code from another chat that can be used."""
ELSEWHERE = TalkElsewhere(UUID(int=2), "M3N4P5", RiskLevel.CONCERN, "whatsapp")
"""A case that is open in another chat."""
DOORS = Doors("https://suar.example", "suar_example_bot", "6281200000000")
EVENT = EventSeen(
    "camp",
    {
        "en": {
            "title": "Youth camp",
            "short": "Youth camp",
            "place": "Taman Kota",
            "about": "Games, talks and lunch.",
        },
        "id": {
            "title": "Kemah pemuda",
            "short": "Kemah pemuda",
            "place": "Taman Kota",
            "about": "Permainan, obrolan, dan makan siang.",
        },
    },
    "Asia/Jakarta",
    NOW + timedelta(days=3),
    NOW + timedelta(days=3, hours=4),
    left=3,
    calendar="https://suar.example/e/camp.ics",
)
"""An event for which people can sign up."""
EVENTS = {
    "open": EventsLook((EVENT,), "Asia/Makassar"),
    "full": EventsLook((replace(EVENT, left=0, ahead=2),)),
    "coming": EventsLook((replace(EVENT, mine="coming"),)),
    "waiting": EventsLook((replace(EVENT, mine="waiting", left=0, ahead=2),)),
    "closed": EventsLook((replace(EVENT, state="closed"),)),
    "cancelled": EventsLook((replace(EVENT, state="cancelled", mine="coming"),)),
    "over": EventsLook(
        (replace(EVENT, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1)),)
    ),
    "none": EventsLook(),
}
"""What somebody may find who asks what is on."""
BEFORE = State(locale="id", locale_chosen=True, greeted=True)
"""Where somebody stood who was at this phone before."""
PHONES = {
    "nobody's": PhoneLook(),
    "theirs": PhoneLook(has_said=True),
    "theirs, with words": PhoneLook(has_words=True, has_said=True),
    "a page": PhoneLook(shared=False),
    "on its way": PhoneLook(has_words=True, has_said=True, busy=True),
    "taken": PhoneLook(has_said=True, taken=True),
    "too many": PhoneLook(too_many_tries=True),
    "found": PhoneLook(found=Comer(UUID(int=2), BEFORE, Owner.BOT)),
    "found waiting": PhoneLook(found=Comer(UUID(int=2), BEFORE, Owner.QUEUE)),
    "found talking": PhoneLook(found=Comer(UUID(int=2), BEFORE, Owner.STAFF)),
}
"""What may be known of those who use a phone."""
ADDRESS = Address("test", "bot", "somebody")


def meaning(
    intent: str = "out_of_scope",
    confidence: float = 0.9,
    *others: Guess,
    risk: RiskLevel = RiskLevel.NONE,
    kinds: tuple[str, ...] = (),
    subject: str | None = None,
    language: str | None = None,
    degraded: bool = False,
    doubt: bool = False,
) -> Understanding:
    """Return what a message is taken to mean; danger is the person's own unless `subject` says otherwise."""
    guesses = () if degraded else (Guess(intent, confidence), *others)
    told = Risk(risk, kinds, subject or ("self" if risk else "unknown"))
    return Understanding(language, guesses, told, degraded, doubt)


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
    time: Wait | None = None
    now: datetime = NOW
    buffer: list[Said] = field(default_factory=list)
    case_level: RiskLevel | None = None
    paused: bool = False
    checks: Standings = field(default_factory=dict)
    returning: Return | None = None
    own: OwnLook | None = None
    referral: str | None = None
    learns: bool = False
    study: StudyLook | None = None
    draw: Draw = DRAW
    hears: bool = False
    link: Link | None = None
    events: EventsLook = EVENTS["open"]
    phone: PhoneLook = field(default_factory=PhoneLook)
    city: CityLook | None = None
    code: CodeLook | None = None
    chats: Chats = field(default_factory=lambda: Chats(doors=DOORS))
    elsewhere: TalkElsewhere | None = None
    result: TurnResult | None = None
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    @classmethod
    def new(cls, content: Content, locale: str = "en", *, chosen: bool = True) -> Self:
        """Return a conversation in which nothing has been said; its language stays as it is when it was chosen."""
        return cls(content, State(locale=locale, locale_chosen=chosen))

    @classmethod
    def greeted(cls, content: Content, locale: str = "en", *, chosen: bool = True) -> Self:
        """Return a conversation that is past its first words."""
        return cls(content, State(locale=locale, locale_chosen=chosen, greeted=True))

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

    def offer(self, file: OfferedFile, text: str = "") -> Self:
        """Send a file, with words under it or without any."""
        kind = IncomingKind.TEXT if text else IncomingKind.UNREADABLE
        incoming = Incoming(ADDRESS, "1", kind, text or file.kind, file=file)
        return self._play(incoming, Understanding())

    def end_talk(self) -> Self:
        """Let the counsellor end the talk."""
        level = self.case_level or RiskLevel.NONE
        self.owner, self.case_level = Owner.BOT, None
        return self._keep(after_talk(self.state, level, self.content, self._world()))

    def fail(self) -> Self:
        """Let the turn itself fail over what the person wrote."""
        return self._keep(trouble(self.state, self.content))

    def lose_database(self) -> Self:
        """Let the database be away while the person writes."""
        said = (offline(self.content, self.state.locale),)
        return self._keep(TurnResult(self.state, said, ()))

    def wait(self, span: timedelta) -> Self:
        """Let time pass."""
        self.now += span
        return self

    def _play(self, incoming: Incoming, understanding: Understanding) -> Self:
        return self._keep(turn(self.state, incoming, understanding, self.content, self._world()))

    def _keep(self, result: TurnResult) -> Self:
        self.result = result
        self.paused = self.paused and EndPause() not in result.effects
        self.state = State.from_json(json.loads(json.dumps(result.state.to_json())))
        for effect in result.effects:
            self._apply(effect)
        return self

    def _world(self) -> World:
        return World(
            now=self.now,
            draw=self.draw,
            owner=self.owner,
            on_desk=self.on_desk,
            wait=self.time,
            buffer=tuple(self.buffer) if self.owner is Owner.BOT else (),
            case_level=self.case_level,
            paused=self.paused,
            checks=self.checks,
            returning=self.returning,
            own=self.own,
            referral=self.referral,
            learns=self.learns,
            hears=self.hears,
            link=self.link,
            city=self.city,
            study=self.study,
            events=self.events,
            code=self.code,
            chats=self.chats,
            elsewhere=self.elsewhere,
            phone=self.phone,
        )

    def _apply(self, effect: Effect) -> None:
        match effect:
            case OpenCase(risk=risk):
                self.owner, self.case_level = Owner.QUEUE, risk.level
            case ResumeCase():
                self.owner, self.case_level = Owner.QUEUE, RiskLevel.NONE
            case GoOnHere() if self.elsewhere is not None:
                self.owner, self.case_level = Owner.QUEUE, self.elsewhere.level
                self.elsewhere = None
            case EscalateCase(risk=risk):
                self.case_level = risk.level
            case LeaveCase():
                self.owner, self.case_level = Owner.BOT, None
            case RecordConsent(Granted(scope="learn", granted=granted)):
                self.learns = granted
            case JoinCampaigns():
                self.hears = True
            case LeaveCampaigns() | StopMessages():
                self.hears = False
            case EraseContact() | LeaveChats():
                self.learns = self.hears = False
                self.owner, self.case_level = Owner.BOT, None
                self.state = State(locale=self.state.locale)
                self.chats, self.elsewhere = Chats(doors=DOORS), None
                self.buffer.clear()
            case ForgetWords():
                self.buffer.pop()
            case BeginAnew() | ComeBack():
                found = self.phone.found if isinstance(effect, ComeBack) else None
                self.owner = found.owner if found else Owner.BOT
                self.case_level = RiskLevel.NONE if self.owner is not Owner.BOT else None
                self.learns = self.hears = False
                self.buffer.clear()
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

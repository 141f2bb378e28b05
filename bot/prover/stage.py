"""One moment of a conversation as the prover sees it, and what can happen next.

A stage holds everything that decides how a turn goes: the state, who may speak, the case, what was agreed to, what stands on the
screen. Two stages with the same `key` are taken for one; what the key leaves out decides words, not ways: which variant of a text
comes next, the score of a quiz, the text of an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.content.load import Content
from bot.conversation.campaign_effects import JoinCampaigns, LeaveCampaigns, SignUp
from bot.conversation.city import CityLook
from bot.conversation.effects import (
    BeginAnew,
    ComeBack,
    Effect,
    EndStudy,
    EraseContact,
    EscalateCase,
    LeaveCase,
    OpenCase,
    PlanFollowUp,
    RecordConsent,
    ResumeCase,
    StopMessages,
)
from bot.conversation.events import SHOW, EventsLook
from bot.conversation.join_effects import GoOnHere, LeaveChats
from bot.conversation.joining import FLOW as JOIN
from bot.conversation.joining import TOLD, Chats, CodeLook, TalkElsewhere
from bot.conversation.own import OwnLook
from bot.conversation.pace import STEP as PACE
from bot.conversation.phone import Comer, PhoneLook
from bot.conversation.quiz.round import FLOW as QUIZ
from bot.conversation.quiz.round import STEP, Round
from bot.conversation.rudeness import SHORT_FROM
from bot.conversation.state import Link, Owner, Return, Said, State, World
from bot.conversation.steps.join_told import CHANNEL, NEWEST
from bot.conversation.study import LATER, Measured, StudyLook, guise
from bot.conversation.trouble import trouble
from bot.conversation.turn import TurnResult, after_talk, begin, turn
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.prover.talk import ADDRESS, DOORS, DRAW, EVENTS, NOW
from bot.understanding.model import RiskLevel, Understanding

Key = tuple[Any, ...]
NIGHT = timedelta(hours=13)
"""Longer than danger counts together, and than a cover lasts."""


@dataclass(frozen=True)
class Stage:
    """A moment of a conversation."""

    state: State
    owner: Owner = Owner.BOT
    case_level: RiskLevel | None = None
    agreed: frozenset[str] = frozenset()
    buffer: tuple[Said, ...] = ()
    now: datetime = NOW
    shown: tuple[Outgoing, ...] = ()
    """What stands on the screen since the last turn that said something."""

    def world(self, **known: object) -> World:
        """Return the world as the service would show it to a turn."""
        seen = World(
            now=self.now,
            draw=DRAW,
            owner=self.owner,
            buffer=self.buffer if self.owner is Owner.BOT else (),
            case_level=self.case_level,
            hears="news" in self.agreed,
        )
        return replace(seen, **known)  # type: ignore[arg-type]  # fields by name


@dataclass(frozen=True)
class Act:
    """Something that happens in a conversation."""

    label: str
    """As a reader of a counter-example sees it."""
    kind: IncomingKind | None = None
    """What the person did; None for what happens around them."""
    text: str = ""
    means: Understanding = field(default_factory=Understanding)
    returning: Return | None = None
    own: OwnLook | None = None
    referral: str | None = None
    """The state of the referral that a pressed button names."""
    link: Link | None = None
    """What the link leads to by which the person comes in."""
    events: EventsLook = EVENTS["open"]
    """What is on, and what they have signed up for."""
    code: CodeLook | None = None
    """What the code leads to that is given, or that a yes would use."""
    chats: Chats = field(default_factory=lambda: Chats(doors=DOORS))
    elsewhere: TalkElsewhere | None = None
    """The case that is open in another chat of theirs."""
    phone: PhoneLook = field(default_factory=PhoneLook)
    """What is known of those who use the phone."""
    later: timedelta = timedelta()
    """How long after the last act it happens."""
    around: str | None = None
    """`night`, `claimed`, `ended`, `failed`, `greeted`, `asked_again`, `paced`, `reminded`, `joined` or `played`, where nobody writes; `insulted`,
    where several messages are one act."""

    def known(self) -> dict[str, object]:
        """Return what the service would have looked up for it."""
        return {
            "returning": self.returning,
            "own": self.own,
            "referral": self.referral,
            "link": self.link,
            "events": self.events,
            "code": self.code,
            "chats": self.chats,
            "elsewhere": self.elsewhere,
            "phone": self.phone,
        }

    @property
    def is_press(self) -> bool:
        """Whether it is the press of a button."""
        return self.kind is IncomingKind.BUTTON


@dataclass(frozen=True)
class Outcome:
    """What an act leads to."""

    before: Stage
    act: Act
    after: Stage
    messages: tuple[Outgoing, ...]
    effects: tuple[Effect, ...]


def play(content: Content, stage: Stage, act: Act) -> Outcome:
    """Let an act happen.

    Raises:
        RecursionError: The content leads in a circle without the person.
    """
    if act.kind is None:
        return _around(content, stage, act)
    buffer = stage.buffer
    if act.kind is IncomingKind.TEXT and stage.owner is Owner.BOT:
        buffer = (Said(1, act.text),)
    seen = replace(stage, buffer=buffer, now=stage.now + act.later)
    incoming = Incoming(ADDRESS, "1", act.kind, act.text)
    city = CityLook(next(iter(content.cities.cities), None), 12)
    world = seen.world(study=_study(content, stage), city=city, **act.known())
    result = turn(stage.state, incoming, act.means, content, world)
    return _outcome(seen, act, result)


def _around(content: Content, stage: Stage, act: Act) -> Outcome:
    if act.around == "night":
        later = replace(stage, now=stage.now + NIGHT)
        return Outcome(stage, act, later, (), ())
    if act.around == "claimed":
        return Outcome(stage, act, replace(stage, owner=Owner.STAFF), (), ())
    if act.around == "failed":
        return _outcome(stage, act, trouble(stage.state, content))
    if act.around == "greeted":
        result = begin(stage.state, "follow_up.hello", content, stage.world())
        return _outcome(stage, act, result)
    if act.around == "joined":
        newest = {NEWEST: UUID(int=3).hex, CHANNEL: "telegram"}
        told = begin(stage.state.remembering(JOIN, **newest), TOLD, content, stage.world())
        return _outcome(stage, act, replace(told, state=replace(told.state, at=stage.state.at)))
    if act.around == "played":
        return _played(content, stage, act)
    if act.around == "asked_again":
        return _outcome(stage, act, begin(stage.state, LATER, content, stage.world()))
    if act.around == "paced":
        result = begin(stage.state, PACE, content, stage.world())
        result = replace(result, state=replace(result.state, at=stage.state.at))
        return _outcome(stage, act, result)
    if act.around == "insulted":
        return _insulted(content, stage, act)
    if act.around == "reminded":
        result = begin(stage.state, SHOW, content, stage.world(events=act.events))
        # Whatever waits for the person goes on waiting.
        result = replace(result, state=replace(result.state, at=stage.state.at))
        return _outcome(stage, act, result)
    ended = replace(stage, owner=Owner.BOT, case_level=None)
    level = stage.case_level or RiskLevel.NONE
    return _outcome(ended, act, after_talk(stage.state, level, content, ended.world()))


def _insulted(content: Content, stage: Stage, act: Act) -> Outcome:
    """Come to where it is answered in fewer words."""
    insult, said = Incoming(ADDRESS, "1", IncomingKind.TEXT, "kamu bodoh"), Understanding()
    for _ in range(SHORT_FROM - 1):
        stage = replace(stage, state=turn(stage.state, insult, said, content, stage.world()).state)
    return _outcome(stage, act, turn(stage.state, insult, said, content, stage.world()))


def _played(content: Content, stage: Stage, act: Act) -> Outcome:
    """Come to the end of a round in which all was right: the last question is answered."""
    quiz = next(iter(content.quizzes.values()))
    question = next(each for each in quiz.questions if each.kind == "single")
    memory = {**Round(quiz, (question,), since=stage.now).to_memory(), "for_city": False}
    state = replace(stage.state, at=STEP).remembering(QUIZ, **memory)
    press = Incoming(
        ADDRESS, "1", IncomingKind.BUTTON, f"{STEP}.{question.id}-{question.correct[0]}"
    )
    world = stage.world(study=_study(content, stage))
    return _outcome(stage, act, turn(state, press, Understanding(), content, world))


def _study(content: Content, stage: Stage) -> StudyLook:
    """Return how the person stands to the study: whoever agrees has been asked again about a fact, weeks after another quiz."""
    agrees = "study" in stage.agreed
    quiz = next((each for each in content.quizzes.values() if each.measures), None)
    question = guise(quiz, quiz.measures[0], "week4", 0) if quiz is not None and agrees else None
    if quiz is None or question is None:
        return StudyLook(agrees)
    return StudyLook(agrees, open=(Measured(quiz.quiz, question.fact, "week4", question.id),))


def _outcome(before: Stage, act: Act, result: TurnResult) -> Outcome:
    # Under a recording alone, what stood there before can still be pressed.
    has_words = any(message.voice is None for message in result.outgoing)
    shown = result.outgoing if has_words else before.shown
    after = replace(before, state=result.state, shown=shown)
    for effect in result.effects:
        after = _applied(after, effect)
        if isinstance(effect, GoOnHere) and act.elsewhere is not None:
            after = replace(after, case_level=act.elsewhere.level)
        if isinstance(effect, BeginAnew | ComeBack):
            after = _changed(after, act.phone.found if isinstance(effect, ComeBack) else None)
    return Outcome(before, act, after, result.outgoing, result.effects)


def _changed(stage: Stage, comer: Comer | None) -> Stage:
    """Return the stage of whoever is here from now on; of the other one nothing goes along."""
    after = Stage(stage.state, now=stage.now, shown=stage.shown)
    if comer is None or comer.owner is Owner.BOT:
        return after
    return replace(after, owner=comer.owner, case_level=RiskLevel.NONE, agreed=frozenset({"talk"}))


def _applied(stage: Stage, effect: Effect) -> Stage:
    match effect:
        case OpenCase(risk=risk, consents=consents):
            granted = {each.scope for each in consents if each.granted}
            return replace(
                stage,
                owner=Owner.QUEUE,
                case_level=risk.level,
                agreed=stage.agreed | granted,
                buffer=(),
            )
        case ResumeCase() | GoOnHere():
            agreed = stage.agreed | {"talk"}
            return replace(stage, owner=Owner.QUEUE, case_level=RiskLevel.NONE, agreed=agreed)
        case EscalateCase(risk=risk):
            return replace(stage, case_level=risk.level)
        case LeaveCase():
            left = stage.agreed - {"talk", "share", "contact_later"}
            return replace(stage, owner=Owner.BOT, case_level=None, agreed=left)
        case (
            RecordConsent(consent)
            | PlanFollowUp(consent=consent)
            | JoinCampaigns(consent=consent)
            | SignUp(consent=consent)
            | LeaveCampaigns(consent=consent)
        ):
            kept = stage.agreed - {consent.scope}
            return replace(stage, agreed=kept | {consent.scope} if consent.granted else kept)
        case EndStudy():
            return replace(stage, agreed=stage.agreed - {"study"})
        case StopMessages():
            return replace(stage, agreed=stage.agreed - {"news", "follow_up", "study", "event"})
        case EraseContact() | LeaveChats():
            return Stage(State(locale=stage.state.locale), now=stage.now, shown=stage.shown)
        case _:
            return stage


def key_of(stage: Stage) -> Key:
    """Return what tells two stages apart."""
    state = stage.state
    memory = state.memory
    flow = (state.at or "").partition(".")[0]
    risk = memory.get("risk", {})
    recent = state.recent_risk(stage.now).level
    hidden = memory.get("watched", {}).get("hidden_until")
    return (
        stage.owner,
        stage.case_level,
        state.at,
        recent,
        bool(risk.get("told")) and recent > RiskLevel.NONE,
        bool(risk.get("unsure")),
        bool(memory.get("quiz", {}).get("open")),
        bool(hidden) and stage.now.isoformat() < str(hidden),
        bool(stage.buffer) and state.at == "consent.ask",
        stage.agreed - {"learn", "follow_up", "news", "study", "event"}
        if stage.owner is not Owner.BOT
        else None,
        flow == "campaigns" and "news" in stage.agreed,
        _ESSENCES.get(flow, _nothing)(memory.get(flow, {})),
        _measuring(stage) if flow in MEASURING else (),
    )


Memory = Mapping[str, Any]
MEASURING = frozenset({"quiz", "study"})
"""Flows that go another way where learning is measured."""


def _measuring(stage: Stage) -> Key:
    memory = stage.state.memory.get("study", {})
    return ("study" in stage.agreed, memory.get("phase"), bool(memory.get("picked")))


def _nothing(_: Memory) -> Key:
    return ()


_ESSENCES: Mapping[str, Callable[[Memory], Key]] = {
    "answer": lambda m: (min(len(m.get("wanted", ())), 2), bool(m.get("unsure"))),
    "consent": lambda m: (bool(m.get("version")), bool(m.get("share")), bool(m.get("lines"))),
    "quiz": lambda m: (
        bool(m.get("since")),
        bool(m.get("picked")),
        bool(m.get("open")),
        bool(m.get("tried")),
        bool(m.get("city_done")) if "city_done" in m and not m.get("open") else None,
    ),
    "offer": lambda m: (m.get("mode"), len(m.get("picked") or ()), bool(m.get("found"))),
    "join": lambda m: (bool(m.get("code")),),
    "learn": lambda m: (bool(m.get("answered")),),
    "watched": lambda m: (bool(m.get("word")),),
    "campaigns": lambda m: (
        bool(m.get("interests")),
        bool(m.get("place_tried")),
        bool(m.get("rates")),
    ),
    "series": lambda m: (bool(m.get("asking")),),
    "phone": lambda m: (m.get("stage"), m.get("then"), bool(m.get("tried"))),
    "wishes": lambda m: (bool(m.get("name")), bool(m.get("counsellor"))),
}
"""What a flow remembers that decides where it leads."""

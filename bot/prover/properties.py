"""What must hold, whatever happens: each check looks at one outcome, or at a stage, and says what is wrong.

The letters are those of the list in docs/flows.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.channels.capabilities import TELEGRAM, WEB, WHATSAPP
from bot.channels.fit import fit
from bot.content.load import Content
from bot.content.steps import Support
from bot.conversation.campaign_effects import (
    ChangeProfile,
    CountForCity,
    JoinCampaigns,
    LinkFinished,
    LinkOpened,
    RateCampaign,
    SignUp,
)
from bot.conversation.effects import (
    AnswerReferral,
    EraseContact,
    EscalateCase,
    LeaveCase,
    NoteStudyAnswer,
    NoteUnmet,
    OpenCase,
    PlanFollowUp,
    QuizAnswered,
    QuizFinished,
    RelayToCase,
    StopMessages,
)
from bot.conversation.join_effects import (
    CastOut,
    EscalateElsewhere,
    GoOnHere,
    JoinChats,
    LeaveChats,
    MakeJoinCode,
)
from bot.conversation.state import Owner
from bot.conversation.steps.base import PREVIEW_CHARS
from bot.messages import IncomingKind, Outgoing
from bot.prover.stage import Outcome, Stage
from bot.understanding.cleaning import folded
from bot.understanding.model import RiskLevel

CHANNELS = {"Telegram": TELEGRAM, "the web chat": WEB, "WhatsApp": WHATSAPP}
MAX_PARTS = 5
"""A message in more parts than this is no message that anybody reads."""
ASKED_FOR = frozenset({"answer", "browse", "quiz", "offer", "services"})
"""Kinds of steps that speak only when the person has just asked for it, on a screen that they are looking at."""


@dataclass(frozen=True)
class Fault:
    """Something that does not hold."""

    letter: str
    problem: str
    part: Literal["text", "title"] = "text"
    """What of a message has to be mended."""
    mend: str | None = None
    """How, where that is the same for whatever message it is."""


def check(content: Content, outcome: Outcome) -> Iterator[Fault]:
    """Yield what is wrong with one outcome."""
    yield from _commands_work(outcome)
    yield from _consent_first(outcome)
    yield from _danger_is_answered(content, outcome)
    yield from _no_dead_end(outcome)
    yield from _buttons_work(outcome)
    yield from fits(outcome.messages)
    yield from _quiet(content, outcome)


def _commands_work(outcome: Outcome) -> Iterator[Fault]:
    """(a) Language, stop, leave, erase and a human, by words, at once."""
    act, after = outcome.act, outcome.after
    if act.kind is not IncomingKind.TEXT or not act.text.startswith("/"):
        return
    if is_covered(outcome.before):
        return
    where = after.state.at
    # One press there brings the talk here.
    talks = act.elsewhere is not None and where == "join.elsewhere"
    is_human = talks or where in {"consent.ask", "consent.waiting"}
    done = {
        "/human": is_human or after.owner is not Owner.BOT,
        "/language": where == "language.choose" or after.owner is Owner.STAFF,
        "/stop": any(isinstance(each, StopMessages | LeaveCase) for each in outcome.effects),
        "/leave": outcome.before.owner is Owner.BOT or after.owner is Owner.BOT,
        "/erase": where == "erase.ask",
    }
    if not done.get(act.text, True):
        yield Fault("a", f"{act.text} does not do what it says")


def is_covered(stage: Stage) -> bool:
    """Tell whether a quiz covers the conversation: then only the safe word leads out, and it always does."""
    until = stage.state.memory.get("watched", {}).get("hidden_until")
    return until is not None and stage.now.isoformat() < until


def _consent_first(outcome: Outcome) -> Iterator[Fault]:
    """(b) Nothing is passed on before the matching consent, nor after its withdrawal."""
    before, act = outcome.before, outcome.act
    for effect in outcome.effects:
        match effect:
            case OpenCase():
                yield from _case_was_agreed(outcome, effect)
            case RelayToCase() | EscalateCase() if "talk" not in before.agreed:
                yield Fault("b", "words are passed on without consent to talk")
            case PlanFollowUp(consent=consent) if not consent.granted or not act.is_press:
                yield Fault("b", "a follow-up is planned without a yes")
            case AnswerReferral(granted=True) if not act.is_press:
                yield Fault("b", "a referral is agreed to without a press")
            case NoteStudyAnswer() if "study" not in before.agreed or not _is_open(outcome):
                yield Fault("b", "an answer is kept without consent, in danger or under a cover")
            case QuizAnswered() | QuizFinished() | LinkFinished() | CountForCity() if is_covered(
                before
            ):
                yield Fault("b", "an answer is counted under a cover")
            case LinkOpened() | JoinCampaigns() | ChangeProfile() | SignUp() | RateCampaign():
                yield from _campaigns_may(outcome, effect)
            case JoinChats() | MakeJoinCode() | LeaveChats() | CastOut() | GoOnHere():
                yield from _chats_may(outcome, effect)
            case NoteUnmet() if not _is_open(outcome):
                yield Fault("b", "a question is noted in danger, under a cover or in a talk")
            case _:
                pass
    if outcome.after.owner is not Owner.BOT and "talk" not in outcome.after.agreed:
        yield Fault("b", "a counsellor has the conversation without consent to talk")


def _campaigns_may(
    outcome: Outcome,
    effect: LinkOpened | JoinCampaigns | ChangeProfile | SignUp | RateCampaign,
) -> Iterator[Fault]:
    before, act = outcome.before, outcome.act
    if is_covered(before):
        yield Fault("b", "something is noted for campaigns under a cover")
    if isinstance(effect, ChangeProfile) and "news" not in before.agreed:
        yield Fault("b", "something is kept for campaigns of who did not agree")
    if isinstance(effect, JoinCampaigns | SignUp):
        is_yes = act.is_press or act.means.intent == "affirm"
        if not (effect.consent.granted and is_yes):
            yield Fault("b", "somebody hears of campaigns, or comes to an event, without a yes")


def _chats_may(
    outcome: Outcome, effect: JoinChats | MakeJoinCode | LeaveChats | CastOut | GoOnHere
) -> Iterator[Fault]:
    """Chats are connected and disconnected, and a talk moves, by a yes alone, and never under a cover."""
    before, act = outcome.before, outcome.act
    if is_covered(before):
        yield Fault("b", "chats are connected or disconnected under a cover")
    if isinstance(effect, JoinChats | MakeJoinCode) and not (
        effect.consent.granted and effect.consent.text_version
    ):
        yield Fault("b", "chats are connected without consent in the words that were shown")
    if not isinstance(effect, JoinChats):
        if not act.is_press:
            yield Fault("b", "a chat is disconnected, or a talk moved, without a press")
        return
    asked = before.state.memory.get("join", {}).get("code") == effect.code
    if not (asked and act.code is not None and act.code.found == "open"):
        yield Fault("b", "chats are connected although nobody was asked")
    is_yes = act.text == "join.confirm.yes" if act.is_press else act.means.intent == "affirm"
    if not is_yes:
        yield Fault("b", "chats are connected without a yes")


def _is_open(outcome: Outcome) -> bool:
    """Tell whether a question may be noted for those who write answers."""
    before, after = outcome.before, outcome.after
    told = max(after.state.recent_risk(before.now).level, outcome.act.means.risk.level)
    return before.owner is Owner.BOT and told is RiskLevel.NONE and not is_covered(before)


def _case_was_agreed(outcome: Outcome, case: OpenCase) -> Iterator[Fault]:
    before = outcome.before
    if outcome.act.elsewhere is not None:
        yield Fault("b", "a second case is opened while a talk goes on in another chat")
    granted = {each.scope for each in case.consents if each.granted}
    if before.state.at != "consent.ask":
        yield Fault("b", "a case is opened although the question was not on the screen")
    if "talk" not in granted or not all(each.text_version for each in case.consents):
        yield Fault(
            "b", "a case is opened without the consent to talk in the words that were shown"
        )
    if case.share and "share" not in granted:
        yield Fault("b", "lines are shared without consent")
    pressed = outcome.act.text.rpartition(".")[2]
    if case.share and pressed != "share":
        yield Fault("b", "lines are shared although the person chose to share nothing")
    seen = "\n".join(message.text for message in before.shown)
    told = {said.id for said in before.buffer if said.text in seen}
    if not set(case.share) <= told:
        yield Fault("b", "lines are shared that were not shown")
    name = case.wishes.get("name")
    if name and name not in seen:
        yield Fault("b", "a wish is passed on that was not shown")


def _danger_is_answered(content: Content, outcome: Outcome) -> Iterator[Fault]:
    """(c) High or immediate danger always gets support, a contact and an offer in the very next message."""
    act, before = outcome.act, outcome.before
    level = act.means.risk.level
    if act.kind is not IncomingKind.TEXT or level < RiskLevel.HIGH:
        return
    if before.owner is not Owner.BOT:
        if not any(isinstance(each, RelayToCase) for each in outcome.effects):
            yield Fault("c", "danger told to a counsellor is not passed on")
        higher = before.case_level is not None and level > max(
            before.case_level, RiskLevel.CONCERN
        )
        if higher and not any(isinstance(each, EscalateCase) for each in outcome.effects):
            yield Fault("c", "a case does not move up though more danger is told")
        return
    there = act.elsewhere
    if (
        there is not None
        and level > max(there.level, RiskLevel.CONCERN)
        and not any(isinstance(each, EscalateElsewhere) for each in outcome.effects)
    ):
        yield Fault("c", "a case in another chat does not move up though more danger is told")
    first = next((each for each in outcome.messages), None)
    if first is None:
        yield Fault("c", "danger is not answered")
        return
    support = content.step("risk.support")
    assert isinstance(support, Support)
    words, locale = content.words, outcome.after.state.locale
    openings = (support.text, support.urgent, support.again)
    if not any(words.say(text, locale) in first.text for text in openings):
        yield Fault("c", "danger is answered without words of support")
    if not any(number.number in first.text for number in content.emergency):
        yield Fault("c", "danger is answered without a contact")
    if not {"risk.support.talk", "consent.ask"} & {button.id for button in first.buttons}:
        yield Fault("c", "danger is answered without the offer of a person")


def _no_dead_end(outcome: Outcome) -> Iterator[Fault]:
    """(d) The bot always answers who writes to it, and leaves a way on."""
    after, act = outcome.after, outcome.act
    if after.owner is not Owner.BOT or any(
        isinstance(e, EraseContact | LeaveChats) for e in outcome.effects
    ):
        return
    if act.kind in {IncomingKind.BLOCKED, IncomingKind.UNBLOCKED} or act.around == "night":
        return
    if not outcome.messages:
        yield Fault("d", "nothing is answered")
    elif all(message.voice is not None for message in outcome.messages):
        return  # what stood there before still leads on
    elif not any(message.buttons for message in outcome.messages):
        yield Fault("d", "no button leads on")


def _buttons_work(outcome: Outcome) -> Iterator[Fault]:
    """(g) Every button on the screen does something."""
    if not outcome.act.is_press:
        return
    if outcome.after.state.at == "unclear.old_button":
        yield Fault("g", f"the button {outcome.act.text} is not known though it was just shown")
    elif not outcome.messages and not outcome.effects:
        yield Fault("g", f"the button {outcome.act.text} does nothing")


def fits(messages: tuple[Outgoing, ...]) -> Iterator[Fault]:
    """(f) Every text and title fits every channel."""
    for message in messages:
        yield from _titles_fit(message)
        for name, can in CHANNELS.items():
            parts = [part for part in fit([message], can) if part.text != "\u2026"]
            if len(parts) > MAX_PARTS:
                problem = f"a message comes in {len(parts)} parts on {name}"
                yield Fault("f", problem, mend="make it shorter")
        if "{" in message.text:
            yield Fault("f", "a placeholder is not filled in", mend="write no { in it")


def _titles_fit(message: Outgoing) -> Iterator[Fault]:
    titles = [button.title for button in message.buttons]
    for name, can in CHANNELS.items():
        limit = can.title_chars(len(titles))
        long = [title for title in titles if len(title) > limit]
        if long:
            problem = f"a title is too long for {name}: {long[0]!r}"
            yield Fault("f", problem, "title", f"use at most {limit} characters")
    doubled = [title for title in titles if titles.count(title) > 1]
    if doubled:
        problem = f"two buttons of one message read the same: {doubled[0]!r}"
        yield Fault("f", problem, "title", "choose other words for one of them")


def _quiet(content: Content, outcome: Outcome) -> Iterator[Fault]:
    """(h) What may stand on a locked screen gives nothing away in its first words."""
    pressed = ".".join(outcome.act.text.split(".")[:2]) if outcome.act.is_press else ""
    for at in (outcome.after.state.at or "", pressed):
        if content.has_step(at) and content.step(at).type in ASKED_FOR:
            return
    locale = outcome.after.state.locale
    words = content.loud_words.get(locale, ())
    for message in outcome.messages:
        begin = folded(message.text[:PREVIEW_CHARS])
        loud = [word for word in words if word in begin]
        if loud:
            problem = f"a message begins with a word that gives it away: {loud[0]!r}"
            mend = f"use other words in its first {PREVIEW_CHARS} characters"
            yield Fault("h", problem, mend=mend)

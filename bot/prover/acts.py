"""What can happen at a stage: every button, every intent, every level of danger, words that steps wait for, silence, staff, faults."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from bot.campaigns.reminders import KINDS
from bot.content.load import Content
from bot.conversation.joining import ASK, CONFIRM, Chats, CodeLook
from bot.conversation.joining import ELSEWHERE as TALKS
from bot.conversation.own import STEP, OwnFile, OwnInvolved, OwnLook, OwnReferral
from bot.conversation.phone import STEP as PHONE
from bot.conversation.state import Link, Owner, Return
from bot.conversation.ways import COMMANDS
from bot.messages import MAX_TEXT_CHARS, IncomingKind
from bot.prover.stage import Act, Stage
from bot.prover.talk import CODE, DOORS, ELSEWHERE, EVENTS, PHONES, meaning
from bot.understanding.model import RiskLevel, Understanding
from bot.understanding.nearest import Near
from bot.understanding.taxonomy import get_taxonomy

UNKNOWN = meaning("out_of_scope", 0.1)
INSULT = "kamu bodoh"
SAFE_WORD = "mangga77"
OFFER = (
    "Lowongan admin online di Kamboja gaji 15 juta tanpa pengalaman, visa turis dulu, paspor kami simpan, transfer biaya 2 juta "
    "ke rekening pribadi hari ini juga ya kak, jangan bilang keluarga"
)
NUMBER = "K7M2QX9P"
_OWN = OwnFile(
    UUID(int=1),
    "K7M2QX",
    (OwnReferral(NUMBER, "UPTD PPA", "shown"), OwnReferral("A2B3C4D5", "LBH", "sent")),
    (OwnInvolved("my aunt", "that I am well", "her phone"),),
)
OWN_FILES = {
    "plain": OwnLook(replace(_OWN, referrals=(), involved=())),
    "asked": OwnLook(replace(_OWN, request="asked")),
    "released": OwnLook(replace(_OWN, request="released", text="You told us of your work.")),
    "unknown": OwnLook(),
    "too often": OwnLook(too_many_tries=True),
}
NEAR_CAMPAIGNS = frozenset({"menu", "events", "series", "campaigns", "quiz", "consent"})
"""Flows at which every look of an event, and every button of a series, is tried."""
TALKING = ("/human", "/language", "/stop", "/erase")
"""Commands that must work at every stage at which the bot may speak."""
ATTENDED = ("/leave", "/erase", "/language")


def always(stage: Stage) -> Iterator[Act]:
    """Yield what is tried at every stage."""
    yield from presses(stage)
    yield from (_write(command, label=command) for command in commands(stage))
    yield from danger()
    yield _write("…", UNKNOWN, "something that is not understood")
    yield _write("ya", meaning("affirm"), "yes")
    yield _write("tidak", meaning("deny"), "no")
    yield _write(SAFE_WORD, UNKNOWN, "one seldom word")
    yield Act("sends a picture", IncomingKind.UNREADABLE, "picture")
    yield Act("(thirteen hours pass)", around="night")
    if stage.state.at == PHONE and stage.owner is not Owner.STAFF:
        yield from _phones(stage)
    if stage.owner is Owner.QUEUE:
        yield Act("(a counsellor takes the case)", around="claimed")
    if stage.owner is Owner.STAFF:
        yield Act("(the counsellor ends the talk)", around="ended")
    if stage.owner is Owner.BOT:
        yield Act("(a fault in this turn)", around="failed")


def commands(stage: Stage) -> tuple[str, ...]:
    """Return the commands that must work at a stage."""
    return TALKING if stage.owner is Owner.BOT else ATTENDED


def presses(stage: Stage) -> Iterator[Act]:
    """Yield the press of every button on the screen."""
    for message in stage.shown:
        for button in message.buttons:
            yield Act(f"[{button.title}]", IncomingKind.BUTTON, button.id)


def danger() -> Iterator[Act]:
    """Yield a disclosure of every level."""
    for level in RiskLevel:
        if level is not RiskLevel.NONE:
            said = meaning("disclose", risk=level, kinds=("confinement",))
            yield _write("…", said, f"tells of danger: {level.label}")


def _of_templates(content: Content) -> Iterator[Act]:
    """Yield presses under what WhatsApp has approved, whatever the conversation is at by then."""
    for template in content.templates.values():
        for button in template.buttons:
            yield Act(f"[{button.title}, under a template]", IncomingKind.BUTTON, button.id)


def once(content: Content, stage: Stage) -> Iterator[Act]:
    """Yield what is tried at one stage of each step and owner: every intent, every doubt, whatever a step may hear."""
    for intent in get_taxonomy().intents:
        yield _write("…", meaning(intent), f"means: {intent}")
    for confidence in (0.4, 0.2):
        yield _write("…", meaning("documents", confidence), f"means documents, {confidence}")
    yield _write("…", meaning(degraded=True), "the language model is away")
    away = meaning(degraded=True, risk=RiskLevel.HIGH)
    yield _write("…", away, "tells of danger while the language model is away")
    yield _write(
        "…", meaning("out_of_scope", 0.1, doubt=True), "danger is neither heard nor ruled out"
    )
    asks = meaning("documents", risk=RiskLevel.HIGH)
    yield _write("…", asks, "tells of danger and asks about papers")
    yield from _near(content)
    overdue = _write("…", meaning("documents"), "asks years later, when every answer is overdue")
    yield replace(overdue, later=timedelta(days=3_000))
    yield from (_write(command, label=command) for command in COMMANDS)
    yield _write("Ray", UNKNOWN, "a name")
    yield _write("a", UNKNOWN, "a letter")
    yield _write(OFFER, meaning("check_offer"), "a job offer")
    yield from _four_words()
    yield from _own_file(stage)
    yield from _chats(stage)
    yield _write("x" * MAX_TEXT_CHARS, UNKNOWN, "a very long text")
    yield Act("starts anew", IncomingKind.START)
    for quiz in content.quizzes:
        yield Act(f"starts with a link to {quiz}", IncomingKind.START, f"quiz_{quiz}")
    for target in (
        "join",
        "series",
        f"quiz:{next(iter(content.quizzes))}",
        "quiz:gone",
        "event:camp",
        "tester",
    ):
        link = Link("k7m2", target)
        yield Act(
            f"starts with a campaign's link to {target}", IncomingKind.START, "c_k7m2", link=link
        )
    yield _write("stop", label="the word stop, and nothing else")
    yield from _makes_room(stage)
    yield _write("Kupang", UNKNOWN, "the name of a city")
    yield from _of_broadcasts(content, stage)
    yield from _of_templates(content)
    yield from _events(stage)
    if stage.owner is not Owner.STAFF and _is_near(stage):
        yield from _of_series(content)
    if stage.state.at == "quiz.play" and stage.owner is Owner.BOT:
        yield Act("(plays a round to its end, all right)", around="played")
    yield _write(INSULT, label="an insult, and nothing else")
    yield Act("blocks the bot", IncomingKind.BLOCKED)
    yield Act("lets the bot in again", IncomingKind.UNBLOCKED)
    if stage.owner is Owner.BOT:
        yield Act("(Suar writes first, as agreed)", around="greeted")
        yield Act("(Suar asks again, as agreed)", around="asked_again")
        yield Act("(insults Suar three times)", around="insulted")
        yield Act("(writes so fast that the answer takes a moment)", around="paced")
        yield from _reminders()


def _chats(stage: Stage) -> Iterator[Act]:
    """Yield codes that connect another chat, the yes to them, what follows, and a talk that goes on in another chat."""
    if stage.owner is not Owner.BOT:
        return
    for look in (CODE, *(CodeLook(found) for found in ("gone", "same", "too_many"))):
        yield Act(f"starts with a code: {look.found}", IncomingKind.START, "j_KXWQMPDT", code=look)
        yes = f"{CONFIRM}.yes"
        yield Act(f"[yes to a code: {look.found}]", IncomingKind.BUTTON, yes, code=look)
    yield replace(_write("kxwq-mpdt", UNKNOWN, "a code"), code=CODE)
    yield replace(_write("ya", meaning("affirm"), "yes, with a code"), code=CODE)
    yield Act("(another chat is connected)", around="joined")
    several = Chats(("telegram", "web"), DOORS)
    for choice in ("", ".yes", ".leave", ".sure"):
        press = Act(f"[{choice or ASK}, with several chats]", IncomingKind.BUTTON, ASK + choice)
        yield replace(press, chats=several)
    yield from (replace(act, elsewhere=ELSEWHERE) for act in _while_elsewhere(stage))


def _while_elsewhere(stage: Stage) -> Iterator[Act]:
    """Yield what is tried while a talk goes on in another chat."""
    where = "while a talk goes on elsewhere"
    yield _write("…", UNKNOWN, f"something {where}")
    yield _write("/human", label=f"/human {where}")
    for level in (RiskLevel.CONCERN, RiskLevel.HIGH, RiskLevel.IMMEDIATE):
        said = meaning("disclose", risk=level, kinds=("confinement",))
        yield _write("…", said, f"tells of danger {where}: {level.label}")
    old = ("consent.ask.talk",) if stage.state.at == "consent.ask" else ()
    for button in ("consent.ask", *old, f"{TALKS}.here", f"{TALKS}.stay"):
        yield Act(f"[{button} {where}]", IncomingKind.BUTTON, button)


def _phones(stage: Stage) -> Iterator[Act]:
    """Yield what may be known of a phone where somebody makes room for another."""
    then = stage.state.memory.get("phone", {}).get("then")
    for label, look in PHONES.items():
        wrote = _write("Gerimis sore", UNKNOWN, f"two words: {label}")
        yield replace(wrote, phone=look)
        if look.found is None:  # words that were found mean nothing else
            told = meaning("disclose", risk=RiskLevel.HIGH)
            wrote = _write("tolong aku", told, f"two words that tell of danger: {label}")
            yield replace(wrote, phone=look)
        for choice in ("new", "back", "cancel", *(("ready", "none") if then else ())):
            press = Act(f"[{choice}: {label}]", IncomingKind.BUTTON, f"{PHONE}.{choice}")
            yield replace(press, phone=look)


def _makes_room(stage: Stage) -> Iterator[Act]:
    """Yield the command that lets somebody else be here in the middle of a talk."""
    if stage.owner is Owner.STAFF:
        for label, look in PHONES.items():
            yield replace(_write("/switch", label=f"/switch: the phone is {label}"), phone=look)


def _reminders() -> Iterator[Act]:
    """Yield what somebody who signed up for an event is told of it; it may come at any time."""
    for kind in KINDS:
        look = replace(EVENTS["coming"], note=kind)
        yield Act(f"(Suar tells of an event: {kind})", around="reminded", events=look)


def _events(stage: Stage) -> Iterator[Act]:
    """Yield what may be on, and what is pressed of it."""
    if stage.owner is Owner.STAFF:
        return
    # What an event's button does hangs on the event, and on whether its words are on the screen: not on any other step.
    looks = EVENTS if _is_near(stage) else {"open": EVENTS["open"]}
    for name, look in looks.items():
        for choice in ("show", "come", "drop", "not", "rate"):
            label = f"[{choice}: the event is {name}]"
            button = f"events.show.{choice}-camp"
            yield Act(label, IncomingKind.BUTTON, button, events=look)
        for step in ("events.list", "events.mine"):
            yield Act(f"[{step}: the event is {name}]", IncomingKind.BUTTON, step, events=look)


def _is_near(stage: Stage) -> bool:
    """Tell whether campaigns are what the conversation is about, or nothing in particular."""
    return (stage.state.at or "menu").partition(".")[0] in NEAR_CAMPAIGNS


def _of_series(content: Content) -> Iterator[Act]:
    """Yield the buttons of an episode, and of one that is no more."""
    for name in (*list(content.series)[:1], "gone"):
        for choice in (
            f"all-{name}",
            f"ep-{name}-1",
            f"talk-{name}-1-1",
            f"talk-{name}-1-9",
            f"quiz-{name}-1",
        ):
            yield Act(f"[{choice} of a series]", IncomingKind.BUTTON, f"series.list.{choice}")


def _of_broadcasts(content: Content, stage: Stage) -> Iterator[Act]:
    """Yield the presses of buttons under a message of a campaign, which may come to anybody at any time."""
    quiz = next(iter(content.quizzes), "none")
    opens: tuple[str, ...] = (f"quiz-{quiz}", "quiz-gone", "event-camp", "undo")
    if stage.owner is Owner.STAFF:
        opens = ()  # a counsellor talks: only the one that stops does something, in silence
    for choice in ("stop", *opens):
        yield Act(f"[{choice} of a broadcast]", IncomingKind.BUTTON, f"broadcast.open.{choice}")
    if opens:
        yield Act("[of a broadcast]", IncomingKind.BUTTON, "broadcast.open")


def _near(content: Content) -> Iterator[Act]:
    first, second = list(content.answers)[:2]
    for label, likeness in (("clearly asks", (0.8, 0.3)), ("may ask", (0.4, 0.39))):
        near = (Near(first, likeness[0]), Near(second, likeness[1]))
        said = replace(meaning("documents", 0.2), near=near)
        yield _write("…", said, f"{label} for an answer")


def _four_words() -> Iterator[Act]:
    for label, returning in (
        ("four words that fit", Return(UUID(int=1), "K7M2QX")),
        ("four words that do not fit", Return()),
        ("four words too often", Return(too_many_tries=True)),
    ):
        act = _write("moon rice boat tree", UNKNOWN, label)
        yield replace(act, returning=returning)


def _own_file(stage: Stage) -> Iterator[Act]:
    """Yield what may happen at the step of the own file, and with the buttons of a referral that a counsellor has shown."""
    for label, look in OWN_FILES.items():
        act = _write("moon rice boat tree", UNKNOWN, f"four words, to look: {label}")
        yield replace(act, own=look)
    for choice, referral in (
        ("yes", "shown"),
        ("no", "shown"),
        ("back", "sent"),
        ("yes", "closed"),
    ):
        button = f"{STEP}.{choice}-{NUMBER}"
        label = f"[{choice} to a referral that is {referral}]"
        yield Act(label, IncomingKind.BUTTON, button, referral=referral)
    if stage.owner is not Owner.BOT:
        return  # the other buttons stand on no screen then
    for choice in ("show", "correct", "family_end"):
        for label in ("asked", "released", "plain"):
            press = Act(f"[{choice}: {label}]", IncomingKind.BUTTON, f"{STEP}.{choice}")
            yield replace(press, own=OWN_FILES[label])


def _write(text: str, means: Understanding | None = None, label: str = "") -> Act:
    return Act(f"writes: {label or text}", IncomingKind.TEXT, text, means or UNKNOWN)

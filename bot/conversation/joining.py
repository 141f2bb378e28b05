"""Several chats of one person, as a turn sees them: codes that connect them, and the talk that goes on in another one. Pure."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from bot.content.isolates import without_isolates
from bot.content.join_steps import Join
from bot.conversation.doors import Doors
from bot.conversation.join_effects import EscalateElsewhere
from bot.messages import IncomingKind
from bot.understanding.model import RiskLevel

if TYPE_CHECKING:  # they know what stands here
    from bot.conversation.play import Play
    from bot.conversation.steps.base import Scene

FLOW = "join"
ASK, CONFIRM, TOLD, ELSEWHERE = (
    f"{FLOW}.{step}" for step in ("ask", "confirm", "told", "elsewhere")
)
LETTERS = "BDFGHJKMNPQRTVWXZ"
"""Of which codes are made: no vowels, so that no word is one, and none that is read as another."""
CODE_CHARS = 8
_TYPED = re.compile(rf"(?:(j)_)?([{LETTERS}]{{4}})-?([{LETTERS}]{{4}})", re.IGNORECASE)
TOLD_FOR = timedelta(hours=12)
"""Where a talk goes on is said again after this."""
CODE, SEEN = "code", "seen"
"""What the flow remembers: the code that a yes would use, and until when it is known where the talk goes on."""


@dataclass(frozen=True)
class CodeLook:
    """What a code that was given leads to now."""

    found: Literal["open", "gone", "same", "too_many"]
    code: str = field(default="", repr=False)
    channel: str = ""
    """Of the chat in which it was made."""
    locale: str | None = None
    """In which language the person talks there."""


@dataclass(frozen=True)
class Chats:
    """The other chats of a person, by their channels, and the ways into Suar."""

    others: tuple[str, ...] = ()
    doors: Doors = field(default_factory=Doors)


@dataclass(frozen=True)
class TalkElsewhere:
    """The open case of a person in another chat of theirs."""

    case_id: UUID
    reference: str
    level: RiskLevel
    channel: str


def code_in(text: str) -> str | None:
    """Return the code that a text, or the payload of a link, is; None where it is none."""
    found = _TYPED.fullmatch(without_isolates(text).strip())
    return f"{found[2]}{found[3]}".upper() if found else None


def is_plain(text: str) -> bool:
    """Tell whether a code was written without the sign that makes it surely one: eight letters may be anything."""
    found = _TYPED.fullmatch(without_isolates(text).strip())
    return found is not None and found[1] is None


def shown(code: str) -> str:
    """Return a code as it is read and written by hand."""
    return f"{code[:4]}-{code[4:]}"


def app_of(scene: "Scene", channel: str) -> str:
    """Return what people call a channel."""
    step = scene.content.step(ASK)
    assert isinstance(step, Join)
    return scene.title(step.apps.get(channel, step.apps["other"]))


def follow(play: "Play") -> bool:
    """Ask whether to connect, where a code was given; False where there was none."""
    look = play.world.code
    if look is None:
        return False
    state = play.state
    there = look.locale
    if (
        there is not None
        and there in play.content.words.locales
        and not (state.greeted or state.locale_chosen)
    ):
        # Whoever comes here for the first time speaks the language that they speak there.
        play.state = replace(state, locale=there)
    play.remember(FLOW, **{CODE: look.code or None})
    play.enter(CONFIRM)
    return True


def typed(play: "Play", text: str) -> bool:
    """Do as `follow` where the whole of what was written is a code."""
    return code_in(text) is not None and follow(play)


def interrupts(play: "Play") -> bool:
    """Say first, instead of an answer, that the talk goes on in another chat; False where that is known."""
    if play.world.elsewhere is None or knows(play):
        return False
    play.enter(ELSEWHERE)
    return True


def after_danger(play: "Play") -> None:
    """Tell the case in the other chat of danger that was told here, and the person where their talk goes on."""
    there = play.world.elsewhere
    if there is None:
        return
    risk = play.understanding.risk
    if risk.level > max(there.level, RiskLevel.CONCERN):
        play.effects.append(EscalateElsewhere(there.case_id, risk))
    if not knows(play):
        at = play.state.at
        play.enter(ELSEWHERE)
        play.state = replace(play.state, at=at)


def knows(play: "Play") -> bool:
    """Tell whether the person has been told lately where this talk goes on."""
    there = play.world.elsewhere
    seen = play.state.memory.get(FLOW, {}).get(SEEN)
    if there is None or seen is None:
        return False
    reference, until = seen
    return bool(reference == there.reference and play.world.now < datetime.fromisoformat(until))


def seen(there: TalkElsewhere, now: datetime) -> dict[str, Any]:
    """Return what to remember of somebody who has just been told where their talk goes on."""
    return {SEEN: [there.reference, (now + TOLD_FOR).isoformat()]}


def is_given(kind: IncomingKind, text: str) -> bool:
    """Tell whether an event may be a code."""
    if kind is IncomingKind.START:
        return not is_plain(text) and code_in(text) is not None
    return kind is IncomingKind.TEXT and code_in(text) is not None

"""What counts as a question that met no answer, for those who write answers.

Never what tells of danger, or is written within hours of it; never under a cover, in a talk, or where something else than
a question is waited for: a name, a safe word, four words, a job offer. What is long is an offer or a story, not a question.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.content.load import is_fresh
from bot.conversation.effects import NoteUnmet, UnmetKind
from bot.conversation.state import EPISODE, State
from bot.conversation.steps.base import Move, Scene
from bot.understanding.model import RiskLevel

OPEN_FLOWS = frozenset(
    {
        "answer", "campaigns", "going", "help", "language", "menu", "privacy", "quiz", "refugee",
        "services", "topics", "trouble", "unclear", "welcome",
    }
)  # fmt: skip
"""Where a question may come. In all other flows people may be telling of themselves, so a new flow has to be named here."""
LONG_WORDS, LONG_CHARS = 25, 160
"""From either on a text is long: some languages are written without spaces."""
OFFER_SIGNS = 2
"""From so many signs of a job offer on, also a short text is an offer."""
MIN_LETTERS = 2
MAX_NEAR = 3
_SURE = 0.3
_ASKED_AT = "asked_at"
_ANSWER = "answer"
_GIVE = "answer.give"
_ENDS: Mapping[str, UnmetKind] = {
    "unclear.sorry": "not_understood",
    "unclear.outside": "outside",
    "answer.missing": "no_answer",
}


def of_text(scene: Scene, text: str, waited: str | None) -> Move:
    """Return what to note of a text, and to remember of it, once it has been answered as a question or not understood.

    Args:
        scene: After the answer.
        text: What the person wrote.
        waited: The step that waited for them when they wrote it.
    """
    at, now = scene.state.at or "", scene.world.now
    is_open = _may_note(scene.state, now) and _may_be_asked(scene, text, waited)
    kind = "no_answer" if at == _GIVE and _is_dark(scene) else _ENDS.get(at)
    effects = (NoteUnmet(kind, _nearest(scene), text),) if is_open and kind else ()
    # A no to what was offered comes later, and notes nothing of what was private here.
    asked_at = now.isoformat() if is_open else None
    return Move(effects=effects, remember={_ASKED_AT: asked_at} if at == _GIVE else {})


def none_fits(scene: Scene) -> tuple[NoteUnmet, ...]:
    """Return what to note when the person says that no answer which was offered is meant."""
    wanted, asked_at = _offered(scene.state)
    is_open = len(wanted) > 1 or bool(scene.state.memory.get(_ANSWER, {}).get("unsure"))
    if scene.state.at != scene.here or not is_open or asked_at is None:
        return ()
    if not _may_note(scene.state, scene.world.now):
        return ()
    return (NoteUnmet("none_fits", wanted[:MAX_NEAR], asked_at=asked_at),)


def no_help(scene: Scene) -> tuple[NoteUnmet, ...]:
    """Return what to note when Suar did not help somebody who had asked a question not long before."""
    wanted, asked_at = _offered(scene.state)
    if not wanted or asked_at is None or scene.world.now - asked_at > EPISODE:
        return ()
    return (NoteUnmet("no_help", wanted[:1]),) if _may_note(scene.state, scene.world.now) else ()


def _may_note(state: State, now: datetime) -> bool:
    return state.recent_risk(now).level is RiskLevel.NONE and not state.is_covered(now)


def _may_be_asked(scene: Scene, text: str, waited: str | None) -> bool:
    """Tell whether a text, read as it was and written where it was, is to be taken for a question to Suar."""
    meant = scene.understanding
    if meant.degraded or meant.doubt or meant.risk.level > RiskLevel.NONE:
        return False
    if waited is not None and waited.partition(".")[0] not in OPEN_FLOWS:
        return False
    if len(text.split()) >= LONG_WORDS or len(text) >= LONG_CHARS:
        return False
    if sum(char.isalpha() for char in text) < MIN_LETTERS:
        return False
    return len(scene.content.offer.read(text)) < OFFER_SIGNS


def _is_dark(scene: Scene) -> bool:
    wanted, _ = _offered(scene.state)
    today = scene.world.now.date()
    return len(wanted) == 1 and not is_fresh(scene.content.answers[wanted[0]], today)


def _offered(state: State) -> tuple[tuple[str, ...], datetime | None]:
    """Return the answers that were given or offered last, and when the question came."""
    kept = state.memory.get(_ANSWER, {})
    asked_at = kept.get(_ASKED_AT)
    return tuple(kept.get("wanted", ())), datetime.fromisoformat(asked_at) if asked_at else None


def _nearest(scene: Scene) -> tuple[str, ...]:
    meant, answers = scene.understanding, scene.content.answers
    near = [each.answer for each in meant.near if each.answer in answers]
    if not meant.near and meant.confidence >= _SURE:
        near = [answer.id for answer in scene.content.by_intent.get(meant.intent, ())]
    return tuple(near[:MAX_NEAR])

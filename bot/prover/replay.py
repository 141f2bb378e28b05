"""Plays a golden conversation through the real turn and holds what comes of it against what was written down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from bot.content.load import Content
from bot.conversation.city import CityLook
from bot.conversation.effects import Effect
from bot.conversation.joining import Chats, CodeLook
from bot.conversation.own import OwnFile, OwnInvolved, OwnLook, OwnReferral
from bot.conversation.state import Link, Owner, Return
from bot.messages import FILES_TAKEN, IncomingKind, OfferedFile, Outgoing
from bot.prover.golden import Golden, Said, Turn
from bot.prover.places import has_place, is_said, places_in
from bot.prover.talk import CODE, DOORS, ELSEWHERE, EVENTS, PHONES, Talk
from bot.understanding.model import RiskLevel

UNKNOWN = "?"
"""Stands for a message whose words stand nowhere in `flows/`."""
TOO_MANY = "too many"
_DOES = {"blocks": IncomingKind.BLOCKED, "unblocks": IncomingKind.UNBLOCKED}


_OPENED = OwnFile(
    UUID(int=1),
    "K7M2QX",
    (OwnReferral("R2D4F6H8", "UPTD PPA Lampung", "sent"),),
    (OwnInvolved("my aunt", "that I am well", "her phone"),),
)
OWN = {
    "opened": OwnLook(_OPENED),
    "asked": OwnLook(replace(_OPENED, request="asked")),
    "released": OwnLook(replace(_OPENED, request="released", text="You told us of your work.")),
    "unknown": OwnLook(),
}
"""What a golden conversation finds of the own file."""


@dataclass(frozen=True)
class Played:
    """One turn, as it was written down and as it went."""

    number: int
    turn: Turn
    went: Turn
    """The same act with what came of it; equal to `turn` where that still holds."""
    messages: tuple[Outgoing, ...]
    effects: tuple[Effect, ...]
    locale: str
    """The language in which it was said."""

    @property
    def as_written(self) -> bool:
        """Whether everything came as it was written down, and nothing else."""
        return self.turn == self.went


def replay(content: Content, golden: Golden) -> Iterator[Played]:
    """Play the turns one after the other; the state is stored and read back between two.

    A turn that goes otherwise than written does not stop the rest, which then starts from where it went.
    """
    talk = Talk.new(content, golden.locale, chosen=golden.chosen)
    if golden.greeted:
        talk = Talk.greeted(content, golden.locale, chosen=golden.chosen)
    talk.state = replace(talk.state, memory=golden.remembers)
    for number, turn in enumerate(golden.turns, start=1):
        locale = talk.state.locale
        _prepare(talk, turn)
        owner = talk.owner
        _act(talk, turn, golden)
        went = _written_down(talk, turn, owner=owner, locale=locale)
        yield Played(number, turn, went, talk.messages, talk.effects, talk.state.locale)


def updated(content: Content, golden: Golden) -> Golden:
    """Return the conversation with what comes of it now; what still holds stays as it was written."""
    turns = tuple(played.went for played in replay(content, golden))
    return golden.model_copy(update={"turns": turns})


def _prepare(talk: Talk, turn: Turn) -> None:
    """Let the world change as the turn says."""
    talk.wait(timedelta(hours=turn.hours))
    if turn.counsellor == "on desk":
        talk.on_desk = True
    if turn.counsellor == "writes":
        talk.owner = Owner.STAFF
    talk.returning, talk.referral = None, turn.referral
    talk.own = OWN[turn.own] if turn.own else None
    talk.events = EVENTS[turn.events or "open"]
    talk.phone = PHONES[turn.phone or "nobody's"]
    talk.city = CityLook(turn.city, 12) if turn.city else None
    talk.code = CODE if turn.code == "open" else turn.code and CodeLook(turn.code)
    talk.chats = Chats(turn.chats, DOORS)
    level = turn.elsewhere and RiskLevel.of(turn.elsewhere)
    talk.elsewhere = None if level is None else replace(ELSEWHERE, level=level)
    talk.link = Link("k7m2", turn.link) if turn.link else None
    if turn.returning is not None:
        found = Return(UUID(int=1), turn.returning) if turn.returning else Return()
        talk.returning = Return(too_many_tries=True) if turn.returning == TOO_MANY else found


def _act(talk: Talk, turn: Turn, golden: Golden) -> None:
    if turn.broken == "turn":
        talk.fail()
    elif turn.broken == "database":
        talk.lose_database()
    elif turn.text is not None:
        talk.write(turn.text * turn.times, turn.means.understood(golden.language))
    elif turn.press is not None:
        talk.press(turn.press)
    elif turn.start is not None:
        talk.do(IncomingKind.START, turn.start)
    elif turn.sends in FILES_TAKEN:
        talk.offer(OfferedFile(turn.sends, "ref"))
    elif turn.sends is not None:
        talk.do(IncomingKind.UNREADABLE, turn.sends)
    elif turn.does is not None and turn.does in _DOES:
        talk.do(_DOES[turn.does])
    else:
        talk.end_talk()


def _written_down(talk: Talk, turn: Turn, *, owner: Owner, locale: str) -> Turn:
    said = tuple(
        _said(talk, message, turn.said[index] if index < len(turn.said) else None)
        for index, message in enumerate(talk.messages)
    )
    now = talk.owner.value
    same = turn.owner == now or (turn.owner is None and talk.owner is owner)
    here = talk.state.locale
    changed = None if here == locale else here
    return turn.model_copy(
        update={
            "said": said,
            "holds": tuple(words for words in turn.holds if words in talk.words),
            "buttons": talk.buttons,
            "effects": tuple(type(effect).__name__ for effect in talk.effects),
            "owner": turn.owner if same else now,
            "locale": turn.locale if turn.locale == here else changed,
        }
    )


def _said(talk: Talk, message: Outgoing, written: Said | None) -> Said:
    """Return the places of a message's words: those written down, as long as they are said."""
    content, locale = talk.content, talk.state.locale
    if written and all(
        has_place(content, place) and is_said(content, place, locale, message.text)
        for place in places_of(written)
    ):
        return written
    found = places_in(content, locale, message.text, near=talk.state.at)
    return found[0] if len(found) == 1 else found or UNKNOWN


def places_of(said: Said) -> Sequence[str]:
    """Return the places that make up one message."""
    return (said,) if isinstance(said, str) else said

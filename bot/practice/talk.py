"""The talk with somebody who is made up: a pure fold over the trainee's lines.

Nothing but the trainee's lines is kept, and the talk is played anew from them each time; so "take the last line back" and
"go on later" are exact. Trust moves with what is heard in a line, and what somebody tells hangs on their trust.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.content.practice import Both, Fact, Persona, Practice, Sign

HURTS: Mapping[Sign, int] = {
    "refers": 3,
    "blames": 3,
    "orders": 2,
    "intrusive": 2,
    "why": 1,
    "promises": 1,
    "labels": 1,
}
"""What costs trust, each time; the gravest is answered."""
HELPS: Mapping[Sign, int] = {
    "asks_safety": 2,
    "believes": 2,
    "respects": 2,
    "asks_pace": 1,
    "asks_wish": 1,
    "says_limits": 1,
    "asks_consent": 1,
    "gives_number": 1,
    "names_help": 1,
    "says_who": 1,
    "agrees_next": 1,
}
"""What earns trust, twice at most."""
ANSWERED: tuple[Sign, ...] = (
    "asks_safety",
    "respects",
    "gives_number",
    "says_limits",
    "names_help",
    "agrees_next",
    "asks_wish",
    "believes",
    "asks_pace",
    "says_who",
)
"""Which of several things in one line is answered: the first of these."""
EARNS = 2
ASKED_BONUS = 1
"""By how much earlier something is told when it is asked for."""
MOST_TRUST = 10
MANY_QUESTIONS = 2
ECHO_CHARS = 5
STEM_CHARS = 6
"""A word of theirs is one with at least so many letters; it is known again by its beginning: "paspor", "paspormu"."""
ECHOES = 4
STAYS = 2
"""Nobody leaves within so many lines."""
CHANGES_AFTER = 2
"""How many lines after their yes somebody takes it back."""
_QUESTION = re.compile(r"\?+")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Turn:
    """One line of the trainee, what was heard in it, and what came back."""

    line: str = field(repr=False)
    heard: frozenset[Sign]
    questions: int
    echo: str
    """A word of theirs that the line takes up; empty when there is none."""
    said: tuple[str, ...] = field(repr=False)
    told: str | None
    """The fact that was told."""
    agreed: bool | None
    """What holds after it: they agree to a referral, they do not (any more), or nobody has asked."""
    was_agreed: bool | None
    """The same before it."""


@dataclass(frozen=True)
class Talk:
    """A talk so far."""

    persona: Persona
    language: str
    turns: tuple[Turn, ...] = ()
    trust: int = 0
    agreed: bool | None = None
    agreed_at: int | None = None
    left: bool = False

    @property
    def opening(self) -> tuple[str, ...]:
        """What they wrote first."""
        return tuple(each.in_(self.language) for each in self.persona.opening)

    @property
    def told(self) -> frozenset[str]:
        """The facts that were told."""
        return frozenset(turn.told for turn in self.turns if turn.told)

    @property
    def untold(self) -> tuple[Fact, ...]:
        """What they would have told, too."""
        return tuple(fact for fact in self.persona.facts if fact.id not in self.told)


def play(practice: Practice, persona: Persona, language: str, lines: Sequence[str]) -> Talk:
    """Return the talk that these lines of a trainee make; what comes after somebody has left is not heard."""
    talk = Talk(persona, language, trust=persona.trust)
    for line in lines:
        if talk.left:
            break
        talk = _after(practice, talk, line)
    return talk


def _after(practice: Practice, talk: Talk, line: str) -> Talk:
    heard = practice.signs_in(line)
    questions = len(_QUESTION.findall(line))
    echo = _echo(practice, talk, line)
    trust = _trust(talk, heard, questions, echo)
    hurts = next((sign for sign in HURTS if sign in heard), None)
    if trust == 0:
        said, fact, agreed = [talk.persona.leaves], None, talk.agreed
    elif hurts is not None:
        said, fact, agreed = [_reaction(practice, talk, hurts)], None, talk.agreed
    else:
        said, fact, agreed = _answer(practice, replace(talk, trust=trust), heard, line)
    turn = Turn(
        line,
        heard,
        questions,
        echo,
        tuple(each.in_(talk.language) for each in said),
        fact.id if fact else None,
        agreed,
        talk.agreed,
    )
    newly = agreed is True and talk.agreed is not True
    return replace(
        talk,
        turns=(*talk.turns, turn),
        trust=trust,
        agreed=agreed,
        agreed_at=len(talk.turns) if newly else talk.agreed_at,
        left=trust == 0,
    )


def _trust(talk: Talk, heard: frozenset[Sign], questions: int, echo: str) -> int:
    before = [sign for turn in talk.turns for sign in turn.heard]
    lost = sum(HURTS.get(sign, 0) for sign in heard) + (questions > MANY_QUESTIONS)
    if lost:
        return max(0 if len(talk.turns) >= STAYS else 1, talk.trust - lost)
    won = sum(HELPS.get(sign, 0) for sign in heard if before.count(sign) < EARNS)
    echoes = sum(bool(turn.echo) for turn in talk.turns)
    won += bool(echo) and echoes < ECHOES
    return min(MOST_TRUST, talk.trust + won)


def _answer(
    practice: Practice, talk: Talk, heard: frozenset[Sign], line: str
) -> tuple[list[Both], Fact | None, bool | None]:
    """Return what is said to a line that does not hurt, the fact in it, and what is agreed after it."""
    agreement, agreed = talk.persona.agreement, talk.agreed
    said: list[Both] = []
    if "asks_consent" in heard and agreed is not True:
        agreed = talk.trust >= agreement.needs and not _took_back(talk)
        said.append(agreement.agrees if agreed else agreement.not_yet)
    elif _is_time_to_change(talk) and agreement.changes_mind:
        return [agreement.changes_mind], None, False
    else:
        sign = next((sign for sign in ANSWERED if sign in heard), None)
        if sign is not None:
            said.append(_reaction(practice, talk, sign))
    fact = _next_fact(practice, talk, line)
    if fact is not None:
        said.append(fact.text)
    if not said:
        quiet = talk.persona.quiet
        said.append(quiet[sum(not turn.told for turn in talk.turns) % len(quiet)])
    return said, fact, agreed


def _is_time_to_change(talk: Talk) -> bool:
    return talk.agreed is True and talk.agreed_at is not None and (
        len(talk.turns) - talk.agreed_at >= CHANGES_AFTER
    )  # fmt: skip


def _took_back(talk: Talk) -> bool:
    return talk.agreed is False and talk.agreed_at is not None


def _next_fact(practice: Practice, talk: Talk, line: str) -> Fact | None:
    """Return what they tell now: what they were asked for first, else whatever they trust enough to tell."""
    for fact in talk.untold:
        asked = practice.asks_for(talk.persona, fact, line)
        if asked and fact.needs - ASKED_BONUS <= talk.trust:
            return fact
    return next((fact for fact in talk.untold if fact.needs <= talk.trust), None)


def _reaction(practice: Practice, talk: Talk, sign: Sign) -> Both:
    """Return their next words for a sign; the last are said again."""
    own = talk.persona.reactions.get(sign) or practice.shared[sign]
    times = sum(sign in turn.heard for turn in talk.turns)
    return own[min(times, len(own) - 1)]


def _echo(practice: Practice, talk: Talk, line: str) -> str:
    """Return a longer word of what they said last that the line takes up."""
    said = talk.turns[-1].said if talk.turns else talk.opening
    theirs = {word[:STEM_CHARS] for each in said for word in _words(practice, each)}
    return next((word for word in _words(practice, line) if word[:STEM_CHARS] in theirs), "")


def _words(practice: Practice, text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    return [word for word in words if len(word) >= ECHO_CHARS and word not in practice.common]

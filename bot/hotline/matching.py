"""Whom “next person” gives to whom: the first in the queue whom this counsellor fits as well as anybody who is free.

Pure: the same people, counsellors and time give the same answer. `docs/queue.md` says what is decided here and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from bot.hotline.order import PROMISE, Place, in_order
from bot.hotline.weight import LIMIT, has_room, is_heavy, needs_relief
from bot.understanding.model import RiskLevel


class Skill(StrEnum):
    """What somebody of the staff knows well; the words stand in the desk's templates."""

    CHILDREN = "children"
    GENDER_BASED_VIOLENCE = "gender_based_violence"
    MEN = "men"
    DIVERSE = "diverse"
    LABOUR = "labour"
    REFUGEE_LAW = "refugee_law"


SKILLS_FOR: Mapping[str, Skill] = {
    "child_at_risk": Skill.CHILDREN,
    "sexual_exploitation": Skill.GENDER_BASED_VIOLENCE,
    "sexual_violence": Skill.GENDER_BASED_VIOLENCE,
    "domestic_violence": Skill.GENDER_BASED_VIOLENCE,
    "forced_marriage": Skill.GENDER_BASED_VIOLENCE,
    "sextortion": Skill.GENDER_BASED_VIOLENCE,
    "labour_exploitation": Skill.LABOUR,
    "forced_scam": Skill.LABOUR,
    "debt_bondage": Skill.LABOUR,
    "document_confiscation": Skill.LABOUR,
    "detention_or_deportation": Skill.REFUGEE_LAW,
}
"""What helps with a kind of risk, by its id in the taxonomy; what is not here asks for nothing special."""
GENDERS = ("woman", "man")
"""What a person can wish for (`flows/flows/wishes.yml`) and what a profile can say."""
WISHED_SKILLS: Mapping[str, Skill] = {"men": Skill.MEN, "diverse": Skill.DIVERSE}

HOLD = {level: min(PROMISE[level] / 4, timedelta(minutes=15)) for level in RiskLevel}
"""So long somebody is kept for whoever fits best; after it, whoever asks gets them: a good match is worth no broken promise."""


class Fit(IntEnum):
    """How well a counsellor fits a person, best first: each step gives one thing up. What is given up last matters most."""

    FULL = 0
    """Language, wish, and confirmed skills."""
    UNCONFIRMED = 1
    """The skills are there, not all of them confirmed by a supervisor."""
    UNSKILLED = 2
    """Language and wish; not everything that the kinds of risk call for."""
    UNWISHED = 3
    """The language only: what the person asked for in a counsellor is not met."""
    UNSPOKEN = 4
    """Not even the language."""

    @property
    def label(self) -> str:
        """The id under which it is kept and shown."""
        return self.name.lower()


TO_BE_SAID = frozenset({Fit.UNWISHED, Fit.UNSPOKEN})
"""Where a wish or the language could not be met the person is told so; of skills nobody was told."""


@dataclass(frozen=True)
class Need:
    """What somebody who waits would do best with."""

    language: str
    skills: frozenset[Skill] = frozenset()
    gender: str | None = None
    knows: Skill | None = None
    """What they wished that the counsellor knows about."""

    @classmethod
    def of(cls, locale: str, kinds: Iterable[str], wishes: Mapping[str, str]) -> "Need":
        """Return the need behind what a case keeps."""
        wished = wishes.get("counsellor")
        return cls(
            language=wishes.get("language", locale),
            skills=frozenset(SKILLS_FOR[kind] for kind in kinds if kind in SKILLS_FOR),
            gender=wished if wished in GENDERS else None,
            knows=WISHED_SKILLS.get(wished or ""),
        )


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits."""

    place: Place
    need: Need


@dataclass(frozen=True)
class Counsellor:
    """Somebody at the desk, as far as it matters for whom they get."""

    id: UUID
    languages: frozenset[str]
    gender: str | None = None
    skills: frozenset[Skill] = frozenset()
    confirmed: frozenset[Skill] = frozenset()
    """Those of the skills that a supervisor has confirmed (a certificate was seen)."""
    limit: int = LIMIT
    load: int = 0
    """The weight of the cases they have now."""
    last: tuple[int, ...] = ()
    """The weights of the cases they took last in this shift, newest first."""
    rests: bool = False
    """Takes a breather just now."""

    def is_free_for(self, level: RiskLevel) -> bool:
        """Tell whether they would get somebody of a level if they asked now."""
        return not self.rests and has_room(level, self.load, self.limit)


@dataclass(frozen=True)
class Given:
    """Whom a counsellor gets, and how well the two fit."""

    waiting: Waiting
    fit: Fit


@dataclass(frozen=True)
class Matched:
    """What “next person” leads to: whom to try to take, in this order, or why nobody."""

    given: tuple[Given, ...] = ()
    full: bool = False
    """Somebody waits whom only this counsellor's limit keeps from her."""
    relieved: bool = False
    """Somebody waits whom another one gets who is free, because the last ones here were heavy."""
    kept: bool = False
    """Somebody waits who is kept for a little while for another one who is free and fits better."""

    @property
    def why(self) -> str:
        """Why there is nobody for her, the reason she can do most about first; `waits` where nobody is kept from her."""
        reasons = {"full": self.full, "relieved": self.relieved, "kept": self.kept}
        return next((name for name, holds in reasons.items() if holds), "waits")


def fit_of(need: Need, counsellor: Counsellor) -> Fit:
    """Return how well a counsellor fits a need."""
    if need.language not in counsellor.languages:
        return Fit.UNSPOKEN
    if need.gender is not None and need.gender != counsellor.gender:
        return Fit.UNWISHED
    if need.knows is not None and need.knows not in counsellor.skills:
        return Fit.UNWISHED
    if not need.skills <= counsellor.skills:
        return Fit.UNSKILLED
    wanted = need.skills | ({need.knows} if need.knows else frozenset())
    return Fit.FULL if wanted <= counsellor.confirmed else Fit.UNCONFIRMED


def match(
    waiting: Iterable[Waiting],
    who: Counsellor,
    others: Sequence[Counsellor],
    now: datetime,
) -> Matched:
    """Tell whom a counsellor who asks for the next person gets.

    Args:
        waiting: Everybody in the queue.
        who: Asks; a breather of hers is over with that.
        others: Who else has the desk open.
        now: Aware.
    """
    by_place = {each.place: each for each in waiting}
    given = []
    kept_back = set()
    for place in in_order(by_place, now):
        reason = _reason_against(by_place[place], who, others, now)
        if reason is None:
            given.append(Given(by_place[place], fit_of(by_place[place].need, who)))
        else:
            kept_back.add(reason)
    return Matched(tuple(given), "full" in kept_back, "relieved" in kept_back, "kept" in kept_back)


def _reason_against(
    each: Waiting, who: Counsellor, others: Sequence[Counsellor], now: datetime
) -> str | None:
    """Return why a counsellor does not get somebody now; None where she does."""
    level = each.place.level
    if not has_room(level, who.load, who.limit):
        return "full"
    free = [other for other in others if other.is_free_for(level)]
    mine = fit_of(each.need, who)
    if is_heavy(level) and needs_relief(who.last) and _somebody_qualified(each, mine, free):
        return "relieved"
    waited = now - each.place.waiting_since
    if waited < HOLD[level] and any(fit_of(each.need, other) < mine for other in free):
        return "kept"
    return None


def _somebody_qualified(each: Waiting, mine: Fit, free: Iterable[Counsellor]) -> bool:
    """Tell whether somebody who is free fits no worse, and has not had as many heavy cases herself."""
    return any(fit_of(each.need, other) <= mine and not needs_relief(other.last) for other in free)

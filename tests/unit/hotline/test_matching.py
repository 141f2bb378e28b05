"""Whom "next person" gives to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.steps import Choose
from bot.hotline.matching import (
    GENDERS,
    HOLD,
    SKILLS_FOR,
    WISHED_SKILLS,
    Counsellor,
    Fit,
    Need,
    Skill,
    Waiting,
    fit_of,
    match,
)
from bot.hotline.order import Place, in_order
from bot.hotline.weight import HEAVY, LIMIT, ROOM_FOR_DANGER, WEIGHT, has_room, is_heavy
from bot.understanding.model import RiskLevel
from bot.understanding.taxonomy import get_taxonomy
from tests.support.loaded import the_content

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAVY_ONES = (HEAVY, HEAVY)


def waiting(
    number: int = 1,
    level: RiskLevel = RiskLevel.HIGH,
    need: Need | None = None,
    waited: timedelta = timedelta(),
) -> Waiting:
    """Return somebody who waits, by default for anybody who speaks Indonesian."""
    return Waiting(Place(UUID(int=number), level, NOW - waited), need or Need("id"))


def counsellor(number: int = 1, **known: object) -> Counsellor:
    """Return somebody at the desk who speaks Indonesian."""
    made = Counsellor(UUID(int=1000 + number), frozenset({"id"}))
    return replace(made, **known)  # type: ignore[arg-type]  # whatever the test says


skills = st.frozensets(st.sampled_from(Skill), max_size=3)
needs = st.builds(
    Need,
    st.sampled_from(["id", "en", "fa"]),
    skills,
    st.sampled_from([None, *GENDERS]),
    st.sampled_from([None, *WISHED_SKILLS.values()]),
)
counsellors = st.builds(
    Counsellor,
    st.integers(1, 10_000).map(lambda number: UUID(int=number)),
    st.frozensets(st.sampled_from(["id", "en", "fa"]), min_size=1),
    st.sampled_from([None, *GENDERS]),
    skills,
    skills,
    st.just(LIMIT),
    st.integers(0, LIMIT + ROOM_FOR_DANGER + 2),
    st.lists(st.sampled_from(sorted(WEIGHT.values())), max_size=2).map(tuple),
    st.booleans(),
)
at_desk = st.lists(counsellors, min_size=1, max_size=4, unique_by=lambda each: each.id)
queues = st.lists(
    st.builds(
        waiting,
        st.integers(1, 1000),
        st.sampled_from(RiskLevel),
        needs,
        st.timedeltas(timedelta(), timedelta(hours=8)),
    ),
    max_size=6,
    unique_by=lambda each: each.place.case_id,
)


@pytest.mark.parametrize(
    ("need", "known", "fit"),
    [
        (Need("id"), {}, Fit.FULL),
        (Need("fa"), {}, Fit.UNSPOKEN),
        (Need("id", gender="woman"), {"gender": "woman"}, Fit.FULL),
        (Need("id", gender="woman"), {}, Fit.UNWISHED),
        (Need("id", knows=Skill.MEN), {}, Fit.UNWISHED),
        (Need("id", knows=Skill.MEN), {"skills": frozenset({Skill.MEN})}, Fit.UNCONFIRMED),
        (Need("id", frozenset({Skill.CHILDREN})), {}, Fit.UNSKILLED),
        (
            Need("id", frozenset({Skill.CHILDREN})),
            {"skills": frozenset({Skill.CHILDREN}), "confirmed": frozenset({Skill.CHILDREN})},
            Fit.FULL,
        ),
    ],
)
def test_each_step_gives_one_thing_up(need: Need, known: dict[str, object], fit: Fit) -> None:
    """Confirmed knowledge is given up first, then knowledge, then the wish, and the language last."""
    assert fit_of(need, counsellor(**known)) is fit


def test_what_somebody_told_and_wished_makes_the_need() -> None:
    """Kinds of risk call for skills; a wish for a gender, for knowledge or for a language is taken as it is."""
    told = Need.of("id", ["child_at_risk", "sexual_violence", "self_harm"], {"language": "fa"})
    assert told == Need("fa", frozenset({Skill.CHILDREN, Skill.GENDER_BASED_VIOLENCE}))
    assert Need.of("id", [], {"counsellor": "woman"}) == Need("id", gender="woman")
    assert Need.of("id", [], {"counsellor": "men"}) == Need("id", knows=Skill.MEN)


def test_every_wish_and_kind_is_known() -> None:
    """What people are asked for, and the taxonomy's kinds, are what the matching goes by."""
    assert set(SKILLS_FOR) <= set(get_taxonomy().kinds)
    step = the_content().flows["wishes"].steps["counsellor"]
    assert isinstance(step, Choose)
    assert set(step.options) == {"any", *GENDERS, *WISHED_SKILLS}


def test_somebody_is_kept_for_whoever_fits_better_and_not_for_long() -> None:
    """A man who asks is not given who wished for a woman while one is free, until the time for that is over."""
    her = counsellor(2, gender="woman")
    fresh = waiting(need=Need("id", gender="woman"))
    found = match([fresh], counsellor(), [her], NOW)
    assert found.given == ()
    assert found.why == "kept"
    later = match([fresh], counsellor(), [her], NOW + HOLD[RiskLevel.HIGH])
    assert [given.fit for given in later.given] == [Fit.UNWISHED]
    for busy in (replace(her, rests=True), replace(her, load=LIMIT)):
        assert match([fresh], counsellor(), [busy], NOW).given


def test_whoever_carries_enough_gets_danger_only() -> None:
    """At the limit somebody in danger now is still given, and above the room kept for them nobody."""
    who = counsellor(load=LIMIT)
    danger = waiting(2, RiskLevel.IMMEDIATE)
    found = match([waiting(), danger], who, [], NOW)
    assert [given.waiting for given in found.given] == [danger]
    assert found.why == "full"
    assert match([danger], replace(who, load=LIMIT + ROOM_FOR_DANGER), [], NOW).given == ()


def test_nobody_gets_a_third_heavy_one_while_a_colleague_is_free() -> None:
    """After two heavy ones the third goes to a colleague; alone, or beside somebody as tired, one gets it all the same."""
    tired = counsellor(last=HEAVY_ONES)
    heavy, light = waiting(1), waiting(2, RiskLevel.NONE)
    found = match([heavy, light], tired, [counsellor(2)], NOW)
    assert [given.waiting for given in found.given] == [light]
    assert found.why == "relieved"
    for others in ([], [counsellor(2, last=HEAVY_ONES)], [counsellor(2, rests=True)]):
        assert match([heavy], tired, others, NOW).given
    assert match([heavy], counsellor(last=(HEAVY, 1)), [counsellor(2)], NOW).given


@given(queues, at_desk)
def test_never_a_third_heavy_one_whatever_is_going_on(
    queue: list[Waiting], desk: list[Counsellor]
) -> None:
    """Nobody with two heavy ones behind them gets a third while somebody who fits no worse is free and fresher."""
    who, *others = desk
    who = replace(who, last=HEAVY_ONES)
    for each in match(queue, who, others, NOW).given:
        level, need = each.waiting.place.level, each.waiting.need
        fresher = [
            other
            for other in others
            if other.is_free_for(level)
            and fit_of(need, other) <= each.fit
            and not (len(other.last) == 2 and min(other.last) >= HEAVY)
        ]
        assert not (is_heavy(level) and fresher)


@given(queues, at_desk)
def test_the_first_is_always_somebodys(queue: list[Waiting], desk: list[Counsellor]) -> None:
    """While anybody has room the first in the queue is given to one of those who ask: nobody falls between two chairs."""
    awake = [replace(each, rests=False) for each in desk]
    for place in in_order((each.place for each in queue), NOW):
        if not any(has_room(place.level, each.load, each.limit) for each in awake):
            continue
        given_to = [
            who
            for who in awake
            if place
            in {
                given.waiting.place
                for given in match(queue, who, [one for one in awake if one != who], NOW).given
            }
        ]
        assert given_to


@given(queues, at_desk)
def test_what_is_given_is_in_order_and_said_as_it_is(
    queue: list[Waiting], desk: list[Counsellor]
) -> None:
    """Nobody is given before somebody who goes first and is given too, and the step that is named is the true one."""
    who, *others = desk
    found = match(queue, who, others, NOW)
    places = [given.waiting.place for given in found.given]
    assert places == [
        place for place in in_order((w.place for w in queue), NOW) if place in places
    ]
    assert all(given.fit is fit_of(given.waiting.need, who) for given in found.given)
    assert all(has_room(place.level, who.load, who.limit) for place in places)
    if not queue:
        assert found.why == "waits"

"""Which number to give, and which services to show."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.content.directory import (
    FRESH,
    UNANSWERED,
    Check,
    Light,
    Result,
    Standing,
    fallback_for,
    find,
    fitting_emergency,
    in_order,
    is_due,
    light_of,
    showable,
    standings_of,
)
from bot.content.hours import Opening
from bot.content.load import ROOT, Content
from bot.content.model import EmergencyNumber, Need, Service
from bot.understanding.model import NO_RISK, Risk, RiskLevel
from tests.support.loaded import the_content

NUMBERS = the_content().emergency
KINDS = sorted(
    yaml.safe_load((ROOT / "nlu" / "taxonomy.yml").read_text(encoding="utf-8"))["risk_kinds"]
)
TODAY = date(2026, 11, 22)
ENTRY: dict[str, Any] = {
    "id": "one",
    "name": "One",
    "kind": "hotline",
    "serves": "Anyone",
    "region": "Indonesia",
    "countries": ["ID"],
    "needs": ["legal"],
    "zone": "Asia/Jakarta",
    "phone": ["+622150000000"],
    "hours": "Not known yet",
    "open": None,
    "confidentiality": "Nobody else hears of it.",
    "surface": "show",
    "source": {"publisher": "A paper"},
    "confidence": "seen",
}


def made(**fields: Any) -> Service:
    """Return an entry of the directory, never checked."""
    return Service.model_validate({**ENTRY, **fields})


risks = st.builds(
    Risk,
    st.sampled_from(RiskLevel),
    st.lists(st.sampled_from(KINDS), max_size=4).map(tuple),
    st.just("self"),
)


@given(risks)
def test_nobody_is_left_without_a_number(risk: Risk) -> None:
    """One or two different numbers, the one for danger now first where harm is told."""
    chosen = fitting_emergency(NUMBERS, risk)
    assert 1 <= len(chosen) <= 2
    assert len({number.id for number in chosen}) == len(chosen)
    if risk.level >= RiskLevel.HIGH:
        assert chosen[0].id == "police"


@given(risks)
def test_a_line_for_thoughts_of_dying_never_stands_alone(risk: Risk) -> None:
    """Such lines are few and local: a number that serves anybody stands beside them, whatever else was told."""
    chosen = fitting_emergency(NUMBERS, Risk(risk.level, ("self_harm", *risk.kinds), "self"))
    assert any("any" in number.kinds for number in chosen)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("domestic_violence", "sapa_call"),
        ("labour_exploitation", "migrant_workers_whatsapp"),
        ("self_harm", "counselling_jakarta"),
    ],
)
def test_the_number_fits_what_was_told(kind: str, expected: str) -> None:
    """The line made for it is among those given."""
    chosen = fitting_emergency(NUMBERS, Risk(RiskLevel.HIGH, (kind,), "self"))
    assert expected in {number.id for number in chosen}


def test_lines_for_refugees_come_after_those_for_everybody() -> None:
    """We do not know who is a refugee, so their lines do not push others out."""
    chosen = fitting_emergency(NUMBERS, Risk(RiskLevel.CONCERN, ("sexual_violence",), "self"))
    assert chosen[0].audience == "anyone"


def test_without_any_risk_there_are_numbers_too() -> None:
    """The least that is given is one for here and one for abroad."""
    regions = [number.region for number in fitting_emergency(NUMBERS, NO_RISK, limit=2)]
    assert regions == ["ID", "abroad"]


def test_only_services_found_working_lately_are_shown() -> None:
    """An entry goes dark ninety days after its last check, in the file or on the desk; never-checked ones stay dark."""
    unchecked = made()
    old = made(checked_on=TODAY - FRESH - timedelta(days=1))
    fresh = made(checked_on=TODAY - FRESH)
    now_checked = {"one": Standing(good=TODAY)}
    assert showable([unchecked, old, fresh], {}, TODAY) == [fresh]
    assert showable([old], now_checked, TODAY) == [old]
    assert showable([unchecked], now_checked, TODAY) == [unchecked]


def test_entries_for_the_staff_are_never_shown() -> None:
    """Some are for counsellors only, some for nobody."""
    for surface, shown in {"show": 1, "show_after_check": 1, "staff_only": 0, "never": 0}.items():
        service = made(checked_on=TODAY, surface=surface)
        assert len(showable([service], {}, TODAY)) == shown


@pytest.mark.parametrize(
    ("results", "light"),
    [
        ("", Light.NEVER_CHECKED),
        ("o", Light.SHOWN),
        ("ow", Light.WRONG),
        ("owo", Light.SHOWN),
        ("onn", Light.SHOWN),
        ("onnn", Light.NO_ANSWER),
        ("onnon", Light.SHOWN),
        ("n", Light.NEVER_CHECKED),
        ("w", Light.WRONG),
    ],
)
def test_a_wrong_or_a_third_call_in_vain_darkens_at_once(results: str, light: Light) -> None:
    """Only a newer good check lights an entry again; one call in vain says little."""
    by_letter = {"o": Result.OK, "w": Result.WRONG, "n": Result.NO_ANSWER}
    days = [TODAY - timedelta(days=len(results) - number) for number in range(len(results))]
    made_checks = [
        Check(number, "one", day, by_letter[letter])
        for number, (day, letter) in enumerate(zip(days, results, strict=True))
    ]
    standing = standings_of(made_checks).get("one", Standing())
    assert light_of(made(), standing, TODAY) is light


def test_a_day_in_the_file_counts_like_a_check() -> None:
    """Whoever mends the file after a wrong check writes the new day into it, and the entry is lit again."""
    standing = Standing(good=TODAY - timedelta(days=9), wrong=TODAY - timedelta(days=5))
    assert light_of(made(), standing, TODAY) is Light.WRONG
    for days, light in {6: Light.WRONG, 5: Light.WRONG, 4: Light.SHOWN}.items():
        filed = made(checked_on=TODAY - timedelta(days=days))
        assert light_of(filed, standing, TODAY) is light


checks = st.lists(
    st.builds(
        Check,
        st.integers(0, 10_000),
        st.sampled_from(["one", "other"]),
        st.integers(0, 200).map(lambda days: TODAY - timedelta(days=days)),
        st.sampled_from(Result),
    ),
    max_size=12,
    unique_by=lambda check: check.number,
)


@given(checks, st.randoms(use_true_random=False))
def test_the_order_in_which_checks_are_read_decides_nothing(
    kept: list[Check], chance: random.Random
) -> None:
    """Only the days, and the numbers within a day, do; and what is too old to matter can be left away."""
    shuffled = list(kept)
    chance.shuffle(shuffled)
    assert standings_of(shuffled) == standings_of(kept)
    recent = standings_of(check for check in kept if check.on >= TODAY - FRESH)
    whole = standings_of(kept)
    service = made()
    lit = [light_of(service, each.get("one", Standing()), TODAY) for each in (recent, whole)]
    assert (lit[0] is Light.SHOWN) == (lit[1] is Light.SHOWN)


@given(checks)
def test_what_is_dark_is_never_shown(kept: list[Check]) -> None:
    """An entry is shown only after a good check within 90 days, with nothing wrong found and no three calls in vain since."""
    [shown] = [bool(showable([made()], standings_of(kept), TODAY))]
    mine = sorted((c for c in kept if c.service_id == "one"), key=lambda c: (c.on, c.number))
    good = [number for number, check in enumerate(mine) if check.result is Result.OK]
    after = [check.result for check in mine[good[-1] + 1 :]] if good else []
    fresh = bool(good) and TODAY - mine[good[-1]].on <= FRESH
    silent = after.count(Result.NO_ANSWER) >= UNANSWERED
    assert shown == (fresh and Result.WRONG not in after and not silent)


@pytest.mark.parametrize(
    "way",
    [
        {"phone": ["+622150000000"]},
        {"whatsapp": ["+6281200000000"]},
        {"email": "one@example.org"},
        {"url": "https://example.org"},
    ],
)
def test_an_entry_nobody_can_reach_is_dark(way: dict[str, Any]) -> None:
    """A name alone helps nobody, however new the check; any one way there is enough."""
    nowhere = {"phone": [], "checked_on": TODAY}
    assert light_of(made(**nowhere), Standing(), TODAY) is Light.NO_WAY
    assert light_of(made(**nowhere | way), Standing(), TODAY) is Light.SHOWN


def test_an_entry_is_due_fourteen_days_before_it_goes_dark() -> None:
    """The staff is told in time, and of everything that is dark already."""
    for days, due in {0: False, 75: False, 76: True, 90: True, 91: True}.items():
        assert is_due(made(checked_on=TODAY - timedelta(days=days)), Standing(), TODAY) == due
    assert is_due(made(), Standing(), TODAY)
    assert is_due(made(checked_on=TODAY), Standing(wrong=TODAY), TODAY)


def test_entries_are_found_by_need_place_and_language() -> None:
    """What can be used anywhere fits every place."""
    here = made(id="here", countries=("ID",), needs=("legal",), languages=("id",))
    there = made(id="there", countries=("HK", "MO"), needs=("legal", "work"), languages=("yue",))
    anywhere = made(id="anywhere", countries=("any",), needs=("work",), languages=("id", "en"))
    listed = [here, there, anywhere]
    assert find(listed) == listed
    assert find(listed, need="work") == [there, anywhere]
    assert find(listed, place="ID") == [here, anywhere]
    assert find(listed, place="other") == [anywhere]
    assert find(listed, need="legal", place="MO", language="yue") == [there]
    assert find(listed, language="en", need="legal") == []


def test_the_open_ones_come_first_and_then_the_persons_language() -> None:
    """At three at night on a Sunday an office is no help; what is not known stands between."""
    office = Opening.model_validate({"days": ["mon"], "from": "09:00", "to": "16:00"})
    closed = made(id="closed", open=(office,), languages=("id",))
    unknown = made(id="unknown", languages=("id",))
    foreign = made(id="foreign", open="always", languages=("en",))
    own = made(id="own", open="always", languages=("id",))
    night = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    assert in_order([closed, unknown, foreign, own], night, "id") == [
        own,
        foreign,
        unknown,
        closed,
    ]
    morning = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert in_order([unknown, closed, foreign], morning, "id") == [closed, foreign, unknown]


@given(
    st.sampled_from(get_args(Need)),
    st.sampled_from(["ID", "MY", "KH", "other"]),
    st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True),
)
def test_there_is_always_a_fixed_number(
    need: Need, place: str, numbers: list[EmergencyNumber]
) -> None:
    """Whatever is looked for, wherever, and whatever the file still holds."""
    chosen = fallback_for(numbers, need, place)
    assert 1 <= len(chosen) <= 3
    assert set(chosen) <= set(numbers)


@pytest.mark.parametrize(
    ("need", "place", "first"),
    [
        ("danger", "ID", "police"),
        ("danger", "MY", "citizens_abroad"),
        ("violence", "ID", "sapa_call"),
        ("work", "TW", "migrant_workers_whatsapp"),
        ("family_missing", "ID", "citizens_abroad"),
        ("legal", "ID", "police"),
    ],
)
def test_the_fixed_number_fits_the_need_and_the_place(need: Need, place: str, first: str) -> None:
    """Abroad nobody is given a number that works only in Indonesia."""
    chosen = fallback_for(NUMBERS, need, place)
    assert chosen[0].id == first
    assert place == "ID" or all(number.region != "ID" for number in chosen)


def test_refugees_are_given_the_lines_for_refugees() -> None:
    """No line of a state is among them, and nobody else is sent to them."""
    for place in ("ID", "MY", "other"):
        chosen = fallback_for(NUMBERS, "refugee", place)
        assert {number.audience for number in chosen} == {"refugees"}
    for need in set(get_args(Need)) - {"refugee"}:
        chosen = fallback_for(NUMBERS, need, "ID")
        assert {number.audience for number in chosen} == {"anyone"}


def test_a_line_for_thoughts_of_dying_stands_beside_another_here_too() -> None:
    """The rule of the fixed numbers holds for needs as for dangers."""
    chosen = fallback_for(NUMBERS, "feelings", "ID")
    assert [number.id for number in chosen] == ["counselling_jakarta", "police"]


def test_no_refugee_is_led_to_police_or_immigration(content: Content) -> None:
    """Neither the directory nor anybody who edits it can do that: such an entry does not load."""
    immigration = content.services["imigrasi-hotline"]
    assert immigration.surface == "never"
    assert immigration.needs == ()
    with pytest.raises(ValidationError, match="never for `refugee`"):
        made(kind="police", needs=["refugee"])


def test_every_entry_of_the_directory_can_be_found(content: Content) -> None:
    """Whatever may be shown once it is checked, is found by each of its needs in each of its places."""
    services = content.services.values()
    assert len(services) == 105
    for service in services:
        for need in service.needs:
            for place in service.countries:
                assert service in find(services, need=need, place=place)
        assert service.surface == "never" or service.needs

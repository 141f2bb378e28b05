"""Which number to give, and which services to show."""

from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content.directory import FRESH, fitting_emergency, showable
from bot.content.load import ROOT, Content, load_content
from bot.understanding.model import NO_RISK, Risk, RiskLevel

NUMBERS = load_content().emergency
KINDS = sorted(
    yaml.safe_load((ROOT / "nlu" / "taxonomy.yml").read_text(encoding="utf-8"))["risk_kinds"]
)
TODAY = date(2026, 11, 22)
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


def test_only_services_found_working_lately_are_shown(content: Content) -> None:
    """An entry goes dark ninety days after its last check, by whomever; never-checked ones stay dark."""
    service = next(each for each in content.services.values() if each.surface == "show")
    unchecked = service.model_copy(update={"checked_on": None})
    old = service.model_copy(update={"checked_on": TODAY - FRESH - timedelta(days=1)})
    fresh = service.model_copy(update={"checked_on": TODAY - FRESH})
    assert showable([unchecked, old, fresh], {}, TODAY) == [fresh]
    assert showable([old], {service.id: TODAY}, TODAY) == [old]
    assert showable([unchecked], {service.id: TODAY}, TODAY) == [unchecked]


def test_entries_for_the_staff_are_never_shown(content: Content) -> None:
    """Some are for counsellors only, some for nobody."""
    service = next(iter(content.services.values())).model_copy(update={"checked_on": TODAY})
    for surface, shown in {"show": 1, "show_after_check": 1, "staff_only": 0, "never": 0}.items():
        assert len(showable([service.model_copy(update={"surface": surface})], {}, TODAY)) == shown

"""A rule as a form: what it shows reads back the same, however it is changed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from bot.campaigns.audience import EVERYBODY, AnyRule, read_rule
from bot.desk.web.studio.rule_form import (
    FIELDS,
    GROUPS,
    ROOT,
    Sheet,
    Unfinished,
    fields_of,
    is_everybody,
    read_sheet,
    rule_of,
    sheet_of,
    walk,
    with_new,
    without,
)
from tests.support.rules import rules

KUPANG = {"field": "city", "in": ["kupang"]}


def sent(*fields: tuple[str, str]) -> Sheet:
    """Return the form that some fields are read as."""
    return read_sheet(FormData(list(fields)))


@given(rules)
def test_any_rule_reads_back_the_same(rule: AnyRule) -> None:
    """Whatever a rule is, the form that shows it and is sent back unchanged is that rule again."""
    shown = sheet_of(rule)
    read = read_sheet(FormData(fields_of(shown)))
    assert read == shown
    assert rule_of(read) == rule


@given(rules, st.data())
def test_a_part_that_is_added_and_taken_away_leaves_no_trace(
    rule: AnyRule, data: st.DataObject
) -> None:
    """An empty part can be put into any group that holds it; without it the form is what it was, but for being in a group."""
    shown = Sheet(sheet_of(rule).root)
    groups = [path for path, part in walk(shown.root) if part.is_group]
    path = data.draw(st.sampled_from(groups))
    kind = data.draw(st.sampled_from((*GROUPS, *FIELDS)))
    grown, new = with_new(shown, path, kind)
    if new == path:
        assert grown == shown
        return
    assert dict(walk(grown.root))[new].kind == kind
    assert without(grown, new) == shown


@given(rules)
def test_any_part_can_be_taken_away(rule: AnyRule) -> None:
    """Without one part all others are still there; the whole taken away is everybody."""
    shown = sheet_of(rule)
    for path, part in walk(shown.root):
        if path == ROOT:
            assert is_everybody(rule_of(without(shown, path)))
        else:
            gone = sum(1 for _ in walk(part))
            left = sum(1 for _ in walk(without(shown, path).root))
            assert left == sum(1 for _ in walk(shown.root)) - gone


def test_a_condition_alone_stays_alone() -> None:
    """A rule that is one condition is shown in a group and written without it, until there is a second one."""
    shown = sheet_of(read_rule(KUPANG))
    assert shown.bare
    assert rule_of(shown) == read_rule(KUPANG)
    two, _ = with_new(shown, ROOT, "last_seen")
    within = {"field": "last_seen", "op": "within", "days": 30}
    assert rule_of(two) == read_rule({"all": [KUPANG, within]})


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ([("k.0", "all"), ("k.0.0", "city")], "0.0", "no_values"),
        ([("k.0", "any")], "0", "no_parts"),
        ([("k.0", "all"), ("k.0.3", "none")], "0.0", "no_parts"),
        ([("k.0", "all"), ("k.0.0", "last_seen"), ("o.0.0", "within"), ("d.0.0", "x")], "0.0", "days"),
        ([("k.0", "all"), ("k.0.0", "last_seen"), ("o.0.0", "within"), ("d.0.0", "٣")], "0.0", "days"),
        ([("k.0", "all"), ("k.0.0", "last_seen"), ("o.0.0", "soon"), ("d.0.0", "3")], "0.0", "bad"),
        ([("k.0", "all"), ("k.0.0", "zone"), ("v.0.0", "Mars/Olympus")], "0.0", "bad"),
        ([("k.0", "all"), ("k.0.0", "campaign"), ("v.0.0", "july")], "0.0", "bad"),
        (
            [("k.0", "all"), ("k.0.0", "any"), ("k.0.0.0", "city"), ("v.0.0.0", "x" * 65)],
            "0.0.0", "bad",
        ),
    ],
)  # fmt: skip
def test_what_is_not_finished_says_where(
    fields: list[tuple[str, str]], path: str, code: str
) -> None:
    """A form that is no rule yet names the part that is to be mended, and why."""
    with pytest.raises(Unfinished) as no:
        rule_of(sent(*fields))
    assert (no.value.path, no.value.code) == (path, code)


def test_too_much_is_told() -> None:
    """More than forty conditions, or more than four groups within each other, are no rule."""
    many = [("k.0", "all"), *((f"k.0.{n}", "city") for n in range(41))]
    many += [(f"v.0.{n}", "kupang") for n in range(41)]
    with pytest.raises(Unfinished, match="too_many"):
        rule_of(sent(*many))
    deep = [("k." + ".".join("0" * (n + 1)), "all") for n in range(5)]
    with pytest.raises(Unfinished, match="too_deep"):
        rule_of(sent(*deep, ("k.0.0.0.0.0.0", "city"), ("v.0.0.0.0.0.0", "kupang")))


def test_what_no_page_of_ours_sends_is_left_out() -> None:
    """Strange names, parts without a group, and a form without anything are everybody, and never an error."""
    assert rule_of(sent()) == EVERYBODY
    assert rule_of(sent(("k.0", "city"), ("v.0", "kupang"))) == EVERYBODY
    assert rule_of(sent(("k.0", "all"), ("k.0.0.7", "city"), ("k.1", "any"))) == EVERYBODY
    assert rule_of(sent(("k.0", "all"), ("k.0.x", "city"), ("k.0.0", "secret"))) == EVERYBODY

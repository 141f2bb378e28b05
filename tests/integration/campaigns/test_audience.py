"""Whom a rule is about: the database says the same as a reading of the rule by hand, and never more than campaigns may know."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from bot.campaigns import segments as kept
from bot.campaigns.audience import BadRule, condition, count, describe, read_rule, write_rule
from bot.campaigns.people import PEOPLE
from bot.campaigns.segments import Segments
from bot.campaigns.size import Size
from bot.errors import Conflict, NotFound
from bot.store import tables
from bot.store.engine import Database
from bot.store.tables import CampaignLinkRow
from tests.support.audience import HOME, NOON, Somebody, add_campaign, add_member, add_people
from tests.support.clock import FixedClock

TODAY = NOON.date()
DAY = timedelta(days=1)
CAMPAIGNS = (UUID(int=1), UUID(int=2))
PEOPLE_THERE = (
    Somebody("id", "kupang", "Asia/Makassar", "u18", ("events",), id=UUID(int=11)),
    Somebody("id", "jakarta", None, "a18_24", ("events", "series"), id=UUID(int=12)),
    Somebody("en", None, "Asia/Riyadh", None, (), "web", NOON - 9 * DAY, id=UUID(int=13)),
    Somebody("ar", "kupang", None, "a35", ("quizzes",), "web", NOON - 40 * DAY, id=UUID(int=14)),
    Somebody(None, None, None, None, (), id=UUID(int=15)),
)
MEMBERS = {11: {1: "poster"}, 12: {1: None, 2: "leader"}, 13: {2: "poster"}}
CITY_OF_LINK = {"poster": "kupang", "leader": "medan"}


@pytest_asyncio.fixture
async def there(db: Database) -> None:
    """Five people, two campaigns and two links."""
    await add_people(db, PEOPLE_THERE)
    async with db.transaction() as conn:
        ids = {number: await add_campaign(conn, f"c{number}") for number in (1, 2)}
        for code, city in CITY_OF_LINK.items():
            await conn.execute(
                insert(CampaignLinkRow).values(
                    code=code, campaign_id=ids[1], target="join", city=city
                )
            )
        for somebody in PEOPLE_THERE:
            for number, code in MEMBERS.get(somebody.id.int, {}).items():
                await add_member(conn, ids[number], somebody, code=code)
    CAMPAIGN_IDS.clear()
    CAMPAIGN_IDS.update({number: str(made) for number, made in ids.items()})


CAMPAIGN_IDS: dict[int, str] = {}


def one_of(name: str, *values: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return conditions on one thing."""
    some = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return some.map(lambda chosen: {"field": name, "in": chosen})


CONDITIONS = st.one_of(
    one_of("language", "id", "en", "ar"),
    one_of("city", "kupang", "jakarta", "medan"),
    one_of("age_band", "u18", "a18_24"),
    one_of("interest", "events", "quizzes"),
    one_of("channel", "test", "web"),
    one_of("zone", "Asia/Makassar", "Asia/Jakarta"),
    one_of("link", "poster", "leader"),
    one_of("entry_city", "kupang", "medan"),
    one_of("campaign", "1", "2"),
    st.builds(
        lambda op, days: {"field": "last_seen", "op": op, "days": days},
        st.sampled_from(("within", "longer_ago")),
        st.sampled_from((1, 9, 10, 39)),
    ),
)


def groups(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return groups of parts."""
    some = st.lists(parts, min_size=1, max_size=3)
    return st.builds(lambda kind, of: {kind: of}, st.sampled_from(("all", "any", "none")), some)


RULES = st.one_of(CONDITIONS, groups(st.one_of(CONDITIONS, groups(CONDITIONS))))


def holds(rule: dict[str, Any], somebody: Somebody) -> bool:
    """Read a rule as a person would."""
    for kind, join in (("all", all), ("any", any), ("none", lambda parts: not any(parts))):
        if kind in rule:
            return bool(join([holds(part, somebody) for part in rule[kind]]))
    if rule["field"] == "last_seen":
        recent = somebody.last_in_at.date() >= TODAY - timedelta(days=rule["days"])
        return recent == (rule["op"] == "within")
    joined = MEMBERS.get(somebody.id.int, {})
    told = {
        "language": [somebody.locale],
        "city": [somebody.city],
        "age_band": [somebody.age_band],
        "interest": somebody.interests,
        "channel": [somebody.channel],
        "zone": [somebody.zone or HOME],
        "link": joined.values(),
        "entry_city": [CITY_OF_LINK[code] for code in joined.values() if code],
        "campaign": [str(number) for number in joined],
    }[rule["field"]]
    return any(value in rule["in"] for value in told)


def with_ids(rule: Any) -> Any:
    """Return the rule with the ids of campaigns as the database has them."""
    if isinstance(rule, list):
        return [with_ids(part) for part in rule]
    if rule.get("field") == "campaign":
        return {**rule, "in": [CAMPAIGN_IDS[int(number)] for number in rule["in"]]}
    return {
        key: with_ids(value) if key in {"all", "any", "none"} else value
        for key, value in rule.items()
    }


@pytest.mark.usefixtures("there")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=RULES)
async def test_the_database_reads_a_rule_as_a_person_does(
    campaigners: Database, rule: dict[str, Any]
) -> None:
    """Whatever the rule and whatever somebody has not told, it finds those whom a reader would name."""
    where = condition(read_rule(with_ids(rule)), today=TODAY, home=HOME)
    async with campaigners.transaction() as conn:
        found = set(await conn.scalars(select(PEOPLE.c.contact_id).where(where)))
    assert found == {each.id for each in PEOPLE_THERE if holds(rule, each)}


@given(RULES)
def test_a_rule_survives_its_json(rule: dict[str, Any]) -> None:
    """What is written down is read back as it was, and described with all its parts."""
    CAMPAIGN_IDS.update({1: str(CAMPAIGNS[0]), 2: str(CAMPAIGNS[1])})
    read = read_rule(with_ids(rule))
    assert read_rule(write_rule(read)) == read

    def size(described: Any) -> int:
        return 1 + sum(size(part) for part in described.parts)

    def parts(data: Any) -> int:
        return 1 + sum(
            parts(part) for kind in ("all", "any", "none") for part in data.get(kind, ())
        )

    assert size(describe(read)) == parts(rule)


@pytest.mark.parametrize(
    ("rule", "where", "part"),
    [
        (3, "", "a rule has"),
        ({"field": "risk", "in": ["high"]}, "", "a rule has"),
        ({"field": "case", "in": ["open"]}, "", "a rule has"),
        ({"all": [{"field": "age_band", "in": ["u19"]}]}, "all.0.in.0", "should be 'u18'"),
        ({"any": []}, "any", "at least 1"),
        ({"field": "zone", "in": ["Asia/Atlantis"]}, "in.0", "no time zone"),
        ({"field": "campaign", "in": ["x"]}, "in.0", "valid UUID"),
        ({"field": "city", "in": ["x" * 65]}, "in.0", "at most 64"),
        ({"field": "city", "in": ["x"] * 101}, "in", "at most 100"),
        ({"field": "last_seen", "op": "within", "days": 0}, "days", "greater than"),
        ({"all": [], "sql": "1=1"}, "sql", "not permitted"),
        ({"all": [{"any": [{"all": [{"any": [{"all": []}]}]}]}]}, "", "4 deep"),
        ({"any": [{"all": [{"field": "city", "in": ["a"]}] * 30}] * 2}, "", "40 conditions"),
    ],
)
def test_what_is_no_rule_is_refused_clearly(rule: object, where: str, part: str) -> None:
    """What campaigns must not ask, what there is not, and what would never end: each says where and what."""
    with pytest.raises(BadRule) as refused:
        read_rule(rule)
    assert refused.value.where == where
    assert part in refused.value.problem


def test_a_rule_without_end_is_refused_before_it_is_read() -> None:
    """Ten thousand groups within each other do not bring the reader down."""
    rule: dict[str, Any] = {"all": []}
    for _ in range(10_000):
        rule = {"all": [rule]}
    with pytest.raises(BadRule, match="deep"):
        read_rule(rule)


async def test_a_live_count_keeps_small_numbers_back(db: Database, campaigners: Database) -> None:
    """Four are "fewer than five"; those who said stop or shut the bot out are not counted."""
    rule = read_rule({"field": "city", "in": ["kupang"]})
    await add_people(db, [Somebody(city="kupang") for _ in range(4)])
    await add_people(
        db, [Somebody(city="kupang", stopped=True), Somebody(city="kupang", blocked=True)]
    )
    async with campaigners.transaction() as conn:
        seen = await count(conn, rule, today=TODAY, home=HOME)
    assert seen == Size(None)
    assert seen.few
    await add_people(db, [Somebody(city="kupang"), Somebody(city="kupang", agrees=False)])
    async with campaigners.transaction() as conn:
        assert await count(conn, rule, today=TODAY, home=HOME) == Size(5)


async def test_a_segment_is_kept_under_one_name(campaigners: Database, clock: FixedClock) -> None:
    """A saved rule is found again; its name is given once, until it is put away."""
    segments = Segments(campaigners, clock)
    rule = read_rule({"field": "city", "in": ["kupang"]})
    made = await segments.save("Kupang", rule, by=None)
    assert [(each.id, each.name, each.rule) for each in await segments.all()] == [
        (made, "Kupang", rule)
    ]
    with pytest.raises(Conflict):
        await segments.save("Kupang", rule, by=None)
    await segments.archive(made)
    assert await segments.all() == []
    await segments.save("Kupang", rule, by=None)
    with pytest.raises(NotFound):
        await segments.archive(UUID(int=0))


async def test_testers_are_invited_and_let_go(
    db: Database, campaigners: Database, clock: FixedClock
) -> None:
    """An invitation has a code and an end; whoever has come is listed by their label, and can be taken off."""
    testers = kept.Testers(campaigners, clock)
    code = await testers.invite("Ayu's phone", by=None)
    assert len(code) <= 40
    [open_] = await testers.invitations()
    assert (open_.code, open_.label) == (code, "Ayu's phone")
    clock.pass_(days=8)
    assert await testers.invitations() == []
    somebody = Somebody()
    await add_people(db, [somebody])
    async with db.transaction() as conn:
        await conn.execute(
            insert(tables.TesterRow).values(contact_id=somebody.id, label="Ayu's phone")
        )
    assert [(each.contact_id, each.label) for each in await testers.all()] == [
        (somebody.id, "Ayu's phone")
    ]
    await testers.remove(somebody.id)
    assert await testers.all() == []

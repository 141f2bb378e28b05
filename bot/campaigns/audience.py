"""Whom a broadcast is for: rules over what people told so that campaigns fit them, as data, and as a condition on `campaign_people`.

A rule is a condition on one thing (`{"field": "city", "in": ["kupang"]}`) or a group: `{"all": […]}`, `{"any": […]}`, `{"none": […]}`.
`{"all": []}` is everybody. Who has not told their city is in no city: `none` of some cities has them in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, ValidationError
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.people import AGE_BANDS, PEOPLE, REACHED
from bot.campaigns.size import Size
from bot.content.hours import Zone
from bot.errors import Refused
from bot.store.tables import CampaignLinkRow, CampaignMemberRow, TesterRow

MAX_DEPTH = 4
MAX_CONDITIONS = 40
MAX_VALUES = 100
Short = Annotated[str, Field(min_length=1, max_length=64)]


OneOfField = Literal["language", "city", "interest", "link", "entry_city", "channel"]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, serialize_by_alias=True, validate_by_name=True
    )


class OneOf(_Part):
    """Something about a person is one of several."""

    field: OneOfField
    values: tuple[Short, ...] = Field(alias="in", min_length=1, max_length=MAX_VALUES)


class InAge(_Part):
    """They told that they are in one of some bands."""

    field: Literal["age_band"]
    values: tuple[Literal["u18", "a18_24", "a25_34", "a35"], ...] = Field(
        alias="in", min_length=1, max_length=len(AGE_BANDS)
    )


class InZone(_Part):
    """They live by one of some clocks."""

    field: Literal["zone"]
    values: tuple[Zone, ...] = Field(alias="in", min_length=1, max_length=MAX_VALUES)


class InCampaign(_Part):
    """They joined one of some campaigns."""

    field: Literal["campaign"]
    values: tuple[UUID, ...] = Field(alias="in", min_length=1, max_length=MAX_VALUES)


class Seen(_Part):
    """They wrote within so many days, or not for longer."""

    field: Literal["last_seen"]
    op: Literal["within", "longer_ago"]
    days: int = Field(ge=1, le=3650)


class AllOf(_Part):
    """Each of the parts holds; with none, it is everybody."""

    all: "tuple[Rule, ...]" = Field(max_length=MAX_CONDITIONS)


class AnyOf(_Part):
    """At least one of the parts holds."""

    any: "tuple[Rule, ...]" = Field(min_length=1, max_length=MAX_CONDITIONS)


class NoneOf(_Part):
    """None of the parts holds."""

    none: "tuple[Rule, ...]" = Field(min_length=1, max_length=MAX_CONDITIONS)


_GROUPS: Mapping[str, type[BaseModel]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_FIELDS: Mapping[str, str] = {
    **dict.fromkeys(get_args(OneOfField), "one_of"),
    "age_band": "age",
    "zone": "zone",
    "campaign": "campaign",
    "last_seen": "seen",
}


def _kind(value: Any) -> str | None:  # noqa: ANN401  # whatever the file or the page holds
    if isinstance(value, BaseModel):
        data: Mapping[str, Any] = {name: getattr(value, name) for name in type(value).model_fields}
    elif isinstance(value, Mapping):
        data = value
    else:
        return None
    group = next((name for name in _GROUPS if name in data), None)
    return group or _FIELDS.get(str(data.get("field")))


Rule = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NoneOf, Tag("none")]
    | Annotated[InAge, Tag("age")]
    | Annotated[InZone, Tag("zone")]
    | Annotated[InCampaign, Tag("campaign")]
    | Annotated[Seen, Tag("seen")]
    | Annotated[OneOf, Tag("one_of")],
    Discriminator(
        _kind,
        custom_error_type="rule",
        custom_error_message="a rule has one of all, any and none, or a field: "
        + ", ".join(sorted(_FIELDS)),
    ),
]
Condition = InAge | InZone | InCampaign | Seen | OneOf
AnyRule = AllOf | AnyOf | NoneOf | Condition
for _group in (AllOf, AnyOf, NoneOf):
    _group.model_rebuild()
_READ: TypeAdapter[AnyRule] = TypeAdapter(Rule)
EVERYBODY = AllOf(all=())


class BadRule(Refused):
    """A rule that is none."""

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        """Which part, as ``all.0.in``; empty for the whole."""
        self.problem = problem
        super().__init__(f"{where}: {problem}" if where else problem)


def read_rule(data: object) -> AnyRule:
    """Read a rule from its JSON form (`write_rule`).

    Raises:
        BadRule: It is none, or too deep or too long; says which part, and what is wrong with it.
    """
    if _depth(data) > MAX_DEPTH:
        raise BadRule("", f"groups within groups, more than {MAX_DEPTH} deep")
    try:
        rule = _READ.validate_python(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        tags = {*_GROUPS, *_FIELDS.values()}
        # Pydantic names each tag of a union before the key of the same name.
        path = [str(part) for part in first["loc"]]
        where = [p for n, p in enumerate(path) if p not in tags or (n and path[n - 1] == p)]
        raise BadRule(".".join(where), first["msg"]) from None
    if sum(1 for _ in conditions(rule)) > MAX_CONDITIONS:
        raise BadRule("", f"more than {MAX_CONDITIONS} conditions")
    return rule


def write_rule(rule: AnyRule) -> dict[str, Any]:
    """Return a rule in the JSON form that `read_rule` reads."""
    return rule.model_dump(mode="json")


def _depth(data: object) -> int:
    """Return how many groups lie within each other, and stop counting when there are too many."""
    deep, level = 0, [data]
    while level and deep <= MAX_DEPTH:
        inside = [list(_within(each)) for each in level if _is_group(each)]
        deep += bool(inside)
        level = [part for parts in inside for part in parts]
    return deep


def _is_group(data: object) -> bool:
    return isinstance(data, Mapping) and bool(_GROUPS.keys() & data.keys())


def _within(group: Any) -> Iterator[object]:  # noqa: ANN401  # whatever the file or the page holds
    for name in _GROUPS:
        parts = group.get(name)
        if isinstance(parts, list | tuple):
            yield from parts


def parts_of(rule: AnyRule) -> tuple[AnyRule, ...] | None:
    """Return the parts of a group; None for a condition."""
    match rule:
        case AllOf():
            return rule.all
        case AnyOf():
            return rule.any
        case NoneOf():
            return rule.none
        case _:
            return None


def conditions(rule: AnyRule) -> Iterator[Condition]:
    """Yield every condition of a rule."""
    parts = parts_of(rule)
    if parts is None:
        assert not isinstance(rule, AllOf | AnyOf | NoneOf)
        yield rule
    for part in parts or ():
        yield from conditions(part)


@dataclass(frozen=True)
class Described:
    """A rule as a page shows it: ids only, for which the page has the words."""

    kind: Literal["all", "any", "none", "one_of", "within", "longer_ago"]
    field: str = ""
    values: tuple[str, ...] = ()
    days: int | None = None
    parts: "tuple[Described, ...]" = ()


def describe(rule: AnyRule) -> Described:
    """Return a rule as a page shows it."""
    match rule:
        case AllOf():
            return Described("all", parts=tuple(map(describe, rule.all)))
        case AnyOf():
            return Described("any", parts=tuple(map(describe, rule.any)))
        case NoneOf():
            return Described("none", parts=tuple(map(describe, rule.none)))
        case Seen():
            return Described(rule.op, "last_seen", days=rule.days)
        case _:
            return Described("one_of", rule.field, tuple(str(value) for value in rule.values))


def condition(rule: AnyRule, *, today: date, home: str) -> ColumnElement[bool]:
    """Return the condition on `campaign_people` that a rule stands for; it is true or false, and never unknown.

    Args:
        rule: What was read by `read_rule`.
        today: The day in UTC, from which "last seen" counts.
        home: The zone of those who have not told theirs.
    """
    match rule:
        case AllOf():
            return and_(true(), *(condition(p, today=today, home=home) for p in rule.all))
        case AnyOf():
            return or_(false(), *(condition(p, today=today, home=home) for p in rule.any))
        case NoneOf():
            return not_(or_(false(), *(condition(p, today=today, home=home) for p in rule.none)))
        case Seen():
            since = today - timedelta(days=rule.days)
            recent: ColumnElement[bool] = PEOPLE.c.last_seen >= since
            return recent if rule.op == "within" else not_(recent)
        case InCampaign():
            return _member(CampaignMemberRow.campaign_id.in_(rule.values))
        case InZone():
            return func.coalesce(PEOPLE.c.zone, home).in_(rule.values)
        case _:
            return _one_of(rule.field, rule.values)


def _one_of(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    if name == "interest":
        wanted = literal(list(values), ARRAY(Text))
        shared: ColumnElement[bool] = PEOPLE.c.interests.op("&&", is_comparison=True)(wanted)
        return shared
    if name == "link":
        return _member(CampaignMemberRow.code.in_(values))
    if name == "entry_city":
        link = select(CampaignLinkRow.code).where(CampaignLinkRow.city.in_(values))
        return _member(CampaignMemberRow.code.in_(link))
    # What somebody has not told is unknown to the database; for a rule it is no.
    told = PEOPLE.c["locale" if name == "language" else name]
    return and_(told.is_not(None), told.in_(values))


def _member(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(CampaignMemberRow.contact_id == PEOPLE.c.contact_id, which)


def is_tester() -> ColumnElement[bool]:
    """Return the condition on `campaign_people` that somebody is of the team and looks at broadcasts first."""
    return exists().where(TesterRow.contact_id == PEOPLE.c.contact_id)


async def count(conn: AsyncConnection, rule: AnyRule, *, today: date, home: str) -> Size:
    """Return how many people a rule is about and can be reached; a small number is not told exactly."""
    where = condition(rule, today=today, home=home)
    query = select(func.count()).select_from(PEOPLE).where(where, REACHED)
    return Size.of(await conn.scalar(query) or 0)

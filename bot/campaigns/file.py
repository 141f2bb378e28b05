"""A campaign as a file, for those who like git: read whole, held against what is known, and then kept, or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import read_rule
from bot.campaigns.broadcast import (
    BroadcastContent,
    BroadcastWords,
    Locale,
    Variant,
    acts_in,
)
from bot.campaigns.schedule import AnySchedule
from bot.campaigns.store_broadcasts import Broadcasts, Draft
from bot.content.parts import Strict
from bot.errors import NotFound
from bot.store.tables import CampaignLinkRow, CampaignRow

THIS = "this"
"""In a rule on `campaign`: the campaign of the file itself."""
Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2, max_length=60)
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class LinkFile(Strict):
    """A link by which people come in, for a city, a poster or a youth leader."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
    target: Annotated[
        str,
        StringConstraints(
            pattern=r"^(quiz:[a-z][a-z0-9_]*|event:[a-z0-9-]+|join|series(:[a-z][a-z0-9_]*)?)$"
        ),
    ]
    city: str | None = None
    leader: Line | None = None
    """A nickname that somebody chose."""


class BroadcastFile(Strict):
    """A broadcast: `words` in one variant, or `variants`."""

    name: Line
    audience: dict[str, Any] = Field(default_factory=lambda: {"all": []})
    when: Annotated[AnySchedule, Field(discriminator="kind")]
    not_after: datetime | None = None
    words: dict[Locale, BroadcastWords] = Field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    fallback: Locale | None = None

    @field_validator("when", mode="before")
    @classmethod
    def _on_is_a_word(cls, value: object) -> object:
        # YAML takes a bare `on` for "true".
        if isinstance(value, Mapping):
            return {"on" if key is True else key: part for key, part in value.items()}
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "BroadcastFile":
        if bool(self.words) == bool(self.variants):
            raise ValueError("give `words`, or `variants`, and not both")
        if self.not_after is not None and self.not_after.tzinfo is None:
            raise ValueError("not_after: say the zone too, as in 2027-07-31T21:00:00+07:00")
        _ = self.content  # what does not fit together is said now
        return self

    @property
    def content(self) -> BroadcastContent:
        """What it says."""
        variants = self.variants or (Variant(words=self.words),)
        return BroadcastContent(variants=variants, fallback=self.fallback)

    def draft(self, campaign_id: UUID) -> Draft:
        """Return it as somebody writes it on the desk.

        Raises:
            BadRule: The audience is none.
        """
        rule = read_rule(_named(self.audience, campaign_id))
        return Draft(self.name, self.content, rule, self.when, self.not_after)


class CampaignFile(Strict):
    """A campaign with its links and broadcasts."""

    campaign: Slug
    title: Line
    about: Annotated[str, StringConstraints(max_length=1000)] = ""
    starts_on: date | None = None
    ends_on: date | None = None
    domains: tuple[Line, ...] = ()
    """Its own web sites, to which buttons may lead."""
    links: tuple[LinkFile, ...] = ()
    broadcasts: tuple[BroadcastFile, ...] = ()

    @model_validator(mode="after")
    def _is_one_campaign(self) -> "CampaignFile":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("it ends before it begins")
        for what, names in (
            ("links", [link.code for link in self.links]),
            ("broadcasts", [each.name for each in self.broadcasts]),
        ):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"{what}: {min(twice)!r} is there twice")
        return self


@dataclass(frozen=True)
class Kept:
    """What has become of one broadcast of a file: `added`, `changed` or `same`."""

    name: str
    id: UUID
    became: str


async def keep(broadcasts: Broadcasts, file: CampaignFile, *, by: UUID) -> list[Kept]:
    """Keep a campaign and its links, and its broadcasts as drafts that wait for a second person; what is the same is left alone.

    Args:
        broadcasts: Where they are kept.
        file: The campaign.
        by: Who of the staff wrote it; somebody else approves it.

    Raises:
        BadRule: An audience is none.
        NotNow: A broadcast that is on its way is another one in the file.
        NotReady: A broadcast cannot go out as it is; it stays a draft.
    """
    async with broadcasts.db.transaction() as conn:
        campaign_id = await _campaign(conn, broadcasts.clock.new_id(), file, by)
    known = {each.draft.name: each for each in await broadcasts.all(campaign_id)}
    drafts = [each.draft(campaign_id) for each in file.broadcasts]
    kept = []
    for draft in drafts:
        seen = known.get(draft.name)
        if seen is None:
            made = await broadcasts.create(campaign_id, draft, by=by)
            kept.append(Kept(draft.name, made, "added"))
        elif seen.draft != draft:
            await broadcasts.edit(seen.id, draft, by=by, version=seen.version)
            kept.append(Kept(draft.name, seen.id, "changed"))
        else:
            kept.append(Kept(draft.name, seen.id, "same"))
    for each in kept:
        now = await broadcasts.get(each.id)
        if "submit" in acts_in(now.state):
            await broadcasts.act(each.id, "submit", by=by, version=now.version)
    return kept


async def find(conn: AsyncConnection, slug: str) -> UUID:
    """Return the campaign of that name.

    Raises:
        NotFound: There is none.
    """
    found = await conn.scalar(select(CampaignRow.id).where(CampaignRow.slug == slug))
    if found is None:
        raise NotFound
    return found


async def set_live(conn: AsyncConnection, campaign_id: UUID) -> None:
    """Let the links of a campaign lead somewhere from now on."""
    await conn.execute(
        update(CampaignRow)
        .where(CampaignRow.id == campaign_id, CampaignRow.state == "draft")
        .values(state="live", version=CampaignRow.version + 1)
    )


async def _campaign(conn: AsyncConnection, number: UUID, file: CampaignFile, by: UUID) -> UUID:
    values = {
        "title": file.title,
        "about": file.about,
        "starts_on": file.starts_on,
        "ends_on": file.ends_on,
        "body": {"domains": list(file.domains)},
    }
    made = insert(CampaignRow).values(id=number, slug=file.campaign, created_by=by, **values)
    more = {**values, "version": CampaignRow.version + 1}
    made = made.on_conflict_do_update(index_elements=[CampaignRow.slug], set_=more)
    campaign_id: UUID = (await conn.execute(made.returning(CampaignRow.id))).scalar_one()
    for row in _links(file, campaign_id):
        link = insert(CampaignLinkRow).values(**row)
        changed = {name: row[name] for name in ("target", "city", "leader")}
        # A code belongs to the campaign that had it first.
        theirs = CampaignLinkRow.campaign_id == campaign_id
        await conn.execute(
            link.on_conflict_do_update(
                index_elements=[CampaignLinkRow.code], set_=changed, where=theirs
            )
        )
    return campaign_id


def _links(file: CampaignFile, campaign_id: UUID) -> Iterator[dict[str, Any]]:
    for link in file.links:
        yield {**link.model_dump(), "campaign_id": campaign_id}


def _named(rule: Any, campaign_id: UUID) -> Any:  # noqa: ANN401  # JSON
    """Return a rule in which `this` is the campaign itself."""
    if isinstance(rule, Mapping):
        if rule.get("field") == "campaign" and isinstance(rule.get("in"), list):
            ids = [str(campaign_id) if each == THIS else each for each in rule["in"]]
            return {**rule, "in": ids}
        return {key: _named(value, campaign_id) for key, value in rule.items()}
    return [_named(part, campaign_id) for part in rule] if isinstance(rule, list) else rule

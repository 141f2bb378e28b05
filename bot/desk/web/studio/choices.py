"""What conditions can name, in the reader's words: languages, cities, campaigns, links, clocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.clocks import zone_of
from bot.campaigns.moving import clock_of
from bot.content.campaign_steps import AboutMe, Place
from bot.content.cities import Cities
from bot.content.dates import say_language
from bot.content.load import Content
from bot.desk.web.desk import Desk, Visit
from bot.store.tables import CampaignLinkRow, CampaignRow

WORDS = "studio/plan_words.html"


@dataclass(frozen=True)
class Choice:
    """Something that a condition can name."""

    value: str
    label: str


@dataclass(frozen=True)
class Choices:
    """What can be chosen, by what a condition is about."""

    by_field: Mapping[str, tuple[Choice, ...]]

    def label(self, field: str, value: str) -> str:
        """Return the words for a value; one that is not known any more stays as it is."""
        known = (each.label for each in self.by_field.get(field, ()) if each.value == value)
        return next(known, value)

    def labels(self, field: str, values: tuple[str, ...]) -> list[str]:
        """Return the words for values."""
        return [self.label(field, value) for value in values]

    def options(self, field: str, chosen: tuple[str, ...] = ()) -> tuple[Choice, ...]:
        """Return what can be chosen, and what has been chosen though it is not there any more."""
        known = self.by_field.get(field, ())
        there = {each.value for each in known}
        return (*known, *(Choice(value, value) for value in chosen if value not in there))


async def choices_for(desk: Desk, visit: Visit) -> Choices:
    """Return what there is now, in the words of whoever is asking."""
    content, locale = desk.services.content(), visit.staff.locale
    cities = [Choice(key, city.name) for key, city in content.cities.cities.items()]
    async with desk.services.studio.db.transaction(durable=False) as conn:
        links = await _links(conn, content.cities)
        campaigns = await _campaigns(conn)
    return Choices(
        {
            "language": tuple(_languages(content, locale)),
            "city": tuple(cities),
            "age_band": tuple(_listed(desk, "AGES", locale)),
            "interest": tuple(_interests(content, locale)),
            "campaign": tuple(campaigns),
            "link": tuple(links),
            "entry_city": tuple(cities),
            "channel": tuple(_listed(desk, "REACHABLE", locale)),
            "zone": zones_of(content, locale),
        }
    )


async def plan_words(desk: Desk, visit: Visit) -> dict[str, Any]:
    """Return what the sentences of whom a message is for, and when it goes out, are made with."""
    return {"choices": await choices_for(desk, visit), **clock_words(desk)}


def clock_words(desk: Desk) -> dict[str, Any]:
    """Return what the sentences of when something goes out are made with."""
    studio = desk.services.studio
    known = {zone: key.upper() for key, zone in desk.services.content().cities.zones.items()}
    return {
        "zone_of": zone_of,
        "clock_of": lambda schedule: clock_of(schedule, studio.broadcasts.ground),
        "zone_name": lambda zone: known.get(zone, zone),
    }


def zones_of(content: Content, locale: str) -> tuple[Choice, ...]:
    """Return the clocks that people live by: the country's own by the names they are known by, the others by country."""
    cities = content.cities
    names = {city.zone: city.name for city in reversed(list(cities.cities.values()))}
    titles = _countries(content)
    labels = {
        zone: f"{key.upper()} ({names[zone]})" if zone in names else key.upper()
        for key, zone in cities.zones.items()
    }
    for key, zone in cities.abroad.items():
        said = content.words.say(titles[key], locale) if key in titles else zone
        labels.setdefault(zone, said)
    for zone in sorted(cities.every_zone):
        labels.setdefault(zone, zone)
    return tuple(Choice(zone, label) for zone, label in labels.items())


def _countries(content: Content) -> Mapping[str, str]:
    steps = (step for flow in content.flows.values() for step in flow.steps.values())
    return next((s.countries for s in steps if isinstance(s, Place) and s.countries), {})


def _interests(content: Content, locale: str) -> Iterator[Choice]:
    for flow in content.flows.values():
        for step in flow.steps.values():
            if isinstance(step, AboutMe) and step.key == "interests":
                for key, title in step.options.items():
                    yield Choice(key, content.words.say(title, locale))
                return


def _languages(content: Content, locale: str) -> Iterator[Choice]:
    formats = content.words.formats(locale)
    for code in content.words.locales:
        yield Choice(code, say_language(code, formats) or code)


def _listed(desk: Desk, table: str, locale: str) -> Iterator[Choice]:
    for key, label in desk.pages.listed(WORDS, table, locale).items():
        yield Choice(key, label)


async def _campaigns(conn: AsyncConnection) -> list[Choice]:
    query = select(CampaignRow.id, CampaignRow.title).where(CampaignRow.state != "archived")
    rows = await conn.execute(query.order_by(CampaignRow.title, CampaignRow.id))
    return [Choice(str(row.id), row.title) for row in rows]


async def _links(conn: AsyncConnection, cities: Cities) -> list[Choice]:
    query = (
        select(CampaignLinkRow.code, CampaignLinkRow.city, CampaignRow.title)
        .join(CampaignRow, CampaignRow.id == CampaignLinkRow.campaign_id)
        .where(CampaignRow.state != "archived")
        .order_by(CampaignRow.title, CampaignLinkRow.code)
    )
    found = []
    for row in await conn.execute(query):
        city = cities.cities.get(row.city or "")
        parts = (row.code, city.name if city else row.city, row.title)
        found.append(Choice(row.code, " · ".join(part for part in parts if part)))
    return found

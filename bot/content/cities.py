"""The cities that people can name, and the clocks they live by (`flows/campaigns/cities.yml`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import Field

from bot.content.hours import Zone
from bot.content.parts import Id, Strict
from bot.errors import ContentError
from bot.understanding.cleaning import folded
from bot.yaml_file import read_model

FILE = "flows/campaigns/cities.yml"


class City(Strict):
    """A city, with other ways in which it and what lies around it are written."""

    name: str
    zone: Zone
    also: tuple[str, ...] = ()


class _CitiesFile(Strict):
    home: Zone
    cities: dict[Id, City] = Field(min_length=1)
    zones: dict[Id, Zone] = Field(min_length=1)
    abroad: dict[Id, Zone]


@dataclass(frozen=True)
class Cities:
    """Every city that is kept, by its id, and every zone that somebody can live by."""

    home: str = "Asia/Jakarta"
    """The clock of whoever has not told theirs."""
    cities: Mapping[str, City] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    """The country's own zones, by the names that people know."""
    abroad: Mapping[str, str] = field(default_factory=dict)
    """Zones elsewhere, by country."""

    def find(self, text: str) -> str | None:
        """Return the id of the city that somebody has typed, by its name or another; None where it is not known."""
        return self._names.get(folded(text).strip(" .,!"))

    @cached_property
    def every_zone(self) -> frozenset[str]:
        """Every zone that a person can have."""
        listed = (city.zone for city in self.cities.values())
        return frozenset({self.home, *listed, *self.zones.values(), *self.abroad.values()})

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {
            folded(name): key
            for key, city in self.cities.items()
            for name in (key.replace("_", " "), city.name, *city.also)
        }


def load_cities(flows_dir: Path) -> Cities:
    """Read the cities.

    Raises:
        ContentError: The file is missing or wrong, or two cities are written alike.
    """
    read = read_model(_CitiesFile, flows_dir / "campaigns" / "cities.yml", FILE)
    seen: dict[str, str] = {}
    for key, city in read.cities.items():
        for name in {folded(each) for each in (city.name, *city.also)}:
            if seen.setdefault(name, key) != key:
                problem = f"{name!r} stands for {seen[name]} and for {key}"
                raise ContentError(problem, file=FILE, mend="leave it with one of them")
    return Cities(read.home, read.cities, read.zones, read.abroad)

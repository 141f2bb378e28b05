"""Rounds that count for the person's city because they want it. Pure: which city that is, and how many there were, the service looks up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.conversation.campaign_effects import CountForCity
from bot.conversation.effects import Effect

if TYPE_CHECKING:  # the steps import what counts for them
    from bot.conversation.steps.base import Scene

STEP = "quiz.together"
WANTED, DONE = "for_city", "city_done"
"""What the flow of the quizzes remembers: whether rounds are to count for the city, and whether the last one has been counted."""
FEWEST = 5
"""A smaller number could tell of single people."""


@dataclass(frozen=True)
class CityLook:
    """What is known of the person's city, as the service has looked it up."""

    city: str | None = None
    """Which they told, or for which their link was made; None where neither is known."""
    finished: int = 0
    """Rounds that were finished for it in the last seven days."""


def wanted(memory: Mapping[str, Any]) -> bool:
    """Tell whether the person's rounds are to count for their city."""
    return bool(memory.get(WANTED))


def ended(memory: Mapping[str, Any]) -> bool:
    """Tell whether the last round is over, and not counted for any city yet."""
    is_over = bool(memory.get("at")) and not memory.get("open")
    return is_over and not memory.get(DONE)


def counted(scene: "Scene") -> tuple[Effect, ...]:
    """Return what counts a round for the city; nothing where no city is known. The first time a turn is asked, it is not looked up yet."""
    look = scene.world.city
    if look is None:
        return (CountForCity(None),)
    return (CountForCity(look.city),) if named(scene) is not None else ()


def named(scene: "Scene") -> str | None:
    """Return what the person's city is called; None where it is not known, or not listed any more."""
    look = scene.world.city
    found = scene.content.cities.cities.get(look.city or "") if look is not None else None
    return found.name if found is not None else None

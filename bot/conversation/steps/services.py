"""`services`: finds a service that the staff has checked, by need and place.

Its buttons carry the whole choice (`work-MY-1`: the need, the place, the page), so nothing of it is remembered.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from bot.content.dates import say_languages, say_weekday_and_time
from bot.content.directory import (
    HOME,
    Standing,
    fallback_for,
    find,
    in_order,
    last_good,
    showable,
)
from bot.content.hours import is_open, opens_next
from bot.content.model import Need, Service
from bot.content.services_step import Services
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.conversation.steps.emergency import number_line
from bot.messages import Button, Outgoing

PAGE = 3
CHOICES = 6
"""So many needs or countries under one message; the ways on come beside them."""
MORE = "more"
ELSEWHERE = "other"
WHATSAPP = "https://wa.me/"

T = TypeVar("T")


class ServicesHandler(Handler[Services]):
    """What for, where, and the services; whoever comes as a refugee is not asked where: their services are here."""

    def exits(self, step: Services, door: Door) -> Sequence[Exit]:
        return (
            *(door.button(need, title) for need, title in step.needs.items()),
            door.button(f"{MORE}-*", step.other_needs),
            door.button("*-*", "", note="each_choice"),
            door.link("emergency.show", step.numbers),
            door.link("consent.ask", step.talk),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: Services, scene: Scene) -> Move:
        return Move(say=(_ask_need(step, scene, 0),))

    def press(self, step: Services, choice: str, scene: Scene) -> Move | None:
        name, _, rest = choice.partition("-")
        if name == MORE and (page := _page_of(rest)) is not None:
            return Move(say=(_ask_need(step, scene, page),))
        need = next((each for each in step.needs if each == name), None)
        if need is None:
            return None
        if need == "refugee" and not rest:
            rest = HOME
        page = _page_of(rest)
        if page is not None:
            return Move(say=(_ask_place(step, scene, need, page),))
        place, _, number = rest.partition("-")
        page = _page_of(number)
        if page is None or place not in {*step.places, ELSEWHERE}:
            return None
        return Move(say=(_answer(step, scene, need, place, page),))


def _page_of(text: str) -> int | None:
    """Read the number of a page, 0 where none is given; None for anything else."""
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 3):
        return None
    return int(text or 0)


def _part(items: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int | None]:
    """Return a page of `items`, the first one when there is none of that number, and the number of the next."""
    first = page * size if page * size < len(items) else 0
    following = first // size + 1 if first + size < len(items) else None
    return items[first : first + size], following


def _ask_need(step: Services, scene: Scene, page: int) -> Outgoing:
    needs, following = _part(list(step.needs), page, CHOICES)
    buttons = [scene.button(need, step.needs[need]) for need in needs]
    if len(step.needs) > CHOICES:
        buttons.append(scene.button(f"{MORE}-{following or 0}", step.other_needs))
    return Outgoing(scene.say(step.text), (*buttons, *_ways_on(step, scene)))


def _ask_place(step: Services, scene: Scene, need: Need, page: int) -> Outgoing:
    places, following = _part(_places(step, scene, need), page, CHOICES)
    buttons = [scene.button(f"{need}-{place}", step.places[place]) for place in places]
    if following is not None:
        buttons.append(scene.button(f"{need}-{following}", step.more_places))
    buttons.append(scene.button(f"{need}-{ELSEWHERE}", step.elsewhere))
    text = scene.say(step.where)
    if need == "danger":
        # Nobody in danger is asked a question before they have a number.
        text = "\n\n".join((*_fixed_numbers(step, scene, need, HOME), text))
    return Outgoing(text, (*buttons, *_ways_on(step, scene)))


def _places(step: Services, scene: Scene, need: Need) -> list[str]:
    """Return Indonesia, and every other country that has something to show for this need."""
    shown = find(_shown(scene), need=need)
    having = {country for service in shown for country in service.countries}
    return [place for place in step.places if place == HOME or place in having]


def _answer(step: Services, scene: Scene, need: Need, place: str, page: int) -> Outgoing:
    fitting = find(_shown(scene), need=need, place=place)
    ordered = in_order(fitting, scene.world.now, scene.state.locale)
    services, following = _part(ordered, page, PAGE)
    if not services:
        texts = [scene.say(step.nothing), *_fixed_numbers(step, scene, need, place)]
        return Outgoing("\n\n".join(texts), _ways_on(step, scene))
    entries = ["\n".join(_lines(step, scene, service)) for service in services]
    buttons = _ways_on(step, scene)
    if following is not None:
        buttons = (scene.button(f"{need}-{place}-{following}", step.more), *buttons)
    return Outgoing("\n\n".join((scene.say(step.found), *entries)), buttons, sensitive=True)


def _shown(scene: Scene) -> list[Service]:
    today = scene.world.now.date()
    return showable(scene.content.services.values(), scene.world.checks, today)


def _fixed_numbers(step: Services, scene: Scene, need: Need, place: str) -> list[str]:
    numbers = fallback_for(scene.content.emergency, need, place)
    lines = [number_line(scene, step.number, number) for number in numbers]
    elsewhere = place != HOME or need == "danger"
    return [*lines, scene.say(step.abroad)] if elsewhere else lines


def _lines(step: Services, scene: Scene, service: Service) -> Iterator[str]:
    """Yield an entry line by line; what happens with what one tells comes before any number."""
    yield scene.say(
        step.entry,
        name=service.name,
        serves=scene.say(service.serves),
        confidentiality=scene.say(service.confidentiality),
    )
    yield _hours(step, scene, service)
    if service.cost:
        yield scene.say(step.cost, cost=scene.say(service.cost))
    if service.languages:
        yield scene.say(step.languages, languages=say_languages(service.languages, scene.formats))
    yield scene.say(step.checked, date=scene.date(_checked_on(scene, service)))
    for number in service.phone:
        yield scene.say(step.phone, number=number)
    for number in service.whatsapp:
        yield scene.say(step.whatsapp, link=WHATSAPP + number.removeprefix("+"))
    if service.url:
        yield scene.say(step.web, link=service.url)
    if service.email:
        yield scene.say(step.email, email=service.email)


def _hours(step: Services, scene: Scene, service: Service) -> str:
    now = scene.world.now
    hours = scene.say(service.hours)
    if is_open(service.open, service.zone, now):
        return scene.say(step.open_now, hours=hours)
    opens = opens_next(service.open, service.zone, now)
    if opens is None:
        return scene.say(step.hours, hours=hours)
    when = say_weekday_and_time(opens, scene.formats)
    return scene.say(step.closed, hours=hours, when=when)


def _checked_on(scene: Scene, service: Service) -> date:
    checked = last_good(service, scene.world.checks.get(service.id, Standing()))
    assert checked is not None, "only what was checked is shown"
    return checked


def _ways_on(step: Services, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.link("emergency.show", step.numbers),
        scene.link("consent.ask", step.talk),
        scene.link("menu.main", step.menu),
    )

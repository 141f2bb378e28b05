"""`place`: a city, or a country abroad, and with it the clock that somebody lives by; it may always be skipped."""

from collections.abc import Sequence
from dataclasses import replace

from bot.content.campaign_steps import Place
from bot.content.load import Content
from bot.conversation.campaign_effects import ChangeProfile
from bot.conversation.effects import ForgetWords
from bot.conversation.steps.about_me import ASKED, MENU
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing
from bot.understanding.cleaning import folded

PAGE = 6
ZONE = "zone"
TRIED = "place_tried"
MAX_CHARS = 40


class PlaceHandler(Handler[Place]):
    """Only places that are listed are kept: a village could tell who somebody is."""

    def exits(self, step: Place, door: Door) -> Sequence[Exit]:
        more = [door.button("more-*", step.more)] if len(_ids(step, door.content)) > PAGE else []
        abroad = [door.button("abroad", step.abroad, step.instead)] if step.abroad else []
        return (
            door.button("*", "", step.next, note="each_choice"),
            Exit(ASKED, f"{door.here}.*", note="old_button"),
            Exit(step.next, note="written"),
            *more,
            *abroad,
            door.button("skip", step.skip, step.next),
            door.link(MENU, step.menu),
        )

    def enter(self, step: Place, scene: Scene) -> Move:
        return Move(say=(_page(step, scene, step.text, 0),), remember={TRIED: False})

    def press(self, step: Place, choice: str, scene: Scene) -> Move | None:
        if choice == "skip":
            return Move(go=step.next)
        if choice == "abroad" and step.abroad is not None:
            return Move(go=step.instead)
        verb, _, page = choice.partition("-")
        if verb == "more" and page.isdecimal():
            return Move(say=(_page(step, scene, step.text, int(page)),))
        if choice not in _ids(step, scene.content):
            return None
        return _chosen(step, choice, scene)

    def hear(self, step: Place, text: str, scene: Scene) -> Move | None:
        found = _typed(step, text, scene)
        if found is not None:
            move = _chosen(step, found, scene)
            return replace(move, effects=(*move.effects, ForgetWords()))
        meant = scene.understanding
        is_wish = meant.confidence >= 0.5 and meant.intent != "out_of_scope"
        if is_wish or scene.memory.get(TRIED) or len(text) > MAX_CHARS or text.startswith("/"):
            return None  # it is understood as anywhere else
        return Move(
            say=(_page(step, scene, step.unknown, 0),),
            remember={TRIED: True},
            effects=(ForgetWords(),),
        )


def _ids(step: Place, content: Content) -> Sequence[str]:
    return list(step.countries or content.cities.cities)


def _typed(step: Place, text: str, scene: Scene) -> str | None:
    if not step.countries:
        return scene.content.cities.find(text)
    typed = folded(text)
    for name, title in step.countries.items():
        if typed in {folded(title), folded(scene.content.words.say(title, scene.state.locale))}:
            return name
    return None


def _chosen(step: Place, choice: str, scene: Scene) -> Move:
    if not scene.world.hears:
        return Move(go=ASKED)
    cities = scene.content.cities
    if step.countries:
        city, zone = None, cities.abroad[choice]
    else:
        city, zone = choice, cities.cities[choice].zone
    told = ChangeProfile({"city": city, "zone": zone, "zone_confirmed": False})
    return Move(effects=(told,), remember={ZONE: zone}, go=step.next)


def _page(step: Place, scene: Scene, text: str, page: int) -> Outgoing:
    ids = _ids(step, scene.content)
    first = page * PAGE if page * PAGE < len(ids) else 0
    shown = ids[first : first + PAGE]
    if step.countries:
        buttons = [scene.button(name, step.countries[name]) for name in shown]
    else:
        cities = scene.content.cities.cities
        buttons = [Button(f"{scene.here}.{name}", cities[name].name) for name in shown]
    if len(ids) > PAGE:
        following = first // PAGE + 1 if first + PAGE < len(ids) else 0
        buttons.append(scene.button(f"more-{following}", step.more))
    if step.abroad is not None:
        buttons.append(scene.button("abroad", step.abroad))
    buttons += [scene.button("skip", step.skip), scene.link(MENU, step.menu)]
    return Outgoing(scene.say(text), tuple(buttons))

"""`zone`: is it as late where the person is as Suar thinks? What it wrote by a wrong clock would come at night."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.content.campaign_steps import ZoneStep
from bot.conversation.campaign_effects import ChangeProfile
from bot.conversation.steps.about_me import ASKED, MENU
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.place import ZONE
from bot.messages import Outgoing


class ZoneHandler(Handler[ZoneStep]):
    """A yes counts only for the time that was just said; a clock that is named counts always."""

    def exits(self, step: ZoneStep, door: Door) -> Sequence[Exit]:
        clocks = [door.button(name, title, step.next) for name, title in step.clocks.items()]
        return (
            door.button("yes", step.yes, step.next),
            door.button("yes", step.yes, door.here, note="old_button"),
            door.button("no", step.no),
            *clocks,
            *(
                Exit(ASKED, each.button, each.title, "old_button")
                for each in (*clocks, door.button("yes", step.yes))
            ),
            door.button("abroad", step.abroad, step.instead),
            door.button("skip", step.skip, step.next),
            door.link(MENU, step.menu),
        )

    def enter(self, step: ZoneStep, scene: Scene) -> Move:
        zone = _zone(scene)
        # Not as languages write times: a clock is compared with a clock.
        time = f"{scene.world.now.astimezone(ZoneInfo(zone)):%H:%M}"
        buttons = (
            scene.button("yes", step.yes),
            scene.button("no", step.no),
            scene.button("skip", step.skip),
            scene.link(MENU, step.menu),
        )
        return Move(say=(Outgoing(scene.say(step.text, time=time), buttons),))

    def press(self, step: ZoneStep, choice: str, scene: Scene) -> Move | None:
        if choice == "skip":
            return Move(go=step.next)
        if choice == "abroad":
            return Move(go=step.instead)
        if choice == "no":
            return Move(say=(_which(step, scene),))
        if choice != "yes" and choice not in step.clocks:
            return None
        if not scene.world.hears:
            return Move(go=ASKED)
        if choice == "yes" and scene.state.at != scene.here:
            return Move(go=scene.here)
        zone = _zone(scene) if choice == "yes" else scene.content.cities.zones[choice]
        told = ChangeProfile({"zone": zone, "zone_confirmed": True})
        return Move(effects=(told,), remember={ZONE: None}, go=step.next)

    def means(self, step: ZoneStep, meaning: Meaning, scene: Scene) -> str | None:
        return "yes" if meaning == "affirm" else "no"


def _zone(scene: Scene) -> str:
    zone: str | None = scene.memory.get(ZONE)
    cities = scene.content.cities
    return zone if zone in cities.every_zone else cities.home


def _which(step: ZoneStep, scene: Scene) -> Outgoing:
    clocks = tuple(scene.button(name, title) for name, title in step.clocks.items())
    rest = (
        scene.button("abroad", step.abroad),
        scene.button("skip", step.skip),
        scene.link(MENU, step.menu),
    )
    return Outgoing(scene.say(step.which), (*clocks, *rest))

"""`event_list`: what is on, or what the person has signed up for, the next first."""

from collections.abc import Sequence

from bot.content.event_steps import EventListStep
from bot.conversation.events import SHOW, EventSeen
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.conversation.steps.event import said_at, words_in
from bot.messages import Button, Outgoing

SHOWN = 6
"""So many at most: one message, and its buttons under it on any channel."""
NEWS = "campaigns.news"


class EventListHandler(Handler[EventListStep]):
    """Its buttons are those of the events themselves, and lead to them."""

    def exits(self, step: EventListStep, door: Door) -> Sequence[Exit]:
        return (
            Exit(SHOW, f"{SHOW}.show-*", note="each_choice"),
            door.link(door.content.resolve(step.next, here=door.here), step.other),
            door.link(NEWS, step.news),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: EventListStep, scene: Scene) -> Move:
        look = scene.world.events
        if look is None:
            return Move()
        shown = [each for each in look.events if _belongs(step, scene, each)][:SHOWN]
        buttons = [
            Button(f"{SHOW}.show-{each.slug}", words_in(scene, each)["short"]) for each in shown
        ]
        ways = [scene.link(scene.content.resolve(step.next, here=scene.here), step.other)]
        ways += [
            scene.link(NEWS, step.news),
            scene.link("consent.ask", step.human),
            scene.link("menu.main", step.menu),
        ]
        text = scene.say(step.nothing)
        if shown:
            text = scene.say(
                step.text, events="\n".join(_entry(step, scene, each) for each in shown)
            )
        return Move(say=(Outgoing(text, (*buttons, *ways)),))


def _belongs(step: EventListStep, scene: Scene, event: EventSeen) -> bool:
    if step.mine:
        return event.mine is not None and scene.world.now < event.ends_at
    return event.state == "open" and scene.world.now < event.starts_at


def _entry(step: EventListStep, scene: Scene, event: EventSeen) -> str:
    look = scene.world.events
    zone = (look.zone if look else None) or event.zone
    line = {"coming": step.entry_mine, "waiting": step.entry_waiting}.get(
        event.mine or "", step.entry
    )
    return scene.say(
        line, title=words_in(scene, event)["title"], when=said_at(scene, event.starts_at, zone)
    )

"""`event`: what, when and where; signing up, the waiting list, cancelling; and what somebody is told of it unasked.

Buttons name their event, so that an old one never means another. Whoever presses "I'm coming" under an old message sees first what is
kept of it now. What the person is told comes from a look at the places during which nobody else can take one.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.campaigns.clocks import zone_of
from bot.content.dates import say_moment, say_zone
from bot.content.event_steps import EventStep
from bot.conversation.campaign_effects import CancelSignUp, SignUp
from bot.conversation.effects import Granted
from bot.conversation.events import COME, DROP, LIST, RATES, RATING, SLUG, WISH, EventSeen
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Button, Outgoing

SCOPE = "event"
NO, SHOW, RATE = "not", "show", "rate"
_MENU, _HUMAN = "menu.main", "consent.ask"


class EventHandler(Handler[EventStep]):
    """Buttons: ``come-<slug>``, ``not-<slug>``, ``drop-<slug>``, ``show-<slug>``, ``rate-<slug>``."""

    def exits(self, step: EventStep, door: Door) -> Sequence[Exit]:
        return (
            door.button(f"{COME}-*", step.come),
            door.button(f"{NO}-*", step.no, step.instead),
            door.button(f"{DROP}-*", step.drop),
            door.button(f"{SHOW}-*", step.show),
            door.button(f"{RATE}-*", step.rate, RATING),
            door.link(LIST, step.list),
            door.link(_HUMAN, step.human),
            door.link(_MENU, step.menu),
        )

    def enter(self, step: EventStep, scene: Scene) -> Move:
        slug, look = scene.memory.get(SLUG), scene.world.events
        if look is None:
            # The service looks, and asks again.
            return Move(remember={SLUG: slug})
        if look.note is not None and look.events:
            return _told(step, scene, look.events[0])
        return _shown(step, scene, slug)

    def press(self, step: EventStep, choice: str, scene: Scene) -> Move | None:
        wish, _, slug = choice.partition("-")
        if wish not in {COME, NO, DROP, SHOW, RATE} or not slug:
            return None
        if wish == NO:
            return Move(say=(Outgoing(scene.say(step.declined)),), go=step.instead)
        if wish == RATE:
            return Move(go=RATING, elsewhere={RATING.partition(".")[0]: {RATES: f"event:{slug}"}})
        if scene.world.events is None:
            return Move(remember={SLUG: slug, WISH: wish})
        if wish == SHOW:
            return _shown(step, scene, slug)
        return _dropped(step, scene, slug) if wish == DROP else _signed(step, scene, slug)

    def means(self, step: EventStep, meaning: Meaning, scene: Scene) -> str | None:
        look, slug = scene.world.events, scene.memory.get(SLUG)
        event = look.find(slug) if look else None
        if look is not None and (
            event is None or event.mine or not event.is_open(scene.world.now)
        ):
            return None
        return f"{COME if meaning == 'affirm' else NO}-{slug}" if slug else None


def _shown(step: EventStep, scene: Scene, slug: str | None) -> Move:
    event = scene.world.events.find(slug) if scene.world.events else None
    if event is None:
        return Move(say=(Outgoing(scene.say(step.gone), _ways_out(step, scene)),))
    return Move(say=(_page(step, scene, event),), remember={SLUG: slug})


def _page(step: EventStep, scene: Scene, event: EventSeen) -> Outgoing:
    now, own = scene.world.now, _words(scene, event)
    room = getattr(step, event.room) if event.is_open(now) and not event.mine else None
    parts = [scene.say(step.text, **own, when=_when(step, scene, event))]
    if room is not None:
        parts += [scene.say(room), scene.say(step.asks)]
        go = scene.button(f"{COME}-{event.slug}", step.wait if event.room == "full" else step.come)
        return Outgoing(
            "\n\n".join(parts),
            (go, scene.button(f"{NO}-{event.slug}", step.no), *_ways_out(step, scene)),
        )
    parts.append(_how_it_stands(step, scene, event))
    drop = (scene.button(f"{DROP}-{event.slug}", step.drop),) if _may_drop(scene, event) else ()
    return Outgoing("\n\n".join(parts), (*drop, *_ways_out(step, scene)))


def _how_it_stands(step: EventStep, scene: Scene, event: EventSeen) -> str:
    if event.state == "cancelled":
        return scene.say(step.cancelled)
    if scene.world.now >= event.ends_at:
        return scene.say(step.over)
    if event.mine == "coming":
        return _place(step, scene, event)
    if event.mine == "waiting":
        return scene.say(step.waiting, ahead=event.ahead)
    return scene.say(step.shut)


def _place(step: EventStep, scene: Scene, event: EventSeen) -> str:
    parts = [scene.say(step.coming)]
    if event.calendar:
        parts.append(scene.say(step.calendar, link=event.calendar))
    return "\n\n".join(parts)


def _may_drop(scene: Scene, event: EventSeen) -> bool:
    return (
        event.mine is not None and event.state != "cancelled" and scene.world.now < event.ends_at
    )


def _signed(step: EventStep, scene: Scene, slug: str) -> Move:
    event = scene.world.events.find(slug) if scene.world.events else None
    under_the_words = scene.state.at == scene.here and scene.memory.get(SLUG) == slug
    if event is None or event.mine or not event.is_open(scene.world.now) or not under_the_words:
        return _shown(step, scene, slug)
    version = scene.version(step.asks, step.come, step.wait, step.no)
    effect = SignUp(Granted(SCOPE, granted=True, text_version=version), slug)
    if event.room == "full":
        said = scene.say(step.waiting, ahead=event.ahead)
    else:
        said = _place(step, scene, event)
    drop = scene.button(f"{DROP}-{slug}", step.drop)
    return Move(
        say=(Outgoing(said, (drop, *_ways_out(step, scene))),),
        effects=(effect,),
        remember={SLUG: slug},
    )


def _dropped(step: EventStep, scene: Scene, slug: str) -> Move:
    event = scene.world.events.find(slug) if scene.world.events else None
    if event is None or event.mine is None:
        return Move(say=(Outgoing(scene.say(step.not_mine), _ways_out(step, scene)),))
    again = scene.button(f"{SHOW}-{slug}", step.show)
    return Move(
        say=(Outgoing(scene.say(step.dropped), (again, *_ways_out(step, scene))),),
        effects=(CancelSignUp(slug),),
        remember={SLUG: slug},
    )


def _told(step: EventStep, scene: Scene, event: EventSeen) -> Move:
    """Tell somebody what they did not ask for: a reminder, a change, a thank-you."""
    look = scene.world.events
    assert look is not None
    words = _words(scene, event)
    text = scene.say(getattr(step, f"note_{look.note}"), **words, when=_when(step, scene, event))
    ways: tuple[Button, ...]
    if look.note == "thanks":
        ways = (scene.button(f"{RATE}-{event.slug}", step.rate), scene.link(LIST, step.list))
    elif look.note == "cancelled":
        ways = (scene.link(LIST, step.list),)
    else:
        ways = (
            scene.button(f"{SHOW}-{event.slug}", step.show),
            scene.button(f"{DROP}-{event.slug}", step.drop),
        )
    return Move(
        say=(
            Outgoing(text, (*ways, scene.link(_HUMAN, step.human), scene.link(_MENU, step.menu))),
        )
    )


def _words(scene: Scene, event: EventSeen) -> dict[str, str]:
    """Return the event's words in the person's language, else the next of its chain that is there, else in any."""
    return words_in(scene, event)


def words_in(scene: Scene, event: EventSeen) -> dict[str, str]:
    """Return `title`, `short`, `place` and `about` as the person reads them."""
    chain = scene.content.words.chain(scene.state.locale)
    code = next((each for each in chain if each in event.words), None)
    found = event.words[code] if code else next(iter(event.words.values()), {})
    return {name: found.get(name, "") for name in ("title", "short", "place", "about")}


def _when(step: EventStep, scene: Scene, event: EventSeen) -> str:
    """Return the time by the person's own clock, and the event's where that shows another."""
    own = (scene.world.events.zone if scene.world.events else None) or event.zone
    said = said_at(scene, event.starts_at, own)
    if _clock(event.starts_at, own) == _clock(event.starts_at, event.zone):
        return said
    there = said_at(scene, event.starts_at, event.zone)
    return f"{said} {scene.say(step.there, time=there)}"


def said_at(scene: Scene, moment: datetime, zone: str) -> str:
    """Return a moment as the clock of a zone shows it, with the zone's name."""
    return f"{say_moment(moment, zone, scene.formats)} {say_zone(moment, zone)}".strip()


def _clock(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None)


def _ways_out(step: EventStep, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.link(LIST, step.list), scene.link(_HUMAN, step.human), scene.link(_MENU, step.menu),
    )  # fmt: skip

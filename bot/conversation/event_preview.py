"""What people are told of an event, played by the turn itself, for whoever makes it."""

from dataclasses import replace
from datetime import datetime

from bot.campaigns.reminders import KINDS, Kind
from bot.content.load import Content
from bot.conversation.events import FLOW, SHOW, SLUG, EventSeen, EventsLook
from bot.conversation.state import Draw, State, World
from bot.conversation.turn import begin
from bot.messages import Outgoing

_NO_CHANCE = Draw("", {})


def play_event(content: Content, event: EventSeen, locale: str, *, now: datetime) -> Outgoing:
    """Return what somebody sees who comes by the event's link."""
    return _play(content, EventsLook((event,)), event, locale, now)


def play_notes(
    content: Content, event: EventSeen, locale: str, *, now: datetime
) -> dict[Kind, Outgoing]:
    """Return what somebody who comes is told unasked, by its kind."""
    mine = replace(event, mine="coming")
    return {
        kind: _play(content, EventsLook((mine,), note=kind), mine, locale, now) for kind in KINDS
    }


def _play(
    content: Content, look: EventsLook, event: EventSeen, locale: str, now: datetime
) -> Outgoing:
    state = State(
        locale=locale, locale_chosen=True, greeted=True, memory={FLOW: {SLUG: event.slug}}
    )
    world = World(now, _NO_CHANCE, events=look)
    [said] = begin(state, SHOW, content, world).outgoing
    return said

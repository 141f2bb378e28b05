"""The steps that tell what is on, by which somebody signs up, and that ask how it was, as `flows/flows/events.yml` writes them."""

from typing import Literal

from bot.content.parts import Target, Title, Words
from bot.content.step_base import StepBase


class EventListStep(StepBase):
    """Lists what is on, or with `mine` only what the person has signed up for."""

    type: Literal["event_list"]
    mine: bool = False
    text: Words
    """`{events}` is one line for each."""
    entry: Words
    entry_mine: Words
    entry_waiting: Words
    nothing: Words
    other: Title
    """The button to the other list."""
    news: Title
    human: Title
    menu: Title
    next: Target
    """Where `other` leads."""


class EventStep(StepBase):
    """Shows an event, signs somebody up for it or takes them off again; tells of it where nobody has asked."""

    type: Literal["event"]
    text: Words
    """`{title}`, `{about}`, `{when}`, `{place}`; `{room}` is one of the next four."""
    any: Words
    plenty: Words
    few: Words
    full: Words
    there: Words
    """Said behind the time where the event's clock is another than the person's: `{time}`, `{zone}`."""
    asks: Words
    """What is kept and written of whoever comes; said before the yes."""
    shut: Words
    over: Words
    cancelled: Words
    gone: Words
    """Said of an event that is not there (any more)."""
    coming: Words
    waiting: Words
    """`{ahead}` is how many wait before them."""
    calendar: Words
    """`{link}` puts the event into their own calendar."""
    dropped: Words
    not_mine: Words
    declined: Words
    note_place: Words
    note_moved: Words
    note_cancelled: Words
    note_day: Words
    note_hours: Words
    note_thanks: Words
    come: Title
    wait: Title
    no: Title
    drop: Title
    show: Title
    list: Title
    rate: Title
    human: Title
    menu: Title
    instead: Target = "menu.main"
    """After "not for me"."""


class RateCampaign(StepBase):
    """Asks how a campaign was; the answer is counted, and of whom it came is not kept."""

    type: Literal["rate_campaign"]
    ask: Title
    """The button that leads here."""
    text: Words
    good: Title
    some: Title
    none: Title
    thanks: Words
    past: Words
    """Said where there is nothing (any more) to say how it was."""
    human: Title
    menu: Title

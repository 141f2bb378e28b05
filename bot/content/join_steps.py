"""The steps by which one person goes on in several chats, as `flows/flows/join.yml` writes them."""

from typing import Literal

from bot.content.parts import Id, Title, Words
from bot.content.step_base import StepBase


class Join(StepBase):
    """Says what connecting chats does, and gives a code for it; lists the connected ones, and lets this one leave."""

    type: Literal["join"]
    text: Words
    connected: Words
    """Said instead of `text` to somebody who has connected chats; `{apps}` names them."""
    apps: dict[Id, Title]
    """By channel; `other` for any that is not listed."""
    yes: Title
    more: Title
    """Instead of `yes` for somebody who has connected chats."""
    code: Words
    ways: Words
    """Above the links."""
    way: Words
    leave: Title
    leaving: Words
    sure: Title
    left: Words
    human: Title
    menu: Title


class JoinConfirm(StepBase):
    """Asks in the other chat whether the two shall be one person; without its yes nothing is connected."""

    type: Literal["join_confirm"]
    text: Words
    yes: Title
    no: Title
    done: Words
    declined: Words
    gone: Words
    same: Words
    """Said where the chat that made the code, or one that is connected with it, is this very one."""
    too_many: Words
    again: Title
    human: Title
    menu: Title


class JoinTold(StepBase):
    """Tells the first chat that another was connected, and undoes it."""

    type: Literal["join_told"]
    text: Words
    undo: Title
    undone: Words
    human: Title
    menu: Title


class JoinElsewhere(StepBase):
    """Says that the talk with a counsellor goes on in another chat, and brings it here."""

    type: Literal["join_elsewhere"]
    text: Words
    here: Title
    moved: Words
    stay: Title
    stays: Words
    over: Words
    """Said where the talk has ended meanwhile."""
    human: Title
    menu: Title

"""What a recipient reads of a broadcast: the words of their variant and language, its buttons, and always the one that stops them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from bot.channels.capabilities import Capabilities
from bot.channels.fit import fit
from bot.content.campaign_steps import BroadcastStep
from bot.content.load import Content
from bot.conversation.service import Conversations
from bot.conversation.steps.broadcast import EVENT, QUIZ, STOP
from bot.messages import MARK_BYTES, MAX_BUTTON_ID_BYTES, Button, Media, Outgoing
from bot.store.broadcasts import Run
from bot.store.contacts import Party

STEP = "broadcast.open"
"""The step to which the buttons of every broadcast come back, from any old message."""
PICTURE = "picture"
REMEMBERED = 1_000


@dataclass(frozen=True)
class Said:
    """What somebody gets: the message, the same as it is sealed, and which of the broadcast's words these are."""

    message: Outgoing
    plain: bytes = field(repr=False)
    kind: str

    def marked(self, mark: str | None) -> "Said":
        """Return it with buttons that say to whom they were shown, where several use one phone."""
        if mark is None:
            return self
        message = self.message.marked(mark)
        return replace(self, message=message, plain=_plain(message))


class BadBroadcast(Exception):
    """A broadcast cannot be said to anybody; its run is to be stopped."""

    def __init__(self, run_id: UUID, code: str) -> None:
        self.run_id, self.code = run_id, code
        super().__init__(code)


@dataclass
class Words:
    """Remembers what runs say: a hundred thousand people get the same few messages."""

    conversations: Conversations
    _said: dict[tuple[UUID, int, str, str, str], Said | None] = field(default_factory=dict)
    """By broadcast, its version, variant, language and channel."""
    _content: Content | None = None

    def say(self, run: Run, variant: str, locale: str, party: Party) -> Said | str:
        """Return what somebody gets, or why there is nothing for them.

        Raises:
            BadBroadcast: It cannot be said to anybody.
        """
        channel = self.conversations.delivery.channels.get(party.address.channel)
        if channel is None or channel.capabilities.pulled:
            return "no_push"
        if self._content is not self.conversations.content or len(self._said) > REMEMBERED:
            self._content = self.conversations.content
            self._said.clear()
        key = (run.broadcast_id, run.version, variant, locale, channel.name)
        if key not in self._said:
            self._said[key] = self._compose(run, variant, locale, channel.capabilities)
        return self._said[key] or "no_locale"

    def _compose(self, run: Run, variant: str, locale: str, can: Capabilities) -> Said | None:
        try:
            message = compose(run.content, variant, locale, self.conversations.content, can)
        except Unsayable as exc:
            raise BadBroadcast(run.id, exc.code) from exc
        except (KeyError, TypeError, AttributeError) as exc:
            # What stands in the database may have been written by another version.
            raise BadBroadcast(run.id, "unreadable") from exc
        if message is None:
            return None
        return Said(message, as_plain(message), f"{variant}.{locale}")


def as_plain(message: Outgoing) -> bytes:
    """Return a message as it is put into the outbox, before it is sealed."""
    return json.dumps(message.to_json(), ensure_ascii=False, separators=(",", ":")).encode()


class Unsayable(Exception):
    """A broadcast cannot be said as it is; `code` tells why, for the campaigner."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def compose(
    body: Mapping[str, Any], variant: str, locale: str, content: Content, can: Capabilities
) -> Outgoing | None:
    """Return one message of a broadcast.

    Args:
        body: The broadcast's content: `variants` (each with `id` and `words` by language: `text`, and `buttons` of a `title` and a
            `target`), and perhaps a `picture`.
        variant: Which of its variants.
        locale: In which language.
        content: All that can be said.
        can: What the channel can show.

    Returns:
        None where the broadcast is not there in that language.

    Raises:
        Unsayable: It does not fit into one message of the channel, or a button leads nowhere.
    """
    words = _words(body, variant, locale)
    if words is None:
        return None
    buttons: list[Button] = []
    links: list[str] = []
    for given in words.get("buttons", ()):
        target = given["target"]
        if target.startswith("https://"):
            links.append(f"{given['title']}: {target}")
        else:
            buttons.append(Button(_id_of(target, content), given["title"]))
    step = content.step(STEP)
    assert isinstance(step, BroadcastStep)
    stop = content.words.say(step.stop, locale)
    buttons.append(Button(f"{STEP}.{STOP}", stop))
    message = Outgoing(
        "\n\n".join((words["text"], *links)), tuple(buttons), _pictures(body, locale)
    )
    parts = fit([message], can)
    if len(parts) != 1:
        raise Unsayable("does_not_fit")
    return parts[0]


def _words(body: Mapping[str, Any], variant: str, locale: str) -> Mapping[str, Any] | None:
    variants: Sequence[Mapping[str, Any]] = body.get("variants") or ()
    chosen = next((each for each in variants if each.get("id") == variant), None)
    found: Mapping[str, Any] | None = chosen and chosen["words"].get(locale)
    return found


def _plain(message: Outgoing) -> bytes:
    """Return a message as it is sealed."""
    return json.dumps(message.to_json(), ensure_ascii=False, separators=(",", ":")).encode()


def _id_of(target: str, content: Content) -> str:
    kind, _, name = target.partition(":")
    button = f"{STEP}.{kind}-{name}" if kind in {QUIZ, EVENT} else name
    known = kind in {QUIZ, EVENT} or (kind == "step" and content.has_step(name))
    if not known or len(button.encode()) > MAX_BUTTON_ID_BYTES - MARK_BYTES:
        raise Unsayable("leads_nowhere")
    return button


def _pictures(body: Mapping[str, Any], locale: str) -> tuple[Media, ...]:
    picture = body.get("picture")
    if not picture:
        return ()
    alt = body.get("alt", {}).get(locale, "") if isinstance(body.get("alt"), Mapping) else ""
    return (Media(PICTURE, f"{PICTURE}:{picture}", alt),)

"""What people who do not read easily get beside words: recordings, numbers before options, and the way to both."""

from dataclasses import replace

from bot.content.voice_step import Easier, Listen
from bot.content.voices import Voice
from bot.conversation import cover
from bot.conversation.play import Play
from bot.conversation.state import Owner
from bot.conversation.steps.easier import ASKED, FLOW, PLAIN, VOICE, mode_of
from bot.conversation.steps.listen import spoken
from bot.messages import Button, Incoming, IncomingKind, Outgoing
from bot.understanding.model import RiskLevel

LISTEN, EASIER = "voice.listen", "voice.easier"
SPOKEN = frozenset({"voice", "audio", "sticker"})
"""What somebody sends who would rather not write, as platforms call it."""
FEW = 3
"""So few options are told apart without a number."""


def give_voice(play: Play, incoming: Incoming) -> None:
    """Put recordings behind the messages whose words they speak, or the way to hear them under the last one.

    Nothing sounds from a phone that somebody else may be looking at, or while the bot is to keep quiet.
    """
    if play.world.owner is not Owner.BOT or cover.is_hidden(play) or not play.outgoing:
        return
    _offer_once(play, incoming)
    voices, locale = play.content.voices, play.state.locale
    found = [voices.of(message.text, locale) for message in play.outgoing]
    mode = mode_of(play.scene(EASIER))
    if mode == VOICE:
        _say_all(play, found)
    elif heard := [voice for voice in found if voice is not None]:
        _add(play, Button(f"{LISTEN}.{heard[-1].id.hex}", _listen_title(play)))


def number_options(play: Play) -> None:
    """Write before each option the number that chooses it, for who has asked for pictures or voice; called when all stand there."""
    if mode_of(play.scene(EASIER)) == PLAIN or cover.is_hidden(play):
        return
    at = last_said(play.outgoing)
    if at is None or len(play.outgoing[at].buttons) <= FEW:
        return
    buttons = tuple(
        replace(button, title=f"{number}. {button.title}")
        for number, button in enumerate(play.outgoing[at].buttons, play.outgoing[at].first + 1)
    )
    play.outgoing[at] = replace(play.outgoing[at], buttons=buttons)


def last_said(messages: list[Outgoing]) -> int | None:
    """Return where the last message stands that has words: under it stand the options. A recording has none."""
    said = [at for at, message in enumerate(messages) if message.voice is None]
    return said[-1] if said else None


def _say_all(play: Play, found: list[Voice | None]) -> None:
    both = zip(play.outgoing, found, strict=True)
    play.outgoing[:] = [
        each
        for message, voice in both
        for each in ((message,) if voice is None else (message, spoken(voice)))
    ]


def _offer_once(play: Play, incoming: Incoming) -> None:
    """Show the way to voice and pictures to somebody who speaks, or sends only signs, the first time that they do."""
    asked = play.state.memory.get(FLOW, {}).get(ASKED)
    if asked or _is_in_danger(play) or not _would_rather_not_write(incoming):
        return
    step = play.content.step(EASIER)
    assert isinstance(step, Easier)
    play.remember(FLOW, **{ASKED: True})
    _add(play, Button(EASIER, play.scene(EASIER).title(step.title)))


def _would_rather_not_write(incoming: Incoming) -> bool:
    if incoming.kind is IncomingKind.UNREADABLE:
        return incoming.text in SPOKEN
    is_text = incoming.kind is IncomingKind.TEXT and bool(incoming.text.strip())
    return is_text and not any(char.isalnum() for char in incoming.text)


def _is_in_danger(play: Play) -> bool:
    """Tell whether the ways to a person must stay in sight, and nothing beside them."""
    return play.state.recent_risk(play.world.now).level is not RiskLevel.NONE


def _listen_title(play: Play) -> str:
    step = play.content.step(LISTEN)
    assert isinstance(step, Listen)
    return play.scene(LISTEN).title(step.title)


def _add(play: Play, button: Button) -> None:
    at = last_said(play.outgoing)
    if at is not None:
        last = play.outgoing[at]
        play.outgoing[at] = replace(last, buttons=(*last.buttons, button))

"""An answer as it will look on each channel, played by the bot's own turn and cut by the channels' own rules."""

from dataclasses import dataclass
from datetime import datetime

from bot.channels.capabilities import TELEGRAM, WEB, WHATSAPP
from bot.channels.fit import fit
from bot.content.load import Content
from bot.conversation.preview import play_answer
from bot.messages import Outgoing

CHANNELS = {"telegram": TELEGRAM, "whatsapp": WHATSAPP, "webchat": WEB}
"""The limits of each channel that a preview is shown for."""


@dataclass(frozen=True)
class Bubbles:
    """What one channel shows."""

    channel: str
    max_chars: int
    """Of a message with buttons, as answers are."""
    pressed: str
    """The title on the button that leads here."""
    messages: tuple[Outgoing, ...]


def preview(content: Content, answer: str, locale: str, now: datetime) -> list[Bubbles]:
    """Return what somebody sees who presses the button of an answer, and then "Tell me more"."""
    said = list(play_answer(content, answer, locale, now=now))
    if content.answers[answer].more:
        said += play_answer(content, answer, locale, now=now, more=True)[:1]
    title = content.words.say(content.answers[answer].title, locale)
    return [
        Bubbles(name, can.max_menu_chars or can.max_text_chars, title, tuple(fit(said, can)))
        for name, can in CHANNELS.items()
    ]

"""What each channel can show: kept apart from the channels, whose clients take seconds to import."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """The limits of a channel; longer messages are split, further buttons go into further messages."""

    max_text_chars: int
    max_buttons: int
    max_title_chars: int
    pulled: bool = False
    """The person's side collects its messages (a socket, a terminal); nobody can push to it."""
    shows_media: bool = False
    max_caption_chars: int = 512
    """What stands under a picture or a file; the beginning of longer words goes before it, as a message of its own."""
    max_menu_chars: int | None = None
    """What stands above buttons, where that is less than `max_text_chars`."""
    max_buttons_with_media: int | None = None
    """What fits under a picture, where that is less than `max_buttons`; more of them go under a further message."""
    captions_voice: bool = True
    """Words can stand under a voice message; else they go before it."""


TELEGRAM = Capabilities(max_text_chars=2_048, max_buttons=12, max_title_chars=60, shows_media=True)
"""Telegram takes 4096 UTF-16 units (1024 under a picture or a file), and many a sign, such as an emoji, is two of them."""
WEB = Capabilities(
    max_text_chars=4_000,
    max_buttons=12,
    max_title_chars=60,
    pulled=True,
    shows_media=True,
    max_caption_chars=4_000,
)
TERMINAL = Capabilities(
    max_text_chars=10_000,
    max_buttons=20,
    max_title_chars=80,
    pulled=True,
    shows_media=True,
    max_caption_chars=10_000,
)
"""It shows what is said of a picture for those who cannot see it."""
WHATSAPP = Capabilities(
    max_text_chars=2_048,
    max_buttons=10,
    max_title_chars=20,
    shows_media=True,
    max_menu_chars=1_024,
    max_buttons_with_media=3,
    captions_voice=False,
)
"""It takes 4,096 characters, 1,024 above buttons or under a picture; Meta does not say whether an emoji is one or two of them. More than three
buttons open as a list of at most ten, above which no picture stands."""

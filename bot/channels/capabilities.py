"""What each channel can show: kept apart from the channels, whose clients take seconds to import."""

from dataclasses import dataclass

from bot.characters import utf16_length


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
    max_open_title_chars: int | None = None
    """What the title of a button holds that stands open, where that is less than `max_title_chars`; longer ones open as a list."""
    captions_voice: bool = True
    """Words can stand under a voice message; else they go before it."""
    counts_utf16: bool = False
    """Its limits count units of UTF-16, of which many a sign, such as an emoji, is two; else code points."""
    deletes: bool = False
    """What was sent can be taken off the person's screen again."""
    max_open_buttons: int = 3
    """So many stand open where more of them become a list."""
    max_row_chars: int | None = None
    """What a row of such a list shows in large letters, where that is less than `max_title_chars`."""

    def size(self, text: str) -> int:
        """Return how long `text` is as the channel counts."""
        return utf16_length(text) if self.counts_utf16 else len(text)

    def title_chars(self, count: int) -> int:
        """Return how long the titles of `count` buttons are at most that can be read at once."""
        if count <= self.max_open_buttons:
            return self.max_open_title_chars or self.max_title_chars
        return self.max_row_chars or self.max_title_chars


TELEGRAM = Capabilities(
    max_text_chars=4_096,
    max_buttons=12,
    max_title_chars=60,
    shows_media=True,
    max_caption_chars=1_024,
    counts_utf16=True,
    deletes=True,
)
"""Source: https://core.telegram.org/bots/api#sendmessage, #sendphoto, #deletemessage (within 48 hours)."""
NOTHING = Capabilities(max_text_chars=1_000, max_buttons=3, max_title_chars=20)
"""Of a channel that is not set up (any more)."""
WEB = Capabilities(
    max_text_chars=4_000,
    max_buttons=12,
    max_title_chars=60,
    pulled=True,
    shows_media=True,
    max_caption_chars=4_000,
    deletes=True,
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
    max_buttons=100,
    max_title_chars=90,
    shows_media=True,
    max_menu_chars=1_024,
    max_buttons_with_media=3,
    max_open_title_chars=20,
    captions_voice=False,
    max_row_chars=24,
)
"""It takes 4,096 characters, 1,024 above buttons or under a picture; Meta does not say whether an emoji is one or two of them. More than three
buttons, or such with long titles, open as a list, above which no picture stands; one of more than ten has pages (`whatsapp_choices.py`)."""

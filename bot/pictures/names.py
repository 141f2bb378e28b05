"""A name as it is drawn on a certificate: whatever a person types for it, in one line."""

import re
import unicodedata

from bot.errors import NotDrawn

MAX_NAME_CHARS = 60


def clean_name(typed: str) -> str:
    """Return a name in one line as it is drawn.

    Raises:
        NotDrawn: `no_name`: nothing that could be seen is left, or it is too long.
    """
    seen = "".join(
        char for char in typed if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", seen)).strip()
    if not name or len(name) > MAX_NAME_CHARS:
        raise NotDrawn("no_name")
    return name

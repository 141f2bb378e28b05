"""Ready replies: what counsellors say again and again, in the person's language, with gaps that are filled in."""

from string import Formatter
from typing import Literal, get_args

from pydantic import field_validator

from bot.content.parts import Id, Strict, Title, Words

Gap = Literal["counsellor", "name"]
"""What can be filled in: the name that the counsellor shows, and the one that the person wishes to be called by."""
SAID_BY_ITSELF = frozenset({"joined", "taken_over", "unmet_wish", "unmet_language"})
"""When a supervisor comes into a talk, when a colleague has taken one over, and when somebody takes a person whose wish or language
they do not fit."""
GAPS = frozenset(get_args(Gap))


class Reply(Strict):
    """One ready reply; the counsellor reads it in the box, and may change it, before it is sent."""

    id: Id
    title: Title
    """What it is called in the list, for the staff."""
    text: Words
    by_itself: bool = False
    """Said by Suar itself when the time has come, and picked by nobody."""

    @field_validator("text")
    @classmethod
    def _gaps_are_known(cls, text: str) -> str:
        for gap in gaps_of(text):
            if gap not in GAPS:
                known = ", ".join(f"{{{name}}}" for name in sorted(GAPS))
                raise ValueError(f"{{{gap}}} cannot be filled in; use {known}")
        return text

    @property
    def gaps(self) -> frozenset[str]:
        """What has to be known before it can be offered."""
        return gaps_of(self.text)


def gaps_of(text: str) -> frozenset[str]:
    """Return the names of the gaps in a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)

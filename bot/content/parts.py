"""What every part of `flows/` is made of. Every field marked `Words` is translated through `locales/`."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

MAX_MESSAGE_CHARS = 600
MAX_TITLE_CHARS = 20

TRANSLATED = "translated"
Words = Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE_CHARS), TRANSLATED]
Title = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARS), TRANSLATED]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Target = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""A step of the same flow (`ask`) or of another (`menu.main`)."""


Dated = Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))]
"""A date as a source gives it: a day, a month, a year or "about 2019"."""


class Strict(BaseModel):
    """A part of the content: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

"""How an installation's web chat looks: a name, a colour and a logo, as data. Nothing in it can make letters hard to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from bot.errors import ContentError, NotTaken
from bot.gateway.webchat.contrast import (
    WHITE,
    Colour,
    ink_on,
    mixed,
    parse_colour,
    readable,
    written,
)
from bot.pictures.upload import Uploaded, take_picture
from bot.yaml_file import read_model

LIGHT_GROUNDS = ((245, 243, 238), (255, 255, 255))
DARK_GROUNDS = ((20, 27, 28), (30, 40, 41))
"""`--paper` and `--sheet` of chat.css, by day and by night."""
SUARS_OWN = "#0f6b66"
"""`--teal` of chat.css by day."""
MAX_NAME_CHARS = 60
_MAX_APP_NAME_CHARS = 12
"""More is cut off under an icon."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: dict[str, str] = {}
    """Shown on the page, by language."""
    app_name: dict[str, str] = {}
    """Under the icon of who installs it, by language; whoever holds the phone can read it."""
    colour: str | None = None
    logo: str | None = None
    """A file beside this one: PNG, JPEG or WebP."""

    @field_validator("colour")
    @classmethod
    def _is_colour(cls, colour: str | None) -> str | None:
        if colour is not None:
            parse_colour(colour)
        return colour

    @field_validator("name", "app_name")
    @classmethod
    def _is_short(cls, names: dict[str, str], info: object) -> dict[str, str]:
        app = getattr(info, "field_name", "") == "app_name"
        limit = _MAX_APP_NAME_CHARS if app else MAX_NAME_CHARS
        if any(not 0 < len(name.strip()) <= limit for name in names.values()):
            raise ValueError(f"a name has 1 to {limit} characters")
        return names


@dataclass(frozen=True)
class Theme:
    """What is different from Suar's own look; empty: nothing."""

    names: Mapping[str, str] = field(default_factory=dict)
    app_names: Mapping[str, str] = field(default_factory=dict)
    colour: Colour | None = None
    logo: Uploaded | None = None

    @property
    def moved(self) -> str | None:
        """Return the colour that is used by day in place of the one that was wished for; None where it is that one."""
        if self.colour is None:
            return None
        shown = readable(self.colour, LIGHT_GROUNDS, (0, 0, 0))
        return written(shown) if shown != self.colour else None

    def style(self) -> str:
        """Return the stylesheet that stands after the page's own; empty without a colour."""
        if self.colour is None:
            return ""
        day = readable(self.colour, LIGHT_GROUNDS, (0, 0, 0))
        night = readable(self.colour, DARK_GROUNDS, WHITE)
        dark = "@media (prefers-color-scheme: dark) "
        return (
            f":root {{ {_rules(day, mixed(day, WHITE, 0.85))} }}\n"
            f"{dark}{{ :root {{ {_rules(night, mixed(night, DARK_GROUNDS[0], 0.78))} }} }}\n"
        )

    def name_in(self, locale: str, names: Mapping[str, str]) -> str | None:
        """Return a name in a language, else in English, else in any that there is."""
        return names.get(locale) or names.get("en") or next(iter(names.values()), None)


def load_theme(path: Path | None) -> Theme:
    """Read a theme; without a path it is Suar's own.

    Raises:
        ContentError: Something in it is wrong; says what, and in which line.
    """
    if path is None:
        return Theme()
    given = read_model(_File, path, path.name)
    colour = parse_colour(given.colour) if given.colour is not None else None
    return Theme(given.name, given.app_name, colour, _logo(path, given.logo))


def _rules(teal: Colour, mine: Colour) -> str:
    return f"--teal: {written(teal)}; --on-teal: {written(ink_on(teal))}; --mine: {written(mine)};"


def _logo(theme: Path, name: str | None) -> Uploaded | None:
    if name is None:
        return None
    try:
        return take_picture((theme.parent / name).read_bytes(), alt=name)
    except OSError:
        problem = f"logo: {name} cannot be read"
    except NotTaken as exc:
        problem = f"logo: {name} is not taken ({exc.why})"
    raise ContentError(
        problem, file=theme.name, key="logo", mend="a PNG, JPEG or WebP beside this file"
    )

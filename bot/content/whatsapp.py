"""The house's templates for WhatsApp (`flows/whatsapp/`): what may be said to somebody who has not written for 24 hours.

The limits are Meta's. Source: https://developers.facebook.com/docs/whatsapp/message-templates/guidelines and …/business-management-api/message-templates
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.content.parts import TRANSLATED, Id, Strict, Title
from bot.errors import ContentError
from bot.yaml_file import check_model, read_part

MAX_BODY_CHARS = 550
"""Of a template with buttons."""
MAX_BUTTONS = 10
NEEDED = frozenset({"go_on", "follow_up"})
"""What the house says by itself, and so cannot be without."""
PREVIEW_CHARS = 60
"""What a locked screen shows."""
WORDS_FOR_EACH_GAP = 3
"""Meta refuses a template with more gaps than its words can bear."""
LANGUAGES: Mapping[str, str] = {
    "ar": "ar", "bn": "bn", "en": "en", "fa": "fa", "id": "id", "ms": "ms", "ta": "ta",
    "th": "th", "tl": "fil", "ur": "ur", "vi": "vi", "zh": "zh_CN",
}  # fmt: skip
"""Our languages as Meta names them; missing: it takes no templates in that language."""

Body = Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY_CHARS), TRANSLATED]
ButtonId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}$", max_length=64)
]


class TemplateButton(Strict):
    """A quick reply: what a press means, and what stands on it."""

    id: ButtonId
    title: Title


class HouseTemplate(Strict):
    """One template, in the source language."""

    id: Id
    category: Literal["utility", "marketing"]
    body: Body
    samples: dict[str, Annotated[str, StringConstraints(min_length=1, max_length=30)]] = Field(
        default_factory=dict
    )
    """What may stand in each gap, for Meta's reader."""
    buttons: tuple[TemplateButton, ...] = Field(default=(), max_length=MAX_BUTTONS)

    @model_validator(mode="after")
    def _is_taken(self) -> "HouseTemplate":
        gaps = gaps_of(self.body)
        if len(set(gaps)) != len(gaps):
            raise ValueError("each gap stands once in the body")
        if set(gaps) != self.samples.keys():
            raise ValueError("every gap of the body has a sample, and nothing else has")
        for problem in mistakes_in(self.body):
            raise ValueError(problem)
        titles = [button.title.casefold() for button in self.buttons]
        if len(set(titles)) != len(titles):
            raise ValueError("two buttons read the same")
        return self


def gaps_of(body: str) -> tuple[str, ...]:
    """Return the gaps of a body, in their order.

    Raises:
        ValueError: A brace stands alone.
    """
    return tuple(name for _, name, _, _ in Formatter().parse(body) if name is not None)


def mistakes_in(body: str) -> Iterator[str]:
    """Yield why Meta would refuse a body; gaps are written as in `gaps_of`."""
    if re.match(r"\s*\{", body) or re.search(r"\}\W*$", body):
        yield "a gap stands neither first nor last"
    if re.search(r"\}\s*\{", body):
        yield "two gaps do not stand beside each other"
    gaps = len(gaps_of(body))
    if gaps and len(body.split()) - gaps < WORDS_FOR_EACH_GAP * gaps:
        yield "there are too many gaps for so few words"
    yield from mistakes_in_words(body)


def mistakes_in_words(body: str) -> Iterator[str]:
    """Yield why Meta would refuse words, whether they have gaps or not."""
    if re.search(r"\t| {5}|\n{3}", body):
        yield "no tab, no more than four spaces and no more than one empty line"


def numbered(body: str) -> str:
    """Return a body with its gaps as Meta writes them: ``{{1}}``, ``{{2}}``…"""
    numbers = {name: f"{{{{{place}}}}}" for place, name in enumerate(gaps_of(body), start=1)}
    return body.format_map(numbers)


def begins_loudly(body: str, loud: tuple[str, ...], fold: Callable[[str], str]) -> str | None:
    """Return the first word among `loud` that a locked screen would show of a body."""
    begin = fold(body[:PREVIEW_CHARS])
    return next((word for word in loud if word in begin), None)


def load_templates(flows_dir: Path) -> Mapping[str, HouseTemplate]:
    """Read the templates, by their ids.

    Raises:
        ContentError: A file is wrong, an id stands twice, or one that the house needs is missing.
    """
    found: dict[str, HouseTemplate] = {}
    folder = flows_dir / "whatsapp"
    for path in sorted(folder.glob("*.yml")):
        shown = f"{flows_dir.name}/whatsapp/{path.name}"
        for index, data in enumerate(read_part(path, shown, "templates")):
            template = check_model(HouseTemplate, data, path, shown, inside=("templates", index))
            if template.id in found:
                raise ContentError(f"the template {template.id!r} exists twice", file=shown)
            found[template.id] = template
    if folder.is_dir():
        for name in sorted(NEEDED - found.keys()):
            raise ContentError(
                f"the template {name!r} is missing: the house says it by itself",
                file=f"{flows_dir.name}/whatsapp",
            )
    return found


def check_buttons(templates: Mapping[str, HouseTemplate], has_step: Callable[[str], bool]) -> None:
    """Make sure that every button leads to a step.

    Raises:
        ContentError: One does not.
    """
    for template in templates.values():
        for pressed in template.buttons:
            if not has_step(pressed.id.rpartition(".")[0]):
                raise ContentError(
                    f"{template.id}: the button {pressed.id!r} leads nowhere",
                    file="flows/whatsapp",
                    mend="write flow.step.choice of a step that exists",
                )

"""Walks over everything that a person reads in `flows/`: which fields are words is marked by their type."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, StringConstraints

from bot.content.parts import TRANSLATED
from bot.content.quizzes import FACTS

if TYPE_CHECKING:  # what loads the content asks for its texts
    from bot.content.load import Content
    from bot.content.model import Answer


@dataclass(frozen=True)
class Text:
    """One text to translate, where it stands, and how long it may be."""

    text: str
    where: str
    max_chars: int | None = None


def texts_of(content: "Content") -> Iterator[Text]:
    """Yield every text of the content."""
    for flow in content.flows.values():
        yield from texts_in(flow, f"flows/flows/{flow.flow}.yml")
    for answer in content.answers.values():
        yield from texts_of_answer(answer)
    for quiz in content.quizzes.values():
        yield from texts_in(quiz, f"flows/quizzes/{quiz.quiz}.yml")
    for series in content.series.values():
        yield from texts_in(series, f"flows/campaigns/series/{series.series}.yml")
    for fact in content.facts.values():
        yield from texts_in(fact, FACTS)
    for sign in content.offer.signs.values():
        yield from texts_in(sign, "flows/offer/signs.yml")
    yield from texts_in(content.wrap_up, "flows/casework/wrap_up.yml")
    for number in content.emergency:
        yield from texts_in(number, "flows/directory/emergency.yml")
    for service in content.services.values():
        if service.surface in {"show", "show_after_check"}:
            yield from texts_in(service, "flows/directory/services.yml")
    for reply in content.replies.values():
        yield from texts_in(reply, "flows/replies.yml")
    yield from _texts_beside(content)


def _texts_beside(content: "Content") -> Iterator[Text]:
    """Yield what stands beside the conversation."""
    for template in content.templates.values():
        yield from texts_in(template, "flows/whatsapp/house.yml")
    for name, page in content.pages.items():
        for text in page.values():
            yield Text(text, f"flows/pages/{name}.yml")


def texts_of_answer(answer: "Answer") -> Iterator[Text]:
    """Yield every text of an answer."""
    yield from texts_in(answer, f"flows/answers/{answer.audience}.yml")


def texts_in(model: BaseModel, where: str) -> Iterator[Text]:
    """Yield every text of one part of the content."""
    hints = _hints(type(model))
    for name in type(model).model_fields:
        yield from _texts(getattr(model, name), hints[name], where)


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return get_type_hints(model, include_extras=True)


def _texts(value: Any, hint: Any, where: str) -> Iterator[Text]:  # noqa: ANN401  # any field of any model
    if value is None:
        return
    if isinstance(value, BaseModel):
        yield from texts_in(value, where)
        return
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        if TRANSLATED in arguments[1:] and isinstance(value, str):
            limits = [a.max_length for a in arguments[1:] if isinstance(a, StringConstraints)]
            yield Text(value, where, limits[0] if limits else None)
        else:
            yield from _texts(value, arguments[0], where)
    elif origin in {Union, types.UnionType}:
        for argument in arguments:
            yield from _texts(value, argument, where)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item, arguments[1] if len(arguments) > 1 else Any, where)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item, arguments[0] if arguments else Any, where)

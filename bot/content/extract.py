"""Finds every sentence that a person reads: in `flows/`, marked by its type, and in the templates of the pages."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from pydantic import BaseModel, StringConstraints

from bot.content.catalogue import DOMAIN
from bot.content.load import Content
from bot.content.parts import TRANSLATED
from bot.understanding.taxonomy import SHOWN, get_taxonomy

TEMPLATES = ("bot/desk/web/templates",)
HEADER = """\
# The words of Suar.
# This file is distributed under the licence of Suar (Apache-2.0).
#"""


@dataclass(frozen=True)
class Text:
    """One text to translate, where it stands, and how long it may be."""

    text: str
    where: str
    max_chars: int | None = None


def build_template(root: Path, content: Content) -> Catalog:
    """Return the catalogue that translators start from: every text once, in a stable order."""
    catalog = Catalog(
        domain=DOMAIN, project="Suar", header_comment=HEADER, charset="utf-8", creation_date=None
    )
    for text in (*texts_of(content), *texts_of_taxonomy()):
        comments = [f"At most {text.max_chars} characters."] if text.max_chars else []
        catalog.add(text.text, locations=[(text.where, 0)], auto_comments=comments)
    for folder in TEMPLATES:
        for path in sorted((root / folder).rglob("*.html")):
            shown = str(path.relative_to(root))
            options = {"silent": "false", "trimmed": "true"}
            for _, message, comments, _ in extract_from_file(
                "jinja2", path, comment_tags=("Translators:",), options=options
            ):
                catalog.add(message, locations=[(shown, 0)], auto_comments=comments)
    return catalog


def texts_of(content: Content) -> Iterator[Text]:
    """Yield every text of the content."""
    for flow in content.flows.values():
        yield from _walk(flow, f"flows/flows/{flow.flow}.yml")
    for answer in content.answers.values():
        yield from _walk(answer, f"flows/answers/{answer.audience}.yml")
    for quiz in content.quizzes.values():
        yield from _walk(quiz, f"flows/quizzes/{quiz.quiz}.yml")
    for sign in content.offer.signs.values():
        yield from _walk(sign, "flows/offer/signs.yml")
    for number in content.emergency:
        yield from _walk(number, "flows/directory/emergency.yml")
    for service in content.services.values():
        if service.surface in {"show", "show_after_check"}:
            yield from _walk(service, "flows/directory/services.yml")
    for name, page in content.pages.items():
        for text in page.values():
            yield Text(text, f"flows/pages/{name}.yml")


def texts_of_taxonomy() -> Iterator[Text]:
    """Yield what the desk shows of the taxonomy: what each intent and each level of danger means."""
    taxonomy = get_taxonomy()
    for line in (*taxonomy.levels.values(), *taxonomy.intents.values()):
        if line:
            yield Text(line, SHOWN)


def _walk(model: BaseModel, where: str) -> Iterator[Text]:
    hints = get_type_hints(type(model), include_extras=True)
    for name in type(model).model_fields:
        yield from _texts(getattr(model, name), hints[name], where)


def _texts(value: Any, hint: Any, where: str) -> Iterator[Text]:  # noqa: ANN401  # any field of any model
    if value is None:
        return
    if isinstance(value, BaseModel):
        yield from _walk(value, where)
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

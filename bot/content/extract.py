"""Gathers every sentence that a person reads for translators: from `flows/`, and from the templates of the pages."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from pydantic import BaseModel

from bot.content.casework import Category
from bot.content.load import Content
from bot.content.model import Answer, EmergencyNumber, Service
from bot.content.offer import Sign
from bot.content.pofile import DOMAIN
from bot.content.quizzes import Fact, Quiz
from bot.content.ranks import load_ranks
from bot.content.replies import Reply
from bot.content.series import Series
from bot.content.steps import Flow
from bot.content.texts import Text, texts_in, texts_of
from bot.content.whatsapp import HouseTemplate
from bot.understanding.taxonomy import SHOWN, get_taxonomy

TEMPLATES = ("bot/desk/web/templates",)
HEADER = """\
# The words of Suar.
# This file is distributed under the licence of Suar (Apache-2.0).
#"""
PARTS: Mapping[str, type[BaseModel]] = {
    "answers": Answer,
    "services": Service,
    "emergency": EmergencyNumber,
    "signs": Sign,
    "replies": Reply,
    "categories": Category,
    "templates": HouseTemplate,
}
"""Files of `flows/` that hold a list, by the key it stands under."""


def build_template(root: Path, content: Content) -> Catalog:
    """Return the catalogue that translators start from: every text once, in a stable order, with its rank and its limit."""
    catalog = Catalog(
        domain=DOMAIN, project="Suar", header_comment=HEADER, charset="utf-8", creation_date=None
    )
    for text in (*texts_of(content), *texts_of_taxonomy()):
        catalog.add(text.text, locations=[(text.where, 0)], auto_comments=_limit(text))
    for folder in TEMPLATES:
        for path in sorted((root / folder).rglob("*.html")):
            shown = str(path.relative_to(root))
            options = {"silent": "false", "trimmed": "true"}
            for _, message, comments, _ in extract_from_file(
                "jinja2", path, comment_tags=("Translators:",), options=options
            ):
                catalog.add(message, locations=[(shown, 0)], auto_comments=comments)
    ranks = load_ranks(root / "locales")
    for each in catalog:
        if each.id:
            rank = ranks.of(where for where, _ in each.locations)
            each.auto_comments.insert(0, f"rank: {rank}")
    return catalog


def texts_of_taxonomy() -> Iterator[Text]:
    """Yield what the desk shows of the taxonomy: what each intent and each level of danger means."""
    taxonomy = get_taxonomy()
    for line in (*taxonomy.levels.values(), *taxonomy.intents.values()):
        if line:
            yield Text(line, SHOWN)


def extract_content(
    file: IO[bytes],
    keywords: Sequence[str],  # noqa: ARG001  # Babel's signature
    comment_tags: Sequence[str],  # noqa: ARG001  # Babel's signature
    options: Mapping[str, Any],  # noqa: ARG001  # Babel's signature
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the texts of one file of `flows/`, for `pybabel extract` (the extractor `suar_content`).

    Yields:
        The line, no function's name, the text, and its limit as a comment.
    """
    source = file.read().decode("utf-8")
    lines = _lines(yaml.compose(source))
    for text in _texts_of_file(yaml.safe_load(source)):
        yield lines.get(text.text, 1), "", text.text, _limit(text)


def _texts_of_file(data: Any) -> Iterator[Text]:  # noqa: ANN401  # whatever the file holds
    if not isinstance(data, dict):
        return
    if "flow" in data:
        yield from texts_in(Flow.model_validate(data), "")
    elif "episodes" in data:
        yield from texts_in(Series.model_validate(data), "")
    elif "questions" in data:
        yield from texts_in(Quiz.model_validate(data), "")
    elif "facts" in data:
        for fact in data["facts"].values():
            yield from texts_in(Fact.model_validate(fact), "")
    elif part := next((key for key in PARTS if key in data), None):
        for item in data[part]:
            model = PARTS[part].model_validate(item)
            if getattr(model, "surface", "show") in {"show", "show_after_check"}:
                yield from texts_in(model, "")
    elif all(isinstance(value, str) for value in data.values()):
        # A page: keys and their words.
        yield from (Text(value, "") for value in data.values())


def _limit(text: Text) -> list[str]:
    return [f"At most {text.max_chars} characters."] if text.max_chars else []


def _lines(node: Any) -> dict[str, int]:  # noqa: ANN401  # yaml's nodes
    """Return on which line (from 1) each text begins first."""
    found: dict[str, int] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, yaml.ScalarNode):
            line = each.start_mark.line + 1
            found[each.value] = min(line, found.get(each.value, line))
        elif isinstance(each, yaml.SequenceNode):
            waiting.extend(each.value)
        elif isinstance(each, yaml.MappingNode):
            waiting.extend(value for _, value in each.value)
    return found

"""Checks the words of every released language against what is said, and the answers against their review dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.content.extract import build_template, texts_of
from bot.content.load import Content, is_fresh

SOON = timedelta(days=30)
_PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)[sd]")


@dataclass(frozen=True)
class Finding:
    """Something to mend; a warning leaves the check passed."""

    where: str
    problem: str
    warning: bool = False


def check_content(root: Path, content: Content, *, today: date) -> list[Finding]:
    """Return everything that is wrong, or will be soon, with the content and its translations."""
    return [
        *_check_reviews(content, today),
        *_check_lengths(content),
        *_check_translations(root, content),
    ]


def _check_reviews(content: Content, today: date) -> Iterator[Finding]:
    for answer in content.answers.values():
        if not is_fresh(answer, today):
            yield Finding(answer.id, "overdue for review by over 90 days: no longer given")
        elif answer.review_by - today <= SOON:
            yield Finding(answer.id, f"to be reviewed by {answer.review_by}", warning=True)


def _check_lengths(content: Content) -> Iterator[Finding]:
    for text in texts_of(content):
        for locale in content.words.locales:
            words = content.words.say(text.text, locale)
            if text.max_chars and len(words) > text.max_chars:
                yield Finding(
                    f"{text.where} ({locale})",
                    f"{len(words)} characters, at most {text.max_chars}: {words[:40]!r}",
                )


def _check_translations(root: Path, content: Content) -> Iterator[Finding]:
    template = build_template(root, content)
    wanted = [message.id for message in template if message.id]
    for locale in content.words.locales:
        if locale == content.words.source:
            continue
        known = content.words.catalogues[locale]
        for text in wanted:
            singular = text if isinstance(text, str) else text[0]
            if singular not in known:
                yield Finding(f"locales/{locale}", f"not translated: {singular[:60]!r}")
            elif _placeholders(singular) != _placeholders(known[singular]):
                yield Finding(f"locales/{locale}", f"placeholders differ: {singular[:60]!r}")


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))

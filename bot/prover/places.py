"""Where in `flows/` the words of a message stand, so that a conversation is written down without its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.load import Content
from bot.content.parts import TRANSLATED
from bot.content.quizzes import Quiz
from bot.content.series import Series
from bot.content.step_base import StepBase

_PLACEHOLDER = re.compile(r"\{\w+\}")
MIN_LITERAL_CHARS = 12
"""A text with fewer characters of its own, such as the pattern of a number, is found in any message."""


@dataclass(frozen=True)
class _Found:
    place: str
    start: int
    end: int


def text_at(content: Content, place: str) -> str:
    """Return the text in the source language at ``flow.step.field``, ``answers.id``, ``quizzes.id`` or ``episodes.series.id``.

    A field that holds several texts is followed by the number of one: ``unclear.sorry.variants.0``. An answer's
    second page is ``answers.id.more``.

    Raises:
        KeyError: There is no such place.
    """
    for known, text in _places(content, flow=place.partition(".")[0]):
        if known == place:
            return text
    raise KeyError(place)


def has_place(content: Content, place: str) -> bool:
    """Tell whether there is a text at `place`."""
    return any(known == place for known, _ in _places(content, flow=place.partition(".")[0]))


def is_said(content: Content, place: str, locale: str, words: str) -> bool:
    """Tell whether `words` hold the text at `place` in `locale`, whatever stands for its placeholders."""
    return _find(content.words.say(text_at(content, place), locale), words) is not None


def places_in(content: Content, locale: str, words: str, *, near: str | None) -> tuple[str, ...]:
    """Return the places whose texts make up `words`, in their order.

    Args:
        content: All that can be said.
        locale: The language in which it was said.
        words: One message.
        near: The step that spoke, as far as that is known: it wins where several have the same text.
    """
    found = []
    for place, text in _places(content):
        said = content.words.say(text, locale)
        span = _find(said, words)
        if span is not None and len(_PLACEHOLDER.sub("", said)) >= min(
            MIN_LITERAL_CHARS, len(words)
        ):
            found.append(_Found(place, *span))
    beside = f"{near}." if near else "?"
    found.sort(key=lambda each: (each.start - each.end, not each.place.startswith(beside)))
    chosen: list[_Found] = []
    for each in found:
        if all(each.end <= other.start or each.start >= other.end for other in chosen):
            chosen.append(each)
    return tuple(each.place for each in sorted(chosen, key=lambda each: each.start))


def _find(text: str, words: str) -> tuple[int, int] | None:
    """Return from where to where `words` hold `text`, whatever stands for its placeholders."""
    start, at = None, 0
    for piece in filter(None, _PLACEHOLDER.split(text)):
        found = words.find(piece, at)
        if found < 0:
            return None
        start = found if start is None else start
        at = found + len(piece)
    return None if start is None else (start, at)


def _places(content: Content, *, flow: str | None = None) -> Iterator[tuple[str, str]]:
    if flow in {None, "answers"}:
        for answer in content.answers.values():
            yield f"answers.{answer.id}", answer.text
            if answer.more:
                yield f"answers.{answer.id}.more", answer.more
    if flow in {None, "quizzes"}:
        for quiz in content.quizzes.values():
            yield from _of_quiz(quiz)
    if flow in {None, "episodes"}:
        for series in content.series.values():
            yield from _of_series(series)
    for each in content.flows.values():
        if flow in {None, each.flow}:
            for name, step in each.steps.items():
                yield from _of_step(f"{each.flow}.{name}", step)


def _of_series(series: Series) -> Iterator[tuple[str, str]]:
    yield f"episodes.{series.series}.where", series.where
    for episode in series.episodes:
        here = f"episodes.{series.series}.{episode.id}"
        yield here, episode.about
        for number, question in enumerate(episode.questions, start=1):
            yield f"{here}.{number}.ask", question.ask
            yield f"{here}.{number}.after", question.after


def _of_quiz(quiz: Quiz) -> Iterator[tuple[str, str]]:
    here = f"quizzes.{quiz.quiz}"
    yield here, quiz.intro
    for question in quiz.questions:
        yield f"{here}.{question.id}", question.text
        yield f"{here}.{question.id}.explanation", question.explanation
        if question.hint:
            yield f"{here}.{question.id}.hint", question.hint
    for number, result in enumerate(quiz.results):
        yield f"{here}.results.{number}", result.text


def _of_step(here: str, step: StepBase) -> Iterator[tuple[str, str]]:
    for name, field in type(step).model_fields.items():
        value = getattr(step, name)
        if isinstance(value, str) and TRANSLATED in field.metadata:
            yield f"{here}.{name}", value
        elif isinstance(value, tuple):
            for number, text in enumerate(value):
                if isinstance(text, str):
                    yield f"{here}.{name}.{number}", text

"""Quizzes that were made or changed outside the files: pure, from what is published to what is played.

As with answers the files stay the source. A published edit holds its quiz whole, with those translations that the files have not; it
lies over the files until they say the same. Where they have come to say something else than what it was written for, it is a conflict
and is not applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from bot.content.edits import Fate, fingerprint, with_words
from bot.content.load import Content
from bot.content.quizzes import Quiz, check_quiz
from bot.content.texts import Text, texts_in
from bot.errors import ContentError

Body = Mapping[str, Any]
"""``{"quiz": {…}, "words": {locale: {text: translation}}}``; of a draft the quiz need not be valid."""
TRANSLATIONS = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class QuizEdit:
    """A published edit of one quiz."""

    id: UUID
    quiz: str
    body: Body = field(repr=False)
    base: str
    """The fingerprint of what the files said when it was written."""


@dataclass(frozen=True)
class OverlaidQuizzes:
    """The content with the published edits of quizzes, and what became of each edit."""

    content: Content
    fates: Mapping[UUID, Fate] = field(default_factory=dict)
    problems: Mapping[UUID, ContentError] = field(default_factory=dict)
    """Why an edit is broken."""


def body_of(files: Content, content: Content, name: str) -> dict[str, Any]:
    """Return a quiz as an edit begins with it; empty where there is no such quiz.

    Args:
        files: What the files say.
        content: What is live; where its translations are others than those of the files, they belong to the quiz's edit.
        name: The quiz's id.
    """
    quiz = content.quizzes.get(name)
    if quiz is None:
        return {}
    texts = [text.text for text in texts_of_quiz(quiz)]
    words = {
        locale: {
            text: said[text]
            for text in texts
            if text in said and said[text] != files.words.catalogues[locale].get(text)
        }
        for locale, said in content.words.catalogues.items()
    }
    return {"quiz": plain(quiz), "words": {locale: each for locale, each in words.items() if each}}


def plain(quiz: Quiz) -> dict[str, Any]:
    """Return a quiz as JSON holds it."""
    return quiz.model_dump(mode="json")


def said_in(content: Content, words: TRANSLATIONS) -> dict[str, dict[str, str]]:
    """Return what the catalogues say for the texts in `words`; empty where they have nothing."""
    return {
        locale: {text: content.words.catalogues.get(locale, {}).get(text, "") for text in said}
        for locale, said in words.items()
    }


def base_of(files: Content, name: str, words: TRANSLATIONS) -> str:
    """Return the fingerprint of what the files say where an edit says something else."""
    quiz = files.quizzes.get(name)
    said = said_in(files, {locale: each for locale, each in words.items() if each})
    return fingerprint({"quiz": plain(quiz) if quiz else {}, "words": said})


def read_quiz(body: Body) -> Quiz:
    """Return the quiz of an edit.

    Raises:
        ContentError: It is none.
    """
    try:
        return Quiz.model_validate(body["quiz"])
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        name = str(body["quiz"].get("quiz", ""))
        raise ContentError(f"{key}: {first['msg']}", file=name, key=key) from None


def overlay_quizzes(
    files: Content, edits: Sequence[QuizEdit], onto: Content | None = None
) -> OverlaidQuizzes:
    """Lay published edits of quizzes over the content.

    For each quiz the newest edit counts. One that does not fit (any more) leaves the one before it live.

    Args:
        files: What the files say, checked; the edits were written for them.
        edits: Published and not done with, in the order in which they were published.
        onto: What the quizzes are laid onto: the files, with edits of something else.
    """
    groups: dict[str, list[QuizEdit]] = {}
    for edit in reversed(edits):
        groups.setdefault(edit.quiz, []).append(edit)
    fates: dict[UUID, Fate] = {}
    problems: dict[UUID, ContentError] = {}
    content = files if onto is None else onto
    for newest_first in groups.values():
        chosen = _settle(files, newest_first, fates, problems)
        if chosen is not None:
            content = with_quiz(content, read_quiz(chosen.body), chosen.body["words"])
    return OverlaidQuizzes(content, fates, problems)


def with_quiz(content: Content, quiz: Quiz, words: TRANSLATIONS) -> Content:
    """Return the content with a quiz in it, and its translations."""
    catalogues = {
        locale: {**content.words.catalogues[locale], **said}
        for locale, said in words.items()
        if said and locale in content.words.catalogues
    }
    texts = list(texts_of_quiz(quiz))
    return replace(
        content,
        quizzes={**content.quizzes, quiz.quiz: quiz},
        words=with_words(content, texts, catalogues),
    )


def texts_of_quiz(quiz: Quiz) -> list[Text]:
    """Return every text of a quiz."""
    return list(texts_in(quiz, f"flows/quizzes/{quiz.quiz}.yml"))


def _settle(
    files: Content,
    newest_first: Sequence[QuizEdit],
    fates: dict[UUID, Fate],
    problems: dict[UUID, ContentError],
) -> QuizEdit | None:
    """Settle the edits of one quiz; the first that can be judged settles those before it, too."""
    for number, edit in enumerate(newest_first):
        try:
            fate = _judge(files, edit)
        except ContentError as exc:
            fate, problems[edit.id] = Fate.BROKEN, exc
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            # Of a shape that no form makes. It must keep nobody from playing, least of all a process that starts.
            problem = f"cannot be read ({type(exc).__name__})"
            fate, problems[edit.id] = Fate.BROKEN, ContentError(problem, file=edit.quiz)
        fates[edit.id] = fate
        if fate is not Fate.BROKEN:
            older = Fate.IN_FILES if fate is Fate.IN_FILES else Fate.REPLACED
            fates.update({each.id: older for each in newest_first[number + 1 :]})
            return edit if fate is Fate.LIVE else None
    return None


def _judge(files: Content, edit: QuizEdit) -> Fate:
    quiz, words = read_quiz(edit.body), edit.body["words"]
    _check_shape(edit, quiz, words)
    there = files.quizzes.get(edit.quiz)
    same_words = all(
        files.words.catalogues.get(locale, {}).get(text) == said
        for locale, each in words.items()
        for text, said in each.items()
    )
    if there == quiz and same_words:
        return Fate.IN_FILES
    if base_of(files, edit.quiz, words) != edit.base:
        return Fate.CONFLICT
    check_quiz(quiz, files.facts, files.sources)
    return Fate.LIVE


def _check_shape(edit: QuizEdit, quiz: Quiz, words: Any) -> None:  # noqa: ANN401  # whatever a row holds
    """Refuse what no form makes.

    Raises:
        ValueError: It is of such a shape.
    """
    if quiz.quiz != edit.quiz:
        raise ValueError("another quiz")
    for said in words.values():
        if not all(isinstance(each, str) and each.strip() for each in said.values()):
            raise ValueError("no words")

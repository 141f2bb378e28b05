"""Edits of answers that were made outside the files: pure, from what is published to what is said.

The files of the repository stay the source. A published edit lies over them until they say the same; when they have come
to say something else than what the edit was written for, it is a conflict and is not applied.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from bot.content.catalogue import Words
from bot.content.load import Content, group_by_intent
from bot.content.model import Answer
from bot.content.parts import MAX_MESSAGE_CHARS, MAX_TITLE_CHARS
from bot.content.quality import mistakes
from bot.content.ranks import RANKS, Rank
from bot.content.references import check_answer
from bot.content.texts import Text, texts_of_answer
from bot.errors import ContentError
from bot.mend import mend_of

TEXTS = ("question", "title", "text", "more")
"""The fields of an answer that are translated."""
OTHERS = ("sources", "action", "next", "asked", "region", "reviewed_on", "review_by", "owner")
FIELDS = (*TEXTS, *OTHERS)
"""The fields of an answer that can be edited; its id, intent, audience and tool are the files' own business."""
LIMITS = dict.fromkeys(TEXTS, MAX_MESSAGE_CHARS) | {"title": MAX_TITLE_CHARS}

Fields = Mapping[str, Any]


class Fate(StrEnum):
    """What has become of a published edit."""

    LIVE = "live"
    IN_FILES = "in_files"
    """The files say the same: it can be retired."""
    CONFLICT = "conflict"
    """The files say something else than what it was written for: somebody has to look."""
    BROKEN = "broken"
    """It does not fit the rest of the content; the edit before it stays live."""
    REPLACED = "replaced"
    """A newer one is live."""


@dataclass(frozen=True)
class Edit:
    """A published edit of one answer in one language, whole: what the fields are to be, not what is different."""

    id: UUID
    answer: str
    locale: str | None
    """None for the source language and all that is not translated."""
    fields: Fields = field(repr=False)
    base: str
    """The fingerprint of what the files said when it was written."""
    of: Fields = field(default_factory=dict, repr=False)
    """For a translation: the texts in the source language that it translates."""


@dataclass(frozen=True)
class Overlaid:
    """The content with the published edits, and what became of each edit."""

    content: Content
    fates: Mapping[UUID, Fate] = field(default_factory=dict)
    problems: Mapping[UUID, ContentError] = field(default_factory=dict)
    """Why an edit is broken."""
    stale: frozenset["Stale"] = frozenset()
    """Where the words are those of the former text, because nobody has translated the new one."""

    def is_stale(self, answer: str, locale: str) -> bool:
        """Tell whether any text of an answer is said in the words of the text before it."""
        return any((each.answer, each.locale) == (answer, locale) for each in self.stale)


@dataclass(frozen=True)
class Stale:
    """A text of an answer that a language says in the words of the text before it."""

    answer: str
    locale: str
    text: str = field(repr=False)


def fields_of(
    content: Content, answer_id: str, locale: str | None = None, of: Fields | None = None
) -> dict[str, Any]:
    """Return what an answer says in a language, in the form in which edits are kept.

    Args:
        content: Files, or files with edits.
        answer_id: One of its answers.
        locale: None for the source language and all that is not translated.
        of: For a translation: the texts that it translates, those of the answer by default.
    """
    answer = content.answers[answer_id]
    if locale is None:
        return answer.model_dump(mode="json", include=set(FIELDS))
    texts = texts_of(content, answer_id) if of is None else of
    known = content.words.catalogues[locale]
    return {name: known.get(text, "") for name, text in texts.items()}


def texts_of(content: Content, answer_id: str) -> dict[str, str]:
    """Return the texts of an answer in the source language, by field; without those that it has not."""
    answer = content.answers[answer_id]
    found = {name: getattr(answer, name) for name in TEXTS}
    return {name: text for name, text in found.items() if text}


def fingerprint(fields: Fields) -> str:
    """Return a short hash of what an answer says."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def check_edit(content: Content, edit: Edit) -> Answer:
    """Return the answer as an edit of its source wants it; for a translation, as it is.

    Raises:
        ContentError: The edit does not fit: `key` is the field.
    """
    answer = content.answers.get(edit.answer)
    if answer is None:
        raise ContentError("there is no such answer", file=edit.answer, key="answer")
    if edit.locale is not None:
        _check_words(content, edit, edit.locale)
        return answer
    try:
        edited = Answer.model_validate({**answer.model_dump(mode="json"), **edit.fields})
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ContentError(
            f"{key}: {first['msg']}", file=edit.answer, key=key, mend=mend_of(first, Answer)
        ) from None
    if edited.review_by < edited.reviewed_on:
        raise ContentError(
            "review_by: is before reviewed_on",
            file=edit.answer,
            key="review_by",
            mend="choose a later day",
        )
    check_answer(content, edited)
    return edited


def _check_words(content: Content, edit: Edit, locale: str) -> None:
    where = f"{edit.answer} ({locale})"
    if locale == content.words.source or locale not in content.words.locales:
        raise ContentError("this language is not translated", file=where, key="locale")
    for name, words in edit.fields.items():
        if name not in edit.of or not isinstance(words, str) or not words.strip():
            raise ContentError(f"{name}: has no words", file=where, key=name, mend="write them")
        for problem in mistakes(edit.of[name], words, LIMITS[name]):
            mend = "keep its numbers, links and what is in {}, and its length"
            raise ContentError(f"{name}: {problem}", file=where, key=name, mend=mend)


def overlay(files: Content, edits: Sequence[Edit]) -> Overlaid:
    """Lay published edits over the content of the files.

    For each answer and language the newest edit counts. One that does not fit leaves the one before it live.

    Args:
        files: What the files say, checked.
        edits: Published and not retired, in the order in which they were published.
    """
    settled = _Settling(files)
    groups: dict[tuple[str, str | None], list[Edit]] = {}
    for edit in reversed(edits):
        groups.setdefault((edit.answer, edit.locale), []).append(edit)
    answers, edited = dict(files.answers), dict[str, Answer]()
    # The sources first, so that what one new text says of another is judged on the whole.
    for edit in settled.chosen(groups, translations=False):
        answers[edit.answer] = edited[edit.answer] = check_edit(files, edit)
    words: dict[str, dict[str, str]] = {}
    for edit in settled.chosen(groups, translations=True):
        assert edit.locale is not None
        known = words.setdefault(edit.locale, dict(files.words.catalogues[edit.locale]))
        known.update({edit.of[name]: said for name, said in edit.fields.items()})
    stale = _keep_former_words(files, edited, words)
    if not edited and not words:
        # The same object: whoever prepares something of it has nothing to do.
        return Overlaid(files, settled.fates, settled.problems)
    texts = [text for answer in edited.values() for text in texts_of_answer(answer)]
    content = replace(
        files,
        answers=answers,
        by_intent=group_by_intent(answers.values()),
        words=with_words(files, texts, words),
    )
    return Overlaid(content, settled.fates, settled.problems, frozenset(stale))


def with_edits(content: Content, edits: Sequence[Edit]) -> Content:
    """Return the content as it is once `edits` are published, whatever they were written for."""
    for edit in edits:
        said = fields_of(content, edit.answer, edit.locale, edit.of)
        content = overlay(content, [replace(edit, base=fingerprint(said))]).content
    return content


def with_words(
    files: Content, texts: Iterable[Text], words: Mapping[str, Mapping[str, str]]
) -> Words:
    """Return the words with the catalogues in `words`, and the ranks of new `texts`.

    Other words for a text are not those that a native speaker has reviewed: in a begun language they count as unchecked.
    """
    reviewed = dict(files.words.reviewed)
    for locale, known in words.items():
        before = files.words.catalogues[locale]
        same = (text for text in reviewed.get(locale, ()) if known.get(text) == before.get(text))
        reviewed[locale] = frozenset(same)
    ranks = dict(files.words.ranks)
    for text, rank in files.ranks.of_texts(texts).items():
        ranks[text] = _higher(rank, ranks.get(text, rank))
    catalogues = {**files.words.catalogues, **words}
    return replace(files.words, catalogues=catalogues, reviewed=reviewed, ranks=ranks)


def _higher(one: Rank, other: Rank) -> Rank:
    return min(one, other, key=RANKS.index)


@dataclass
class _Settling:
    """Decides for each answer and language which edit counts."""

    files: Content
    fates: dict[UUID, Fate] = field(default_factory=dict)
    problems: dict[UUID, ContentError] = field(default_factory=dict)

    def chosen(
        self, groups: Mapping[tuple[str, str | None], Sequence[Edit]], *, translations: bool
    ) -> Iterable[Edit]:
        """Return the edits to apply, at most one of each group."""
        wanted = [g for (_, locale), g in groups.items() if (locale is not None) == translations]
        found = (self._settle(newest_first) for newest_first in wanted)
        return [edit for edit in found if edit is not None]

    def _settle(self, newest_first: Sequence[Edit]) -> Edit | None:
        """Settle one group; the first edit that can be judged settles those before it, too."""
        for number, edit in enumerate(newest_first):
            fate = self._fate(edit)
            self.fates[edit.id] = fate
            if fate is Fate.BROKEN:
                continue
            older = Fate.IN_FILES if fate is Fate.IN_FILES else Fate.REPLACED
            self.fates.update({each.id: older for each in newest_first[number + 1 :]})
            return edit if fate is Fate.LIVE else None
        return None

    def _fate(self, edit: Edit) -> Fate:
        try:
            return self._judge(edit)
        except ContentError as exc:
            self.problems[edit.id] = exc
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            # Of a shape that no form makes. It must keep nobody from speaking, least of all a process that starts.
            problem = f"cannot be read ({type(exc).__name__})"
            self.problems[edit.id] = ContentError(problem, file=edit.answer)
        return Fate.BROKEN

    def _judge(self, edit: Edit) -> Fate:
        if edit.answer not in self.files.answers:
            return Fate.CONFLICT
        if edit.locale is not None and edit.locale not in self.files.words.catalogues:
            return Fate.CONFLICT
        said = fields_of(self.files, edit.answer, edit.locale, edit.of)
        if fingerprint(said) == fingerprint(edit.fields):
            return Fate.IN_FILES
        if fingerprint(said) != edit.base:
            return Fate.CONFLICT
        check_edit(self.files, edit)
        return Fate.LIVE


def _keep_former_words(
    files: Content, edited: Mapping[str, Answer], words: dict[str, dict[str, str]]
) -> set[Stale]:
    """Say a new text that is not translated yet in the words of the text before it: in their language, people understand."""
    stale = set()
    for name, answer in edited.items():
        former = files.answers[name]
        for text in TEXTS:
            old, new = getattr(former, text), getattr(answer, text)
            if not new or new == old:
                continue
            for locale, known in files.words.catalogues.items():
                now = words.get(locale, known)
                if locale == files.words.source or new in now:
                    continue
                if old in now:
                    stale.add(Stale(name, locale, new))
                    words.setdefault(locale, dict(known))[new] = now[old]
    return stale

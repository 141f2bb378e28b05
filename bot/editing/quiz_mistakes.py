"""What keeps a draft of a quiz from being sent, as codes with a place: the desk has a sentence for each that says how to mend it.

The model of the files has the last word (`read_quiz`); here the same is said so that somebody who knows no YAML can act on it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.content.load import Content
from bot.content.parts import MAX_MESSAGE_CHARS
from bot.content.quality import mistakes as mistakes_of_words
from bot.content.quiz_edits import read_quiz, with_quiz
from bot.content.quizzes import CHOICES, FRAME_CHARS, MIN_GUISES
from bot.content.texts import texts_of
from bot.conversation.preview import play_question
from bot.editing.quiz_draft import (
    fitting,
    limit_of,
    lines_of,
    said,
    texts_by_place,
    texts_of_question,
)
from bot.errors import ContentError
from bot.prover.properties import fits
from bot.prover.talk import NOW

OPTIONAL = frozenset({"topic", "hint"})
MIN_RESULTS = 3
MAX_MEASURED = 2
SECONDS = (10, 90)
CODES = (
    "empty", "too_long", "braces", "same_choices", "few_choices", "many_choices", "one_right",
    "some_right", "no_answer", "few_lines", "many_lines", "line_gone", "line_order", "long_together",
    "no_source", "unknown_source", "no_fact", "unknown_fact", "no_questions", "round", "results",
    "few_results", "seconds", "measures", "many_measures", "review", "title_taken", "numbers",
    "links", "placeholders", "directions", "said_elsewhere", "unsayable",
)  # fmt: skip
_LINES = {"chat": (2, 8), "advert": (2, 7)}


@dataclass(frozen=True)
class Mistake:
    """One thing to mend."""

    place: str
    """`title`, `results.0`, `questions.<id>.choices.a`…"""
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """What its sentence names."""
    locale: str = ""
    """The language of a translation; empty for the source language."""

    @property
    def question(self) -> str:
        """The question it is in; empty for the quiz itself."""
        parts = self.place.split(".")
        return parts[1] if parts[0] == "questions" and len(parts) > 1 else ""

    @property
    def inside(self) -> str:
        """Its place inside its question, or the quiz."""
        return self.place.split(".", 2)[2] if self.question else self.place


def find_mistakes(body: Mapping[str, Any], files: Content, content: Content) -> list[Mistake]:
    """Return everything that has to be mended in a draft before somebody else may read it.

    Args:
        body: The draft.
        files: What the files say; their translations count where the draft has none.
        content: What is live; another quiz may have the same title.
    """
    quiz = fitting(body["quiz"])
    found = [
        *_of_head(quiz, content),
        *(each for question in quiz["questions"] for each in _of_question(question, content)),
        *_of_translations(body, quiz, files),
    ]
    return found or list(_of_model(body, quiz, content))


def _of_head(quiz: Mapping[str, Any], content: Content) -> Iterator[Mistake]:
    head = {name: quiz[name] or "" for name in ("title", "topic", "intro")}
    head |= {f"results.{at}": each["text"] for at, each in enumerate(quiz["results"])}
    for place, text in head.items():
        yield from _of_text(place, text)
    for other in content.quizzes.values():
        if other.quiz != quiz["quiz"] and other.title.casefold() == head["title"].casefold():
            yield Mistake("title", "title_taken")
    questions, size = quiz["questions"], quiz["round"]
    if not questions:
        yield Mistake("questions", "no_questions")
    elif not isinstance(size, int) or not 1 <= size <= len(questions):
        yield Mistake("round", "round", {"most": len(questions)})
    steps = [each["min_correct"] for each in quiz["results"]]
    if len(steps) < MIN_RESULTS:
        yield Mistake("results", "few_results", {"least": MIN_RESULTS})
    elif None in steps or steps[0] != 0 or steps != sorted(set(steps)) or steps[-1] > (size or 0):
        yield Mistake("results", "results", {"most": size or 0})
    low, high = SECONDS
    if quiz["seconds"] is not None and not low <= quiz["seconds"] <= high:
        yield Mistake("seconds", "seconds", {"least": low, "most": high})
    yield from _of_measures(quiz)
    if not _is_later(quiz["reviewed_on"], quiz["review_by"]):
        yield Mistake("review_by", "review")


def _of_measures(quiz: Mapping[str, Any]) -> Iterator[Mistake]:
    guises = Counter(question["fact"] for question in quiz["questions"])
    if len(quiz["measures"]) > MAX_MEASURED:
        yield Mistake("measures", "many_measures", {"most": MAX_MEASURED})
    for fact in quiz["measures"]:
        if guises[fact] < MIN_GUISES:
            values = {"fact": fact, "count": guises[fact], "least": MIN_GUISES}
            yield Mistake("measures", "measures", values)


def _is_later(first: str, second: str) -> bool:
    try:
        return date.fromisoformat(first) <= date.fromisoformat(second)
    except ValueError:
        return False


def _of_question(question: Mapping[str, Any], content: Content) -> Iterator[Mistake]:
    here = f"questions.{question['id']}"
    for place, text in texts_of_question(question).items():
        yield from _of_text(f"{here}.{place}", text)
    yield from _of_choices(question, here)
    yield from _of_lines(question, here)
    if _together(question["text"], [each["text"] for each in question["choices"]]) > 0:
        over = _together(question["text"], [each["text"] for each in question["choices"]])
        yield Mistake(f"{here}.text", "long_together", {"over": over})
    if not question["sources"]:
        yield Mistake(f"{here}.sources", "no_source")
    for name in question["sources"]:
        if name not in content.sources:
            yield Mistake(f"{here}.sources", "unknown_source", {"name": name})
    if not question["fact"]:
        yield Mistake(f"{here}.fact", "no_fact")
    elif question["fact"] not in content.facts:
        yield Mistake(f"{here}.fact", "unknown_fact", {"name": question["fact"]})


def _of_choices(question: Mapping[str, Any], here: str) -> Iterator[Mistake]:
    kind, choices = question["kind"], question["choices"]
    least, most = CHOICES[kind]
    if len(choices) < least:
        yield Mistake(f"{here}.choices", "few_choices", {"least": least, "most": most})
    if len(choices) > most:
        yield Mistake(f"{here}.choices", "many_choices", {"least": least, "most": most})
    read = Counter(each["text"].strip().casefold() for each in choices if each["text"].strip())
    for each in choices:
        if read[each["text"].strip().casefold()] > 1:
            yield Mistake(f"{here}.choices.{each['id']}", "same_choices")
    right = sum(each["correct"] for each in choices)
    if kind in {"single", "flag"} and right != 1:
        yield Mistake(f"{here}.choices", "one_right", {"count": right})
    if kind == "several" and not 0 < right < len(choices):
        yield Mistake(f"{here}.choices", "some_right")
    if kind == "true_false" and question["answer"] is None:
        yield Mistake(f"{here}.answer", "no_answer")


def _of_lines(question: Mapping[str, Any], here: str) -> Iterator[Mistake]:
    if question["kind"] != "flag":
        return
    lines = lines_of(question)
    least, most = _LINES["advert" if (question["picture"] or {}).get("advert") else "chat"]
    if len(lines) < least:
        yield Mistake(f"{here}.picture", "few_lines", {"least": least, "most": most})
    if len(lines) > most:
        yield Mistake(f"{here}.picture", "many_lines", {"least": least, "most": most})
    about = [
        at if each["line"] is None else each["line"] for at, each in enumerate(question["choices"])
    ]
    for each, line in zip(question["choices"], about, strict=True):
        if line >= len(lines):
            yield Mistake(f"{here}.choices.{each['id']}", "line_gone", {"count": len(lines)})
    if len(set(about)) < len(about) or about != sorted(about):
        yield Mistake(f"{here}.choices", "line_order")


def _of_text(place: str, text: str, locale: str = "") -> Iterator[Mistake]:
    most = limit_of(place)
    if not text.strip():
        if place.rpartition(".")[2] not in OPTIONAL:
            yield Mistake(place, "empty", locale=locale)
    elif len(text) > most:
        values = {"most": most, "over": len(text) - most}
        yield Mistake(place, "too_long", values, locale)
    if "{" in text or "}" in text:
        yield Mistake(place, "braces", locale=locale)


def _together(text: str, choices: Sequence[str]) -> int:
    """Return by how many characters a question and its choices are too long for one message."""
    return len(text) + sum(len(each) + 4 for each in choices) - (MAX_MESSAGE_CHARS - FRAME_CHARS)


def _of_translations(
    body: Mapping[str, Any], quiz: Mapping[str, Any], content: Content
) -> Iterator[Mistake]:
    elsewhere = _said_elsewhere(content, quiz["quiz"]) if body["words"] else frozenset()
    places = texts_by_place(quiz)
    for locale, words in body["words"].items():
        known = content.words.catalogues.get(locale, {})
        for place, text in places.items():
            if text not in words:
                continue
            if text in elsewhere and known.get(text) not in {None, words[text]}:
                yield Mistake(place, "said_elsewhere", {"words": known[text]}, locale)
            yield from _of_words(place, text, words[text], locale)
        for question in quiz["questions"]:
            yield from _of_said_choices(body, question, content, locale)


def _of_words(place: str, text: str, words: str, locale: str) -> Iterator[Mistake]:
    yield from _of_text(place, words, locale)
    codes = {"placeholders": "placeholders", "links": "links", "numbers": "numbers"}
    for problem in mistakes_of_words(text, words, None):
        code = codes.get(problem.split()[0], "directions")
        yield Mistake(place, code, {"detail": problem.partition(": ")[2]}, locale)


def _of_said_choices(
    body: Mapping[str, Any], question: Mapping[str, Any], content: Content, locale: str
) -> Iterator[Mistake]:
    here = f"questions.{question['id']}"
    words = {each["id"]: said(body, content, locale, each["text"]) for each in question["choices"]}
    read = Counter(each.casefold() for each in words.values() if each)
    for name, each in words.items():
        if read[each.casefold()] > 1:
            yield Mistake(f"{here}.choices.{name}", "same_choices", locale=locale)
    over = _together(said(body, content, locale, question["text"]), list(words.values()))
    if over > 0:
        yield Mistake(f"{here}.text", "long_together", {"over": over}, locale)


def _said_elsewhere(content: Content, name: str) -> frozenset[str]:
    """Return the texts that stand outside this quiz, too: their translation is not this quiz's alone."""
    file = f"flows/quizzes/{name}.yml"
    return frozenset(text.text for text in texts_of(content) if text.where != file)


def _of_model(
    body: Mapping[str, Any], quiz: Mapping[str, Any], content: Content
) -> Iterator[Mistake]:
    """Let the model of the files and the bot's own turn have the last word."""
    try:
        made = read_quiz({"quiz": quiz})
    except ContentError as exc:
        yield Mistake(exc.key or "title", "unsayable", {"detail": exc.problem})
        return
    content = with_quiz(content, made, body["words"])
    # Languages without words of their own say what the source says.
    for locale in {*content.words.released, *body["words"]}:
        if not content.can_play(made.quiz, locale):
            continue
        for question in made.questions:
            shown = play_question(content, made.quiz, question.id, locale, now=NOW)
            for fault in fits(shown):
                place = f"questions.{question.id}.text"
                tongue = "" if locale == content.words.source else locale
                yield Mistake(place, "unsayable", {"detail": fault.problem}, tongue)

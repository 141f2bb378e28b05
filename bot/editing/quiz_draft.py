"""A quiz while somebody writes it: the changes they make to it, pure. A draft need not be valid, and keeps its translations.

A body holds the quiz as JSON, and by language the translations that the catalogues of the files have not: ``words``. Where the text of a place is
changed, its translation goes along, and is noted under ``stale`` until somebody has looked at it again.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from string import ascii_lowercase
from typing import Any

from bot.content.load import Content
from bot.content.parts import MAX_MESSAGE_CHARS, MAX_TITLE_CHARS
from bot.content.quizzes import CHOICES, Kind

Body = dict[str, Any]
REVIEW_AFTER = timedelta(days=180)
MAX_ID_CHARS = 30
"""Of a quiz, so that a digit may follow."""
FIRST_RESULTS = 3
FIRST_LINES = 3
CHOICE_CHARS, LINE_CHARS, HINT_CHARS = 60, 90, 200
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def blank(name: str, title: str, today: date) -> Body:
    """Return a quiz of which nothing is written but its title."""
    results = [{"min_correct": at, "text": ""} for at in range(FIRST_RESULTS)]
    quiz = {
        "quiz": name, "title": title, "topic": None, "intro": "", "round": 5, "seconds": None,
        "measures": [], "questions": [], "results": results, "retired": False,
        "reviewed_on": today.isoformat(), "review_by": (today + REVIEW_AFTER).isoformat(),
    }  # fmt: skip
    return {"quiz": quiz, "words": {}}


def copied(body: Body, name: str, title: str, today: date, new_id: Callable[[], str]) -> Body:
    """Return a copy of a quiz under another name; its questions get ids of their own, for they are counted by them."""
    fresh = blank(name, title, today)["quiz"]
    kept = {
        key: value
        for key, value in body["quiz"].items()
        if key not in {"quiz", "title", "retired", "reviewed_on", "review_by"}
    }
    questions = [{**each, "id": new_id()} for each in kept["questions"]]
    return {**body, "quiz": {**fresh, **kept, "questions": questions}}


def slug_of(title: str, taken: Collection[str]) -> str:
    """Return a name for a quiz, made of its title, that no other has or had."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = _NO_SLUG.sub("_", plain).strip("_")[:MAX_ID_CHARS].strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"quiz_{stem}".strip("_")[:MAX_ID_CHARS]
    number, name = 1, stem
    while name in taken:
        number += 1
        tail = f"_{number}"
        name = stem[: MAX_ID_CHARS - len(tail)] + tail
    return name


def blank_question(kind: Kind, question_id: str, fact: str = "") -> Body:
    """Return a question of which only the kind is decided."""
    least, _ = CHOICES[kind]
    choices = [
        {"id": letter, "text": "", "correct": False, "line": None}
        for letter in ascii_lowercase[: max(least, 3) if least else 0]
    ]
    picture = None
    if kind == "flag":
        lines = [{"by": "them", "text": ""} for _ in range(FIRST_LINES)]
        picture = {"chat": lines, "advert": None}
    return {
        "id": question_id, "fact": fact, "kind": kind, "level": 1, "text": "", "hint": None,
        "choices": choices, "answer": None, "picture": picture, "explanation": "", "sources": [],
    }  # fmt: skip


def question_of(body: Mapping[str, Any], question_id: str) -> Body | None:
    """Return one question of a draft; None where it has none of this id."""
    found: Body | None = next(
        (each for each in body["quiz"]["questions"] if each["id"] == question_id), None
    )
    return found


def with_questions(body: Body, questions: Sequence[Body]) -> Body:
    """Return the draft with these questions."""
    return {**body, "quiz": {**body["quiz"], "questions": list(questions)}}


def added(body: Body, question: Body) -> Body:
    """Return the draft with one question more, at its end."""
    return with_questions(body, [*body["quiz"]["questions"], question])


def removed(body: Body, question_id: str) -> Body:
    """Return the draft without a question."""
    kept = [each for each in body["quiz"]["questions"] if each["id"] != question_id]
    return with_questions(body, kept)


def doubled(body: Body, question_id: str, new_id: str) -> Body:
    """Return the draft with a copy of a question right behind it."""
    questions: list[Body] = []
    for each in body["quiz"]["questions"]:
        questions.append(each)
        if each["id"] == question_id:
            questions.append({**each, "id": new_id})
    return with_questions(body, questions)


def moved(body: Body, question_id: str, place: int) -> Body:
    """Return the draft with a question at another place, from 0; beyond the end is the end."""
    question = question_of(body, question_id)
    if question is None:
        return body
    others = [each for each in body["quiz"]["questions"] if each["id"] != question_id]
    place = max(0, min(place, len(others)))
    return with_questions(body, [*others[:place], question, *others[place:]])


def with_question(body: Body, question: Body) -> Body:
    """Return the draft with a question as it stands now, in the place of the one with its id."""
    questions = [
        question if each["id"] == question["id"] else each for each in body["quiz"]["questions"]
    ]
    return with_questions(body, questions)


def free_letter(taken: Collection[str]) -> str:
    """Return an id for a new choice: one that no choice of the question had, for a button in an old message may name it."""
    return next((each for each in ascii_lowercase if each not in taken), f"c{len(taken)}")


def texts_by_place(quiz: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a draft that are to be translated, by place; without those that are empty."""
    found = {name: quiz.get(name) or "" for name in ("title", "topic", "intro")}
    for at, result in enumerate(quiz["results"]):
        found[f"results.{at}"] = result["text"]
    for question in quiz["questions"]:
        here = f"questions.{question['id']}"
        found |= {f"{here}.{name}": text for name, text in texts_of_question(question).items()}
    return {place: text for place, text in found.items() if text}


def unwritten(quiz: Mapping[str, Any]) -> int:
    """Return how many texts of a draft that must be there are still empty."""
    head = [quiz["title"], quiz["intro"], *(each["text"] for each in quiz["results"])]
    asked = [
        text
        for question in fitting(quiz)["questions"]
        for place, text in texts_of_question(question).items()
        if place != "hint"
    ]
    return sum(not text.strip() for text in (*head, *asked))


def texts_of_question(question: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of one question by place inside it, also empty ones."""
    found = {"text": question["text"], "hint": question.get("hint") or ""}
    picture = question.get("picture") or {}
    if advert := picture.get("advert"):
        found["picture.title"] = advert["title"]
    found |= {f"picture.{at}": line for at, line in enumerate(lines_of(question))}
    found |= {f"choices.{each['id']}": each["text"] for each in question["choices"]}
    return {**found, "explanation": question["explanation"]}


def lines_of(question: Mapping[str, Any]) -> list[str]:
    """Return the lines of a question's picture."""
    picture = question.get("picture") or {}
    if advert := picture.get("advert"):
        return list(advert["lines"])
    return [line["text"] for line in picture.get("chat") or ()]


def limit_of(place: str) -> int:
    """Return how long the text of a place may be."""
    if place.startswith("questions."):
        place = place.split(".", 2)[2]
    if place.startswith("choices."):
        return CHOICE_CHARS
    if place.startswith("picture."):
        return LINE_CHARS
    return {"title": MAX_TITLE_CHARS, "hint": HINT_CHARS}.get(place, MAX_MESSAGE_CHARS)


def said(body: Mapping[str, Any], content: Content, locale: str, text: str) -> str:
    """Return the translation of a text, of the draft or of the catalogue; empty where there is none."""
    own: str | None = body["words"].get(locale, {}).get(text)
    return own or content.words.catalogues.get(locale, {}).get(text, "")


def is_stale(body: Mapping[str, Any], locale: str, text: str) -> bool:
    """Tell whether a translation is that of the text before, and nobody has looked at it again."""
    return text in body.get("stale", {}).get(locale, ())


def carried(before: Body, after: Body, content: Content) -> Body:
    """Return `after` with the translations of `before`: where the text of a place has changed, they go along and are noted."""
    old, new = texts_by_place(before["quiz"]), texts_by_place(after["quiz"])
    for place, text in new.items():
        former = old.get(place)
        if former is None or former == text:
            continue
        for locale in content.words.catalogues:
            words = said(before, content, locale, former)
            if words and not said(after, content, locale, text):
                after = with_words(after, content, locale, {text: words}, stale=True)
    return pruned(after)


def with_words(
    body: Body, content: Content, locale: str, words: Mapping[str, str], *, stale: bool = False
) -> Body:
    """Return the draft with translations into one language; what the catalogue says anyhow is not kept twice."""
    known = content.words.catalogues.get(locale, {})
    kept = dict(body["words"].get(locale, {}))
    noted = set(body.get("stale", {}).get(locale, ()))
    for text, translation in words.items():
        kept.pop(text, None)
        if translation and translation != known.get(text):
            kept[text] = translation
        noted = noted | {text} if stale else noted - {text}
    return {
        **body,
        "words": {**body["words"], locale: kept},
        "stale": {**body.get("stale", {}), locale: sorted(noted)},
    }


def pruned(body: Body) -> Body:
    """Return the draft without translations of what it says no more."""
    texts = set(texts_by_place(body["quiz"]).values())
    words = {
        locale: {text: each for text, each in known.items() if text in texts}
        for locale, known in body["words"].items()
    }
    stale = {
        locale: [text for text in noted if text in texts]
        for locale, noted in body.get("stale", {}).items()
    }
    return {
        "quiz": body["quiz"],
        "words": {locale: known for locale, known in words.items() if known},
        "stale": {locale: noted for locale, noted in stale.items() if noted},
    }


def missing_in(body: Mapping[str, Any], content: Content, locale: str) -> list[str]:
    """Return the places that have no translation into a language."""
    if locale == content.words.source:
        return []
    return [
        place
        for place, text in texts_by_place(body["quiz"]).items()
        if not said(body, content, locale, text)
    ]


def fitting(quiz: Mapping[str, Any]) -> dict[str, Any]:
    """Return the quiz of a draft as the model wants it: each question without what belongs to another kind."""
    return {
        **quiz,
        "topic": quiz.get("topic") or None,
        "questions": [_fitting(each) for each in quiz["questions"]],
    }


def _fitting(question: Mapping[str, Any]) -> dict[str, Any]:
    kind = question["kind"]
    choices = [] if kind == "true_false" else question["choices"]
    return {
        **question,
        "hint": question.get("hint") or None,
        "choices": [_choice(each, kind) for each in choices],
        "answer": question["answer"] if kind == "true_false" else None,
        "picture": question["picture"] if kind == "flag" else None,
    }


def _choice(choice: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    return {
        **choice,
        "correct": bool(choice.get("correct")) and kind != "order",
        "line": choice.get("line") if kind == "flag" else None,
    }

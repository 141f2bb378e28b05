"""The six quizzes that come with Suar: questions enough to play again, of every kind, in words that fit in both released languages."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bot.content.load import Content
from bot.content.parts import MAX_MESSAGE_CHARS
from bot.content.quizzes import CHOICES, Question, Quiz
from bot.content.readability import HARD, read_text

SIX = (
    "warning_signs",
    "job_offers",
    "online_safety",
    "migrant_rights",
    "refugees_neighbours",
    "men_too",
)
LOCALES = ("en", "id")
PREVIEW_CHARS = 60
FRAME_CHARS = 60
"""What stands around an explanation or a hint: that it is wrong, that a source follows, which number the question has."""
LEAST = {"flag": 2, "true_false": 2, "several": 2, "order": 1, "single": 1}
each_quiz = pytest.mark.parametrize("name", SIX)
each_locale = pytest.mark.parametrize("locale", LOCALES)


def texts_of(question: Question) -> Iterator[str]:
    """Yield what of a question may stand at the beginning of a message, and the lines of its picture."""
    yield question.text
    yield question.explanation
    if question.hint:
        yield question.hint
    if question.picture:
        yield from question.picture.lines


def right_places(quiz: Quiz, kind: str) -> list[int]:
    """Return at which place the right answer stands, for each question of a kind that has one."""
    asked = [question for question in quiz.questions if question.kind == kind]
    return [[choice.correct for choice in question.choices].index(True) for question in asked]


@each_quiz
def test_a_bank_holds_two_rounds_and_every_kind(content: Content, name: str) -> None:
    """Playing again brings other questions; each kind and each level is there, and half of the questions have a hint."""
    quiz = content.quizzes[name]
    kinds = Counter(question.kind for question in quiz.questions)
    assert len(quiz.questions) >= 2 * quiz.round == 16
    assert all(kinds[kind] >= LEAST[kind] for kind in CHOICES)
    assert {question.level for question in quiz.questions} == {1, 2, 3}
    assert sum(question.hint is not None for question in quiz.questions) * 2 >= len(quiz.questions)


@each_quiz
def test_a_measured_fact_wears_different_guises(content: Content, name: str) -> None:
    """Whoever meets the fact again is asked in another kind of question, so that nobody learns an answer by its looks."""
    quiz = content.quizzes[name]
    assert quiz.measures
    for fact in quiz.measures:
        kinds = {question.kind for question in quiz.questions if question.fact == fact}
        assert kinds >= {"single", "flag", "true_false", "several"}


@each_quiz
def test_the_right_answer_has_no_favourite_place(content: Content, name: str) -> None:
    """Always pressing the same letter, or "true", is no way to win."""
    quiz = content.quizzes[name]
    places = Counter(right_places(quiz, "single"))
    assert max(places.values()) <= places.total() / 2
    assert len(set(right_places(quiz, "flag"))) > 1
    assert {q.answer for q in quiz.questions if q.kind == "true_false"} == {True, False}


@each_quiz
@each_locale
def test_the_longest_answer_is_not_always_right(content: Content, name: str, locale: str) -> None:
    """In at most three of four questions with one right answer, that answer is the longest."""
    asked = [q for q in content.quizzes[name].questions if q.kind == "single"]
    longest = [
        max(q.choices, key=lambda choice: len(content.words.say(choice.text, locale)))
        for q in asked
    ]
    assert sum(choice.correct for choice in longest) <= 0.75 * len(asked)


@each_quiz
@each_locale
def test_what_is_said_fits_into_one_message(content: Content, name: str, locale: str) -> None:
    """A question with its hint and choices fits, and so does an answer with the right one, its reason and its sources."""
    say = content.words.say
    for question in content.quizzes[name].questions:
        words = [say(choice.text, locale) for choice in question.choices]
        asked = [say(question.text, locale), say(question.hint or "", locale), *words]
        right = [say(c.text, locale) for c in question.choices if c.id in question.correct]
        publishers = {content.sources[source].publisher for source in question.sources}
        answered = [say(question.explanation, locale), *right, *publishers]
        for parts in (asked, answered):
            assert sum(len(part) + 4 for part in parts) <= MAX_MESSAGE_CHARS - FRAME_CHARS, (
                question.id
            )


@each_quiz
@each_locale
def test_no_preview_gives_the_topic_away(content: Content, name: str, locale: str) -> None:
    """The beginning of a question, a reason, a hint or a drawn line holds no loud word, wherever it may be shown."""
    quiz = content.quizzes[name]
    texts = [text for question in quiz.questions for text in texts_of(question)]
    for text in (quiz.title, quiz.intro, *texts, *(result.text for result in quiz.results)):
        begins = content.words.say(text, locale).casefold()[:PREVIEW_CHARS]
        assert not [word for word in content.loud_words[locale] if word in begins], begins


@each_quiz
@each_locale
def test_no_question_is_hard_to_read(content: Content, name: str, locale: str) -> None:
    """A question with its reason stays below the band that is called hard for answers."""
    say = content.words.say
    for question in content.quizzes[name].questions:
        text = f"{say(question.text, locale)}\n{say(question.explanation, locale)}"
        assert read_text(text, locale).figure < HARD, question.id

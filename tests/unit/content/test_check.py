"""Checking words and review dates."""

from dataclasses import replace
from datetime import date, timedelta

from bot.content.check import SOON, Finding, check_content
from bot.content.load import OVERDUE, ROOT, Content
from bot.content.quizzes import Quiz

DAY = date(2026, 11, 22)


def with_words(content: Content, **changed: str | None) -> Content:
    """Return the content with other Indonesian words: `menu` for "Menu" and so on; None for no words."""
    words = dict(content.words.catalogues["id"])
    for text, translated in changed.items():
        words.pop(text, None)
        if translated is not None:
            words[text] = translated
    made = {**content.words.catalogues, "id": words}
    return replace(content, words=replace(content.words, catalogues=made))


def wrong(content: Content, today: date = DAY) -> list[Finding]:
    """Return what has to be mended."""
    return [
        finding for finding in check_content(ROOT, content, today=today) if not finding.warning
    ]


def test_a_missing_translation_is_found(content: Content) -> None:
    """A text without Indonesian words is named."""
    before = wrong(content)
    missing = [
        finding for finding in wrong(with_words(content, Menu=None)) if finding not in before
    ]
    assert missing == [Finding("locales/id", "not translated: 'Menu'")]


def test_a_lost_placeholder_is_found(content: Content) -> None:
    """A translation that forgets the number would tell nobody whom to call."""
    text = "{when}: {name} {number}. {confidentiality}"
    before = wrong(content)
    found = [
        finding
        for finding in wrong(with_words(content, **{text: "{when}: {name}"}))
        if finding not in before
    ]
    assert any("placeholders differ" in finding.problem for finding in found)


def test_a_title_that_became_too_long_is_found(content: Content) -> None:
    """A translated button must fit like the original."""
    found = wrong(with_words(content, Menu="Kembali ke menu utama"))
    assert any("21 characters, at most 20" in finding.problem for finding in found)


def test_overdue_answers_are_found_and_soon_due_ones_warned_of(content: Content) -> None:
    """Ninety days over is wrong, a month before is a warning, in between neither hides the other."""
    answer = next(iter(content.answers.values()))
    alone = replace(content, answers={answer.id: answer})

    def findings(today: date) -> list[Finding]:
        return [
            each for each in check_content(ROOT, alone, today=today) if each.where == answer.id
        ]

    assert findings(answer.review_by - SOON - timedelta(days=1)) == []
    assert [each.warning for each in findings(answer.review_by - SOON)] == [True]
    assert [each.warning for each in findings(answer.review_by + OVERDUE)] == [True]
    assert [each.warning for each in findings(answer.review_by + OVERDUE + timedelta(days=1))] == [
        False
    ]


def test_quizzes_are_reviewed_like_answers(content: Content) -> None:
    """The same days, and nothing is said of a quiz that is offered to nobody any more."""
    quiz = content.quizzes["job_offers"]

    def findings(quiz: Quiz, today: date) -> list[bool]:
        alone = replace(content, answers={}, quizzes={quiz.quiz: quiz})
        found = check_content(ROOT, alone, today=today)
        return [each.warning for each in found if each.where == quiz.quiz]

    assert findings(quiz, quiz.review_by - SOON - timedelta(days=1)) == []
    assert findings(quiz, quiz.review_by - SOON) == [True]
    late = quiz.review_by + OVERDUE + timedelta(days=1)
    assert findings(quiz, late) == [False]
    assert findings(quiz.model_copy(update={"retired": True}), late) == []

"""Checks the words of every language against what is said, and answers and quizzes against their review dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from babel.messages.catalog import Catalog

from bot.content.extract import build_template
from bot.content.load import Content, is_fresh
from bot.content.pofile import translations
from bot.content.quality import mistakes, oddities
from bot.content.readability import read_answers
from bot.content.translating import limit_of, rank_of
from bot.content.whatsapp import begins_loudly, mistakes_in
from bot.understanding.cleaning import folded

SOON = timedelta(days=30)
_SHOWN_CHARS = 60


@dataclass(frozen=True)
class Finding:
    """Something to mend; a warning leaves the check passed."""

    where: str
    problem: str
    warning: bool = False


def check_content(
    root: Path, content: Content, *, today: date, template: Catalog | None = None
) -> list[Finding]:
    """Return everything that is wrong, or will be soon, with the content and its translations."""
    texts = _Texts(template or build_template(root, content))
    return [
        *_check_reviews(content, today),
        *texts.check_source(),
        *_check_titles(content),
        *_check_templates(content),
        *(
            finding
            for locale in content.words.locales
            if locale != content.words.source
            for finding in texts.check(
                locale,
                content.words.catalogues[locale],
                needs_all=not content.words.is_begun(locale),
            )
        ),
    ]


def check_catalog(code: str, catalog: Catalog) -> Iterator[Finding]:
    """Yield what is wrong with the translations that a catalogue has, whether they are shown to anybody or not."""
    for message, text, words in translations(catalog):
        for problem in mistakes(text, words, limit_of(message)):
            yield Finding(f"locales/{code}", _about(problem, text))


def wonder(code: str, catalog: Catalog) -> Iterator[Finding]:
    """Yield warnings about translations that look odd beside their text."""
    for _, text, words in translations(catalog):
        for oddity in oddities(code, text, words):
            yield Finding(f"locales/{code}", _about(oddity, text), warning=True)


def wonder_at_answers(content: Content) -> Iterator[Finding]:
    """Yield a warning for each answer that is hard to read, in each language in which it is."""
    for each in read_answers(content):
        for locale, reading in each.readings.items():
            if reading.band == "hard":
                problem = (
                    f"hard to read in {locale}: {reading.figure:.0f}, "
                    f"{reading.words_per_sentence:.0f} words a sentence"
                )
                yield Finding(each.answer, problem, warning=True)


def _check_reviews(content: Content, today: date) -> Iterator[Finding]:
    for answer in content.answers.values():
        if not is_fresh(answer, today):
            yield Finding(answer.id, "overdue for review by over 90 days: no longer given")
        elif answer.review_by - today <= SOON:
            yield Finding(answer.id, f"to be reviewed by {answer.review_by}", warning=True)
    for quiz in content.quizzes.values():
        if quiz.retired:
            continue
        if not is_fresh(quiz, today):
            yield Finding(quiz.quiz, "overdue for review by over 90 days: no longer offered")
        elif quiz.review_by - today <= SOON:
            yield Finding(quiz.quiz, f"to be reviewed by {quiz.review_by}", warning=True)


def _check_titles(content: Content) -> Iterator[Finding]:
    """Find two buttons under one message that read the same: a typed title means one of them."""
    for flow in content.flows.values():
        for name, step in flow.steps.items():
            titles = [choice.title for choice in getattr(step, "choices", ())]
            for locale in content.words.locales:
                said = [content.words.say(title, locale) for title in titles]
                if len(set(said)) < len(said):
                    where = f"locales/{locale}"
                    yield Finding(where, f"two buttons of {flow.flow}.{name} read the same")


def _check_templates(content: Content) -> Iterator[Finding]:
    """Find what Meta would refuse of a template in one of the languages, and what says too much on a locked screen."""
    for template in content.templates.values():
        for locale in content.words.locales:
            body = content.words.say(template.body, locale)
            where = f"flows/whatsapp: {template.id} ({locale})"
            for problem in mistakes_in(body):
                yield Finding(where, problem)
            loud = begins_loudly(body, content.loud_words.get(locale, ()), folded)
            if loud is not None:
                yield Finding(where, f"a locked screen would show {loud!r}")


@dataclass(frozen=True)
class _Texts:
    """All texts, as the template has them."""

    template: Catalog

    def check_source(self) -> Iterator[Finding]:
        """Yield texts that are too long themselves, where their model does not see it: what stands in two places."""
        for message in self.template:
            limit = limit_of(message)
            if isinstance(message.id, str) and limit and len(message.id) > limit:
                yield Finding(
                    message.locations[0][0],
                    _about(f"{len(message.id)} characters, at most {limit}", message.id),
                )

    def check(
        self, locale: str, known: Mapping[str, str], *, needs_all: bool
    ) -> Iterator[Finding]:
        """Yield what a language lacks, or says wrongly. A language that is only begun needs the safety texts."""
        for message in self.template:
            text = message.id if isinstance(message.id, str) else message.id[0]
            if not text:
                continue
            translation = known.get(text)
            if translation is None:
                if needs_all or rank_of(message) == "safety":
                    yield Finding(f"locales/{locale}", _about("not translated", text))
                continue
            for problem in mistakes(text, translation, limit_of(message)):
                yield Finding(f"locales/{locale}", _about(problem, text))


def _about(problem: str, text: str) -> str:
    return f"{problem}: {text[:_SHOWN_CHARS]!r}"

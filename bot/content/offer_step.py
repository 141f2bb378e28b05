"""The model of the step that looks for signs in a job offer, with its questions."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from bot.content.parts import Id, Strict, Title, Words
from bot.content.step_base import StepBase


class OfferChoice(Strict):
    """One possible answer to a question about a job offer."""

    id: Id
    title: Title
    signs: tuple[Id, ...] = ()
    """What this answer shows."""
    asks: tuple[Id, ...] = ()
    """The signs whose questions are worth asking after this answer."""
    means: Literal["affirm", "deny"] | None = None


class OfferQuestion(Strict):
    """One of the questions about a job offer."""

    text: Words
    choices: tuple[OfferChoice, ...] = Field(min_length=1, max_length=5)
    asks: tuple[Id, ...] = Field(min_length=1)
    """The signs whose questions are worth asking when the person does not know."""


class OfferStep(StepBase):
    """Looks for signs in a job offer, pasted or told in answers, and never says what it is."""

    type: Literal["offer"]
    text: Words
    paste: Title
    ask: Title
    resume: Title
    waiting: Words
    short: Words
    link: Words
    picture: Words
    questions: tuple[OfferQuestion, ...] = Field(min_length=1)
    question: Words
    """`{number}`, `{total}`, `{question}`."""
    unknown: Title
    back: Title
    stop: Title
    stopped: Words
    found: Words
    rest: Words
    sign: Words
    """`{title}`, `{reason}`."""
    seen: Words
    """Said under a sign: the words of the text, `{words}`, that show it."""
    good: Words
    nothing: Words
    to_ask: Words
    """`{questions}`."""
    always: tuple[Id, ...] = Field(min_length=1)
    """The signs whose questions fit any offer."""
    more: Title
    licence: Title
    share: Title
    sources: Title
    sources_text: Words
    human: Title
    done: Title
    summary: Words
    """`{signs}`, `{questions}`; nothing of the text or the person."""
    summary_nothing: Words
    shared: Words
    kept: Title
    """The button under an answer to danger that comes back to the offer."""

    def named_signs(self) -> Iterator[str]:
        """Yield every sign that the step names."""
        yield from self.always
        for question in self.questions:
            yield from question.asks
            for choice in question.choices:
                yield from (*choice.signs, *choice.asks)

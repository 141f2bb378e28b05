"""Reads one message: the language model and the lexicon together, the lexicon alone when the model is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.errors import NluUnavailable
from bot.understanding.language import guess_language
from bot.understanding.lexicon import Lexicon
from bot.understanding.model import Nlu, Parse, Risk, RiskLevel, Understanding
from bot.understanding.nearest import Questions
from bot.understanding.spelling import spell

log = structlog.get_logger(__name__)

_LIKELY_FROM = 0.02
EARLIER = 3
"""How many messages before the present one are read with it."""


@dataclass
class Reader:
    """Understands messages."""

    nlu: Nlu
    lexicon: Lexicon
    questions: Questions | None = None
    """What the answers are asked by; None until it is known."""
    degraded: bool = False
    """Whether the language model was away at the last message."""
    missed: int = 0
    """How many messages it was away for, or too late, since this process began."""

    async def read(self, text: str, *, prior: str | None = None) -> Understanding:
        """Return what `text` means.

        Args:
            text: As the person wrote it.
            prior: The conversation's language.
        """
        text = spell(text)
        if not any(char.isalnum() for char in text):
            return Understanding()
        try:
            parse = await self.nlu.parse(text)
        except NluUnavailable:
            self._note(degraded=True)
            self.missed += 1
            found = self.lexicon.read(text)
            return Understanding(guess_language(text, prior=prior), (), found, degraded=True)
        self._note(degraded=False)
        found = self.lexicon.read(text, likely=_likely(parse.languages))
        language = guess_language(text, prior=prior, learned=parse.languages)
        risk = combine(parse, found)
        doubt = parse.doubt is True and risk.level is RiskLevel.NONE
        return Understanding(
            language,
            parse.guesses,
            risk,
            doubt=doubt,
            languages=parse.languages,
            any_risk=parse.any_risk,
            near=self.questions.nearest(parse.meaning) if self.questions else (),
            meaning=parse.meaning,
        )

    async def meaning_of(self, text: str) -> bytes | None:
        """Return the sentence vector of `text` alone; None when the model is away."""
        try:
            return (await self.nlu.parse(spell(text))).meaning
        except NluUnavailable:
            return None

    def expecting(self, read: Understanding, text: str, prior: str | None) -> Understanding:
        """Return `read` with the language guessed anew, now that the conversation's own is known."""
        if prior is None or read == Understanding():
            return read
        learned = read.languages or None
        return replace(read, language=guess_language(spell(text), prior=prior, learned=learned))

    def depends_on_earlier(self, read: Understanding) -> bool:
        """Tell whether what was said shortly before can change what a message tells of danger.

        "Thanks" and "what does a passport cost" add nothing to what was told before.
        """
        return not read.degraded and (
            read.doubt or RiskLevel.NONE < read.risk.level < RiskLevel.IMMEDIATE
        )

    async def read_together(
        self, read: Understanding, text: str, earlier: Sequence[str], known: Risk
    ) -> Understanding:
        """Return `read` with the danger that `text` tells of only together with what was said shortly before.

        Args:
            read: What the message means alone.
            text: As the person wrote it.
            earlier: Their last messages, oldest first.
            known: The danger that they have told of before.
        """
        if not earlier or not self.depends_on_earlier(read):
            return read
        told = "\n".join(spell(each) for each in (*earlier[-EARLIER:], text))
        try:
            parse = await self.nlu.parse(told)
        except NluUnavailable:
            return read
        together = combine(parse, self.lexicon.read(told, likely=_likely(parse.languages)))
        # What the earlier messages tell by themselves has been answered already.
        if together.level <= max(read.risk.level, known.level):
            return read
        return replace(read, risk=read.risk.joined(together), doubt=False)

    def _note(self, *, degraded: bool) -> None:
        if degraded != self.degraded:
            log.warning("nlu_away" if degraded else "nlu_back")
        self.degraded = degraded


def _likely(languages: Mapping[str, float]) -> frozenset[str] | None:
    """Return the languages whose words are worth looking for; None, for all, where the model names none.

    Indonesian and English are mixed into all others here.
    """
    if not languages:
        return None
    return frozenset({"id", "en", *(code for code, p in languages.items() if p >= _LIKELY_FROM)})


def combine(parse: Parse, lexicon: Risk) -> Risk:
    """Return the risk of a message that the language model and the lexicon have both read.

    They miss different things: the model paraphrase of few words and slang, the lexicon anything it has no pattern
    for. Either is enough to offer help. Where the model sees no risk, a match of the lexicon alone counts one
    level lower, but never less than concern, so that a figure of speech does not raise an alarm and a call for
    help is still asked about. Where the model rules a danger out, only what would be immediate is.
    """
    if parse.risk.level is RiskLevel.NONE and lexicon.level > RiskLevel.NONE:
        if parse.doubt is False and lexicon.level < RiskLevel.IMMEDIATE:
            return parse.risk
        lower = max(RiskLevel(lexicon.level - 1), RiskLevel.CONCERN)
        lexicon = Risk(lower, lexicon.kinds, lexicon.subject)
    return parse.risk.joined(lexicon)

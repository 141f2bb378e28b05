"""Reads one message: the language model and the lexicon together, the lexicon alone when the model is away."""

from dataclasses import dataclass

import structlog

from bot.errors import NluUnavailable
from bot.understanding.cleaning import read_form
from bot.understanding.language import guess_language
from bot.understanding.lexicon import Lexicon
from bot.understanding.model import Nlu, Parse, Risk, RiskLevel, Understanding

log = structlog.get_logger(__name__)

DOUBT = 0.16
"""Below this the model is sure that nothing is wrong; chosen on the blind validation messages."""


@dataclass
class Reader:
    """Understands messages."""

    nlu: Nlu
    lexicon: Lexicon
    degraded: bool = False
    """Whether the language model was away at the last message."""

    async def read(self, text: str, *, prior: str | None = None) -> Understanding:
        """Return what `text` means.

        Args:
            text: As the person wrote it.
            prior: The conversation's language.
        """
        if not any(char.isalnum() for char in read_form(text)):
            return Understanding()
        language = guess_language(text, prior=prior)
        found = self.lexicon.read(text)
        try:
            parse = await self.nlu.parse(text)
        except NluUnavailable:
            self._note(degraded=True)
            return Understanding(language, (), found, degraded=True)
        self._note(degraded=False)
        return Understanding(language, parse.guesses, combine(parse, found))

    def _note(self, *, degraded: bool) -> None:
        if degraded != self.degraded:
            log.warning("nlu_away" if degraded else "nlu_back")
        self.degraded = degraded


def combine(parse: Parse, lexicon: Risk) -> Risk:
    """Return the risk of a message that the language model and the lexicon have both read.

    They miss different things: the model paraphrase of few words and slang, the lexicon anything it has no pattern
    for. Either is enough to offer help. Where the model sees no risk, a match of the lexicon alone counts one
    level lower, but never less than concern, so that a figure of speech does not raise an alarm and a call for
    help is still asked about. Where the model is sure that there is none, only what would be immediate is.
    """
    if parse.risk.level is RiskLevel.NONE and lexicon.level > RiskLevel.NONE:
        if parse.any_risk < DOUBT and lexicon.level < RiskLevel.IMMEDIATE:
            return parse.risk
        lower = max(RiskLevel(lexicon.level - 1), RiskLevel.CONCERN)
        lexicon = Risk(lower, lexicon.kinds, lexicon.subject)
    return parse.risk.joined(lexicon)

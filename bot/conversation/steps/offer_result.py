"""What is told of the signs in a job offer: each with its reason, then what to ask, how to check, and a way on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.content.offer import Sign
from bot.content.offer_step import OfferStep
from bot.conversation.steps.answer import source_lines
from bot.conversation.steps.base import Scene
from bot.messages import Button, Outgoing

MAX_SIGNS = 4
"""More in one message are not read; the rest is one press away."""
MAX_QUESTIONS = 5
_MAX_SEEN_CHARS = 60


@dataclass(frozen=True)
class Result:
    """The signs found, and those whose questions are worth asking although nothing was found of them."""

    step: OfferStep
    scene: Scene
    found: Sequence[str]
    asks: Sequence[str]
    seen: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The words of a pasted text that show a sign; known only in the turn that reads it."""

    def tell(self) -> tuple[Outgoing, ...]:
        """Return the first signs with their reasons, what speaks for the offer, and what to ask."""
        step = self.step
        worries = self._signs(good=False)
        parts = [self.scene.say(step.found if worries else step.nothing)]
        parts += [self._line(sign) for sign in worries[:MAX_SIGNS]]
        good = self._signs(good=True)
        if good:
            parts += [self.scene.say(step.good), *(self._line(sign) for sign in good)]
        to_ask = self.scene.say(step.to_ask, questions=self._questions())
        rest = len(worries) > MAX_SIGNS
        return (Outgoing("\n\n".join(parts)), Outgoing(to_ask, self._ways_on(more=rest)))

    def tell_rest(self) -> tuple[Outgoing, ...]:
        """Return the signs that did not fit into the first message."""
        rest = [self._line(sign) for sign in self._signs(good=False)[MAX_SIGNS:]]
        text = "\n\n".join((self.scene.say(self.step.rest), *rest))
        return (Outgoing(text, self._ways_on(more=False)),)

    def tell_sources(self) -> tuple[Outgoing, ...]:
        """Return where the signs come from; without signs, where the questions do."""
        signs = self.scene.content.offer.signs
        names = self.found or self.step.always
        slugs = tuple(dict.fromkeys(slug for name in names for slug in signs[name].sources))
        text = self.scene.say(self.step.sources_text, sources=source_lines(self.scene, slugs))
        return (Outgoing(text, self._ways_on(more=False)),)

    def share(self) -> tuple[Outgoing, ...]:
        """Return a summary to be forwarded: made of our own words alone, with no button under it."""
        worries = self._signs(good=False)
        titles = "\n".join(f"\u2022 {self.scene.say(sign.title)}" for sign in worries)
        words = self.step.summary if worries else self.step.summary_nothing
        summary = self.scene.say(words, signs=titles, questions=self._questions())
        after = Outgoing(self.scene.say(self.step.shared), self._ways_on(more=False))
        return (Outgoing(summary), after)

    def _signs(self, *, good: bool) -> list[Sign]:
        signs = (self.scene.content.offer.signs[name] for name in self.found)
        return [sign for sign in signs if sign.good is good]

    def _line(self, sign: Sign) -> str:
        scene, step = self.scene, self.step
        line = scene.say(step.sign, title=scene.say(sign.title), reason=scene.say(sign.reason))
        words = self.seen.get(sign.id)
        if words is None:
            return line
        shown = words if len(words) <= _MAX_SEEN_CHARS else f"{words[: _MAX_SEEN_CHARS - 1]}\u2026"
        return f"{line}\n{scene.say(step.seen, words=shown)}"

    def _questions(self) -> str:
        """Return what to ask: after the signs found, after what the person did not know, and what fits always."""
        worries = (sign.id for sign in self._signs(good=False))
        names = tuple(dict.fromkeys((*worries, *self.asks, *self.step.always)))[:MAX_QUESTIONS]
        signs = self.scene.content.offer.signs
        return "\n".join(f"\u2022 {self.scene.say(signs[name].question)}" for name in names)

    def _ways_on(self, *, more: bool) -> tuple[Button, ...]:
        scene, step = self.scene, self.step
        rest = (scene.button("more", step.more),) if more else ()
        return (
            *rest,
            scene.link("answer.give.check_agency_licence", step.licence),
            scene.link("consent.ask", step.human),
            scene.button("share", step.share),
            scene.button("sources", step.sources),
            scene.button("end", step.done),
        )

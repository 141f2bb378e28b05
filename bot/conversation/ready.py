"""What a counsellor can put into the box at a keystroke: ready replies and checked services, in the person's language.

Where a language lacks a text it is said in the next one of its chain, and the counsellor is told in which.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.content.catalogue import Words
from bot.content.directory import Standings, in_order, showable
from bot.content.load import Content
from bot.content.model import Service
from bot.content.services_step import Services

WHATSAPP = "https://wa.me/"


@dataclass(frozen=True)
class Ready:
    """One thing to pick."""

    id: str
    title: str
    text: str = field(repr=False)
    tongue: str
    """The language that the text is in."""
    is_unchecked: bool = False
    """Whether nobody has reviewed this translation."""
    is_service: bool = False


def ready_for(
    content: Content,
    standings: Standings,
    *,
    locale: str,
    staff_locale: str,
    gaps: Mapping[str, str],
    now: datetime,
) -> list[Ready]:
    """Return all that can be picked for a person: the replies whose gaps are known, then the services that may be shown.

    Args:
        content: What is said now.
        standings: The checks of the directory; an entry that is dark is not offered to staff either.
        locale: The person's language.
        staff_locale: The language in which the titles are read.
        gaps: What can be filled in, by its name (`bot.content.replies.Gap`).
        now: What time it is; services that are open stand first.
    """
    words = content.words
    replies = [
        Ready(
            reply.id,
            words.say(reply.title, staff_locale),
            words.say(reply.text, locale, **{name: gaps[name] for name in reply.gaps}),
            words.tongue(reply.text, locale),
            words.is_unchecked(reply.text, locale),
        )
        for reply in content.replies.values()
        if reply.gaps <= gaps.keys() and not reply.by_itself
    ]
    shown = showable(content.services.values(), standings, now.date())
    return [*replies, *(_service(content, each, locale) for each in in_order(shown, now, locale))]


def _service(content: Content, service: Service, locale: str) -> Ready:
    words = content.words
    text = "\n".join(_lines(content, service, locale))
    spoken = (service.serves, service.confidentiality)
    return Ready(
        f"service-{service.id}",
        service.name,
        text,
        words.tongue(service.serves, locale),
        any(words.is_unchecked(each, locale) for each in spoken),
        is_service=True,
    )


def _lines(content: Content, service: Service, locale: str) -> Iterator[str]:
    """Yield an entry line by line, in the bot's own words for it: what happens with what one tells comes before any number."""
    step, words = _step(content), content.words
    yield words.say(
        step.entry,
        locale,
        name=service.name,
        serves=words.say(service.serves, locale),
        confidentiality=words.say(service.confidentiality, locale),
    )
    yield words.say(step.hours, locale, hours=words.say(service.hours, locale))
    if service.cost:
        yield words.say(step.cost, locale, cost=words.say(service.cost, locale))
    yield from _ways(step, words, service, locale)


def _ways(step: Services, words: Words, service: Service, locale: str) -> Iterator[str]:
    for number in service.phone:
        yield words.say(step.phone, locale, number=number)
    for number in service.whatsapp:
        link = WHATSAPP + number.removeprefix("+")
        yield words.say(step.whatsapp, locale, link=link)
    if service.url:
        yield words.say(step.web, locale, link=service.url)
    if service.email:
        yield words.say(step.email, locale, email=service.email)


def _step(content: Content) -> Services:
    return next(
        step
        for flow in content.flows.values()
        for step in flow.steps.values()
        if isinstance(step, Services)
    )

"""The words that WhatsApp is asked to approve, made of the house's templates and of campaigns' messages, and which of them it has approved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.load import Content
from bot.content.whatsapp import LANGUAGES, HouseTemplate, gaps_of, numbered
from bot.conversation.turn import TurnResult
from bot.messages import Button, Outgoing
from bot.store import templates
from bot.store.templates import APPROVED, MESSAGE, Wanted


@dataclass(frozen=True)
class Approved:
    """A house template that may be said to somebody, in the first language of their chain in which it is approved."""

    template: HouseTemplate
    wanted: Wanted

    def said(self, content: Content, values: Mapping[str, str]) -> Outgoing:
        """Return it as a message: free words with its buttons where the window is open, the template where it is shut."""
        words, locale = content.words, self.wanted.locale
        gaps = tuple(values[name] for name in gaps_of(self.template.body))
        buttons = tuple(
            Button(each.id, words.say(each.title, locale)) for each in self.template.buttons
        )
        pressed = tuple(button.id for button in buttons)
        text = words.say(self.template.body, locale, **values)
        return Outgoing(text, buttons, template=self.wanted.used(gaps, pressed))


def house_wanted(content: Content) -> Iterator[Wanted]:
    """Yield every house template in every language in which it may be said: those that are released and that WhatsApp knows."""
    for template in content.templates.values():
        for locale in content.words.released:
            if locale in LANGUAGES:
                yield of_house(content, template, locale)


def of_house(content: Content, template: HouseTemplate, locale: str) -> Wanted:
    """Return a house template in one language."""
    words = content.words
    body: dict[str, Any] = {"type": "BODY", "text": numbered(words.say(template.body, locale))}
    samples = [template.samples[name] for name in gaps_of(words.say(template.body, locale))]
    if samples:
        body["example"] = {"body_text": [samples]}
    titles = [words.say(button.title, locale) for button in template.buttons]
    return Wanted(
        template.id, locale, LANGUAGES[locale], template.category, [body, *_buttons(titles)]
    )


def of_message(message: Outgoing, locale: str) -> Wanted | None:
    """Return a campaign's message as a template in its language, with its picture; None in one that WhatsApp knows no templates in."""
    if locale not in LANGUAGES:
        return None
    titles = [button.title for button in message.buttons]
    body = {"type": "BODY", "text": message.text}
    components = [*_header(message), body, *_buttons(titles)]
    return Wanted(MESSAGE, locale, LANGUAGES[locale], "marketing", components)


async def find_approved(
    conn: AsyncConnection, content: Content, name: str, locale: str
) -> Approved | None:
    """Return a house template as it may be said to somebody who reads `locale`; None where no language of theirs is approved."""
    template = content.templates.get(name)
    if template is None:
        return None
    return await _first_approved(conn, template, _in_chain(content, template, locale))


def could_be_said(content: Content, name: str, locale: str) -> tuple[Wanted, ...]:
    """Return a house template in the languages of somebody's chain, in order."""
    template = content.templates.get(name)
    return tuple(_in_chain(content, template, locale)) if template else ()


async def with_template(
    conn: AsyncConnection, content: Content, name: str, result: TurnResult
) -> tuple[Outgoing, ...]:
    """Return what a turn says, with the house template that says it where free words may not; unchanged where none is approved."""
    approved = await find_approved(conn, content, name, result.state.locale)
    if approved is None or len(result.outgoing) != 1:
        return result.outgoing
    said = approved.said(content, {})
    return (replace(result.outgoing[0], template=said.template),)


def _in_chain(content: Content, template: HouseTemplate, locale: str) -> Iterator[Wanted]:
    words = content.words
    for code in words.chain(locale):
        if code in words.released and code in LANGUAGES:
            yield of_house(content, template, code)


async def _first_approved(
    conn: AsyncConnection, template: HouseTemplate, wanted: Iterator[Wanted]
) -> Approved | None:
    candidates = list(wanted)
    states = await templates.statuses(conn, candidates)
    approved = (each for each in candidates if states.get(each.fingerprint) == APPROVED)
    first = next(approved, None)
    return Approved(template, first) if first else None


def _header(message: Outgoing) -> list[dict[str, Any]]:
    drawn = next((media for media in message.media if media.is_made_here), None)
    if drawn is None:
        return []
    # The same in every language.
    address = drawn.url.partition("@")[0]
    return [{"type": "HEADER", "format": "IMAGE", templates.PICTURE: address}]


def _buttons(titles: Sequence[str]) -> list[dict[str, Any]]:
    replies = [{"type": "QUICK_REPLY", "text": title} for title in titles]
    return [{"type": "BUTTONS", "buttons": replies}] if replies else []

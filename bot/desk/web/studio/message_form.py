"""The form of a message: what somebody has typed, as it stands there, and the content that it makes once nothing is missing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from starlette.datastructures import FormData

from bot.campaigns.broadcast import (
    BroadcastButton,
    BroadcastContent,
    BroadcastWords,
    Variant,
)
from bot.campaigns.broadcast_rows import Draft
from bot.content.parts import MAX_MESSAGE_CHARS, MAX_TITLE_CHARS
from bot.desk.web.security import text_of

BUTTONS = (0, 1)
SAME, WEB, NONE = "same", "web", ""
"""Targets in the form that are none themselves: as in the first language, an address that is typed, no button."""
MAX_NAME = 120
MAX_ADDRESS = 300


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field: `where` as in its name, `code` has its sentence in `studio/words.html`."""

    where: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class TypedButton:
    """A button as it was typed."""

    title: str = ""
    target: str = NONE
    """`same`, `web`, or a target itself."""
    address: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it was typed."""
        return not self.title and self.target in {NONE, SAME}


@dataclass(frozen=True)
class TypedWords:
    """What is said in one language, as it was typed."""

    text: str = ""
    buttons: tuple[TypedButton, ...] = (TypedButton(), TypedButton())


@dataclass(frozen=True)
class Typed:
    """All that stands in the form."""

    name: str = ""
    locales: tuple[str, ...] = ()
    """The first one is the source, beside which the others are read."""
    fallback: str = ""
    share: int = 50
    """Of variant a, where there are two."""
    variants: Mapping[str, Mapping[str, TypedWords]] = field(default_factory=dict)
    picture: UUID | None = None
    alt: Mapping[str, str] = field(default_factory=dict)

    def words(self, variant: str, locale: str) -> TypedWords:
        """Return what was typed in one place."""
        return self.variants.get(variant, {}).get(locale, TypedWords())

    def target(self, variant: str, locale: str, number: int) -> str:
        """Return where a button leads, once `same` and typed addresses are looked through."""
        button = self.words(variant, locale).buttons[number]
        if button.target == SAME and locale != self.locales[0]:
            return self.target(variant, self.locales[0], number)
        return button.address if button.target == WEB else button.target


def typed_of(draft: Draft) -> Typed:
    """Return a message as it stands in its form."""
    content = draft.content
    known = sorted(
        content.locales, key=lambda code: (code != content.fallback, code != "id", code)
    )
    return Typed(
        name=draft.name,
        locales=tuple(known),
        fallback=content.fallback or "",
        share=content.variants[0].share if len(content.variants) > 1 else 50,
        variants={
            each.id: {locale: _typed_words(each, locale, source=known[0]) for locale in known}
            for each in content.variants
        },
        picture=content.picture,
        alt=dict(content.alt),
    )


def _typed_words(variant: Variant, locale: str, *, source: str) -> TypedWords:
    words, first = variant.words[locale], variant.words[source]
    buttons = [
        _typed_button(
            button,
            as_first=locale != source
            and number < len(first.buttons)
            and first.buttons[number].target == button.target,
        )
        for number, button in enumerate(words.buttons)
    ]
    # A button that the source has and this language has not is left out on purpose.
    rest = [
        TypedButton(target=NONE if locale == source or number < len(first.buttons) else SAME)
        for number in BUTTONS[len(buttons) :]
    ]
    return TypedWords(words.text, (*buttons, *rest))


def _typed_button(button: BroadcastButton, *, as_first: bool) -> TypedButton:
    if as_first:
        return TypedButton(button.title, SAME)
    if button.target.startswith("https://"):
        return TypedButton(button.title, WEB, button.target)
    return TypedButton(button.title, button.target)


def read_typed(form: FormData, known: Collection[str]) -> Typed:
    """Return what stands in the form that was sent, in the languages that are `known`; whatever it is, nothing is lost."""
    locales = tuple(dict.fromkeys(code for code in _all(form, "locale") if code in known))
    variants = tuple(each for each in ("a", "b") if each in _all(form, "variant")) or ("a",)
    share = text_of(form, "share")
    return Typed(
        name=_line(form, "name"),
        locales=locales,
        fallback=text_of(form, "fallback"),
        share=int(share) if share.isdecimal() and len(share) < 4 else 0,
        variants={
            each: {locale: _read_words(form, f"{each}-{locale}") for locale in locales}
            for each in variants
        },
        picture=_uuid(text_of(form, "picture")),
        alt={locale: _line(form, f"alt-{locale}") for locale in locales},
    )


def _read_words(form: FormData, place: str) -> TypedWords:
    buttons = tuple(
        TypedButton(
            _line(form, f"{place}-title{number}"),
            text_of(form, f"{place}-target{number}"),
            _line(form, f"{place}-address{number}"),
        )
        for number in BUTTONS
    )
    return TypedWords(text_of(form, f"{place}-text").replace("\r\n", "\n").strip(), buttons)


def problems_of(typed: Typed) -> Iterator[Problem]:
    """Yield what keeps the form from being content, field by field."""
    if not 0 < len(typed.name) <= MAX_NAME:
        yield Problem("name", "too_long" if typed.name else "empty")
    if not typed.locales:
        yield Problem("new-locale", "no_language")
    if len(typed.variants) > 1 and not 1 <= typed.share <= 99:
        yield Problem("share", "share")
    for variant, spoken in typed.variants.items():
        for locale, words in spoken.items():
            yield from _problems_of_words(typed, variant, locale, words)


def _problems_of_words(
    typed: Typed, variant: str, locale: str, words: TypedWords
) -> Iterator[Problem]:
    place = f"{variant}-{locale}"
    if not words.text:
        yield Problem(f"{place}-text", "empty")
    elif len(words.text) > MAX_MESSAGE_CHARS:
        yield Problem(f"{place}-text", "too_long", str(MAX_MESSAGE_CHARS))
    for number, button in enumerate(words.buttons):
        target = typed.target(variant, locale, number)
        if target and not button.title:
            yield Problem(f"{place}-title{number}", "no_title")
        if len(button.title) > MAX_TITLE_CHARS:
            yield Problem(f"{place}-title{number}", "too_long", str(MAX_TITLE_CHARS))
        if button.title and not target:
            yield Problem(f"{place}-target{number}", "no_target")
        if button.target == WEB and not _is_address(target):
            yield Problem(f"{place}-address{number}", "no_address")


def _is_address(text: str) -> bool:
    rest = text.removeprefix("https://")
    bad = any(sign.isspace() or sign in '<>"' for sign in rest)
    return rest != text and 3 <= len(rest) <= MAX_ADDRESS and not bad


def content_of(typed: Typed) -> BroadcastContent:
    """Return the content of a form without problems.

    Raises:
        pydantic.ValidationError: Something that no honest form sends is wrong with it.
    """
    shares = {"a": typed.share, "b": 100 - typed.share} if len(typed.variants) > 1 else {"a": 100}
    variants = [
        {
            "id": name,
            "share": shares[name],
            "words": {locale: _content_words(typed, name, locale) for locale in typed.locales},
        }
        for name in typed.variants
    ]
    return BroadcastContent.model_validate(
        {
            "variants": variants,
            "fallback": typed.fallback or None,
            "picture": typed.picture,
            "alt": {code: said for code, said in typed.alt.items() if said and typed.picture},
        }
    )


def _content_words(typed: Typed, variant: str, locale: str) -> BroadcastWords:
    words = typed.words(variant, locale)
    buttons = tuple(
        BroadcastButton(title=button.title, target=typed.target(variant, locale, number))
        for number, button in enumerate(words.buttons)
        if button.title
    )
    return BroadcastWords(text=words.text, buttons=buttons)


def with_language(typed: Typed, locale: str, known: Sequence[str]) -> Typed:
    """Return the form with an empty language more; the same where that is none or there already."""
    if locale not in known or locale in typed.locales:
        return typed
    empty = TypedWords(buttons=tuple(TypedButton(target=SAME) for _ in BUTTONS))
    first = empty if typed.locales else TypedWords()
    variants = {name: {**spoken, locale: first} for name, spoken in typed.variants.items()}
    return replace(
        typed, locales=(*typed.locales, locale), variants=variants or {"a": {locale: first}}
    )


def without_language(typed: Typed, locale: str) -> Typed:
    """Return the form without a language; where it was the source, the next one is."""
    left = tuple(code for code in typed.locales if code != locale)
    if not left or left == typed.locales:
        return typed
    goes_first = locale == typed.locales[0]
    variants = {
        name: {
            code: _spelled_out(typed, name, code) if goes_first else spoken[code] for code in left
        }
        for name, spoken in typed.variants.items()
    }
    fallback = typed.fallback if typed.fallback in left else ""
    return replace(typed, locales=left, variants=variants, fallback=fallback)


def _spelled_out(typed: Typed, variant: str, locale: str) -> TypedWords:
    """Return words whose buttons name their targets themselves, since the source goes."""
    first = typed.words(variant, typed.locales[0]).buttons
    words = typed.words(variant, locale)
    buttons = tuple(
        replace(own, target=then.target, address=then.address) if own.target == SAME else own
        for own, then in zip(words.buttons, first, strict=True)
    )
    return replace(words, buttons=buttons)


def with_second(typed: Typed) -> Typed:
    """Return the form with a second version, which begins as the first one."""
    return replace(typed, variants={"a": typed.variants["a"], "b": typed.variants["a"]}, share=50)


def without(typed: Typed, variant: str) -> Typed:
    """Return the form without one of its two versions."""
    left = [words for name, words in typed.variants.items() if name != variant]
    return replace(typed, variants={"a": left[0]}) if left else typed


def _all(form: FormData, name: str) -> list[str]:
    return [each for each in form.getlist(name) if isinstance(each, str)]


def _line(form: FormData, name: str) -> str:
    return " ".join(text_of(form, name).split())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

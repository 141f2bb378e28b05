"""What a broadcast says, in one or two variants and several languages, and the states that it goes through.

What is wrong with a broadcast is told as codes (`Finding`); the words for them stand on the desk.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationError, model_validator

from bot.campaigns.schedule import AnySchedule, At, Local, Now, next_fire
from bot.channels.capabilities import TELEGRAM
from bot.content.load import Content
from bot.content.parts import MAX_MESSAGE_CHARS, MAX_TITLE_CHARS, Strict
from bot.content.readability import LONG, read_text
from bot.errors import Refused
from bot.understanding.cleaning import folded

MAX_ALT_CHARS = 300
MAX_CAPTION_UNITS = 2 * TELEGRAM.max_caption_chars
"""What stands under a picture, with the addresses of its buttons, in UTF-16 units: a broadcast is one message."""
PREVIEW_CHARS = 60
"""What a locked screen shows of a message."""
OPEN_STEPS = (
    "campaigns.about",
    "campaigns.news",
    "events.list",
    "series.list",
    "quiz.play",
    "topics.pick",
    "offer.check",
    "going.where",
    "services.ask",
    "consent.ask",
    "feedback.suar",
    "menu.main",
)
"""Where a button of a broadcast may lead, beside quizzes, events and the campaign's own web sites."""

Target = Annotated[
    str,
    StringConstraints(
        pattern=r"^(quiz:[a-z][a-z0-9_]*|event:[a-z0-9]+(-[a-z0-9]+)*|step:[a-z_]+\.[a-z_]+|https://[^\s<>\"]{3,300})$"
    ),
]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class BroadcastButton(Strict):
    """A button: `quiz:<id>`, `event:<slug>`, `step:<flow.step>` of `OPEN_STEPS`, or an address of the campaign's own."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARS)]
    target: Target


class BroadcastWords(Strict):
    """What is said in one language."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE_CHARS)]
    buttons: tuple[BroadcastButton, ...] = Field(default=(), max_length=2)
    """Beside the one that ends these messages, which is always there; more than three in all no channel shows at once."""


class Variant(Strict):
    """One way of saying it, and how many of a hundred people get it."""

    id: Literal["a", "b"] = "a"
    share: int = Field(default=100, ge=1, le=100)
    words: dict[Locale, BroadcastWords] = Field(min_length=1)


class BroadcastContent(Strict):
    """All that a broadcast says."""

    variants: tuple[Variant, ...] = Field(min_length=1, max_length=2)
    fallback: Locale | None = None
    """In which language it is said to those whose own is not there; None: they do not get it."""
    picture: UUID | None = None
    alt: dict[Locale, Annotated[str, StringConstraints(max_length=MAX_ALT_CHARS)]] = Field(
        default_factory=dict
    )
    """What is on the picture, for those who cannot see it."""

    @model_validator(mode="after")
    def _fits_together(self) -> "BroadcastContent":
        ids = [variant.id for variant in self.variants]
        if ids != ["a", "b"][: len(ids)]:
            raise ValueError("the variants are a, or a and b")
        if sum(variant.share for variant in self.variants) != 100:
            raise ValueError("the shares of the variants are 100 together")
        if any(variant.words.keys() != self.locales for variant in self.variants):
            raise ValueError("every variant is there in the same languages")
        if self.fallback is not None and self.fallback not in self.locales:
            raise ValueError("it is not there in the language of the fallback")
        return self

    @property
    def locales(self) -> frozenset[str]:
        """The languages in which it is there."""
        return frozenset(self.variants[0].words)

    def words_for(self, variant: str, locale: str) -> BroadcastWords:
        """Return what a recipient gets: their row names the variant and the language."""
        chosen = next((each for each in self.variants if each.id == variant), self.variants[0])
        return chosen.words[locale]


class BadContent(Refused):
    """The content of a broadcast is none."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}" if where else problem)


def read_content(data: object) -> BroadcastContent:
    """Read the content of a broadcast from its JSON form (`model_dump(mode="json")`).

    Raises:
        BadContent: It is none; says which part, and what is wrong with it.
    """
    try:
        return BroadcastContent.model_validate(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        raise BadContent(".".join(map(str, first["loc"])), first["msg"]) from None


@dataclass(frozen=True)
class Ground:
    """What planning has to know of the house: the clocks that people live by, and in which language they read instead of another."""

    home: str
    """The zone of those who have not told theirs."""
    zones: frozenset[str]
    chains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Content, home: str) -> "Ground":
        """Return the ground of a house whose zone is `home`."""
        words = content.words
        chains = {locale: words.chain(locale)[:-1] or (locale,) for locale in words.locales}
        return cls(home, content.cities.every_zone | {home}, chains)

    def language_for(self, content: BroadcastContent, locale: str) -> str | None:
        """Return in which language somebody who reads `locale` gets a broadcast; None where in none.

        Their own, else the next of its chain that they are known to read, else the fallback.
        """
        own = (code for code in self.chains.get(locale, (locale,)) if code in content.locales)
        return next(own, content.fallback)


@dataclass(frozen=True)
class Finding:
    """Something about a broadcast that is wrong or, where `warning`, worth a second look."""

    code: str
    where: str = ""
    """The part, as ``a.id.text``."""
    value: str = ""
    """The word, language or target that it is about."""
    warning: bool = False


@dataclass(frozen=True)
class Known:
    """What the targets of a broadcast may name."""

    content: Content
    events: Collection[str] = ()
    domains: Collection[str] = ()
    """The campaign's own web sites."""


def check_content(content: BroadcastContent, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with what a broadcast says."""
    if content.picture is not None:
        for locale in sorted(content.locales):
            if not content.alt.get(locale, "").strip():
                yield Finding("no_alt", f"alt.{locale}", locale)
    for variant in content.variants:
        for locale, words in variant.words.items():
            place = f"{variant.id}.{locale}"
            yield from _check_words(words, locale, place, known)
            if content.picture is not None and _caption_units(words) > MAX_CAPTION_UNITS:
                yield Finding("too_long_with_picture", f"{place}.text")
            for number, button in enumerate(words.buttons):
                yield from _check_target(button.target, f"{place}.buttons.{number}", known)


def _caption_units(words: BroadcastWords) -> int:
    """Return how long the words are with the addresses that are written below them."""
    links = (f"{each.title}: {each.target}" for each in words.buttons if "//" in each.target)
    return len("\n\n".join((words.text, *links)).encode("utf-16-le")) // 2


def _check_words(
    words: BroadcastWords, locale: str, place: str, known: Known
) -> Iterator[Finding]:
    if locale not in known.content.words.locales:
        yield Finding("unknown_language", place, locale)
        return
    begin = folded(words.text[:PREVIEW_CHARS])
    for word in known.content.loud_words.get(locale, ()):
        if word in begin:
            yield Finding("loud_word", f"{place}.text", word)
    if locale in LONG and read_text(words.text, locale).band == "hard":
        yield Finding("hard_to_read", f"{place}.text", warning=True)
    titles = [button.title.casefold() for button in words.buttons]
    for title in {title for title in titles if titles.count(title) > 1}:
        yield Finding("same_title", f"{place}.buttons", title)


def _check_target(target: str, place: str, known: Known) -> Iterator[Finding]:
    kind, _, name = target.partition(":")
    quiz = known.content.quizzes.get(name)
    there = {
        "quiz": quiz is not None and not quiz.retired,
        "event": name in known.events,
        "step": name in OPEN_STEPS and known.content.has_step(name),
        "https": _is_own(target, known.domains),
    }
    if not there[kind]:
        yield Finding(f"unknown_{kind}", place, target)


def _is_own(address: str, domains: Collection[str]) -> bool:
    parts = urlsplit(address)
    # "https://own.example@other.example" shows one site and opens another.
    if parts.username is not None or parts.port not in {None, 443}:
        return False
    host = (parts.hostname or "").rstrip(".")
    return any(host == own or host.endswith(f".{own}") for own in domains)


def check_when(
    schedule: AnySchedule, not_after: datetime | None, *, now: datetime, ground: Ground
) -> Iterator[Finding]:
    """Yield what is wrong with when a broadcast goes out."""
    first = first_fire(schedule, now=now, ground=ground)
    if first is None:
        gone = isinstance(schedule, At | Local)
        yield Finding("in_the_past" if gone else "never_goes_out", "schedule")
    elif not_after is not None and not_after <= first:
        yield Finding("expires_before_it_starts", "not_after")


def check_languages(
    content: BroadcastContent, read: Collection[str], *, ground: Ground
) -> Iterator[Finding]:
    """Yield which of the languages that the audience reads (`read`) nobody would get it in."""
    for locale in sorted(read):
        if ground.language_for(content, locale) is None:
            yield Finding("no_words", "", locale)


def first_fire(schedule: AnySchedule, *, now: datetime, ground: Ground) -> datetime | None:
    """Return when a broadcast that is approved `now` fires first; None when it does not."""
    if isinstance(schedule, Now):
        return now
    return next_fire(schedule, now, ground.zones, home=ground.home)


State = Literal[
    "draft",
    "waiting",
    "scheduled",
    "paused",
    "done",
    "cancelled",
    "expired",
    "stopped",
    "archived",
]
Act = Literal[
    "submit", "withdraw", "send_back", "approve", "unapprove", "edit", "pause", "resume", "cancel",
    "finish", "expire", "stop", "archive", "unarchive",
]  # fmt: skip
MOVES: Mapping[tuple[str, str], State] = {
    ("draft", "edit"): "draft",
    ("draft", "submit"): "waiting",
    ("draft", "archive"): "archived",
    ("waiting", "edit"): "draft",
    ("waiting", "withdraw"): "draft",
    ("waiting", "send_back"): "draft",
    ("waiting", "approve"): "scheduled",
    ("waiting", "cancel"): "cancelled",
    ("scheduled", "edit"): "draft",
    ("scheduled", "unapprove"): "waiting",
    ("scheduled", "pause"): "paused",
    ("scheduled", "cancel"): "cancelled",
    ("scheduled", "finish"): "done",
    ("scheduled", "expire"): "expired",
    ("scheduled", "stop"): "stopped",
    ("paused", "edit"): "draft",
    ("paused", "resume"): "scheduled",
    ("paused", "cancel"): "cancelled",
    ("paused", "expire"): "expired",
    ("paused", "stop"): "stopped",
    ("done", "archive"): "archived",
    ("cancelled", "archive"): "archived",
    ("expired", "archive"): "archived",
    ("stopped", "archive"): "archived",
    ("archived", "unarchive"): "draft",
    ("stopped", "edit"): "draft",
    ("cancelled", "edit"): "draft",
    ("expired", "edit"): "draft",
}
"""What can be done with a broadcast in each state, and the state that follows. What was changed after its approval is a draft again; what
is taken out of the archive is what it was before."""
_PAIRS: tuple[tuple[Act, Act], ...] = (
    ("submit", "withdraw"), ("approve", "unapprove"), ("pause", "resume"), ("archive", "unarchive"),
)  # fmt: skip
UNDOES: Mapping[str, Act] = {**dict(_PAIRS), **{b: a for a, b in _PAIRS}, "send_back": "submit"}
"""What takes an act back, where it still can be."""


class NotNow(Refused):
    """This cannot be done with the broadcast as it stands."""

    def __init__(self, state: str, act: str) -> None:
        self.state, self.act = state, act
        super().__init__(f"{act} is not possible while it is {state}")


def move(state: str, act: Act) -> State:
    """Return the state of a broadcast after `act`.

    Raises:
        NotNow: It cannot be done in this state.
    """
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state, act) from None


def acts_in(state: str) -> frozenset[str]:
    """Return what can be done with a broadcast in a state."""
    return frozenset(act for before, act in MOVES if before == state)


def to_json(content: BroadcastContent) -> dict[str, Any]:
    """Return the form that is stored, which `read_content` reads."""
    return content.model_dump(mode="json")

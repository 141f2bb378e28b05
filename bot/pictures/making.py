"""Draws what the address of a picture names, beside the loop, and keeps what it drew: two pictures of the same words are one.

Addresses (`Media.url`):

    quiz:<quiz>/<question>@<locale>
    card:<quiz>/<right>/<asked>/<code>@<locale>
    certificate:<quiz>/<right>/<asked>/<day>/<name>/<code>@<locale>      the name quoted as in a URL, or empty
    menu:<flow>.<step>@<locale>                                          the options of a step that has pictograms
    picture:<id>@<locale>                                                one that staff have uploaded; the same in every language

`<code>` is that of the link by which the person came; it may be left out or empty.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from urllib.parse import unquote
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken, MultiFernet

from bot.content.dates import say_day
from bot.content.load import Content
from bot.content.quizzes import Quiz
from bot.errors import NotDrawn
from bot.messages import Media, Picture
from bot.pictures.cards import (
    PAGE,
    Certificate,
    ResultCard,
    level_of,
    render_card,
    render_certificate,
)
from bot.pictures.menu import Menu, menu_of, render_menu
from bot.pictures.names import clean_name
from bot.pictures.quiz import Drawing, drawing_of, render_drawing
from bot.pictures.words import Said, said

log = structlog.get_logger(__name__)

PATH = "/chat/picture"
UPLOADED, MENU = "picture", "menu"
PUBLIC = frozenset({"quiz", "card", UPLOADED, MENU})
"""Kinds of which the address says nothing of a person."""
SEALED_S = 24 * 3600
KEPT = 128
"""Pictures of questions, and as many cards; of about 40 kB each."""
MAX_ADDRESS_CHARS = 600
UPLOADS_KEPT = 8
"""So many pictures of campaigns lie in memory: a hundred thousand people get the same one."""
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_PAINTER = ThreadPoolExecutor(1, "pictures")
"""A picture takes a third of a second: not in the loop, and never two at once."""

Plan = Drawing | ResultCard | Certificate | Menu


@dataclass
class ServerPictures:
    """The `Pictures` of the channels."""

    content: Content
    link: Callable[[str], Awaitable[str]]
    """The address at which somebody can play, by what a deep link carries: `c_<code>` or `quiz_<id>`."""
    sealer: MultiFernet = field(repr=False)
    """Seals what names a person in a picture's address on the web; every process has the same."""
    uploads: Callable[[UUID], Awaitable[Picture | None]] | None = None
    """Finds what staff have uploaded; None: there is nothing of that kind."""
    _uploaded: dict[UUID, Picture] = field(default_factory=dict, repr=False)

    async def make(self, media: Media) -> Picture | None:
        """Return a picture; None when it cannot be made, which the log says with a code and nothing else."""
        return await self.draw(media.url)

    def path_of(self, media: Media) -> str:
        """Return where a page finds a picture; an address with a name in it is sealed."""
        address = media.url
        if address.partition(":")[0] not in PUBLIC:
            address = self.sealer.encrypt(address.encode()).decode()
        return f"{PATH}/{address}.png"

    def address_in(self, path: str) -> str:
        """Return the address of a picture that `path_of` has given a page.

        Raises:
            NotDrawn: `unknown`: it is none of ours, or was sealed more than a day ago.
        """
        address = path.removesuffix(".png")
        if address.partition(":")[0] in PUBLIC:
            return address
        try:
            return self.sealer.decrypt(address.encode(), ttl=SEALED_S).decode()
        except InvalidToken:
            raise NotDrawn("unknown") from None

    async def draw(self, address: str) -> Picture | None:
        """Do as `make`, by a picture's address."""
        kind = address.partition(":")[0] if ":" in address[:16] else "none"
        try:
            if kind == UPLOADED:
                return await self._find(address)
            return await painted(await self.plan(address))
        except NotDrawn as refused:
            log.warning("picture_not_made", kind=kind, why=refused.why)
        except Exception as exc:
            # Whatever is wrong with fonts or libraries, words to a person never wait for a picture.
            log.warning("picture_not_made", kind=kind, why=type(exc).__name__)
        return None

    async def _find(self, address: str) -> Picture:
        """Return a picture that staff have uploaded. It never changes, so it may be remembered.

        Raises:
            NotDrawn: `unknown`: there is none.
        """
        name = _parse(address if "@" in address else f"{address}@")[1][0]
        try:
            number = UUID(name)
        except ValueError:
            raise NotDrawn("unknown") from None
        found = self._uploaded.get(number)
        if found is None:
            found = await self.uploads(number) if self.uploads else None
            if found is None:
                raise NotDrawn("unknown")
            while len(self._uploaded) >= UPLOADS_KEPT:
                self._uploaded.pop(next(iter(self._uploaded)))
            self._uploaded[number] = found
        return found

    async def plan(self, address: str) -> Plan:
        """Return all that a picture depends on.

        Raises:
            NotDrawn: `unknown`: no such quiz, question, result or language (any more).
        """
        kind, parts, locale = _parse(address)
        if kind == MENU and locale in self.content.words.locales:
            return menu_of(self.content, parts[0], locale)
        quiz = self.content.quizzes.get(parts[0])
        if quiz is None or locale not in self.content.words.locales:
            raise NotDrawn("unknown")
        match kind, parts[1:]:
            case "quiz", [name]:
                return self._question(quiz, name, locale)
            case "card", [right, asked, *code]:
                link = await self.link(_payload(quiz, code))
                return self._card(quiz, _result(quiz, right, asked), link, locale)
            case "certificate", [right, asked, day, name, *code]:
                link = await self.link(_payload(quiz, code))
                result = _result(quiz, right, asked)
                return self._certificate(quiz, result, (day, name, link), locale)
        raise NotDrawn("unknown")

    def _question(self, quiz: Quiz, name: str, locale: str) -> Drawing:
        question = quiz.question(name)
        drawing = drawing_of(question, self.content.words, locale) if question else None
        if drawing is None:
            raise NotDrawn("unknown")
        return drawing

    def _card(self, quiz: Quiz, result: tuple[int, int], link: str, locale: str) -> ResultCard:
        words, (right, asked) = self.content.words, result
        levels = {each.min_correct: each.text for each in quiz.results}
        return ResultCard(
            quiz=said(words, quiz.title, locale),
            level=said(words, level_of(levels, right, asked, quiz.round), locale),
            score=self._page("score", locale, right=right, asked=asked),
            right=right,
            asked=asked,
            invite=self._page("invite", locale),
            link=link,
        )

    def _certificate(
        self, quiz: Quiz, result: tuple[int, int], given: tuple[str, str, str], locale: str
    ) -> Certificate:
        words, (right, asked), (day, name, link) = self.content.words, result, given
        try:
            written = say_day(date.fromisoformat(day), words.formats(locale))
        except ValueError:
            raise NotDrawn("unknown") from None
        return Certificate(
            head=self._page("certificate", locale),
            given_to=self._page("given_to", locale),
            name=clean_name(unquote(name)) if name else "",
            finished=self._page("finished", locale),
            quiz=said(words, quiz.title, locale),
            score=self._page("score", locale, right=right, asked=asked),
            day=Said(written, locale),
            link=link,
        )

    def _page(self, key: str, locale: str, **values: int) -> Said:
        return said(self.content.words, self.content.pages[PAGE][key], locale, **values)


def _parse(address: str) -> tuple[str, list[str], str]:
    where, _, locale = address.rpartition("@")
    kind, _, path = where.partition(":")
    if not path or len(address) > MAX_ADDRESS_CHARS:
        raise NotDrawn("unknown")
    return kind, path.split("/"), locale


def _payload(quiz: Quiz, code: list[str]) -> str:
    """Return what the link on a picture carries: the campaign's code by which the person came, else the quiz.

    Raises:
        NotDrawn: `unknown`: it is no code.
    """
    if not any(code):
        return f"quiz_{quiz.quiz}"
    if len(code) > 1 or not _CODE.fullmatch(code[0]):
        raise NotDrawn("unknown")
    return f"c_{code[0]}"


def _result(quiz: Quiz, right: str, asked: str) -> tuple[int, int]:
    digits = right + asked
    if not (right and asked and digits.isdecimal() and digits.isascii() and len(digits) <= 4):
        raise NotDrawn("unknown")
    if not 0 <= int(right) <= int(asked) <= len(quiz.questions) or asked == "0":
        raise NotDrawn("unknown")
    return int(right), int(asked)


async def painted(plan: Plan) -> Picture:
    """Do as `paint`, beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_PAINTER, paint, plan)


def paint(plan: Plan) -> Picture:
    """Return the picture of a plan.

    Raises:
        NotDrawn: A text cannot be set.
    """
    match plan:
        case Drawing():
            return _question(plan)
        case ResultCard():
            return _card(plan)
        case Menu():
            return _menu(plan)
        case Certificate():
            # With a name: drawn each time, and not kept.
            return _sized(render_certificate(plan))


@lru_cache(maxsize=KEPT)
def _question(drawing: Drawing) -> Picture:
    return _sized(render_drawing(drawing))


@lru_cache(maxsize=KEPT)
def _card(card: ResultCard) -> Picture:
    return _sized(render_card(card))


@lru_cache(maxsize=KEPT)
def _menu(menu: Menu) -> Picture:
    return _sized(render_menu(menu))


def _sized(png: bytes) -> Picture:
    # The first chunk of a PNG tells its size. Source: PNG specification, IHDR.
    return Picture(png, int.from_bytes(png[16:20]), int.from_bytes(png[20:24]))

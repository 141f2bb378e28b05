"""The chat's page and the widget that embeds it: words, numbers and headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from bot.content.isolates import isolated
from bot.content.load import Content
from bot.content.parts import MAX_TITLE_CHARS
from bot.conversation.attachments import PAGE as FILES
from bot.conversation.unchecked import NOTES
from bot.gateway.webchat.app import AppFiles
from bot.gateway.webchat.bundle import KEPT, Cached, bundle, fingerprint
from bot.gateway.webchat.contrast import written
from bot.gateway.webchat.theme import SUARS_OWN, Theme
from bot.messages import MAX_FILE_BYTES, MAX_FILE_MB

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = FOLDER / "templates"
APP = "webapp"
"""Words of the page that are no help in danger: `flows/pages/webapp.yml`."""


@dataclass
class ChatPage:
    """Renders the page in a language."""

    content: Content
    default_locale: str
    quick_exit_url: str
    base_url: str
    sites: tuple[str, ...] = ()
    """Sites that may embed the chat; empty: any."""
    theme: Theme = field(default_factory=Theme)
    stamp: str = field(init=False)
    """Which page this is: it changes with everything a browser might keep of it."""
    _templates: Environment = field(init=False)
    _script: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
        )
        self._script = bundle(STATIC)
        self.stamp = fingerprint((STATIC, TEMPLATES), self.theme.style().encode(), self._logo())

    def routes(self) -> list[Route | Mount]:
        """Return the routes of the page, the widget and the assets."""
        return [
            Route("/", self.page),
            Route("/widget.js", self.widget),
            Route("/chat/chat.js", self.script),
            Route("/chat/theme.css", self.style),
            Route("/chat/logo", self.logo),
            *AppFiles(self, self._templates).routes(),
            Mount("/chat/static", Cached(directory=STATIC)),
        ]

    async def script(self, _: Request) -> Response:
        """`GET /chat/chat.js`: all scripts of the page."""
        return Response(self._script, media_type="text/javascript", headers=KEPT)

    async def style(self, _: Request) -> Response:
        """`GET /chat/theme.css`: the installation's colours."""
        return Response(self.theme.style(), media_type="text/css", headers=KEPT)

    async def logo(self, _: Request) -> Response:
        """`GET /chat/logo`: the installation's logo."""
        if self.theme.logo is None:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        return Response(
            self.theme.logo.data, media_type=self.theme.logo.content_type, headers=KEPT
        )

    def app_name(self, locale: str) -> str:
        """Return what stands under the icon of who installs the chat."""
        named = self.theme.name_in(locale, self.theme.app_names)
        return named or self.content.words.say(self.content.pages["webchat"]["page_title"], locale)

    def locale_of(self, request: Request) -> str:
        """Return the language that a request asks for, else the one its browser speaks, else the house's own."""
        words = self.content.words
        asked = request.query_params.get("locale", "")
        if asked in words.locales:
            return asked
        wanted = request.headers.get("accept-language", "").split(",")
        codes = (words.nearest(part.partition(";")[0].strip()) for part in wanted)
        return next(filter(None, codes), self.default_locale)

    def _colour(self) -> str:
        return written(self.theme.colour) if self.theme.colour else SUARS_OWN

    def _logo(self) -> bytes:
        return self.theme.logo.data if self.theme.logo else b""

    async def page(self, request: Request) -> Response:
        """`GET /`: the chat."""
        locale = self.locale_of(request)
        words = self.content.words
        html = self._templates.get_template("chat.html").render(
            locale=locale,
            dir=words.direction(locale),
            locales=[{"code": code, "name": info.name} for code, info in words.locales.items()],
            t=self._texts(locale),
            emergency=self._emergency(locale),
            numbers=self._numbers(),
            max_file_bytes=MAX_FILE_BYTES,
            quick_exit_url=self.quick_exit_url,
            asset_version=self.stamp,
            theme=self.theme,
            app_name=self.app_name(locale),
            house=self.theme.name_in(locale, self.theme.names),
        )
        return HTMLResponse(html, headers=self._headers())

    async def widget(self, request: Request) -> Response:
        """`GET /widget.js`: one line in an NGO's page makes a chat button of it."""
        words = {code: self._widget_words(code) for code in self.content.words.locales}
        script = self._templates.get_template("widget.js.j2").render(
            words=words,
            locale=self.locale_of(request),
            quick_exit_url=self.quick_exit_url,
            colour=self._colour(),
        )
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response(script, media_type="text/javascript", headers=headers)

    def _widget_words(self, locale: str) -> dict[str, str]:
        texts = self._texts(locale)
        return {
            "label": texts["widget_label"],
            "title": texts["widget_title"],
            "close": texts["widget_close"],
        }

    def _texts(self, locale: str) -> Mapping[str, str]:
        pages = self.content.pages
        texts = {key: self._said(text, locale) for key, text in pages["webchat"].items()}
        texts |= {f"app_{key}": self._said(text, locale) for key, text in pages[APP].items()}
        for key, text in pages[FILES].items():
            texts[f"file_{key}"] = self._said(text, locale).replace(
                "{megabytes}", str(MAX_FILE_MB)
            )
        begun = self.content.words.is_begun(locale)
        return {**texts, "unchecked": self._said(pages[NOTES]["draft"], locale) if begun else ""}

    def _said(self, text: str, locale: str) -> str:
        """Return words of the page; a sentence that nobody has checked stands there with its original."""
        words = self.content.words
        said = words.say(text, locale)
        if len(text) <= MAX_TITLE_CHARS or not words.needs_original(text, locale):
            return said
        return f"{said} / {isolated(words.say(text, words.original(locale)))}"

    def _emergency(self, locale: str) -> list[dict[str, Any]]:
        return [
            {
                "name": number.name,
                "number": number.number,
                "when": self._said(number.when, locale),
            }
            for number in self.content.emergency
        ]

    def _numbers(self) -> list[str]:
        """Return the numbers that the script links wherever they stand, however short they are."""
        services = self.content.services.values()
        short = {number for each in services if each.for_people for number in each.phone}
        return sorted({*short, *(number.number for number in self.content.emergency)})

    def _headers(self) -> dict[str, str]:
        # Some browsers do not count a socket to the same host as 'self'; naming it helps them.
        socket = self.base_url.replace("http", "ws", 1)
        framers = " ".join(("'self'", *self.sites)) if self.sites else "*"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
            f"connect-src 'self' {socket}; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
            f"base-uri 'none'; frame-ancestors {framers}"
        )
        return {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }

"""The chat's page and the widget that embeds it: words, numbers and headers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.content.isolates import isolated
from bot.content.load import Content
from bot.content.parts import MAX_TITLE_CHARS
from bot.conversation.attachments import PAGE as FILES
from bot.conversation.unchecked import NOTES
from bot.messages import MAX_FILE_BYTES, MAX_FILE_MB

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
YEAR_S = 365 * 24 * 3600


@dataclass
class ChatPage:
    """Renders the page in a language."""

    content: Content
    default_locale: str
    quick_exit_url: str
    base_url: str
    _templates: Environment = field(init=False)
    _stamp: str = field(init=False)

    def __post_init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
        )
        self._stamp = _fingerprint(STATIC)

    def routes(self) -> list[Route | Mount]:
        """Return the routes of the page, the widget and the assets."""
        return [
            Route("/", self.page),
            Route("/widget.js", self.widget),
            Mount("/chat/static", _Cached(directory=STATIC)),
        ]

    async def page(self, request: Request) -> Response:
        """`GET /`: the chat."""
        locale = self._locale(request)
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
            asset_version=self._stamp,
        )
        return HTMLResponse(html, headers=self._headers())

    async def widget(self, request: Request) -> Response:
        """`GET /widget.js`: one line in an NGO's page makes a chat button of it."""
        words = {code: self._widget_words(code) for code in self.content.words.locales}
        script = self._templates.get_template("widget.js.j2").render(
            words=words, locale=self._locale(request), quick_exit_url=self.quick_exit_url
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

    def _locale(self, request: Request) -> str:
        words = self.content.words
        asked = request.query_params.get("locale", "")
        if asked in words.locales:
            return asked
        wanted = request.headers.get("accept-language", "").split(",")
        codes = (words.nearest(part.partition(";")[0].strip()) for part in wanted)
        return next(filter(None, codes), self.default_locale)

    def _headers(self) -> dict[str, str]:
        # Some browsers do not count a socket to the same host as 'self'; naming it helps them.
        socket = self.base_url.replace("http", "ws", 1)
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
            f"connect-src 'self' {socket}; form-action 'self'; base-uri 'none'; frame-ancestors *"
        )
        return {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }


class _Cached(StaticFiles):
    """Assets carry their fingerprint in the address, so a browser may keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]

"""What makes the chat an app for whoever wishes it: the manifest, and the worker that keeps the page for when there is no line."""

from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.content.load import Content

PAPER = "#f5f3ee"
_ICONS = ((192, "any"), (512, "any"), (192, "maskable"), (512, "maskable"))


class Page(Protocol):
    """The page that is installed."""

    content: Content
    stamp: str

    def app_name(self, locale: str) -> str:
        """Return what stands under the icon."""
        ...

    def locale_of(self, request: Request) -> str:
        """Return the language that a request asks for."""
        ...


@dataclass(frozen=True)
class AppFiles:
    """Gives out the two files that a browser asks for beside the page."""

    page: Page
    templates: Environment

    def routes(self) -> list[Route]:
        """Return the routes. The worker stands at the root: it may only look after what is below its own address."""
        return [
            Route("/chat/app.webmanifest", self.manifest),
            Route("/chat-worker.js", self.worker),
        ]

    async def manifest(self, request: Request) -> Response:
        """`GET /chat/app.webmanifest`: a name and an icon that say nothing."""
        locale = self.page.locale_of(request)
        name = self.page.app_name(locale)
        data = {
            "id": "/",
            "name": name,
            "short_name": name,
            "lang": locale,
            "dir": self.page.content.words.direction(locale),
            "start_url": f"/?app=1&locale={locale}",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [self._icon(side, purpose) for side, purpose in _ICONS],
        }
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return JSONResponse(data, headers=headers, media_type="application/manifest+json")

    async def worker(self, _: Request) -> Response:
        """`GET /chat-worker.js`: always asked for anew, so that no worker outlives its page."""
        script = self.templates.get_template("worker.js.j2").render(stamp=self.page.stamp)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(script, media_type="text/javascript", headers=headers)

    def _icon(self, side: int, purpose: str) -> dict[str, str]:
        part = "-maskable" if purpose == "maskable" else ""
        return {
            "src": f"/chat/static/icon{part}-{side}.png?v={self.page.stamp}",
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": purpose,
        }

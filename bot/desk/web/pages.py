"""Templates: one environment a language, everything escaped, every word from the catalogues."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.content.catalogue import Words
from bot.content.dates import (
    say_day,
    say_either,
    say_full_day,
    say_language,
    say_month,
    say_names,
    say_weekday,
)
from bot.hotline.order import PROMISE
from bot.prover import drawing
from bot.understanding.model import RiskLevel

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
FALLBACK_LOCALE = "id"


class Pages:
    """Renders the desk's pages in each released language: who decides about others reads checked words."""

    def __init__(self, words: Words) -> None:
        self.words = words
        stamp = _fingerprint(STATIC, drawing.STATIC)
        self._environments = {code: _environment(words, code, stamp) for code in words.released}
        self._fallback = next(
            code
            for code in (FALLBACK_LOCALE, words.source, *words.released)
            if code in words.released
        )

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that the staff can read."""
        return tuple(self._environments)

    @property
    def fallback(self) -> str:
        """The language for whoever has none of them."""
        return self._fallback

    def response(
        self,
        name: str,
        locale: str,
        values: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Return the template `name` as a page or a fragment of one."""
        code = locale if locale in self._environments else self._fallback
        html = self._environments[code].get_template(name).render(values or {})
        return HTMLResponse(html, status, dict(headers or {}))

    def said(self, name: str, macro: str, locale: str, /, **values: object) -> str:
        """Return what a macro of the template `name` says, as plain text for where nothing is HTML."""
        code = locale if locale in self._environments else self._fallback
        said: str = getattr(self._environments[code].get_template(name).module, macro)(**values)
        return unescape(said).strip()

    def listed(self, name: str, table: str, locale: str) -> dict[str, str]:
        """Return a table of words that the template `name` sets, as plain text."""
        code = locale if locale in self._environments else self._fallback
        words = getattr(self._environments[code].get_template(name).module, table)
        return {key: unescape(value) for key, value in words.items()}

    def locale_of(self, request: Request) -> str:
        """Return the language for a stranger: chosen by link, else the browser's first."""
        wanted = [request.query_params.get("lang", "")]
        wanted += request.headers.get("accept-language", "").split(",")
        codes = [part.split(";")[0].strip().split("-")[0].lower() for part in wanted]
        return next((code for code in codes if code in self._environments), self._fallback)


def is_due(level: RiskLevel, waiting_since: datetime) -> datetime:
    """Return by when somebody of this level should have heard from a person."""
    return waiting_since + PROMISE[level]


def _environment(words: Words, locale: str, stamp: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    say = partial(words.say, locale=locale)
    formats = words.formats(locale)
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        say, _plural(say), newstyle=True
    )
    env.filters |= {
        "waited": waited,
        "language": partial(_language, words, formats),
        "day": partial(say_day, locale=formats),
        "full_day": partial(say_full_day, locale=formats),
        "month": partial(say_month, locale=formats),
        "weekday": partial(say_weekday, locale=formats),
        "both": partial(_listed, say_names, formats),
        "either": partial(_listed, say_either, formats),
    }
    env.globals |= {
        "locale": locale,
        "direction": words.direction(locale),
        "locales": words.released,
        "is_due": is_due,
        "stamp": stamp,
    }
    return env


def _plural(say: Callable[[str], str]) -> Callable[[str, str, int], str]:
    return lambda one, many, count: say(one if count == 1 else many)


def _listed(
    say: Callable[[Sequence[str], str], str], formats: str, names: Iterable[str]
) -> Markup:
    """Write names as a list; what of them is HTML already stays so."""
    return Markup(say([str(escape(name)) for name in names], formats))  # noqa: S704  # each is escaped


def waited(span: timedelta) -> str:
    """Write a waiting time as the page's script goes on counting it: ``4:12`` or ``1:04:12``."""
    minutes, seconds = divmod(max(0, int(span.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _language(words: Words, formats: str, code: str) -> str:
    name = say_language(code, formats)
    known = words.locales.get(code)
    return name.capitalize() if name else known.name if known else code


def _fingerprint(*folders: Path) -> str:
    """Return a short hash of all files, which makes their addresses change when they do."""
    digest = hashlib.sha256()
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]

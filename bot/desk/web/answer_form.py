"""The form in which an answer is edited, read into the form in which edits are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from bot.content.edits import LIMITS, TEXTS
from bot.desk.web.security import text_of
from bot.errors import ContentError


@dataclass(frozen=True)
class Problem:
    """What keeps an edit from being sent: `code` has its words in the templates, `detail` is the check's own."""

    field: str
    code: str
    detail: str = ""


def read_fields(form: FormData, locale: str | None, former: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form wants an answer to say.

    Args:
        form: As the page sent it.
        locale: None for the source.
        former: What it says now; what the form does not show stays so.
    """
    if locale is not None:
        return {name: _text(form, name) for name in former}
    asked = {
        code: listed for code, listed in former["asked"].items() if f"asked-{code}" not in form
    }
    asked |= {
        name.removeprefix("asked-"): _lines(form, name)
        for name in form
        if name.startswith("asked-") and _lines(form, name)
    }
    actions = [each for each in form.getlist("action") if isinstance(each, str)]
    return {
        **former,
        **{name: _text(form, name) for name in (*TEXTS, "region", "owner")},
        "more": _text(form, "more") or None,
        **{name: text_of(form, name).strip() for name in ("reviewed_on", "review_by")},
        **{name: _lines(form, name) for name in ("sources", "next")},
        "action": actions,
        "asked": asked,
    }


def problem_of(exc: ContentError, fields: Mapping[str, Any]) -> Problem:
    """Return what the page says of a mistake."""
    keys = (exc.key or "").split(".")
    name = next((key for key in keys if key in fields), "")
    value = fields.get(name)
    detail = f"{exc.problem}. {exc.mend or ''}".strip()
    if name in LIMITS and isinstance(value, str) and len(value) > LIMITS[name]:
        return Problem(name, "too_long")
    if name in LIMITS and not value:
        return Problem(name, "empty")
    if name in {"sources", "next", "action", "reviewed_on", "review_by"}:
        return Problem(name, name, detail)
    return Problem(name, "other", detail)


def _text(form: FormData, name: str) -> str:
    """Browsers send line ends as CRLF; files know LF only."""
    return text_of(form, name).replace("\r\n", "\n").strip()


def _lines(form: FormData, name: str) -> list[str]:
    return [line.strip() for line in _text(form, name).splitlines() if line.strip()]

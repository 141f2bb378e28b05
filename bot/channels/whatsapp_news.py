"""What Meta tells of our templates and of our number by its webhook, as our own news. Nothing in here fails: what is not understood is left out.

Source: https://developers.facebook.com/docs/whatsapp/business-management-api/webhooks/components
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.messages import clean_text
from bot.store.templates import News

Json = Mapping[str, Any]
NUMBER = "phone_number_quality_update"
MAX_SECONDS = 2**35


@dataclass(frozen=True)
class TemplateNews:
    """Something about one template of an account."""

    account: str
    news: News


@dataclass(frozen=True)
class NumberNews:
    """What Meta thinks of our number: `FLAGGED`, `UNFLAGGED`, `UPGRADE`, or another word of its own."""

    account: str
    quality: str


def read_news(data: object, *, now: datetime) -> list[TemplateNews | NumberNews]:
    """Return what one call of the webhook tells of templates and numbers, in its order.

    Args:
        data: The parsed body, of whatever form.
        now: What time it is: nothing is from later.
    """
    found: list[TemplateNews | NumberNews] = []
    for entry in _objects(data, "entry"):
        account, at = _text(entry, "id"), _time(entry.get("time"), now)
        for change in _objects(entry, "changes"):
            value = change.get("value")
            if account and isinstance(value, Mapping):
                found += _read(account, _text(change, "field"), value, at)
    return found


def _read(
    account: str, field: str, value: Json, at: datetime
) -> Iterator[TemplateNews | NumberNews]:
    if field == NUMBER and (quality := _text(value, "event")):
        yield NumberNews(account, quality)
        return
    name = _text(value, "message_template_name")
    language = _text(value, "message_template_language")
    if not name or not language:
        return
    match field:
        case "message_template_status_update" if status := _text(value, "event"):
            yield TemplateNews(account, _told(News(name, language, at, status, _reason(value))))
        case "message_template_quality_update" if quality := _text(value, "new_quality_score"):
            yield TemplateNews(account, News(name, language, at, quality=quality))
        case "template_category_update" if category := _text(value, "new_category"):
            yield TemplateNews(account, News(name, language, at, category=category))


def _told(news: News) -> News:
    """Return news in the words of Meta's list: one that is reinstated is approved again, and one that is flagged may still be sent."""
    if news.status == "REINSTATED":
        return replace(news, status="APPROVED")
    return replace(news, status=None, quality="FLAGGED") if news.status == "FLAGGED" else news


def _reason(value: Json) -> str | None:
    """Return why a template stands as it does, in Meta's words."""
    other = value.get("other_info")
    other = other if isinstance(other, Mapping) else {}
    said = [_text(value, "reason"), _text(other, "title"), _text(other, "description")]
    return ": ".join(each for each in said if each and each != "NONE") or None


def _time(value: object, now: datetime) -> datetime:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < MAX_SECONDS:
        return min(datetime.fromtimestamp(value, UTC), now)
    return now


def _objects(data: object, key: str) -> Sequence[Json]:
    found = data.get(key) if isinstance(data, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _text(data: Json, key: str) -> str:
    """Return a text as it can be stored."""
    found = data.get(key)
    return clean_text(found) if isinstance(found, str) else ""

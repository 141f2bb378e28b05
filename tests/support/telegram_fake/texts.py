"""Checks and prepares the text of a message: parse mode, trimming, length, links and commands."""

import re

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.errors import refuse
from tests.support.telegram_fake.html_text import FormattedText, parse_html, utf16_length
from tests.support.telegram_fake.records import Json

MAX_TEXT_CHARS = 4096
MAX_CAPTION_CHARS = 1024
_MAX_RAW_BYTES = 1 << 15

_WORTH_A_LOOK = re.compile(r"[/@#]|\.\w")
_FINDABLE = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?()'\]])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31}\b)"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)


def message_text(params: Params) -> FormattedText:
    """Return the text that a message will carry.

    Raises:
        BotApiError: 400: empty, too long, or its entities cannot be parsed.
    """
    raw = params.text("text")
    if not raw:
        refuse("Message text is empty")
    formatted = _formatted(params, raw, "entities")
    if not formatted.text:
        refuse("Text must be non-empty")
    _check_length(formatted.text, MAX_TEXT_CHARS, "Message is too long")
    return formatted


def message_caption(params: Params) -> FormattedText:
    """Return the caption of a file, possibly empty.

    Raises:
        BotApiError: 400: too long, or its entities cannot be parsed.
    """
    formatted = _formatted(params, params.text("caption"), "caption_entities")
    _check_length(formatted.text, MAX_CAPTION_CHARS, "Message caption is too long")
    return formatted


def found_entities(text: str) -> list[Json]:
    """Return the commands, links, addresses, mentions and hashtags that Telegram marks itself."""
    if not _WORTH_A_LOOK.search(text):
        return []
    return [_entity(text, match) for match in _FINDABLE.finditer(text)]


def _entity(text: str, match: re.Match[str]) -> Json:
    return {
        "offset": utf16_length(text[: match.start()]),
        "length": utf16_length(match.group()),
        "type": match.lastgroup,
    }


def _check_length(text: str, limit: int, refusal: str) -> None:
    # Telegram documents "characters after entities parsing"; UTF-16 units are the strictest
    # reading of that, so a text that passes here passes there.
    if len(text) * 2 > limit and utf16_length(text) > limit:
        refuse(refusal)


def _formatted(params: Params, raw: str, entities_name: str) -> FormattedText:
    if len(raw) > _MAX_RAW_BYTES // 4 and len(raw.encode()) > _MAX_RAW_BYTES:
        refuse("Message is too long")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        formatted = parse_html(raw)
    elif mode in {"", "none"}:
        formatted = FormattedText(raw, _given_entities(params, entities_name))
    else:
        refuse("Unsupported parse_mode")
    text, entities = _trimmed(formatted)
    return FormattedText(text, _with_found(entities, found_entities(text)))


def _given_entities(params: Params, name: str) -> list[Json]:
    if name not in params.values:
        return []
    entities = params.parsed(name, "entities")
    if not isinstance(entities, list):
        return []
    for entity in entities:
        if not isinstance(entity, dict):
            refuse("Can't parse MessageEntity: expected an Object")
        for field in ("type", "offset", "length"):
            if field not in entity:
                refuse(f"Can't parse MessageEntity: Can't find field \"{field}\"")
    return [dict(entity) for entity in entities]


def _trimmed(formatted: FormattedText) -> FormattedText:
    """Strip blanks at both ends, as Telegram does, and move the entities along."""
    text = formatted.text.replace("\r", "").strip()
    if len(text) == len(formatted.text) or not formatted.entities:
        return FormattedText(text, formatted.entities)
    cut = utf16_length(formatted.text) - utf16_length(formatted.text.lstrip())
    last = utf16_length(text)
    entities = [_moved(entity, cut, last) for entity in formatted.entities]
    return FormattedText(text, [entity for entity in entities if entity["length"] > 0])


def _moved(entity: Json, cut: int, last: int) -> Json:
    start = min(max(entity["offset"] - cut, 0), last)
    end = min(max(entity["offset"] + entity["length"] - cut, 0), last)
    return entity | {"offset": start, "length": end - start}


def _with_found(given: list[Json], found: list[Json]) -> list[Json]:
    if not given or not found:
        return given or found
    taken = [(e["offset"], e["offset"] + e["length"]) for e in given]
    free = [e for e in found if all(_apart(e, start, end) for start, end in taken)]
    return sorted(given + free, key=lambda e: (e["offset"], -e["length"]))


def _apart(entity: Json, start: int, end: int) -> bool:
    return bool(entity["offset"] >= end or entity["offset"] + entity["length"] <= start)

"""Turns parse_mode=HTML into text and entities with TDLib's own rules and error texts.

Offsets in errors count UTF-8 bytes, entity offsets count UTF-16 code units: both as in Telegram.

Source: tdlib/td, td/telegram/MessageEntity.cpp, `parse_html`; compared with genuine TDLib
(PyPI `tdjson`, `parseTextEntities`).
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from tests.support.telegram_fake.errors import refuse
from tests.support.telegram_fake.links import is_web_host, split_link
from tests.support.telegram_fake.records import Json

_SIMPLE_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
}
_TAGS = frozenset(_SIMPLE_TYPES) | {"a", "tg-emoji", "blockquote"}
_NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,10})|#[xX]([0-9a-fA-F]{1,8})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_PLAIN = re.compile(r"[^<&]*")
_SPACE = re.compile(r"[ \t\r\n\0\x0b]*")
_TAG_NAME = re.compile(r"[^ \t\r\n\0\x0b>]*")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\r\n\0\x0b=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_LAST_CODE_POINT = 0x10FFFF
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF


class FormattedText(NamedTuple):
    """Text as the person sees it, with its entities in Bot API form."""

    text: str
    entities: list[Json]


@dataclass(slots=True)
class _OpenTag:
    name: str
    argument: str
    offset: int
    text_start: int


def parse_html(source: str) -> FormattedText:
    """Parse Telegram's HTML.

    Raises:
        BotApiError: 400 "can't parse entities: ..." with the reason and the byte offset.
    """
    if "<" not in source and "&" not in source:
        return FormattedText(source, [])
    return _Parser(source).parse()


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, the unit in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._out = ""
        self._out_units = 0
        self._open: list[_OpenTag] = []
        self._entities: list[Json] = []

    def parse(self) -> FormattedText:
        while self._at < len(self._source):
            self._take_plain()
            if self._at >= len(self._source):
                break
            if self._source[self._at] == "&":
                self._append(self._take_reference())
            elif self._source.startswith("/", self._at + 1):
                self._take_end_tag()
            else:
                self._take_start_tag()
        if self._open:
            tag = self._open[-1].name
            _refuse(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return FormattedText(self._out, _in_order(self._entities))

    def _append(self, text: str) -> None:
        self._out += text
        self._out_units += utf16_length(text)

    def _take_plain(self) -> None:
        self._append(self._take(_PLAIN))

    def _take_reference(self) -> str:
        """Return the character meant by a reference, or "&" itself when it means none."""
        match = _REFERENCE.match(self._source, self._at)
        character = _referred(match) if match else ""
        if match is None or not character:
            self._at += 1
            return "&"
        self._at = match.end()
        return character

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._source, self._at)
        if match is None:  # every pattern here also matches the empty string
            return ""
        self._at = match.end()
        return match.group()

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take_start_tag(self) -> None:
        begin = self._at
        self._at += 1
        name = self._take(_TAG_NAME).lower()
        if not self._peek():
            self._refuse_at("Unclosed start tag", begin)
        if name not in _TAGS:
            self._refuse_at(f'Unsupported start tag "{name}"', begin)
        argument = self._take_attributes(name, begin)
        if name == "span" and argument != "spoiler":
            self._refuse_at('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(_OpenTag(name, argument, self._out_units, len(self._out)))

    def _take_attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self._take(_SPACE)
            if self._peek() == ">":
                self._at += 1
                return argument
            attribute = self._take(_ATTRIBUTE_NAME).lower()
            if not attribute:
                self._refuse_at(f'Empty attribute name in the tag "{tag}"', begin)
            value = self._take_attribute_value(tag, begin)
            argument = _argument(tag, attribute, value) or argument

    def _take_attribute_value(self, tag: str, begin: int) -> str:
        self._take(_SPACE)
        if self._peek() == "=":
            self._at += 1
            self._take(_SPACE)
        elif self._peek():
            return ""
        if not self._peek():
            self._refuse_at(f'Unclosed start tag "{tag}"', begin)
        quote = self._peek()
        if quote and quote in "'\"":
            return self._take_quoted(quote, begin)
        token_at = self._at
        token = self._take(_NAME_TOKEN).lower()
        if not self._peek():
            self._refuse_at("Unclosed start tag", begin)
        if self._peek() not in " \t\r\n\0\x0b>":
            self._refuse_at("Unexpected end of name token", token_at)
        return token

    def _take_quoted(self, quote: str, begin: int) -> str:
        self._at += 1
        value = ""
        while (character := self._peek()) and character != quote:
            if character == "&":
                value += self._take_reference()
            else:
                value += character
                self._at += 1
        self._at += 1
        if not self._peek():
            self._refuse_at("Unclosed start tag", begin)
        return value

    def _take_end_tag(self) -> None:
        begin = self._at
        if not self._open:
            self._refuse_at("Unexpected end tag", begin)
        self._at += 2
        name = self._take(_TAG_NAME).lower()
        self._take(_SPACE)
        if self._peek() != ">":
            self._refuse_at("Unclosed end tag", begin)
        self._at += 1
        tag = self._open.pop()
        if name and name != tag.name:
            text = f'Unmatched end tag at byte offset {self._byte_offset(begin)}, expected "</'
            _refuse(f'{text}{tag.name}>", found "</{name}>"')
        self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        length = self._out_units - tag.offset
        if length:
            inner = self._out[tag.text_start :]
            _add_entity(self._entities, tag, length, inner)

    def _byte_offset(self, at: int) -> int:
        return len(self._source[:at].encode())

    def _refuse_at(self, text: str, at: int) -> NoReturn:
        _refuse(f"{text} at byte offset {self._byte_offset(at)}")


def _refuse(text: str) -> NoReturn:
    refuse(f"Can't parse entities: {text}")


def _referred(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED_REFERENCES[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    if number == 0 or number > _LAST_CODE_POINT:
        return ""
    if _FIRST_SURROGATE <= number <= _LAST_SURROGATE:
        _refuse(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(number)


def _argument(tag: str, attribute: str, value: str) -> str:
    if (tag, attribute) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    if (tag, attribute) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, attribute) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if (tag, attribute) == ("blockquote", "expandable"):
        return "1"
    return ""


def _add_entity(entities: list[Json], tag: _OpenTag, length: int, inner: str) -> None:
    place = {"offset": tag.offset, "length": length}
    last = entities[-1] if entities else {}
    same_place = last.get("offset") == tag.offset and last.get("length") == length
    if tag.name == "a":
        link = _link(tag.argument or inner)
        entities.extend([place | link] if link else [])
    elif tag.name == "tg-emoji":
        entities.append(place | {"type": "custom_emoji", "custom_emoji_id": tag.argument})
    elif tag.name == "blockquote":
        kind = "expandable_blockquote" if tag.argument else "blockquote"
        entities.append(place | {"type": kind})
    elif tag.name == "pre" and same_place and last.get("type") == "code":
        last["type"] = "pre"
    elif tag.name == "code" and same_place and last.get("type") == "pre":
        last.update({"language": tag.argument} if tag.argument else {})
    elif tag.name == "code" and tag.argument:
        entities.append(place | {"type": "code", "language": tag.argument})
    else:
        entities.append(place | {"type": _SIMPLE_TYPES[tag.name]})


def _link(url: str) -> Json | None:
    """Return what a link becomes; a link that Telegram does not understand is dropped."""
    if user := re.fullmatch(r"tg://user\?id=(\d+)", url):
        mentioned = {"id": int(user.group(1)), "is_bot": False, "first_name": ""}
        return {"type": "text_mention", "user": mentioned}
    scheme, separator, _ = url.partition("://")
    if separator and scheme.lower() in {"tg", "ton", "tonsite"}:
        return {"type": "text_link", "url": url}
    parts = split_link(url)
    if parts is None or parts.scheme not in {"http", "https"} or not is_web_host(parts):
        return None
    path = parts.path or "/"
    full = parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=path)
    return {"type": "text_link", "url": full.geturl()}


def _in_order(entities: list[Json]) -> list[Json]:
    for entity in entities:
        if entity["type"] == "code":  # the language belongs to `pre` only
            entity.pop("language", None)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))

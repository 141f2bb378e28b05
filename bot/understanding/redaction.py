"""Takes out of a message what tells who somebody is, as far as a program can; a person goes over it afterwards.

What goes becomes a placeholder such as `[name]`. Numbers go by rule, whatever they are: only short ones that count
time, times or people ("8 months", "2x") and the 2 that doubles an Indonesian word ("baik2") stay. Names are found where
they are announced ("my name is"), after a form of address, or by a capital letter inside a sentence; in scripts
without capitals most are not found, which is why nothing counts as reviewed before somebody has read it.
"""

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass

from bot.understanding.cleaning import read_form
from bot.understanding.telling import (
    ADDRESS,
    DATE,
    EMAIL,
    HAN_INTRODUCED,
    HAN_NUMBER,
    HANDLE,
    INTRODUCED,
    KNOWN_WITH_DIGIT,
    LINK,
    NO_NAMES,
    NUMBER,
    PROPER,
    TITLED,
    UNIT,
)

GAPS = ("name", "number", "handle", "email", "link", "id", "date", "address", "private")
"""What can stand in place of what was taken out; `private` is what a reader has blackened."""

_PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(GAPS)})\]")
_PRIVATE_USE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_DOUBLED = re.compile(r"[^\W\d_]{2,}2[^\W\d_]{0,4}")
_FIRST_MARK = 0xE000
_MAX_COUNT_DIGITS = 2


@dataclass(frozen=True)
class Piece:
    """A stretch of a redacted text: a word that a reader may blacken, a placeholder, or what stands between."""

    text: str
    number: int | None = None
    """The word's place among the words, from 0; None for what is no word."""
    is_gap: bool = False


def redact(text: str) -> str:
    """Return `text` as one line, without what was found to tell who somebody is.

    Args:
        text: As the person wrote it; a very long one is read at its beginning and its end.
    """
    # Marks of the private use area stand for placeholders meanwhile: no rule takes them for a word.
    clean = _plain_digits(_PRIVATE_USE.sub("", read_form(text)))
    for pattern, gap in _RULES:
        clean = pattern.sub(gap if callable(gap) else _mark(gap), clean)
    for place, gap in enumerate(GAPS):
        clean = clean.replace(chr(_FIRST_MARK + place), f"[{gap}]")
    return clean


def pieces_of(text: str) -> list[Piece]:
    """Return a redacted text in pieces which, put together again, are the text."""
    pieces: list[Piece] = []
    count = 0
    for match in _PIECE.finditer(text):
        found = match.group()
        if _PLACEHOLDER.fullmatch(found):
            pieces.append(Piece(found, is_gap=True))
        elif match.lastgroup == "word":
            pieces.append(Piece(found, number=count))
            count += 1
        else:
            pieces.append(Piece(found))
    return pieces


def blacken(text: str, numbers: Container[int]) -> str:
    """Return a redacted text with the words of these numbers (see `pieces_of`) taken out too."""
    kept = (
        "[private]" if piece.number is not None and piece.number in numbers else piece.text
        for piece in pieces_of(text)
    )
    return re.sub(r"\[private\](?:\s*\[private\])+", "[private]", "".join(kept))


_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: no spaces between words, so a reader blackens by the letter."""
_VOWELS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u17b4-\u17d3\u17dd"
_BREAKS = r"\s.,;:!?()\[\]{}\"<>|/\\…،؛؟۔।॥၊။។、。，！？；：「」『』（）“”«»፡።፣፤"
_PIECE = re.compile(
    rf"{_PLACEHOLDER.pattern}"
    rf"|(?P<word>[{_UNSPACED}][{_VOWELS}]*|[^{_BREAKS}{_UNSPACED}]+)"
    rf"|[{_BREAKS}]+?(?=\[|[^{_BREAKS}]|$)|."
)


def _plain_digits(text: str) -> str:
    """Return `text` with circled and other ornamental digits as plain ones."""
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() and not char.isdecimal() else char
        for char in text
    )


def _mark(gap: str) -> str:
    return chr(_FIRST_MARK + GAPS.index(gap))


def _number(match: re.Match[str]) -> str:
    """Return what becomes of a run of digits with the letters that touch it."""
    found = match.group()
    digits = sum(char.isdecimal() for char in found)
    if found.casefold() in KNOWN_WITH_DIGIT or _DOUBLED.fullmatch(found):
        return found
    if digits <= _MAX_COUNT_DIGITS and not any(char.isspace() for char in found):
        rest = found.lstrip("".join(char for char in found if char.isdecimal()))
        if found[0].isdecimal() and UNIT.match(rest + match.string[match.end() :]):
            return found
    return _mark("id" if any(char.isalpha() for char in found) else "number")


def _introduced(match: re.Match[str]) -> str:
    return match.group().removesuffix(match.group("who")) + _mark("name")


def _proper(match: re.Match[str]) -> str:
    """Return capitalised words inside a sentence without those that are no name of a person or a place to be found at."""
    kept: list[str] = []
    for word in match.group().split(" "):
        shown = word if word.casefold() in NO_NAMES else _mark("name")
        if not kept or shown != kept[-1]:
            kept.append(shown)
    return " ".join(kept)


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (LINK, "link"),
    (EMAIL, "email"),
    (HANDLE, "handle"),
    (DATE, "date"),
    (ADDRESS, "address"),
    (INTRODUCED, _introduced),
    (HAN_INTRODUCED, _introduced),
    (TITLED, _introduced),
    (NUMBER, _number),
    (HAN_NUMBER, "number"),
    (PROPER, _proper),
)

"""A message as it was meant to be typed: letters that only look right, old Burmese fonts, signs that say a word.

The original is always kept elsewhere. What comes out is what the lexicon, the language guesser and the model read.
"""

import re
import warnings
from functools import lru_cache
from pathlib import Path

from confusable_homoglyphs import confusables
from myanmar import converter
from myanmartools import ZawgyiDetector
from pydantic import BaseModel, ConfigDict

from bot.understanding.cleaning import read_form, shortened
from bot.yaml_file import read_model

_BURMESE = re.compile("[\u1000-\u109f]")
_BURMESE_RUN = re.compile("[\u1000-\u109f\u200b\u200c]+(?:[ ,.!?-]+[\u1000-\u109f\u200b\u200c]+)*")
_ZAWGYI_FROM = 0.95
_LATIN = re.compile("[A-Za-z]")
_LOOKALIKE_RANGES = (range(0x370, 0x400), range(0x400, 0x530))
_WORD = re.compile(r"\w+")
_SIGNS = Path(__file__).with_name("signs.yml")


class _Signs(BaseModel):
    model_config = ConfigDict(extra="forbid")
    signs: dict[str, str]


def spell(text: str) -> str:
    """Return `text` with what people meant in place of what their keyboards made of it, each line in its read form.

    Lines stay apart: people break them between sentences, and the lexicon reads each sentence on its own.
    """
    lines = (_spell_line(line) for line in shortened(text).splitlines())
    return "\n".join(line for line in lines if line)


def _spell_line(line: str) -> str:
    return _say_signs(_settle_lookalikes(_settle_burmese(read_form(line))))


def _settle_burmese(text: str) -> str:
    """Write Zawgyi, which uses Unicode's Burmese letters for other shapes, as Unicode."""
    if not _BURMESE.search(text) or _detector().get_zawgyi_probability(text) < _ZAWGYI_FROM:
        return text
    return read_form(_BURMESE_RUN.sub(_as_unicode, text))


@lru_cache(maxsize=1)
def _detector() -> ZawgyiDetector:
    with warnings.catch_warnings():
        # It opens its model in a way that Python 3.11 and 3.12 call old; 3.13 took that back.
        warnings.simplefilter("ignore", DeprecationWarning)
        return ZawgyiDetector()


def _as_unicode(match: re.Match[str]) -> str:
    try:
        written: str = converter.convert(match[0], "zawgyi", "unicode")
    except (KeyError, IndexError, TypeError, ValueError):
        return match[0]  # half a syllable, which the library cannot read
    return written


def _settle_lookalikes(text: str) -> str:
    """Write Cyrillic and Greek letters inside Latin writing as the Latin ones they look like."""
    latin = len(_LATIN.findall(text))
    if not latin or latin == sum(char.isalpha() for char in text):
        return text
    table = _lookalikes()

    def settle(match: re.Match[str]) -> str:
        word = match[0]
        foreign = [char for char in word if ord(char) in table]
        others = sum(char.isalpha() for char in word) - len(foreign)
        mixed = foreign and _LATIN.search(word)
        hidden = foreign and not others and latin > len(foreign)
        return word.translate(table) if mixed or hidden else word

    return _WORD.sub(settle, text)


@lru_cache(maxsize=1)
def _lookalikes() -> dict[int, str]:
    """Return the letters of Cyrillic and Greek that Unicode says can be taken for one Latin letter."""
    found = {}
    for letters in _LOOKALIKE_RANGES:
        for code in letters:
            known = confusables.is_confusable(chr(code), preferred_aliases=[], greedy=True) or []
            latin = [
                glyph["c"]
                for each in known
                for glyph in each["homoglyphs"]
                if glyph["c"].isascii() and glyph["c"].isalpha()
            ]
            if latin:
                found[code] = latin[0]
    return found


def _say_signs(text: str) -> str:
    """Add the word that a sign stands for beside it: the model knows few of them, the lexicon none."""
    told = [word for sign, word in _signs().items() if sign in text]
    return f"{text} {' '.join(told)}" if told else text


@lru_cache(maxsize=1)
def _signs() -> dict[str, str]:
    return read_model(_Signs, _SIGNS, _SIGNS.name).signs

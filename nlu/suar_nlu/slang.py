"""A second view of Indonesian chat language: "gk bs klr" read as "tidak bisa keluar".

The first view stays as written. The second only helps the sentence embedder, which was trained on formal text.
"""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from suar_nlu import paths

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TWICE = re.compile(r"^([^\W\d_]{3,})2(nya|an)?$")


@lru_cache(maxsize=1)
def get_slang() -> dict[str, str]:
    """Read `slang_id.yml`: chat spelling to formal spelling, both in lower case."""
    groups = yaml.safe_load(paths.SLANG.read_text(encoding="utf-8"))
    return {str(short): formal for formal, shorts in groups.items() for short in shorts}


def spell_out(text: str) -> str | None:
    """Return the text with chat spellings written out, or None when it has none."""
    spelled = _WORD.sub(lambda match: _spell_word(match[0]), text)
    return None if spelled == text else spelled


def _spell_word(word: str) -> str:
    lower = word.lower()
    if formal := get_slang().get(lower):
        return formal
    # "anak2" is how chat writes the plural "anak-anak".
    if twice := _TWICE.match(lower):
        stem = get_slang().get(twice[1], twice[1])
        return f"{stem}-{stem}{twice[2] or ''}"
    return word

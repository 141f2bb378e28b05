"""Which language a short message is in; "cannot tell" is an answer too.

The language model says how likely each language is that it has learned. What it has not learned (Russian, Hindi) it would
take for one that it has, so CLD2 is asked too. While the model is away, common words and CLD2 have to do.
"""

import re
from collections.abc import Mapping

import pycld2

from bot.understanding.cleaning import read_form

_MARKERS = {
    "id": frozenset(
        [
            "yang",
            "yg",
            "tidak",
            "ga",
            "gak",
            "nggak",
            "enggak",
            "saya",
            "aku",
            "gue",
            "gw",
            "kamu",
            "apa",
            "bagaimana",
            "gimana",
            "gmn",
            "dan",
            "di",
            "ke",
            "dari",
            "untuk",
            "buat",
            "bisa",
            "mau",
            "sudah",
            "udah",
            "belum",
            "ada",
            "ini",
            "itu",
            "kerja",
            "paspor",
            "majikan",
            "tolong",
            "takut",
            "dengan",
            "sama",
            "kalau",
            "kalo",
            "kak",
            "kakak",
            "terima",
            "kasih",
            "makasih",
            "siapa",
            "kapan",
            "kenapa",
            "berapa",
            "juga",
            "lagi",
            "adik",
            "teman",
            "anak",
            "orang",
            "gaji",
            "pulang",
            "halo",
            "selamat",
            "pagi",
            "siang",
            "malam",
            "boleh",
            "iya",
            "dong",
            "nih",
            "sih",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "a",
            "is",
            "are",
            "am",
            "was",
            "i",
            "you",
            "my",
            "me",
            "he",
            "she",
            "they",
            "we",
            "it",
            "to",
            "of",
            "and",
            "in",
            "on",
            "for",
            "with",
            "not",
            "do",
            "does",
            "did",
            "can",
            "what",
            "how",
            "who",
            "when",
            "where",
            "why",
            "please",
            "help",
            "have",
            "has",
            "had",
            "want",
            "need",
            "this",
            "that",
            "thank",
            "hello",
            "no",
            "yes",
            "afraid",
            "work",
            "job",
            "passport",
            "boss",
            "from",
            "your",
            "his",
            "her",
            "their",
            "if",
            "will",
            "would",
        ]
    ),
}
_HINTS = frozenset(code for _, code in pycld2.LANGUAGES)
_WORD = re.compile(r"[^\W\d_]+")
_ALIASES = {"jw": "jv", "zh-Hant": "zh", "iw": "he", "in": "id"}
_LETTERS_NEEDED = 3
_EXPECTED = 4.0
"""How many times likelier the conversation's language is than the words alone say."""
_SURE = 0.6
_FEW_WORDS = 2
_SURE_OF_FEW = 0.9
_STRANGE = 0.95
"""Below this, and with enough words, CLD2 may name a language that the model has not learned."""
_WORDS_FOR_CLD2 = 4
_UNLEARNED_SCRIPTS = re.compile(
    r"[\u0370-\u03ff\u0400-\u052f\u0530-\u05ff\u0900-\u097f\u0a00-\u0aff\u0b00-\u0b7f\u0c00-\u0dff"
    r"\u0e80-\u0eff\u0f00-\u0fff\u10a0-\u10ff\u1100-\u11ff\u3040-\u30ff\uac00-\ud7af]"
)
"""Greek, Cyrillic, Armenian, Hebrew, Devanagari and its neighbours, Lao, Tibetan, Georgian, Hangul, Kana."""


def guess_language(
    text: str, *, prior: str | None = None, learned: Mapping[str, float] | None = None
) -> str | None:
    """Return the language of `text` as ISO 639-1, with `-Latn` where it is romanised, or None when it cannot be told.

    Args:
        text: As the person wrote it.
        prior: The conversation's language: it wins where the text alone is not clear.
        learned: How likely the language model thinks each language; None while it is away.
    """
    cleaned = read_form(text)
    words = [word.casefold() for word in _WORD.findall(cleaned)]
    if sum(map(len, words)) < _LETTERS_NEEDED:
        return None
    if not learned:
        return _by_markers(words) or _by_cld2(cleaned, len(words), prior)
    if len(_UNLEARNED_SCRIPTS.findall(cleaned)) * 2 > sum(map(len, words)):
        return _by_cld2(cleaned, len(words), prior)
    return _by_model(cleaned, words, prior, learned)


def _by_model(
    text: str, words: list[str], prior: str | None, learned: Mapping[str, float]
) -> str | None:
    weighed = {code: p * (_EXPECTED if code == prior else 1.0) for code, p in learned.items()}
    best = max(weighed, key=lambda code: weighed[code])
    if learned[best] < _STRANGE and len(words) >= _WORDS_FOR_CLD2:
        other = _by_cld2(text, len(words), prior)
        if other is not None and other not in learned and best not in _ROMANISED:
            return other if learned[best] < _SURE else best
    few = len(words) <= _FEW_WORDS and text.isascii()
    sure = weighed[best] / (sum(weighed.values()) + max(0.0, 1.0 - sum(learned.values())))
    return best if sure >= (_SURE_OF_FEW if few else _SURE) else None


_ROMANISED = frozenset({"ar-Latn", "fa-Latn", "ta-Latn", "ur-Latn"})
"""CLD2 takes these for English, Uzbek or Finnish."""


def _by_markers(words: list[str]) -> str | None:
    marked = {code: sum(word in known for word in words) for code, known in _MARKERS.items()}
    best = max(marked, key=lambda code: marked[code])
    others = [count for code, count in marked.items() if code != best]
    return best if marked[best] > max(others) and marked[best] * 3 >= len(words) else None


def _by_cld2(text: str, n_words: int, prior: str | None) -> str | None:
    try:
        reliable, _, details = pycld2.detect(text, hintLanguage=prior if prior in _HINTS else "id")
    except pycld2.error:
        return None
    found: str = details[0][1]
    code = _ALIASES.get(found, found)
    if code == "un" or not reliable:
        return None
    # One or two Latin words come back as any language of the world; another script does not.
    if n_words <= 2 and text.isascii():
        return None
    return code

"""Which language a short message is in; "cannot tell" is an answer too."""

import re

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
_WORD = re.compile(r"[^\W\d_]+")
_ALIASES = {"ms": "id", "jw": "jv", "zh-Hant": "zh", "iw": "he", "in": "id"}
_LETTERS_NEEDED = 3


def guess_language(text: str, *, prior: str | None = None) -> str | None:
    """Return the language of `text` as ISO 639-1, or None when it cannot be told.

    Args:
        text: As the person wrote it.
        prior: The conversation's language: it wins where the text alone is not clear.
    """
    cleaned = read_form(text)
    words = [word.casefold() for word in _WORD.findall(cleaned)]
    if sum(map(len, words)) < _LETTERS_NEEDED:
        return None
    marked = {code: sum(word in known for word in words) for code, known in _MARKERS.items()}
    best = max(marked, key=lambda code: marked[code])
    others = [count for code, count in marked.items() if code != best]
    if marked[best] > max(others) and marked[best] * 3 >= len(words):
        return best
    return _by_cld2(cleaned, len(words), prior)


def _by_cld2(text: str, n_words: int, prior: str | None) -> str | None:
    try:
        reliable, _, details = pycld2.detect(text, hintLanguage=prior or "id")
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

"""`flag` questions for tests of pictures, with words in any language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cryptography.fernet import Fernet, MultiFernet

from bot.content.catalogue import Words
from bot.content.load import Content
from bot.content.quizzes import Question
from bot.pictures.making import ServerPictures

QUIZ = "warning_signs"
CHAT = (
    ("them", "Hi! We look for online admins abroad, no skills needed."),
    ("me", "Really? What is the pay?"),
    ("them", "Rp16 million a month, free flight and a room!"),
    ("them", "Send me a photo of your passport tonight, only two seats left."),
)
TITLE = "Hotel staff wanted abroad"
ADVERT = (
    "Good pay, no skills needed",
    "You fly on a tourist visa, we fix the rest",
    "Company name and licence number on request",
    "We keep your passport safe for you",
)
ARABIC = (
    "مرحبًا! نبحث عن موظفين عبر الإنترنت في الخارج، بلا خبرة.",
    "حقًا؟ كم الراتب؟",
    "16 مليون روبية في الشهر، مع تذكرة وغرفة مجانًا!",
    "أرسل لي صورة جواز سفرك الليلة، بقي مكانان فقط.",
)
BURMESE = (
    "မင်္ဂလာပါ! နိုင်ငံခြားမှာ အွန်လိုင်းအလုပ်သမား ရှာနေပါတယ်၊ အတွေ့အကြုံ မလိုပါဘူး။",
    "တကယ်လား။ လစာက ဘယ်လောက်လဲ။",
    "တစ်လကို ရူပီယာ ၁၆ သန်း၊ လေယာဉ်လက်မှတ်နဲ့ အခန်း အခမဲ့ပါ။",
    "ဒီည နိုင်ငံကူးလက်မှတ်ဓာတ်ပုံ ပို့ပါ၊ နှစ်နေရာပဲ ကျန်တော့တယ်။",
)
INDONESIAN = (
    "Hai! Kami cari admin online untuk kerja di luar negeri, tanpa keahlian.",
    "Serius? Gajinya berapa?",
    "Rp16 juta sebulan, tiket pesawat dan kamar gratis!",
    "Kirim foto paspormu malam ini, sisa dua kursi saja.",
)
OTHER = {"id": INDONESIAN, "ar": ARABIC, "my": BURMESE}


def chat_question(
    lines: Sequence[tuple[str, str]] = CHAT, about: Sequence[int] = (0, 2, 3)
) -> Question:
    """Return a question about a chat, whose choices are about the lines `about`."""
    return _question({"chat": [{"by": by, "text": text} for by, text in lines]}, about)


def advert_question(
    lines: Sequence[str] = ADVERT, about: Sequence[int] = (0, 1, 3), title: str = TITLE
) -> Question:
    """Return a question about a job advert."""
    return _question({"advert": {"title": title, "lines": list(lines)}}, about)


def _question(picture: Mapping[str, object], about: Sequence[int]) -> Question:
    choices = [
        {"id": f"c{line}", "text": f"line {line}", "correct": line == about[0], "line": line}
        for line in about
    ]
    return Question.model_validate(
        {
            "id": "seen",
            "fact": "fact",
            "kind": "flag",
            "text": "Which line?",
            "choices": choices,
            "picture": picture,
            "explanation": "That one.",
            "sources": ["s"],
        }
    )


def drawing(content: Content) -> ServerPictures:
    """Return the house's pictures, of content whose quiz `QUIZ` has a `flag` question called `seen`."""
    sealer = MultiFernet([Fernet(Fernet.generate_key())])
    shown = with_question(content, chat_question())
    return ServerPictures(shown, _link, sealer)


async def _link(payload: str) -> str:
    return f"https://t.me/b?start={payload}"


def with_question(content: Content, question: Question) -> Content:
    """Return content whose quiz has one more question."""
    quiz = content.quizzes[QUIZ]
    more = quiz.model_copy(update={"questions": (*quiz.questions, question)})
    return replace(content, quizzes={**content.quizzes, QUIZ: more})


def speaking(words: Words, *, reviewed: bool = True) -> Words:
    """Return `words` that also have the chat's lines in Indonesian, Arabic and Burmese."""
    catalogues, known = dict(words.catalogues), dict(words.reviewed)
    for locale, lines in OTHER.items():
        said = dict(zip((text for _, text in CHAT), lines, strict=True))
        catalogues[locale] = {**catalogues[locale], **said}
        known[locale] = known[locale] | (said.keys() if reviewed else set())
    ranks = {**words.ranks, **{text: "campaign" for _, text in CHAT}}
    return replace(words, catalogues=catalogues, reviewed=known, ranks=ranks)

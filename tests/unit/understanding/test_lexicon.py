"""The risk lexicon: disclosures are caught, everyday sentences are left alone."""

import re
import time
from pathlib import Path

import pytest
import yaml

from bot.content.load import ROOT
from bot.errors import ContentError
from bot.understanding.lexicon import FOLDER, load_lexicon
from bot.understanding.model import NO_RISK, RiskLevel
from tests.support.loaded import the_lexicon

LEXICON = the_lexicon()
TAXONOMY = yaml.safe_load((ROOT / "nlu" / "taxonomy.yml").read_text(encoding="utf-8"))
FILES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.yml"))
}
MAX_FALSE_ALARMS = 0.15

IMMEDIATE = """
saya dikunci di kamar
kami disekap di gudang, tolong
pintunya digembok dari luar
kak aku lagi dipukul majikan sekarang
besok pagi kami dipindahin ke kapal lain
malam ini adik saya mau dibawa ke kota lain
aku pengen mati aja
capek hidup kak
agen mengancam akan bunuh saya
dia diancam dibunuh kalau kabur
they locked us in the room
the door is locked and we have no key
there is a guard at the door all day
he is beating her right now
they will move us tonight
they are going to sell her tomorrow
i want to die
I don't want to live anymore
he threatened me with a knife
my brother is locked inside the compound
we are not safe, locked in a house
we are not safe they locked us in
""".strip().splitlines()

HIGH = """
paspor saya ditahan majikan
paspor kami disita agen sejak datang
bos simpan paspor saya
gajiku belum dibayar 3 bulan
gaji saya tidak pernah dibayar
saya dipaksa kerja sampai malam
kami kerja 18 jam sehari
teman saya dipaksa nipu orang lewat internet
saya dipaksa melayani tamu
utang saya nambah terus, gaji dipotong
harus bayar denda kalau mau pulang
saya gak boleh keluar rumah
aku dipukul majikan kemarin
suami sering mukul saya
saya dilecehkan bos
adik saya dipaksa menikah
dia ancam sebar foto saya
kakak saya ditangkap polisi di sana
kami belum makan dua hari
mereka mau ambil ginjal saya
my boss took my passport
the agent keeps our passports
her documents were taken by the agency
I have not been paid for four months
we work 16 hours every day
they force us to scam people
she is forced to sleep with customers
I have to work off a debt before I can leave
I am not allowed to leave the house
we can't go outside
my employer hits me
my husband beats me
he touched me in a bad way
my cousin was molested at work
they made my sister get married
he says he will post my photos
immigration detained my friend
we have no food and nowhere to sleep
they want to take my kidney
they attacked him because he is a refugee
""".strip().splitlines()

CONCERN = """
tolong
tolong saya kak
saya takut
adik saya hilang kontak sejak berangkat
ga bisa ngomong, ada dia
help me please
i'm scared
no news from my sister since she left
tidak ada berita dari adik saya sejak berangkat
I can't talk, he is here
we are not safe
""".strip().splitlines()

HARMLESS = """
halo kak, selamat pagi
bagaimana cara kerja ke luar negeri yang benar?
apa itu perdagangan orang?
berapa biaya penempatan ke Taiwan?
dokumen apa saja yang harus disiapkan?
paspor saya tidak ditahan kok
gaji di Malaysia berapa ya?
aku mau main kuis
jawabannya b
apa hukuman untuk orang yang menyekap pekerja?
apa tanda orang dipaksa kerja?
semalam nonton film tentang orang dikunci di rumah
aku dibunuh deadline wkwk
terima kasih banyak infonya
cuaca hari ini panas banget
saya mau daftar jadi relawan
bagaimana mengenali agen palsu?
di mana kantor imigrasi terdekat?
apakah kontrak harus berbahasa Indonesia?
hari libur saya hari Minggu
majikan saya baik
saya sudah pulang ke Indonesia tahun lalu
boleh minta nomor kedutaan?
kursus bahasa Inggris untuk pengungsi ada?
berita tentang pekerja yang disiksa itu benar?
anak saya sekolah di mana ya
saya lapar mau makan bakso
macet parah, mau mati rasanya nunggu
skripsi saya tentang gaji yang tidak dibayar
tidak pernah dipukul, semua baik
hello, good morning
how can I work abroad safely?
what is human trafficking?
what is the penalty for keeping somebody's passport?
how do I recognise a fake agency?
my passport is not held, thank you
can I keep my own passport?
which documents do I need?
how many hours may I work?
do I get paid on rest days?
thank you so much
I want to play the quiz
the answer is b
I watched a movie where they locked her in
this homework is killing me lol
what are the signs that somebody is forced to work?
nobody hit me, everything is fine
where is the nearest embassy?
I want to learn English
can refugees go to school here?
who pays for the ticket home?
is this company licensed?
I read the news about workers who were beaten
my sister works in Hong Kong and likes it
what happens after I report?
can you delete my data?
I will travel tomorrow morning
which visa do I need for Japan?
how long does resettlement take?
the weather is beautiful today
""".strip().splitlines()


@pytest.mark.parametrize("text", [*IMMEDIATE, *HIGH])
def test_stated_harm_is_caught(text: str) -> None:
    """Somebody who tells of harm is heard as at least in harm, in both languages, however informal."""
    assert LEXICON.read(text).level >= RiskLevel.HIGH


@pytest.mark.parametrize("text", IMMEDIATE)
def test_danger_now_is_told_apart(text: str) -> None:
    """Locked in, about to be moved, threatened with death, or wanting to die is immediate."""
    assert LEXICON.read(text).level is RiskLevel.IMMEDIATE


@pytest.mark.parametrize("text", CONCERN)
def test_a_plea_is_at_least_a_concern(text: str) -> None:
    """A bare call for help, fear, or silence of somebody who left is asked about."""
    assert LEXICON.read(text).level >= RiskLevel.CONCERN


def test_everyday_sentences_raise_few_alarms() -> None:
    """Questions, thanks, films, figures of speech and denials are left alone, with few exceptions."""
    alarms = [text for text in HARMLESS if LEXICON.read(text).level > RiskLevel.NONE]
    assert len(alarms) / len(HARMLESS) < MAX_FALSE_ALARMS, alarms


@pytest.mark.parametrize(
    "text",
    [
        "SAYA DIKUNCI DI KAMAR!!!",
        "sayaaaa dikunciiiii di kamarrrr",
        "sa\u200bya di\u200bkunci di kamar",
    ],
)
def test_shouting_stretching_and_hidden_signs_do_not_hide_it(text: str) -> None:
    """How it is typed does not matter."""
    assert LEXICON.read(text).level is RiskLevel.IMMEDIATE


def test_a_denial_takes_the_weight_from_its_own_sentence_only() -> None:
    """What is denied in one sentence does not silence the next, on the same line or on another."""
    assert LEXICON.read("I was not beaten.").level is RiskLevel.NONE
    assert LEXICON.read("I was not beaten. They locked us in").level is RiskLevel.IMMEDIATE
    assert LEXICON.read("haha baca berita\nsaya dikunci di kamar").level is RiskLevel.IMMEDIATE
    assert (
        LEXICON.read("paspor saya tidak ditahan, tapi saya dipukul majikan").level
        is RiskLevel.HIGH
    )


def test_a_sentence_broken_over_lines_is_heard() -> None:
    """Many people send a sentence in pieces."""
    assert LEXICON.read("saya gak boleh\nkeluar rumah").level is RiskLevel.HIGH


def test_the_gravest_of_several_counts_with_all_kinds() -> None:
    """A story of several sentences is weighed as a whole."""
    found = LEXICON.read("My boss took my passport. They locked us in.")
    assert found.level is RiskLevel.IMMEDIATE
    assert {"document_confiscation", "confinement"} <= set(found.kinds)


@pytest.mark.parametrize(
    ("text", "subject"),
    [("paspor saya ditahan majikan", "self"), ("my friend was molested at work", "other")],
)
def test_whom_it_is_about(text: str, subject: str) -> None:
    """A friend's story is told apart from one's own."""
    assert LEXICON.read(text).subject == subject


def test_nothing_is_nothing() -> None:
    """No words, no risk."""
    assert LEXICON.read("") == LEXICON.read(" . ! ") == NO_RISK


@pytest.mark.parametrize("language", FILES)
def test_every_pattern_is_one_and_every_kind_is_the_taxonomys(language: str) -> None:
    """Patterns compile, none matches nothing, and levels and kinds are ids of the taxonomy."""
    file = FILES[language]
    assert file["language"] == language
    for pattern in (
        *file["harmless"],
        *file["other"],
        *(entry["pattern"] for entry in file["entries"]),
    ):
        assert not re.compile(rf"(?<!\w)(?:{pattern})").search("x"), pattern
    for entry in file["entries"]:
        assert entry["level"] in TAXONOMY["risk_levels"]
        assert set(entry.get("kinds", ())) <= set(TAXONOMY["risk_kinds"])


@pytest.mark.parametrize("kind", sorted(set(TAXONOMY["risk_kinds"]) - {"child_at_risk"}))
def test_every_kind_of_risk_has_its_words(kind: str) -> None:
    """Each kind can be heard without the language model; a child's age takes more than words."""
    known = {
        kind
        for file in FILES.values()
        for entry in file["entries"]
        for kind in entry.get("kinds", ())
    }
    assert kind in known


def test_a_long_message_is_read_quickly() -> None:
    """A wall of text does not hold the conversation up."""
    begun = time.perf_counter()
    LEXICON.read("gaji saya sudah dibayar dan paspor ada di saya " * 200)
    LEXICON.read("work \n" * 2000)
    assert time.perf_counter() - begun < 2


def test_a_mistake_in_the_lexicon_names_its_file(tmp_path: Path) -> None:
    """A file that cannot be read is found at the start."""
    (tmp_path / "xx.yml").write_text("language: xx\nother: []\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^lexicon/xx\.yml"):
        load_lexicon(tmp_path)

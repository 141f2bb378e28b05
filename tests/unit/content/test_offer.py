"""The signs in a job offer: found in plain phrases, in each other's languages, and not where they are denied."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.load import ROOT, Content
from bot.content.offer import load_signs
from bot.errors import ContentError
from bot.messages import MAX_TEXT_CHARS

LANGUAGES = {"id", "en", "ms"}
FILE = ROOT / "flows" / "offer" / "signs.yml"


def found(content: Content, text: str) -> set[str]:
    """Return the ids of the signs that a text shows."""
    return {finding.sign for finding in content.offer.read(text)}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Paspor asli dipegang agen sampai kontrak selesai", "papers_held"),
        ("The office will keep your passport", "papers_held"),
        ("Umurnya nanti dinaikkan di KTP", "papers_changed"),
        ("hp dikumpulkan waktu masuk mess", "no_phone"),
        ("HP gak boleh dipake di mess", "no_phone"),
        ("JANGAN BILANG siapa2 ya", "keep_secret"),
        ("don't tell your parents about it yet", "keep_secret"),
        ("Admin judi online di Poipet", "scam_job"),
        ("masuk pakai visa ziarah", "visit_visa"),
        ("we will fix the work permit there", "visit_visa"),
        ("terbang ke Bangkok dulu lalu lewat darat", "third_country"),
        ("berangkatnya malam lewat pelabuhan tikus", "third_country"),
        ("penempatan Kamboja", "not_placement"),
        ("Biaya administrasi 5 juta dibayar di muka", "money_first"),
        ("tidak perlu pengalaman cukup transfer biaya admin 500rb", "money_first"),
        ("biaya ditanggung sendiri oleh peserta", "money_first"),
        ("bayar yuran pendaftaran dulu", "money_first"),
        ("Uang 10jt di depan, ke rek atas nama Susi", "money_first"),
        ("mbayar ragat budhal dhisik", "money_first"),
        ("mayar heula sajuta", "money_first"),
        ("potong gaji delapan bulan", "debt"),
        ("dicarikan jodoh orang Taiwan", "marriage"),
        ("au pair, just pay a deposit to the host family", "deposit"),
        ("buku pelaut jadi 3 hari", "seaman_fast"),
        ("the contract is in Chinese only", "no_contract"),
        ("kontraknya ga usah lah", "no_contract"),
        ("saya perorangan bukan PT", "no_company"),
        ("Gaji 15.500.000, tanpa pengalaman", "high_pay"),
        ("tinggal 2 orang lagi", "hurry"),
        ("whatsapp only", "chat_only"),
        ("SIP3MI nomor 12", "licence_named"),
        ("kontrak ditandatangani sebelum berangkat", "contract_first"),
        ("tanpa biaya", "no_fee"),
    ],
)
def test_a_sign_is_found_in_plain_words(content: Content, text: str, sign: str) -> None:
    """Each sign is found as people write it, in Indonesian, English, Malay, and here and there Javanese and Sundanese."""
    assert sign in found(content, text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("tanpa biaya apa pun", "money_first"),
        ("no fee, no deposit", "money_first"),
        ("Do not pay any fee before departure", "money_first"),
        ("Kami tidak pernah meminta uang kepada pelamar", "money_first"),
        ("waspada, jangan pernah transfer ke rekening pribadi", "money_first"),
        ("biaya visa ditanggung majikan", "money_first"),
        ("visa kerja diurus perusahaan", "visit_visa"),
        ("visa kerja, bukan visa turis", "visit_visa"),
        ("paspor tidak ditahan", "papers_held"),
        ("you keep your own passport", "papers_held"),
        ("bawa fotokopi KTP untuk disimpan di kantor", "papers_held"),
        ("gaji tidak dipotong", "debt"),
        ("gaji dipotong BPJS", "debt"),
        ("hp tidak diambil", "no_phone"),
        ("hp tidak boleh dipakai saat menyetir", "no_phone"),
        ("customer service bank di Semarang", "scam_job"),
        ("gaji 15 juta, wajib pengalaman 3 tahun", "high_pay"),
        ("liburan ke Thailand", "not_placement"),
        ("biaya ditanggung sendiri oleh peserta", "no_fee"),
        ("tempat tinggal disediakan", "hurry"),
    ],
)
def test_what_denies_a_sign_does_not_show_it(content: Content, text: str, sign: str) -> None:
    """A promise not to do it, a warning, and a neighbour in words are no sign."""
    assert sign not in found(content, text)


def test_a_denial_reaches_no_further_than_its_clause(content: Content) -> None:
    """That nothing is charged for one thing does not hide what is charged for another."""
    assert "money_first" in found(content, "Tanpa biaya pelatihan, tapi transfer dulu 2 juta")


def test_letters_that_only_look_right_hide_nothing(content: Content) -> None:
    """Capitals, stretched letters and letters of other scripts are read as they were meant."""
    assert "money_first" in found(content, "\u0422RANSFEEEER dulu 1 juta")


def test_the_words_that_show_a_sign_are_told(content: Content) -> None:
    """A person can see for themselves where the sign stands; the words stay out of logs."""
    [finding] = content.offer.read("Kerja kebun, paspor dipegang mandor")
    assert finding.words == "paspor dipegang mandor"
    assert "mandor" not in repr(finding)


def test_signs_come_in_the_order_of_their_importance(content: Content) -> None:
    """The order of the file, whatever stands first in the text; each once."""
    names = [f.sign for f in content.offer.read("tinggal 2 orang. paspor ditahan. paspor ditahan")]
    assert names == ["papers_held", "hurry"]


def test_every_sign_has_patterns_in_the_languages_that_offers_come_in(content: Content) -> None:
    """No sign is blind in Indonesian, English or Malay; what speaks for an offer comes after what does not."""
    signs = list(content.offer.signs.values())
    for sign in signs:
        assert set(sign.patterns) >= LANGUAGES, sign.id
    assert [sign.good for sign in signs] == sorted(sign.good for sign in signs)


@settings(deadline=None)
@given(text=st.text(max_size=300) | st.text(alphabet="paspor transfer 0123,.\n-", max_size=2_000))
def test_any_text_is_read(content: Content, text: str) -> None:
    """Whatever is pasted is read without a mistake, each sign at most once."""
    names = [finding.sign for finding in content.offer.read(text)]
    assert len(names) == len(set(names))
    assert set(names) <= set(content.offer.signs)


@pytest.mark.parametrize(
    "piece", ["transfer ", "paspor ", "a", "biaya 5 ", "tidak ada ", "visa, "]
)
def test_the_longest_message_is_read_to_its_end(content: Content, piece: str) -> None:
    """A sign at the end of the longest message is found, whatever is repeated before it."""
    end = ". Kontrak menyusul di sana"
    text = piece * MAX_TEXT_CHARS
    assert "no_contract" in found(content, text[: MAX_TEXT_CHARS - len(end)] + end)


def test_a_pattern_that_is_no_regular_expression_is_named_with_its_line(tmp_path: Path) -> None:
    """Who writes a pattern is told at once where it is broken."""
    path = tmp_path / "signs.yml"
    text = FILE.read_text(encoding="utf-8")
    broken = text.replace('["visa (?:dolan|plesir)"]', '["visa (?:dolan"]', 1)
    assert broken != text
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(ContentError, match="no regular expression") as caught:
        load_signs(path, "signs.yml")
    assert caught.value.line == next(
        number
        for number, line in enumerate(broken.splitlines(), start=1)
        if "visa (?:dolan" in line
    )

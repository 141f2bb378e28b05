"""What the rubric sees in a talk, and where."""

from collections.abc import Sequence

import pytest

from bot.content.load import Content
from bot.content.practice import CRITERIA
from bot.practice.rubric import Finding, Seen, findings_of
from bot.practice.talk import play

YES, LATE, NO, OTHERWISE, OPEN = Seen.YES, Seen.LATE, Seen.NO, Seen.OTHERWISE, Seen.OPEN
AGREED = [
    "Halo, nama saya Sari. Apakah kamu aman untuk menulis?",
    "Terima kasih sudah cerita.",
    "Boleh saya teruskan ke bantuan hukum?",
    "Baik.",
    "Lalu?",
]
"""With whoever changes their mind: the fifth line meets the change."""


def found(content: Content, name: str, lines: Sequence[str]) -> dict[str, Finding]:
    """Return what is seen in a talk, by criterion."""
    talk = play(content.practice, content.practice.personas[name], "id", lines)
    return {finding.criterion: finding for finding in findings_of(talk)}


@pytest.mark.parametrize(
    ("criterion", "lines", "seen", "where"),
    [
        ("safety", ["Apakah kamu aman untuk bicara?"], YES, (1,)),
        ("safety", ["Halo", "Apa kabar", "Apakah kamu aman untuk bicara?"], LATE, (3,)),
        ("safety", ["Halo"], NO, ()),
        ("who", ["Nama saya Dewi"], YES, (1,)),
        ("believing", ["Halo", "Saya percaya kamu"], YES, (2,)),
        ("one_question", ["Siapa? Di mana?"], OTHERWISE, (1,)),
        ("one_question", ["Siapa?"], YES, (1,)),
        ("one_question", ["Halo"], OPEN, ()),
        ("no_why", ["Kenapa kamu mau?"], OTHERWISE, (1,)),
        ("no_why", ["Halo"], YES, ()),
        ("their_choice", ["Kamu harus pulang"], OTHERWISE, (1,)),
        ("their_choice", ["Apa yang paling kamu butuhkan?"], YES, (1,)),
        ("only_needed", ["Siapa nama lengkapmu"], OTHERWISE, (1,)),
        ("no_promises", ["Saya janji kamu pulang"], OTHERWISE, (1,)),
        ("limits", ["Ini rahasia, kecuali ada bahaya", "Boleh saya teruskan?"], YES, (1,)),
        ("limits", ["Boleh saya teruskan?", "Ini rahasia, kecuali ada bahaya"], LATE, (2,)),
        ("limits", ["Boleh saya teruskan?"], NO, ()),
        ("limits", ["Halo"], OPEN, ()),
        ("consent", ["Boleh saya teruskan?"], YES, (1,)),
        ("consent", ["Saya akan hubungi polisi"], OTHERWISE, (1,)),
        ("consent", ["Halo"], NO, ()),
        ("consent", [*AGREED[:3], "Saya akan hubungi bantuan hukum dan dinas"], YES, (3,)),
        ("respect", ["Halo"], OPEN, ()),
        ("respect", [*AGREED, "Itu keputusanmu."], YES, (6,)),
        ("respect", [*AGREED, "Baik."], NO, ()),
        ("respect", [*AGREED, "Kamu harus mau."], OTHERWISE, (6,)),
        ("numbers", ["Kalau bahaya, hubungi 110"], YES, (1,)),
        ("next_step", ["Besok kita tulis lagi, sampai besok"], YES, (1,)),
        ("own_words", ["Halo", "Asrama dikunci dari luar?", "Gajimu ditahan?"], YES, (2, 3)),
    ],
)
def test_a_criterion_is_seen_where_it_is(
    content: Content, criterion: str, lines: list[str], seen: Seen, where: tuple[int, ...]
) -> None:
    """Each criterion is seen, seen late, not seen, seen the other way round, or did not come up, with its lines."""
    finding = found(content, "changes_mind", lines)[criterion]
    assert (finding.seen, finding.lines) == (seen, where)


def test_the_rubric_keeps_its_order_and_leaves_out_what_does_not_come_up(content: Content) -> None:
    """All criteria in one order for everybody; a job offer by chat needs no number for danger."""
    assert tuple(found(content, "maid_abroad", ["Halo"])) == CRITERIA
    assert set(CRITERIA) - set(found(content, "first_offer", ["Halo"])) == {"numbers"}

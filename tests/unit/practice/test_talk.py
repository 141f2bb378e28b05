"""The talk with somebody who is made up: what helps, what hurts, and that it can always go on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.content.practice import LANGUAGES, SIGNS, Practice
from bot.practice.talk import HELPS, HURTS, MOST_TRUST, play

GOOD = {
    "en": [
        "Hello, my name is Dewi, I am a counsellor. Is it safe to write now?",
        "Thank you for telling me. Please only tell what you want to.",
        "That sounds hard, and it is not your fault. What would help you most?",
        "What you write stays confidential unless your life is in danger.",
        "May I pass on to the people of legal aid what you told me?",
        "It is your decision. If there is danger, call 112.",
    ],
    "id": [
        "Halo, nama saya Dewi. Apakah kamu aman untuk menulis sekarang?",
        "Terima kasih sudah cerita. Cerita seperlunya saja ya.",
        "Itu pasti berat, dan bukan salahmu. Apa yang paling kamu butuhkan?",
        "Yang kamu tulis dirahasiakan, kecuali ada bahaya untuk nyawa.",
        "Boleh saya teruskan ceritamu ke bantuan hukum?",
        "Itu keputusanmu. Kalau ada bahaya, hubungi 112.",
    ],
}
HARSH = {
    "en": ["Why did you go there?", "It's your own fault.", "I have told the police your story."],
    "id": [
        "Kenapa kamu pergi?",
        "Seharusnya kamu tahu.",
        "Saya sudah lapor polisi soal ceritamu ke polisi.",
    ],
}
PERSONAS = [
    "changes_mind",
    "first_offer",
    "fishing_crew",
    "for_a_friend",
    "maid_abroad",
    "refugee_mother",
    "under_18",
]


@pytest.fixture
def practice(content: Content) -> Practice:
    """The practice room of the files."""
    return content.practice


def test_all_people_are_there(practice: Practice) -> None:
    """Each of the people whom the tests talk with is in the files, and each file is talked with here."""
    assert sorted(practice.personas) == PERSONAS


def test_every_sign_either_helps_or_hurts(content: Content) -> None:
    """No sign is heard without an effect, and none has two."""
    assert set(HELPS) | set(HURTS) == set(SIGNS)
    assert not set(HELPS) & set(HURTS)


@pytest.mark.parametrize("name", PERSONAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_good_practice_opens_a_talk(practice: Practice, name: str, language: str) -> None:
    """Who asks for safety, believes, leaves the decision and asks before passing on is told more, and gets a yes."""
    talk = play(practice, practice.personas[name], language, GOOD[language])
    assert not talk.left
    assert talk.trust > talk.persona.trust
    assert len(talk.told) >= 3
    assert any(turn.agreed for turn in talk.turns)


@pytest.mark.parametrize("name", PERSONAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_harsh_words_end_a_talk(practice: Practice, name: str, language: str) -> None:
    """Whoever asks why, blames and passes on without asking is left, and had been told so before."""
    talk = play(practice, practice.personas[name], language, HARSH[language])
    assert talk.left
    assert len(talk.turns) == len(HARSH[language])
    assert talk.turns[-1].said == (talk.persona.leaves.in_(language),)
    assert all(turn.told is None for turn in talk.turns)


def test_a_yes_is_taken_back(practice: Practice) -> None:
    """Who changes their mind says so two lines after their yes, and is not talked into another one."""
    persona = practice.personas["changes_mind"]
    lines = [*GOOD["en"][:5], "Thank you.", "Go on.", "May I pass it on after all?"]
    talk = play(practice, persona, "en", lines)
    assert persona.agreement.changes_mind is not None
    assert [turn.agreed for turn in talk.turns[4:]] == [True, True, False, False]
    assert talk.turns[6].said == (persona.agreement.changes_mind.en,)


def test_what_is_asked_for_is_told_earlier(practice: Practice) -> None:
    """A question after the papers brings the papers first, though they come later by themselves."""
    persona = practice.personas["first_offer"]
    talk = play(practice, persona, "en", ["Hello there", "Do you have a contract?"])
    assert talk.turns[1].told == "visa"


def test_their_own_words_are_known_again(practice: Practice) -> None:
    """A word of theirs counts as listening, also with an ending; a word that is everybody's does not."""
    persona = practice.personas["maid_abroad"]
    talk = play(practice, persona, "id", ["Halo", "Jadi paspormu diambil?", "Jadi begitu ya?"])
    assert [turn.echo for turn in talk.turns] == ["", "paspormu", ""]


@given(data=st.data())
def test_any_talk_goes_on(content: Content, data: st.DataObject) -> None:
    """Whatever is written, somebody answers each line until they leave, trust stays in bounds, and nothing is told twice."""
    practice = content.practice
    persona = practice.personas[data.draw(st.sampled_from(PERSONAS))]
    language = data.draw(st.sampled_from(LANGUAGES))
    line = st.one_of(
        st.text(max_size=60), st.sampled_from([*GOOD["en"], *GOOD["id"], *HARSH["en"], "ok?"])
    )
    lines = data.draw(st.lists(line, max_size=15))
    talk = play(practice, persona, language, lines)
    assert all(turn.said and all(turn.said) for turn in talk.turns)
    assert 0 <= talk.trust <= MOST_TRUST
    told = [turn.told for turn in talk.turns if turn.told]
    assert len(told) == len(set(told))
    assert len(talk.turns) == len(lines) or talk.left
    # Taking the last line back is exactly the talk without it.
    assert play(practice, persona, language, lines[:-1]).turns == talk.turns[: len(lines) - 1] or (
        talk.left and len(talk.turns) < len(lines)
    )

"""Which language a short message is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("halo kak, saya mau tanya", "id"),
        ("gaji gue ga dibayar udah 3 bulan", "id"),
        ("tolong", "id"),
        ("Bagaimana cara kerja di luar negeri?", "id"),
        ("hello, i need some help please", "en"),
        ("my boss took my passport", "en"),
        ("What documents do I need to work abroad?", "en"),
        ("私は助けが必要です。どうすればいいですか", "ja"),
        ("من به کمک نیاز دارم لطفا", "fa"),
    ],
)
def test_everyday_messages_are_told_apart(text: str, language: str) -> None:
    """Short and informal messages of the people Suar is for."""
    assert guess_language(text) == language


@pytest.mark.parametrize("text", ["", "ok", "😭😭", "123456", "!!", "a", "xq zv"])
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    """A word or two that could be anything leave the language open."""
    assert guess_language(text) is None


@given(st.text(st.characters(), max_size=60), st.sampled_from([None, "id", "en"]))
def test_any_text_gets_an_answer(text: str, prior: str | None) -> None:
    """Nothing that a phone sends breaks the guess."""
    found = guess_language(text, prior=prior)
    assert found is None or found.isascii()


@pytest.mark.parametrize(
    ("text", "learned", "language"),
    [
        ("mera passport malik ke paas hai", {"ur-Latn": 0.97, "en": 0.02}, "ur-Latn"),
        ("ok boss", {"en": 0.5, "tl": 0.3}, None),
        ("как мне уехать домой", {"vi": 0.99}, "ru"),
        ("मुझे मदद चाहिए कृपया", {"bn": 0.99}, "hi"),
        ("ich brauche bitte dringend Hilfe von euch", {"en": 0.4, "jv": 0.3}, "de"),
        ("saya ingin pulang ke rumah saya", {"id": 0.99}, "id"),
    ],
)
def test_the_model_is_believed_in_what_it_has_learned(
    text: str, learned: dict[str, float], language: str | None
) -> None:
    """What it is sure of counts; other languages are told by their script or by CLD2, a word or two by nobody."""
    assert guess_language(text, learned=learned) == language


@pytest.mark.parametrize("prior", ["rhg", "qps"])
def test_a_language_that_cld2_does_not_know_is_no_hint(prior: str) -> None:
    """Who talks in Rohingya is still understood when they write English."""
    text = "Can I get my money back from the agency now?"
    assert guess_language(text, prior=prior) == guess_language(text) == "en"

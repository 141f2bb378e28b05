"""Insults: only a message that is nothing else is one, and no word for what people are stands in the list."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import ROOT, Content
from bot.understanding.cleaning import folded

LISTED = yaml.safe_load((ROOT / "flows" / "insults.yml").read_text(encoding="utf-8"))
PHRASES = sorted({phrase for each in LISTED["words"].values() for phrase in each})
AROUND = sorted({word for each in LISTED["around"].values() for word in each})
TELLING = [
    "i",
    "me",
    "my",
    "they",
    "he",
    "she",
    "we",
    "him",
    "boss",
    "husband",
    "call",
    "called",
    "calls",
    "said",
    "told",
    "hit",
    "help",
    "please",
    "want",
    "my",
    "boss",
    "saya",
    "aku",
    "mereka",
    "dia",
    "kami",
    "majikan",
    "suami",
    "bos",
    "bilang",
    "sebut",
    "dipukul",
    "tolong",
    "mau",
    "paspor",
    "kerja",
    "gaji",
    "dijual",
]
"""Words in which people tell of themselves and of others."""
OF_PEOPLE = (
    "banci", "bencong", "waria", "homo", "gay", "lesbi", "lesbian", "queer", "trans", "maho", "bitch", "slut", "whore", "hooker",
    "pelacur", "lonte", "perek", "jablay", "psk", "cina", "china", "negro", "nigger", "kafir", "arab", "papua", "pengungsi",
    "refugee", "illegal", "tki", "tkw", "babu", "pembantu", "budak", "slave", "cacat", "autis", "retard", "faggot", "janda", "perawan",
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "you stupid bot", "FUCK YOU!!!", "idiot", "Goblok lu!", "dasar bot anjinggggg", "bego banget sih kamu",
        "you are a fucking idiot", "đồ ngu", "يا غبي", "tanga ka", "傻逼",
    ],
)  # fmt: skip
def test_an_insult_is_known(content: Content, text: str) -> None:
    """In any language of the list, with the words around it that add nothing."""
    assert content.insults.fit(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "you", "hello bot", "they call me stupid", "my boss calls me an idiot and hits me", "majikan bilang saya anjing",
        "I am so stupid, I believed him", "aku bodoh banget percaya dia", "they say I am banci", "shut up or he hears us",
        "saya dikatain goblok tiap hari", "bot", "dia tolol", "babi ngepet itu dosa?",
    ],
)  # fmt: skip
def test_whoever_tells_of_an_insult_is_read_like_everybody(content: Content, text: str) -> None:
    """Any word more than an insult and its filling makes it an ordinary message."""
    assert not content.insults.fit(text)


@given(
    data=st.data(),
    others=st.lists(st.sampled_from(AROUND), max_size=3),
    phrase=st.sampled_from(PHRASES),
    told=st.lists(st.sampled_from(TELLING), min_size=1, max_size=4),
)
def test_no_insult_hides_what_is_told(
    content: Content, data: st.DataObject, others: list[str], phrase: str, told: list[str]
) -> None:
    """Wherever a word of telling stands among insults, the message is no insult."""
    words = data.draw(st.permutations([phrase, *others, *told]))
    assert not content.insults.fit(" ".join(words))


def test_no_word_for_what_people_are_is_an_insult(content: Content) -> None:
    """People tell of themselves, and of what is done to them, in such words."""
    listed = {word for phrase in PHRASES for word in folded(phrase).split()}
    assert listed.isdisjoint(OF_PEOPLE)
    assert not any(content.insults.fit(word) for word in OF_PEOPLE)


def test_words_of_telling_are_no_filling(content: Content) -> None:
    """No word around an insult says who did what to whom."""
    assert content.insults.around.isdisjoint(TELLING)

"""Recordings, pictures and numbers: who gets them, and when nothing sounds."""

from dataclasses import replace

import pytest

from bot.channels.capabilities import WHATSAPP
from bot.channels.fit import fit
from bot.content.load import Content
from bot.content.voices import all_spoken
from bot.conversation.state import Owner
from bot.messages import IncomingKind, Outgoing
from bot.prover.properties import fits
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

ANSWER = "answer.give.what_is_trafficking"
EASIER = "voice.easier"


@pytest.fixture
def spoken(content: Content) -> Content:
    """The content, all of which somebody has spoken in English and Arabic."""
    return replace(content, voices=all_spoken(content, ["en", "ar"]))


def heard(talk: Talk) -> list[str]:
    """Return the words of the recordings that the last turn sent."""
    return [message.voice.alt for message in talk.messages if message.voice]


def listen(talk: Talk) -> str:
    """Return the button that says the last answer."""
    return next(button for button, _ in talk.state.offered if button.startswith("voice.listen"))


def test_an_answer_can_be_heard(spoken: Content) -> None:
    """Under words that somebody has spoken stands a button; it says them, and leaves the rest as it is."""
    talk = Talk.greeted(spoken).press(ANSWER)
    before = talk.state
    talk.press(listen(talk))
    assert heard(talk) == [spoken.answers["what_is_trafficking"].text]
    assert [message.text for message in talk.messages] == [""]
    assert talk.state == before


def test_without_a_recording_nothing_changes(content: Content, spoken: Content) -> None:
    """Where nobody has spoken the words in this language, there is no button."""
    for talk in (Talk.greeted(content), Talk.greeted(spoken, "id")):
        talk.press(ANSWER)
        assert not any("voice" in button for button in talk.buttons)


def test_changed_words_are_not_spoken(spoken: Content) -> None:
    """A recording of other words than are read now is neither offered nor sent; an old button says so, with a way on."""
    talk = Talk.greeted(spoken).press(ANSWER)
    button = listen(talk)
    answer = spoken.answers["what_is_trafficking"]
    changed = answer.model_copy(update={"text": f"{answer.text} More."})
    talk.content = replace(spoken, answers={**spoken.answers, answer.id: changed})
    assert not any("voice" in each for each in talk.press(ANSWER).buttons)
    talk.content = replace(spoken, voices=all_spoken(spoken, ["ar"]))
    assert talk.press(button).says("voice.listen.gone")
    assert talk.buttons == ("menu.main",)


def test_always_with_voice(spoken: Content) -> None:
    """Who chooses voice hears what they read, after it; the options stay those under the words, with their numbers."""
    talk = Talk.greeted(spoken).press(EASIER).press(f"{EASIER}.voice")
    words, recording = talk.messages[-2:]
    assert recording.voice is not None
    assert recording.voice.alt in words.text
    assert [button.title for button in words.buttons][:2] == [
        "1. Find an answer",
        "2. Help for me",
    ]
    assert talk.state.offered[0] == ("menu.main.questions", "Find an answer")
    assert talk.write("1").state.at == "topics.pick"
    talk.press(ANSWER)
    assert heard(talk) == [spoken.answers["what_is_trafficking"].text]
    assert not any("voice.listen" in button for button, _ in talk.state.offered)


@pytest.mark.parametrize("mode", ["voice", "pictures"])
def test_the_menu_with_pictures(content: Content, mode: str) -> None:
    """Who asks for pictures, or for voice, sees the menu with a picture whose words name each option with its number."""
    talk = Talk.greeted(content).press(EASIER).press(f"{EASIER}.{mode}")
    [media] = talk.messages[-1].media
    assert (media.kind, media.url) == ("menu", "menu:menu.main")
    assert media.alt.splitlines()[3] == "4. Talk to a person"
    assert [line.split(". ")[1] for line in media.alt.splitlines()] == [
        title for _, title in talk.state.offered
    ]
    plain = talk.press(EASIER).press(f"{EASIER}.plain").messages[-1]
    assert (plain.media, plain.buttons[0].title) == ((), "Find an answer")


def test_where_nobody_has_spoken(content: Content) -> None:
    """Who chooses voice in a language without any is told, and gets pictures."""
    talk = Talk.greeted(content).press(EASIER).press(f"{EASIER}.voice")
    assert talk.says("voice.easier.no_voice")
    assert talk.messages[-1].media


@pytest.mark.parametrize("sent", ["voice", "sticker", "\U0001f64f\U0001f64f"])
def test_who_would_rather_not_write_is_shown_the_way_once(content: Content, sent: str) -> None:
    """Somebody who speaks, or sends only signs, is offered voice and pictures; the second time they are not."""
    kind = IncomingKind.UNREADABLE if sent.isalpha() else IncomingKind.TEXT

    def send(talk: Talk) -> bool:
        talk = talk.write(sent, meaning()) if kind is IncomingKind.TEXT else talk.do(kind, sent)
        return EASIER in talk.buttons

    talk = Talk.greeted(content)
    assert [send(talk), send(talk)] == [True, False]
    assert not send(Talk.greeted(content).press(EASIER).press("menu.main"))


def test_nothing_is_offered_in_danger(content: Content) -> None:
    """Under the answer to danger stand the ways to a person, and nothing beside them."""
    talk = Talk.greeted(content).write("...", meaning("disclose", risk=RiskLevel.HIGH))
    assert EASIER not in talk.buttons
    assert EASIER not in talk.do(IncomingKind.UNREADABLE, "voice").buttons


def test_nothing_sounds_where_somebody_may_look(spoken: Content) -> None:
    """Under the cover of a quiz there is neither a voice, nor a picture, nor a number before a choice."""
    talk = Talk.greeted(spoken).press(EASIER).press(f"{EASIER}.voice")
    talk.press("watched.word").write("mangga77", meaning()).write("mangga77", meaning())
    assert talk.state.is_covered(talk.now)
    for sent in (talk, talk.do(IncomingKind.UNREADABLE, "voice"), talk.press(ANSWER)):
        assert not heard(sent)
        assert not any(title.startswith("1. ") for title in sent.titles)
        assert EASIER not in sent.buttons


def test_the_bot_keeps_quiet_in_a_talk(spoken: Content) -> None:
    """While a counsellor has the conversation nothing is spoken."""
    talk = Talk.greeted(spoken).press(EASIER).press(f"{EASIER}.voice")
    talk.press("consent.ask").press("consent.ask.talk")
    talk.owner = Owner.STAFF
    assert not talk.press("emergency.show").messages


def test_it_fits_everywhere(content: Content) -> None:
    """In every language the numbered menu and the choice of voice fit all channels; an old channel without media loses nothing."""
    for locale in content.words.locales:
        spoken = replace(content, voices=all_spoken(content, [locale]))
        talk = Talk.greeted(spoken, locale).press(EASIER).press(f"{EASIER}.voice")
        assert not [fault for message in talk.messages for fault in fits((message,))], locale
    parts = fit(talk.messages, replace(WHATSAPP, shows_media=False))
    assert all(part.text for part in parts)
    assert fit([Outgoing("", media=talk.messages[-1].media)], WHATSAPP)[0].voice is not None


def test_a_recording_is_of_words_and_no_place(spoken: Content) -> None:
    """It belongs to a message that is its words, begins with them, or holds them as a part; never to words inside others."""
    [voice] = [v for v in spoken.voices.by_locale["en"] if v.words == spoken.answers["what_is_trafficking"].text]  # fmt: skip
    of = spoken.voices.of
    for text in (voice.words, f"{voice.words}\n\nmore", f"before\n\n{voice.words}\n\nafter"):
        assert of(text, "en") == voice
    for text in (f"{voice.words} more", f"before {voice.words}", voice.words[:-1], ""):
        assert of(text, "en") != voice
    assert of(voice.words, "id") is None

"""A language that is only begun: what nobody has checked stands with its original, what is missing says so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.locales import pseudo_of
from bot.content.load import Content
from bot.conversation.effects import OpenCase
from bot.conversation.languages import LANGUAGE
from bot.conversation.state import Owner, State
from bot.conversation.trouble import offline, trouble
from bot.conversation.turn import turn
from bot.conversation.unchecked import NOTES, RULE
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.understanding.model import RiskLevel, Understanding
from tests.support.languages import PSEUDO, drafts, pseudo_words, speaking
from tests.unit.conversation.talk import ADDRESS, Talk, meaning, text_at, world

ANSWER = "what_is_trafficking"
IN_DANGER = meaning(risk=RiskLevel.IMMEDIATE)


@pytest.fixture(scope="module")
def arabic(content: Content) -> Content:
    """A few Arabic drafts, none of them reviewed."""
    return speaking(content, "ar", drafts("ar"))


@pytest.fixture(scope="module")
def pseudo(content: Content) -> Content:
    """A language that has every text and no review."""
    return speaking(content, PSEUDO, pseudo_words(content))


def note(content: Content, name: str) -> str:
    """Return a word about words in English."""
    return content.pages[NOTES][name]


def test_a_draft_is_shown_with_its_original_and_says_so(arabic: Content) -> None:
    """Somebody in danger reads their language first, then a line, then what can be relied on, buttons included."""
    told = Talk.greeted(arabic, "ar").write("…", IN_DANGER)
    english = Talk.greeted(arabic, "en").write("…", IN_DANGER)
    mine, line, original = told.words.partition(f"\n\n{RULE}\n")
    assert line
    assert arabic.words.say(text_at(arabic, "risk.support.urgent"), "ar") in mine
    assert english.words not in mine
    assert original.startswith(arabic.words.say(note(arabic, "unchecked"), "ar"))
    assert english.words in original
    assert all(f"[{title}]" in original for title in english.titles)
    assert told.buttons == english.buttons
    assert told.titles != english.titles


def test_a_reviewed_text_stands_alone(content: Content) -> None:
    """Once somebody has read what a message says, the original goes."""
    words = drafts("ar")
    checked = speaking(content, "ar", words, reviewed=words)
    told = Talk.greeted(checked, "ar").write("…", IN_DANGER)
    assert RULE not in told.words
    assert text_at(checked, "risk.support.urgent") not in told.words


def test_one_draft_in_a_message_is_enough(content: Content) -> None:
    """A reviewed frame around an unchecked line is not checked."""
    words = drafts("ar")
    missed = content.emergency[0].confidentiality
    almost = speaking(content, "ar", words, reviewed=set(words) - {missed})
    assert missed in Talk.greeted(almost, "ar").write("…", IN_DANGER).words


def test_a_released_language_is_never_marked(content: Content) -> None:
    """Indonesian and English stay as they were."""
    for locale in content.words.released:
        told = Talk.greeted(content, locale).write("…", IN_DANGER)
        assert RULE not in told.words


def test_a_missing_answer_comes_in_the_next_language_and_says_so(arabic: Content) -> None:
    """The line before it is in the person's language, and names the language in it too."""
    told = Talk.greeted(arabic, "ar").press(f"answer.give.{ANSWER}").words
    line, _, rest = told.partition("\n\n")
    answer, _, beneath = rest.partition(f"\n\n{RULE}\n")
    assert "الإنجليزية" in line
    assert answer == arabic.answers[ANSWER].text
    # Its buttons are Arabic drafts, so their originals stand beneath.
    assert "[Menu]" in beneath
    assert answer not in beneath


def test_a_missing_answer_follows_the_chain(content: Content) -> None:
    """Who reads Javanese gets Indonesian before English."""
    javanese = speaking(content, "jv", {})
    told = Talk.greeted(javanese, "jv").press(f"answer.give.{ANSWER}").words
    assert content.words.say(content.answers[ANSWER].text, "id") in told
    assert content.answers[ANSWER].text not in told


def test_a_draft_of_an_answer_is_marked_without_its_original(content: Content) -> None:
    """An answer twice would be too long to read; that nobody has checked it is still said."""
    answer = content.answers[ANSWER].text
    begun = speaking(content, PSEUDO, {answer: "Thïs", **drafts("ar")})
    told = Talk.greeted(begun, PSEUDO).press(f"answer.give.{ANSWER}").words
    assert told.startswith("Thïs")
    assert drafts("ar")[note(begun, "draft")] in told
    assert answer not in told


def test_a_draft_borrowed_along_the_chain_is_a_draft(content: Content) -> None:
    """Burmese said to a Rohingya reader is as unchecked as to a Burmese one."""
    text = text_at(content, "risk.safe.text")
    begun = speaking(speaking(content, "my", {text: "Burmese"}), "rhg", {})
    state = replace(Talk.greeted(begun, "rhg").state, at="risk.concern")
    told = Talk(begun, state).press("risk.concern.safe").words
    assert "Burmese" in told
    assert text in told


def marked_messages(content: Content, target: str) -> Iterator[Outgoing]:
    """Yield what the step at `target` says to whoever reads the pseudo language, and what each of its buttons leads to."""
    talk = Talk.greeted(content, PSEUDO).press(target)
    yield from talk.messages
    for button in talk.buttons:
        after = Talk.greeted(content, PSEUDO).press(target).press(button)
        if after.state.locale == PSEUDO:
            yield from after.messages


def steps_of(content: Content) -> list[str]:
    """Return every step, as ``flow.step``."""
    return [f"{flow.flow}.{name}" for flow in content.flows.values() for name in flow.steps]


def shown_drafts(message: Outgoing, drafts: Iterable[str]) -> list[str]:
    """Return which drafts stand in a message or on its buttons; the marks at their end tell a whole one.

    A page of languages asks in the released ones as well and needs no mark.
    """
    if any(
        re.search(r"\.language\.|^language\.choose\.", button.id) for button in message.buttons
    ):
        return []
    titles = {button.title for button in message.buttons}
    return [
        words
        for words in drafts
        if words[-1] == "~" and (words in message.text or words in titles)
    ]


def test_no_draft_is_ever_shown_without_a_mark(pseudo: Content) -> None:
    """Whatever its rank, and also a quiz, a question after a talk, a button: where a draft is read, a line says so."""
    drafts = pseudo_words(pseudo).values()
    seen = 0
    for target in steps_of(pseudo):
        for message in marked_messages(pseudo, target):
            if shown_drafts(message, drafts):
                assert RULE in message.text, target
                seen += 1
    assert seen > 200


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_half_reviewed_marks_the_other_half(content: Content, data: st.DataObject) -> None:
    """Whichever texts somebody has read so far: a message with one that nobody has read says so."""
    words = pseudo_words(content)
    ranks = content.words.ranks
    read = data.draw(st.sets(st.sampled_from(sorted(set(ranks.values())))))
    left = data.draw(st.sets(st.sampled_from(sorted(words)), max_size=200))
    reviewed = {text for text in words if ranks[text] in read} - left
    half = speaking(content, PSEUDO, words, reviewed=reviewed)
    drafts = [said for text, said in words.items() if text not in reviewed]
    target = data.draw(st.sampled_from(steps_of(content)))
    for message in marked_messages(half, target):
        if RULE not in message.text:
            assert shown_drafts(message, drafts) == []


def test_a_draft_of_a_quiz_stands_above_its_original(pseudo: Content) -> None:
    """A question that says the wrong thing teaches the wrong thing: the one that was checked is there to compare."""
    quiz = pseudo.quizzes["warning_signs"]
    talk = Talk.greeted(pseudo, PSEUDO).press(f"quiz.list.{quiz.quiz}")
    assert quiz.intro in talk.words.partition(RULE)[2]
    talk.press("quiz.play.begin").press("study.ask.no")
    question = quiz.question(talk.state.memory["quiz"]["round"][0])
    assert question is not None
    asked = talk.messages[-1].text
    assert pseudo_of(question.text) in asked.partition(RULE)[0]
    assert question.text in asked.partition(RULE)[2]
    talk.press(talk.buttons[0])
    if question.kind == "several":
        talk.press(f"quiz.play.{question.id}.done")
    assert question.explanation in talk.words.partition(RULE)[2]


def test_a_draft_on_a_button_is_marked_under_a_reviewed_text(content: Content) -> None:
    """The text stands once; beneath it are the titles that somebody has checked."""
    words = pseudo_words(content)
    reviewed = set(words) - {"Menu"}
    begun = speaking(content, PSEUDO, words, reviewed=reviewed)
    told = Talk.greeted(begun, PSEUDO).press(f"answer.give.more-{ANSWER}").words
    text, _, beneath = told.partition(f"\n\n{RULE}\n")
    more = content.answers[ANSWER].more
    assert more is not None
    assert text == pseudo_of(more)
    assert "[Menu]" in beneath
    assert more not in beneath


@pytest.mark.parametrize(
    "press",
    ["menu.main", "consent.ask", "emergency.show", "erase.ask", "privacy.show", "risk.stay"],
)
def test_every_way_out_is_marked_in_full(pseudo: Content, press: str) -> None:
    """Each message of a step has its own original beneath it, and the same buttons as ever."""
    told = Talk.greeted(pseudo, PSEUDO).press(press)
    english = Talk.greeted(pseudo, "en").press(press)
    assert told.buttons == english.buttons
    for mine, original in zip(told.messages, english.messages, strict=True):
        assert original.text in mine.text.partition(RULE)[2]


def ids(talk: Talk) -> list[tuple[str, ...]]:
    """Return the buttons of each message of the last turn."""
    return [tuple(button.id for button in message.buttons) for message in talk.messages]


def test_every_step_says_as_much_in_the_original(pseudo: Content) -> None:
    """No step speaks differently in another language, so no draft is left without its original; nor does any of its buttons."""
    for flow in pseudo.flows.values():
        for name in flow.steps:
            target = f"{flow.flow}.{name}"
            mine = Talk.greeted(pseudo, PSEUDO).press(target)
            english = Talk.greeted(pseudo, "en").press(target)
            assert ids(mine) == ids(english), target
            for button in {button for message in ids(mine) for button in message}:
                pressed = Talk.greeted(pseudo, PSEUDO).press(target).press(button)
                again = Talk.greeted(pseudo, "en").press(target).press(button)
                if pressed.state.locale == PSEUDO:
                    assert ids(pressed) == ids(again), button


def test_the_four_words_are_the_same_in_both(pseudo: Content) -> None:
    """A passphrase in the original that differs from the one above it would lock the person out."""
    talk = Talk.greeted(pseudo, PSEUDO).press("consent.ask").press("consent.ask.talk")
    case = next(each for each in talk.effects if isinstance(each, OpenCase))
    words = " ".join(case.passphrase)
    assert sum(message.text.count(words) for message in talk.messages) == 2


def test_a_consent_is_to_the_words_that_were_shown(pseudo: Content, content: Content) -> None:
    """The fingerprint in the ledger changes with the original beneath a draft, and stays as it was for released languages."""

    def version(which: Content, locale: str) -> str:
        talk = Talk.greeted(which, locale).press("consent.ask").press("consent.ask.talk")
        case = next(each for each in talk.effects if isinstance(each, OpenCase))
        return case.consents[0].text_version

    words = pseudo_words(content)
    reviewed = speaking(content, PSEUDO, words, reviewed=words)
    assert version(pseudo, PSEUDO) != version(reviewed, PSEUDO)
    assert version(pseudo, "en") == version(content, "en")
    assert version(pseudo, "en") != version(reviewed, PSEUDO)


def test_what_is_said_in_trouble_is_marked_too(pseudo: Content) -> None:
    """The apology after a fault of ours, and the numbers while the database is away, are safety texts."""
    english = offline(pseudo, "en").text
    assert english in offline(pseudo, PSEUDO).text.partition(RULE)[2]
    apology = trouble(State(locale=PSEUDO), pseudo).outgoing[0]
    assert text_at(pseudo, "trouble.broken.text") in apology.text


def test_leaving_a_counsellor_is_marked_too(pseudo: Content) -> None:
    """What is said outside of a step's own turn follows the same rule."""
    talk = Talk.greeted(pseudo, PSEUDO)
    talk.owner = Owner.STAFF
    talk.write("/erase")
    assert text_at(pseudo, "consent.waiting.left") in talk.messages[0].text


def hear(content: Content, state: State, written: str | None) -> tuple[State, tuple[str, ...]]:
    """Return the state and the buttons after a message in a language."""
    incoming = Incoming(ADDRESS, "1", IncomingKind.TEXT, "hm")
    result = turn(state, incoming, Understanding(written), content, world())
    buttons = result.outgoing[-1].buttons if result.outgoing else ()
    return result.state, tuple(button.id for button in buttons)


def test_who_is_followed_into_a_begun_language_can_go_back(arabic: Content) -> None:
    """The button stands under the next message, once; nobody is led into half a language without it."""
    state, buttons = hear(arabic, State(locale="id", greeted=True), "ar")
    assert state.locale == "ar"
    assert buttons[-1] == LANGUAGE
    state, buttons = hear(arabic, state, "ar")
    assert LANGUAGE not in buttons[-1:]


def test_romanised_writing_is_its_language(arabic: Content) -> None:
    """Arabic in Latin letters is answered in Arabic."""
    assert hear(arabic, State(locale="id", greeted=True), "ar-Latn")[0].locale == "ar"


def test_a_chosen_language_brings_no_button(arabic: Content) -> None:
    """Who has chosen needs no way back under their first message."""
    talk = Talk.greeted(arabic).press("language.choose.ar")
    assert talk.state.locale == "ar"
    assert LANGUAGE not in talk.buttons
    assert "menu.main.language" in talk.buttons


def test_a_welcome_that_offers_languages_brings_no_second_offer(arabic: Content) -> None:
    """The first message of all already asks for the language."""
    _, buttons = hear(arabic, State(locale="id"), "ar")
    assert LANGUAGE not in buttons
    assert "welcome.language.ar" in buttons

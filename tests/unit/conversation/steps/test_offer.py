"""`offer`: signs in a job offer, pasted or told in answers; never a verdict, never the text, always a person."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.load import Content
from bot.content.offer_step import OfferStep
from bot.conversation.steps.offer import LONG_WORDS
from bot.conversation.steps.offer_result import MAX_QUESTIONS, MAX_SIGNS
from bot.messages import MAX_TEXT_CHARS, IncomingKind
from bot.understanding.model import RiskLevel, Understanding
from tests.unit.conversation.talk import Talk, meaning

RISKY = (
    "Loker Kamboja, admin online, gaji 15 juta tanpa pengalaman. Pakai visa turis dulu. Paspor dipegang bos. "
    "Transfer dulu 2 juta ke rekening pribadi, kontrak menyusul di sana, kuota tinggal 2 orang"
)
PLAIN = "Toko kami di Bandung mencari kasir, gaji sesuai UMR, libur hari Minggu"
ALWAYS_UNDER_A_RESULT = {
    "answer.give.check_agency_licence",
    "consent.ask",
    "offer.check.share",
    "offer.check.sources",
    "offer.check.end",
}


@pytest.fixture
def step(content: Content) -> OfferStep:
    """The words of the step."""
    found = content.step("offer.check")
    assert isinstance(found, OfferStep)
    return found


@pytest.fixture
def pasting(content: Content) -> Talk:
    """Somebody who is asked to paste an offer."""
    return Talk.greeted(content).press("offer.check").press("offer.check.paste")


@pytest.fixture
def asking(content: Content) -> Talk:
    """Somebody who has chosen the questions."""
    return Talk.greeted(content).press("offer.check").press("offer.check.ask")


def titles(content: Content, *names: str) -> list[str]:
    """Return what signs are called."""
    return [content.offer.signs[name].title for name in names]


def kept(talk: Talk) -> str:
    """Return all that the conversation remembers, as it is stored."""
    return json.dumps(talk.state.to_json())


def answer_all(talk: Talk, *choices: str) -> Talk:
    """Answer the six questions."""
    for number, choice in enumerate(choices):
        talk.press(f"offer.check.{number}-{choice}")
    return talk


def test_a_pasted_offer_gets_its_signs_each_with_its_reason_and_its_words(
    pasting: Talk, content: Content
) -> None:
    """The four most important signs come first, with why and where; the rest is a press away."""
    signs, questions = pasting.write(RISKY).messages
    names = ("papers_held", "scam_job", "visit_visa", "not_placement")
    for name in names:
        sign = content.offer.signs[name]
        assert sign.title in signs.text
        assert sign.reason in signs.text
        assert sign.question in questions.text
    assert signs.text.count("\u2022") == MAX_SIGNS
    assert '"paspor dipegang bos"' in signs.text
    assert pasting.says("offer.check.found")
    assert questions.text.count("\u2022") == MAX_QUESTIONS
    assert set(pasting.buttons) == {*ALWAYS_UNDER_A_RESULT, "offer.check.more"}
    pasting.press("offer.check.more")
    for title in titles(content, "money_first", "no_contract", "high_pay", "hurry"):
        assert title in pasting.words
    assert set(pasting.buttons) == ALWAYS_UNDER_A_RESULT


def test_nothing_found_is_no_promise(pasting: Talk, content: Content, step: OfferStep) -> None:
    """An offer without signs still gets questions to ask, the check of the licence, and a person."""
    pasting.write(PLAIN)
    assert pasting.says("offer.check.nothing")
    for name in step.always:
        assert content.offer.signs[name].question in pasting.words
    assert set(pasting.buttons) == ALWAYS_UNDER_A_RESULT


def test_what_speaks_for_an_offer_is_told_with_how_to_check_it(
    pasting: Talk, content: Content
) -> None:
    """A licence that is named is no proof: it comes with the way to check it."""
    pasting.write("PT Maju, SIP3MI nomor 12, perawat di Jepang, tanpa biaya penempatan")
    assert pasting.says("offer.check.nothing")
    assert pasting.says("offer.check.good")
    assert content.offer.signs["licence_named"].reason in pasting.words
    assert content.offer.signs["no_fee"].reason in pasting.words


@pytest.mark.parametrize("words", ["verdict", "scam", "is safe", "is real", "fake", "trafficking"])
def test_no_result_says_what_an_offer_is(content: Content, words: str, step: OfferStep) -> None:
    """Signs are worth a look; that an offer is safe, real or false nobody can read in it."""
    said = (step.found, step.rest, step.good, step.to_ask, step.shared)
    assert not any(words in text for text in said)


@pytest.mark.parametrize("text", ["kerja malaysia", "gaji 15 juta"])
def test_a_short_text_is_asked_for_again(pasting: Talk, text: str) -> None:
    """A few words are no offer; whoever has no text can still answer questions or ask for a person."""
    pasting.write(text)
    assert pasting.says("offer.check.short")
    assert pasting.buttons == ("offer.check.ask", "consent.ask", "offer.check.stop")
    pasting.write(PLAIN)
    assert pasting.says("offer.check.nothing")


def test_a_link_is_not_opened(pasting: Talk) -> None:
    """The words behind a link have to be typed; a link beside enough words does not matter."""
    pasting.write("https://example.com/loker ini kak")
    assert pasting.says("offer.check.link")
    pasting.write(f"https://example.com/loker {PLAIN}")
    assert pasting.says("offer.check.nothing")


def test_a_picture_is_not_seen(pasting: Talk, content: Content) -> None:
    """A photo of an offer is asked for in words, and the step still waits; elsewhere the usual words come."""
    pasting.do(IncomingKind.UNREADABLE, "photo")
    assert pasting.says("offer.check.picture")
    pasting.write(PLAIN)
    assert pasting.says("offer.check.nothing")
    other = Talk.greeted(content).press("offer.check").do(IncomingKind.UNREADABLE, "photo")
    assert other.says("unclear.unreadable.text")
    nowhere = Talk.greeted(content).do(IncomingKind.UNREADABLE, "photo")
    assert nowhere.says("unclear.unreadable.text")


@pytest.mark.parametrize(
    ("text", "means", "at"),
    [
        ("saya mau bicara dengan orang saja sekarang", meaning("talk_to_human"), "consent.ask"),
        ("what is a placement permit good for?", meaning("check_agency"), "answer.give"),
        ("apa itu p3mi", meaning("check_agency"), "answer.give"),
    ],
)
def test_a_wish_or_a_question_is_not_taken_for_an_offer(
    pasting: Talk, text: str, means: Understanding, at: str
) -> None:
    """Whoever asks for a person in place of pasting gets a person."""
    assert pasting.write(text, means).state.at == at


def test_after_the_result_what_is_written_is_understood_as_anywhere(pasting: Talk) -> None:
    """The step waits for nothing any more: the next words are no second offer."""
    pasting.write(RISKY)
    pasting.write("thank you", meaning("thanks"))
    assert pasting.state.at == "menu.thanks"


def test_the_text_is_not_kept(pasting: Talk) -> None:
    """The conversation remembers ids of signs alone, and after the end not even those."""
    pasting.write(RISKY)
    assert "bos" not in kept(pasting)
    assert "rekening" not in kept(pasting)
    assert pasting.state.memory["offer"]["found"]
    pasting.press("offer.check.end")
    assert pasting.says("menu.main.variants.0") or pasting.says("menu.main.text")
    assert not any(pasting.state.memory["offer"].values())
    assert pasting.press("offer.check.share").says("unclear.old_button.text")


def test_the_summary_can_be_forwarded(pasting: Talk, content: Content) -> None:
    """It names the signs and the questions, stands alone, and has neither a word of the text nor a button."""
    pasting.write(RISKY)
    summary, after = pasting.press("offer.check.share").messages
    for title in titles(content, "papers_held", "money_first", "hurry"):
        assert title in summary.text
    assert summary.buttons == ()
    assert "bos" not in summary.text
    assert {button.id for button in after.buttons} == ALWAYS_UNDER_A_RESULT


def test_the_summary_of_nothing_found_promises_nothing(pasting: Talk) -> None:
    """Nobody can forward it as a proof that an offer is safe."""
    pasting.write(PLAIN).press("offer.check.share")
    assert pasting.says("offer.check.summary_nothing")


def test_the_signs_have_sources(pasting: Talk, content: Content) -> None:
    """Every sign that was told can be traced; where none was, the questions can."""
    pasting.write("paspor dipegang majikan selama kerja di kebun").press("offer.check.sources")
    for slug in content.offer.signs["papers_held"].sources:
        assert content.sources[slug].title in pasting.words
    plain = Talk.greeted(content).press("offer.check").press("offer.check.paste").write(PLAIN)
    plain.press("offer.check.sources")
    assert content.sources["p3mi_licence"].title in plain.words


def test_the_questions_tell_how_far_one_is_and_can_be_taken_back(
    asking: Talk, step: OfferStep
) -> None:
    """Progress, a way back, "I do not know", and a stop stand under each question."""
    assert f"1 of {len(step.questions)}" in asking.words
    assert "offer.check.back" not in asking.buttons
    asking.press("offer.check.0-alone")
    assert f"2 of {len(step.questions)}" in asking.words
    assert asking.buttons[-3:] == ("offer.check.1-unknown", "offer.check.back", "offer.check.stop")
    asking.press("offer.check.back")
    assert step.questions[0].text in asking.words
    assert asking.state.memory["offer"]["picked"] == []


def test_the_answers_show_signs_and_what_is_not_known_is_worth_asking(
    asking: Talk, content: Content
) -> None:
    """An answer shows its signs; "I do not know" becomes a question to the recruiter."""
    answer_all(asking, "alone", "other", "nothing", "unknown", "unknown", "secret")
    signs, questions = asking.messages
    for title in titles(content, "no_company", "keep_secret", "no_fee"):
        assert title in signs.text
    for title in titles(content, "visit_visa", "no_contract"):
        assert title not in signs.text
    for name in ("no_contract", "papers_held", "visit_visa"):
        assert content.offer.signs[name].question in questions.text
    assert set(asking.buttons) == ALWAYS_UNDER_A_RESULT


def test_answers_without_a_sign_are_no_promise_either(asking: Talk) -> None:
    """Six good answers are no proof."""
    answer_all(asking, "licensed", "other", "nothing", "fine", "work", "fine")
    assert asking.says("offer.check.nothing")
    assert asking.says("offer.check.good")


def test_a_plain_yes_or_no_answers_where_it_can(asking: Talk) -> None:
    """To "do you have to pay?" one may type yes; to "who?" that says nothing."""
    asking.write("yes", meaning("affirm"))
    assert asking.says("menu.said_yes.text")
    asking.press("offer.check").press("offer.check.resume")
    asking.press("offer.check.0-alone").press("offer.check.1-other")
    asking.write("ya", meaning("affirm"))
    assert asking.state.memory["offer"]["picked"] == ["alone", "other", "first"]


def test_an_old_button_answers_nothing(asking: Talk) -> None:
    """A button under an earlier question does not answer a later one."""
    asking.press("offer.check.0-alone")
    for button in ("offer.check.0-chat", "offer.check.1-nowhere"):
        assert asking.press(button).state.at == "unclear.old_button"
    assert asking.state.memory["offer"]["picked"] == ["alone"]


def test_stopping_forgets(asking: Talk) -> None:
    """One may stop at any question; what was answered is gone."""
    asking.press("offer.check.0-alone").press("offer.check.stop")
    assert asking.says("offer.check.stopped")
    assert not any(asking.state.memory["offer"].values())


def test_a_question_in_the_middle_is_answered_and_the_offer_goes_on(asking: Talk) -> None:
    """Under the answer stands the way back, and there the next question."""
    asking.press("offer.check.0-alone")
    asking.write("what is trafficking", meaning("what_is_trafficking"))
    assert "offer.check" in asking.buttons
    asking.press("offer.check")
    assert asking.buttons[0] == "offer.check.resume"
    assert "2 of 6" in asking.press("offer.check.resume").words


def test_danger_comes_first_and_the_offer_is_not_lost(pasting: Talk, content: Content) -> None:
    """A text that tells of danger is answered as danger; what was found in it waits behind a button, without the text."""
    danger = meaning(risk=RiskLevel.HIGH, kinds=("document_confiscation",))
    pasting.write(RISKY, danger)
    assert pasting.state.at == "risk.support"
    assert pasting.buttons[-1] == "offer.check"
    assert "rekening" not in kept(pasting)
    pasting.press("offer.check")
    assert content.offer.signs["papers_held"].title in pasting.words
    assert set(pasting.buttons) == {*ALWAYS_UNDER_A_RESULT, "offer.check.more"}


def test_a_harmless_offer_that_is_taken_for_danger_is_not_lost_either(pasting: Talk) -> None:
    """Words of offers are often words of danger: after a false alarm the offer is a press away as well."""
    pasting.write(f"{PLAIN}. {PLAIN}. {PLAIN}", meaning(risk=RiskLevel.HIGH))
    assert pasting.state.at == "risk.support"
    assert pasting.press("offer.check").says("offer.check.nothing")


def test_a_call_for_help_is_no_offer(pasting: Talk) -> None:
    """In a cry for help nothing is looked for: the way back leads to the beginning."""
    pasting.write("tolong saya takut", meaning(risk=RiskLevel.HIGH))
    assert pasting.state.at == "risk.support"
    assert pasting.press("offer.check").says("offer.check.text")


def test_danger_at_the_first_screen_is_answered_alone(content: Content) -> None:
    """Who has not begun has nothing to come back to."""
    talk = Talk.greeted(content).press("offer.check")
    talk.write("tolong saya takut", meaning(risk=RiskLevel.HIGH))
    assert "offer.check" not in talk.buttons


def test_danger_in_the_middle_of_the_questions_comes_first(asking: Talk) -> None:
    """The questions wait until the person wants to go on."""
    asking.press("offer.check.0-alone")
    asking.write("he beats me", meaning(risk=RiskLevel.IMMEDIATE))
    assert asking.state.at == "risk.support"
    assert asking.buttons[-1] == "offer.check"
    assert "2 of 6" in asking.press("offer.check").press("offer.check.resume").words


@pytest.mark.parametrize("intent", ["check_offer", "online_scam_jobs"])
def test_an_offer_that_is_simply_sent_is_read(content: Content, intent: str) -> None:
    """Whoever pastes an offer without pressing anything gets its signs, not a general answer."""
    assert len(RISKY.split()) >= LONG_WORDS
    talk = Talk.greeted(content).write(RISKY, meaning(intent))
    assert talk.says("offer.check.found")


def test_a_question_about_an_offer_is_answered(content: Content) -> None:
    """A short question, and a long one that shows no sign, get the answer, and under it the check."""
    for text in ("is this offer real?", "is it real " * LONG_WORDS):
        talk = Talk.greeted(content).write(text, meaning("check_offer"))
        assert talk.says("answers.check_offer_real")
        assert "offer.check" in talk.buttons


def test_a_long_text_about_something_else_is_no_offer(content: Content) -> None:
    """Signs alone make no offer of what the model knows to be another question."""
    talk = Talk.greeted(content).write(RISKY, meaning("what_is_trafficking"))
    assert talk.says("answers.what_is_trafficking")


def test_an_offer_is_read_without_the_language_model(content: Content) -> None:
    """The signs are plain patterns: they work when the model is away."""
    talk = Talk.greeted(content).write(RISKY, meaning(degraded=True))
    assert talk.says("offer.check.found")


def test_an_offer_at_the_first_screen_is_read(content: Content) -> None:
    """One need not press "paste" before pasting."""
    talk = Talk.greeted(content).press("offer.check")
    assert talk.write(f"{PLAIN}. {PLAIN}. {PLAIN}").says("offer.check.nothing")


@pytest.mark.parametrize(
    "name",
    [
        "check_offer_real",
        "scam_job_offer",
        "visit_visa_work",
        "fishing_job_check",
        "internship_abroad",
    ],
)
def test_the_answers_about_offers_lead_to_the_check(content: Content, name: str) -> None:
    """The question is a press away from its tool."""
    assert "offer.check" in Talk.greeted(content).press(f"answer.give.{name}").buttons


def test_other_answers_do_not(content: Content) -> None:
    """A tool stands only where it helps."""
    talk = Talk.greeted(content).press("answer.give.what_is_trafficking")
    assert "offer.check" not in talk.buttons


def test_signs_that_were_taken_out_since_are_left_out(pasting: Talk, content: Content) -> None:
    """A result that was kept before a change of the content can still be shared."""
    pasting.write(RISKY)
    pasting.state = pasting.state.remembering("offer", found=["gone", "hurry"], asks=["gone"])
    assert content.offer.signs["hurry"].title in pasting.press("offer.check.share").words


def test_questions_that_were_taken_out_since_are_left_out(asking: Talk) -> None:
    """More answers than there are questions now lead to a result rather than to a mistake."""
    asking.state = asking.state.remembering("offer", picked=["fine"] * 9)
    asking.press("offer.check.resume")
    assert "6 of 6" in asking.words
    assert asking.press("offer.check.5-fine").says("offer.check.nothing")


pasted = st.text(min_size=1, max_size=200) | st.lists(
    st.sampled_from(RISKY.split() + PLAIN.split() + ["no", "fee", "visa", "umrah", "SIP3MI"]),
    min_size=1,
    max_size=40,
).map(" ".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=pasted, mark=st.text(alphabet="qxzj", min_size=6, max_size=12))
def test_any_text_is_answered_with_a_person_and_nothing_of_it_is_kept_or_shared(
    content: Content, text: str, mark: str
) -> None:
    """Whatever is pasted, help is one press away, and neither memory nor summary holds a word of it."""
    talk = Talk.greeted(content).press("offer.check").press("offer.check.paste")
    talk.write(f"{mark} {text} paspor dipegang {mark} {mark}")
    assert "consent.ask" in talk.buttons
    assert mark not in kept(talk)
    talk.press("offer.check.share")
    assert mark not in talk.words
    assert "consent.ask" in talk.buttons


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_answers_lead_to_a_result_with_a_person(
    content: Content, step: OfferStep, data: st.DataObject
) -> None:
    """Six presses, whichever, and the result offers a person."""
    talk = Talk.greeted(content).press("offer.check").press("offer.check.ask")
    for number, question in enumerate(step.questions):
        choices = ["unknown", *(choice.id for choice in question.choices)]
        talk.press(f"offer.check.{number}-{data.draw(st.sampled_from(choices))}")
    assert "consent.ask" in talk.buttons
    assert talk.state.memory["offer"]["mode"] == "told"


def test_the_longest_message_is_read_though_it_was_cut(pasting: Talk) -> None:
    """What fits of a text that is too long is still looked at."""
    pasting.write(f"{RISKY}. " + "x " * MAX_TEXT_CHARS)
    assert pasting.says("unclear.cut.text")
    assert pasting.says("offer.check.found")

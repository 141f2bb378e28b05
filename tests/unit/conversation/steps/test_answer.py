"""`answer`: sourced answers, their second page, their sources, and "was this what you meant?"."""

from datetime import timedelta

from bot.content.dates import say_day
from bot.content.load import OVERDUE, Content
from bot.content.steps import AnswerStep
from bot.conversation.effects import Effect
from tests.unit.conversation.talk import Talk, meaning


def test_an_answer_stands_with_its_follow_ups_its_sources_and_the_menu(content: Content) -> None:
    """Below an answer are more of it, what comes next, where it comes from, and the way back."""
    talk = Talk.greeted(content).press("answer.give.what_is_trafficking")
    assert talk.words == content.answers["what_is_trafficking"].text
    assert talk.buttons == (
        "answer.give.more-what_is_trafficking",
        "answer.give.warning_signs_list",
        "answer.give.male_victims_help",
        "answer.give.child_made_to_work",
        "answer.give.from-what_is_trafficking",
        "menu.main",
    )


def test_an_answer_that_calls_for_a_person_offers_one(content: Content) -> None:
    """Where the answer itself says that help may be needed, a person is one press away."""
    talk = Talk.greeted(content).press("answer.give.warning_signs_list")
    assert "consent.ask" in talk.buttons


def _first_with(content: Content, action: str) -> str:
    return next(answer.id for answer in content.answers.values() if action in answer.action)


def test_an_answer_for_somebody_in_danger_comes_after_the_numbers(content: Content) -> None:
    """Who asks such a thing may need help now: the emergency numbers stand first, and nothing shows them on a locked screen."""
    talk = Talk.greeted(content).press(f"answer.give.{_first_with(content, 'now')}")
    numbers, answer = talk.messages
    assert content.emergency[0].number in numbers.text
    assert numbers.sensitive
    assert "consent.ask" in [button.id for button in answer.buttons]


def test_the_limits_are_said_before_a_person_tells_more(content: Content) -> None:
    """Under an answer that invites a report stands what cannot stay private."""
    step = content.step("answer.give")
    assert isinstance(step, AnswerStep)
    talk = Talk.greeted(content).press(f"answer.give.{_first_with(content, 'limits')}")
    assert talk.words.endswith(step.limits)
    quiet = Talk.greeted(content).press("answer.give.what_is_trafficking")
    assert step.limits not in quiet.words


def test_an_answer_about_children_names_their_contact(content: Content) -> None:
    """Under an answer about people under 18 stands the contact that is made for them."""
    number = next(n for n in content.emergency if "child_at_risk" in n.kinds)
    talk = Talk.greeted(content).press(f"answer.give.{_first_with(content, 'child')}")
    assert number.number in talk.words
    assert "consent.ask" in talk.buttons


def test_the_second_page_of_an_answer(content: Content) -> None:
    """ "Tell me more" shows the rest."""
    talk = Talk.greeted(content).press("answer.give.more-what_is_trafficking")
    assert talk.words == content.answers["what_is_trafficking"].more


def test_an_answer_without_a_second_page_is_given_itself(content: Content) -> None:
    """A made-up "more" of an answer that has none shows the answer."""
    short = next(answer for answer in content.answers.values() if answer.more is None)
    talk = Talk.greeted(content).press(f"answer.give.more-{short.id}")
    assert talk.words == short.text
    assert f"answer.give.more-{short.id}" not in talk.buttons


def test_the_sources_of_an_answer(content: Content) -> None:
    """Each source is named with its publisher and address, and when the answer was last checked."""
    answer = content.answers["what_is_trafficking"]
    talk = Talk.greeted(content).press(f"answer.give.from-{answer.id}")
    for slug in answer.sources:
        assert content.sources[slug].title in talk.words
        assert (content.sources[slug].url or "") in talk.words
    assert say_day(answer.reviewed_on, "en-GB") in talk.words
    assert talk.buttons == ("consent.ask", "menu.main")


def test_sources_without_an_address_are_named_without_one(content: Content) -> None:
    """A source on paper is named too, without an empty line."""
    for answer in content.answers.values():
        told = Talk.greeted(content).press(f"answer.give.from-{answer.id}").words
        assert "None" not in told
        assert "\n\n\n" not in told


def test_an_unknown_answer_is_an_old_button(content: Content) -> None:
    """An answer that was taken out is not there any more."""
    talk = Talk.greeted(content)
    assert talk.press("answer.give.gone").state.at == "unclear.old_button"
    assert talk.press("answer.give.less-what_is_trafficking").state.at == "unclear.old_button"


def test_a_yes_to_was_this_what_you_meant_is_thanked(content: Content) -> None:
    """After yes the bot waits nowhere in particular."""
    talk = Talk.greeted(content).write("…", meaning("what_is_trafficking", 0.4))
    talk.write("yes", meaning("affirm"))
    assert talk.says("answer.give.thanks")
    assert talk.state.at is None


def test_a_no_to_was_this_what_you_meant_asks_again(content: Content) -> None:
    """After no the bot admits that it did not understand."""
    talk = Talk.greeted(content).write("…", meaning("what_is_trafficking", 0.4))
    assert talk.write("no", meaning("deny")).state.at == "unclear.sorry"


def test_after_a_sure_answer_yes_and_no_are_small_talk(content: Content) -> None:
    """Where nothing was asked, a yes is no confirmation."""
    talk = Talk.greeted(content).write("…", meaning("what_is_trafficking", 0.9))
    assert talk.write("no", meaning("deny")).state.at == "menu.said_no"


def test_a_bare_yes_to_several_suggestions_is_not_thanked_for(content: Content) -> None:
    """Yes to "one of these?" names none of them; no means none of them."""
    several = Talk.greeted(content)
    several.state = several.state.remembering(
        "answer", wanted=["contract_contents", "documents_needed"], unsure=True
    )
    several.press("answer.give")
    assert several.says("answer.give.suggest")
    assert several.write("yes", meaning("affirm")).state.at == "menu.said_yes"
    assert several.press("answer.give").write("no", meaning("deny")).state.at == "unclear.sorry"


def test_coming_back_to_no_answer_in_particular_says_so(content: Content) -> None:
    """An old link to "the answer" without any answer admits that there is none."""
    assert Talk.greeted(content).press("answer.give").state.at == "answer.missing"


def test_an_overdue_answer_is_held_back(content: Content) -> None:
    """A button to an answer that nobody has checked for too long says so and offers a person."""
    answer = content.answers["what_is_trafficking"]
    talk = Talk.greeted(content)
    late = answer.review_by + OVERDUE - talk.now.date() + timedelta(days=1)
    talk.wait(late).press(f"answer.give.{answer.id}")
    assert talk.says("answer.give.outdated")
    assert talk.buttons == ("consent.ask", "menu.main")


def test_an_overdue_answer_is_not_offered_as_a_follow_up(content: Content) -> None:
    """Follow-ups that would be held back are left out."""
    talk = Talk.greeted(content)
    following = {name for answer in content.answers.values() for name in answer.next}
    first = min((content.answers[name] for name in following), key=lambda answer: answer.review_by)
    before = next(answer for answer in content.answers.values() if first.id in answer.next[:3])
    talk.press(f"answer.give.more-{before.id}" if before.more else f"answer.give.{before.id}")
    assert f"answer.give.{first.id}" in talk.buttons
    talk.wait(first.review_by + OVERDUE - talk.now.date() + timedelta(days=1))
    talk.press(f"answer.give.more-{before.id}" if before.more else f"answer.give.{before.id}")
    assert f"answer.give.{first.id}" not in talk.buttons


def test_an_answer_during_a_quiz_leads_back_to_it(content: Content) -> None:
    """Whoever asks in the middle of a quiz can go on playing."""
    talk = Talk.greeted(content).press("quiz.list.warning_signs").press("quiz.play.begin")
    talk.press("study.ask.no")
    talk.write("what is trafficking?", meaning("what_is_trafficking"))
    assert "quiz.play" in talk.buttons
    assert talk.press("quiz.play").says("quiz.play.resume")


def test_answers_do_nothing_but_speak(content: Content) -> None:
    """No answer has an effect outside the chat."""
    done: list[Effect] = []
    for name in content.answers:
        done += Talk.greeted(content).press(f"answer.give.{name}").effects
    assert not done

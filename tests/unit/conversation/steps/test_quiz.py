"""`quiz`: one question at a time, to be left and taken up again."""

import pytest

from bot.content.load import Content
from bot.content.quizzes import Quiz
from tests.unit.conversation.talk import Talk, meaning


@pytest.fixture
def quiz(content: Content) -> Quiz:
    """The quiz that `/quiz` plays."""
    return next(iter(content.quizzes.values()))


@pytest.fixture
def playing(content: Content) -> Talk:
    """Somebody who has begun the quiz."""
    return Talk.greeted(content).write("/quiz").press("quiz.play.begin")


def right(quiz: Quiz, index: int) -> str:
    """Return the id of the right choice of a question."""
    return next(choice.id for choice in quiz.questions[index].choices if choice.correct)


def wrong(quiz: Quiz, index: int) -> str:
    """Return the id of a wrong choice of a question."""
    return next(choice.id for choice in quiz.questions[index].choices if not choice.correct)


@pytest.mark.parametrize("locale", ["en", "id"])
@pytest.mark.parametrize("n_right", range(9))
def test_the_quiz_counts_and_ends_with_the_fitting_words(
    content: Content, quiz: Quiz, n_right: int, locale: str
) -> None:
    """Each number of right answers gets the result that was written for it."""
    talk = Talk.greeted(content, locale).write("/quiz").press("quiz.play.begin")
    for index in range(len(quiz.questions)):
        choice = right(quiz, index) if index < n_right else wrong(quiz, index)
        talk.press(f"quiz.play.{index}-{choice}")
        if index + 1 < len(quiz.questions):
            talk.press("quiz.play.next")
    best = max((r for r in quiz.results if r.min_correct <= n_right), key=lambda r: r.min_correct)
    assert talk.messages[-1].text.startswith(f"{n_right}/{len(quiz.questions)}")
    assert content.words.say(best.text, locale) in talk.messages[-1].text
    assert talk.buttons == ("quiz.play.again", "consent.ask", "menu.main")


def test_every_answer_is_explained(playing: Talk, quiz: Quiz) -> None:
    """A wrong answer names the right one; the explanation comes either way."""
    question = quiz.questions[0]
    playing.press(f"quiz.play.0-{wrong(quiz, 0)}")
    assert playing.says("quiz.play.wrong")
    assert next(choice.text for choice in question.choices if choice.correct) in playing.words
    assert question.explanation in playing.words


def test_after_an_answer_one_may_go_on_or_talk_or_leave(playing: Talk, quiz: Quiz) -> None:
    """Help is one press away between any two questions."""
    playing.press(f"quiz.play.0-{right(quiz, 0)}")
    assert playing.buttons == ("quiz.play.next", "consent.ask", "menu.main")


@pytest.mark.parametrize("typed", ["letter", "letter.", "number", "text"])
def test_an_answer_can_be_typed(playing: Talk, quiz: Quiz, typed: str) -> None:
    """The letter, the number or the words of an answer count as its press."""
    choices = quiz.questions[0].choices
    at = next(i for i, choice in enumerate(choices) if choice.correct)
    forms = {
        "letter": "abcd"[at].upper(),
        "letter.": f"{'abcd'[at]}.",
        "number": str(at + 1),
        "text": choices[at].text,
    }
    assert playing.write(forms[typed], meaning()).says("quiz.play.right")


def test_an_answer_can_be_typed_though_the_buttons_have_gone_by(playing: Talk, quiz: Quiz) -> None:
    """Also where another message stands below the question, a letter answers it."""
    playing.state = playing.state.from_json({**playing.state.to_json(), "offered": []})
    choice = next(choice for choice in quiz.questions[0].choices if choice.correct)
    assert playing.write(choice.text, meaning()).says("quiz.play.right")


def test_a_question_in_the_middle_is_answered(playing: Talk) -> None:
    """Words that are no answer are read as anywhere else."""
    assert (
        playing.write("what is trafficking", meaning("what_is_trafficking")).state.at
        == "answer.give"
    )


def test_before_the_beginning_a_letter_is_no_answer(content: Content) -> None:
    """At the introduction there is no question yet."""
    assert Talk.greeted(content).write("/quiz").write("a", meaning()).state.at == "unclear.outside"


def test_a_quiz_left_is_taken_up_where_it_was(playing: Talk, quiz: Quiz) -> None:
    """Coming back shows the question that was open, with the score kept."""
    playing.press(f"quiz.play.0-{right(quiz, 0)}").press("menu.main").press("quiz.play")
    assert playing.says("quiz.play.resume")
    assert quiz.questions[1].text in playing.messages[1].text
    assert playing.state.memory["quiz"]["right"] == 1


def test_playing_again_begins_at_nought(playing: Talk, quiz: Quiz) -> None:
    """The score starts anew."""
    for index in range(len(quiz.questions)):
        playing.press(f"quiz.play.{index}-{right(quiz, index)}").press("quiz.play.next")
    playing.press("quiz.play.again") if playing.state.at == "quiz.play" else playing.press(
        "quiz.play"
    )
    assert (playing.state.memory["quiz"]["at"], playing.state.memory["quiz"]["right"]) == (0, 0)


@pytest.mark.parametrize("choice", ["1-a", "0-z", "0-", "x", "0"])
def test_an_answer_to_another_question_does_not_count(playing: Talk, choice: str) -> None:
    """A press on an older question, or on nothing, changes no score."""
    before = playing.state.memory["quiz"]
    assert playing.press(f"quiz.play.{choice}").state.at == "unclear.old_button"
    assert playing.state.memory["quiz"] == before


def test_going_on_without_having_begun_is_an_old_button(content: Content) -> None:
    """ "Next" needs a quiz that is open."""
    assert (
        Talk.greeted(content).write("/quiz").press("quiz.play.next").state.at
        == "unclear.old_button"
    )


def test_a_quiz_that_was_taken_out_is_not_gone_on_with(playing: Talk) -> None:
    """A remembered quiz that no longer exists is explained, and another one begins."""
    playing.state = playing.state.remembering("quiz", quiz="gone")
    assert playing.press("quiz.play.next").state.at == "unclear.old_button"
    assert playing.press("quiz.play").buttons[0] == "quiz.play.begin"


def test_a_quiz_that_was_taken_out_is_not_answered_by_typing(playing: Talk) -> None:
    """Typing to a quiz that no longer exists is read as anywhere else."""
    playing.state = playing.state.remembering("quiz", quiz="gone")
    assert playing.write("z", meaning()).state.at == "unclear.outside"


def test_a_quiz_that_became_shorter_is_begun_anew(playing: Talk, quiz: Quiz) -> None:
    """A remembered question beyond the last does not break the turn."""
    playing.state = playing.state.remembering("quiz", at=len(quiz.questions))
    assert playing.press("quiz.play").buttons[0] == "quiz.play.begin"
    playing.state = playing.state.remembering("quiz", at=len(quiz.questions), open=True)
    assert playing.press("quiz.play.next").state.at == "unclear.old_button"
    assert playing.write("a", meaning()).words

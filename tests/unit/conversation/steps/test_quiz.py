"""`quiz`: one question at a time, to be left and taken up again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.content.quizzes import Question, Quiz
from bot.conversation.effects import QuizAnswered, QuizFinished
from bot.conversation.quiz.round import CODE_CHARS
from bot.conversation.state import COVER, COVER_UNTIL
from bot.understanding.model import RiskLevel
from tests.support.quizzes import KINDS, made_quiz, playing, question, with_quizzes
from tests.unit.conversation.talk import Talk, meaning

RESULTS = [{"min_correct": at, "text": f"Level {at}."} for at in range(3)]


@pytest.fixture(scope="module")
def made() -> Quiz:
    """A quiz with two questions of each kind."""
    return made_quiz()


@pytest.fixture(scope="module")
def content(content: Content, made: Quiz) -> Content:
    """The content with the made-up quiz."""
    return with_quizzes(content, made)


def answer(talk: Talk, *, right: bool = True) -> Talk:
    """Answer the question on the screen by its buttons."""
    memory = talk.state.memory["quiz"]
    asked = talk.content.quizzes[memory["quiz"]].question(memory["round"][memory["at"]])
    assert asked is not None
    for choice in asked.correct if right else wrong(asked):
        talk.press(f"quiz.play.{asked.id}-{choice}")
        if talk.effects:
            return talk
    return talk.press(f"quiz.play.{asked.id}.done")


def play_on(talk: Talk) -> Talk:
    """Answer every question of the round that is left."""
    while talk.state.memory["quiz"]["open"]:
        if answer(talk).buttons[0] == "quiz.play.next":
            talk.press("quiz.play.next")
    return talk


def wrong(asked: Question) -> tuple[str, ...]:
    """Return a wrong answer."""
    if asked.kind == "order":
        return asked.correct[::-1]
    if asked.kind == "true_false":
        return ("false" if asked.answer else "true",)
    return (next(choice.id for choice in asked.choices if not choice.correct),)


@pytest.mark.parametrize("locale", ["en", "id"])
@pytest.mark.parametrize("n_right", range(6))
def test_the_quiz_counts_and_ends_with_the_fitting_words(
    content: Content, made: Quiz, n_right: int, locale: str
) -> None:
    """Each number of right answers gets the result that was written for it, whatever the kinds."""
    talk = playing(content, *KINDS, locale=locale)
    for number in range(made.round):
        answer(talk, right=number < n_right)
        if number + 1 < made.round:
            talk.press("quiz.play.next")
    best = max((r for r in made.results if r.min_correct <= n_right), key=lambda r: r.min_correct)
    assert talk.messages[-1].text.startswith(f"{n_right}/{made.round}")
    assert best.text in talk.messages[-1].text
    assert talk.buttons == (
        "quiz.play.again",
        "quiz.play.card",
        *(("quiz.certificate",) if n_right >= 3 else ()),
        "quiz.together",
        "quiz.play.timed",
        "quiz.list",
        "consent.ask",
        "menu.main",
    )
    assert talk.effects[-1] == QuizFinished("made", n_right, 5)


def test_a_result_can_be_had_as_a_card(content: Content, made: Quiz) -> None:
    """The card is of the last result, reads out what is on it, names nobody, and is gone once another round has begun."""
    talk = play_on(Talk.greeted(content).press("quiz.list.made").press("quiz.play.begin"))
    [card] = talk.press("quiz.play.card").messages[-1].media
    assert card.url == f"card:made/{made.round}/{made.round}"
    assert card.is_made_here
    assert card.alt.startswith(f"{made.round}/{made.round}")
    assert talk.buttons[0] == "quiz.play.again"
    assert "consent.ask" in talk.buttons
    talk.press("quiz.play.again").press("quiz.play.card")
    assert talk.says("quiz.play.over")
    assert not talk.messages[-1].media
    assert Talk.greeted(content).press("quiz.play.card").says("quiz.play.over")


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_explained_with_its_source(content: Content, kind: str) -> None:
    """A wrong answer names the right one; the explanation and who says so come either way."""
    talk = answer(playing(content, kind, "single_2"), right=False)
    assert not talk.says("quiz.play.right")
    assert f"Why {kind} 1 is so." in talk.words
    assert content.sources["ilo_signs"].publisher in talk.words
    assert talk.buttons == ("quiz.play.next", "consent.ask", "menu.main")
    again = answer(playing(content, kind, "single_2"))
    assert again.says("quiz.play.right")
    assert f"Why {kind} 1 is so." in again.words


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("single", ['"single y"']),
        ("several", ["A. several x", "C. several z"]),
        ("true_false", ['"True"']),
        ("order", ["1. order x\n2. order y\n3. order z"]),
        ("flag", ['"C. flag z"']),
    ],
)
def test_a_wrong_answer_names_the_right_one(content: Content, kind: str, named: list[str]) -> None:
    """Nobody is left guessing, and what is named is the whole answer."""
    talk = answer(playing(content, kind, "single_2"), right=False)
    assert [words for words in named if words not in talk.words] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_is_one_press_away_at_every_question(content: Content, kind: str) -> None:
    """Also while choices are being made, and while a clock runs."""
    talk = playing(content, kind, "single_2", timed=True)
    assert talk.buttons[-2:] == ("consent.ask", "menu.main")
    talk.press(talk.buttons[0])
    assert {"consent.ask", "menu.main"} <= set(talk.buttons)


@pytest.mark.parametrize("kind", KINDS)
def test_a_disclosure_in_the_middle_of_a_question_is_a_disclosure(
    content: Content, kind: str
) -> None:
    """Whatever is asked, with a clock or without, danger comes first; later the same question is there."""
    for timed in (False, True):
        talk = playing(content, kind, "single_2", timed=timed)
        talk.write(
            "it is the same here", meaning("disclose", risk=RiskLevel.HIGH, kinds=("confinement",))
        )
        assert talk.state.at == "risk.support"
        assert talk.effects == ()
        assert talk.press("quiz.play").says("quiz.play.resume")
        assert f"{kind}_1" in talk.buttons[0]


# Typing


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *[("single", typed) for typed in ("b", "B", "b.", "(b)", "2", "single y", " Single Y! ")],
        *[("several", typed) for typed in ("a c", "A, C", "ac", "c and a", "a dan c", "1 3")],
        *[("true_false", typed) for typed in ("true", "TRUE.", "benar", "1")],
        *[("flag", typed) for typed in ("c", "3", "flag z")],
    ],
)
@pytest.mark.parametrize("by_screen", [True, False])
def test_an_answer_can_be_typed(content: Content, kind: str, typed: str, by_screen: bool) -> None:
    """Letters, numbers and words count as presses, also when another message stands below the question."""
    talk = playing(content, kind, "single_2")
    if not by_screen:
        talk.state = replace(talk.state, offered=())
    assert talk.write(typed, meaning()).says("quiz.play.right")


@pytest.mark.parametrize("form", ["{0} {1} {2}", "{0}{1}{2}", "{0}, {1}, {2}", "{0} > {1} > {2}"])
def test_an_order_can_be_typed(content: Content, form: str) -> None:
    """The letters as they stand on the screen, in the order that is meant."""
    talk = playing(content, "order", "single_2")
    letters = [letter_of(talk, f"order {text}") for text in "xyz"]
    assert talk.write(form.format(*letters), meaning()).says("quiz.play.right")


def letter_of(talk: Talk, words: str) -> str:
    """Return the letter beside some words on the screen."""
    line = next(line for line in talk.words.splitlines() if line.endswith(words))
    return line.removeprefix("\u2713 ")[0]


@pytest.mark.parametrize("locale", ["en", "id"])
@pytest.mark.parametrize(("intent", "says"), [("affirm", "right"), ("deny", "wrong")])
def test_yes_and_no_mean_true_and_false(
    content: Content, locale: str, intent: str, says: str
) -> None:
    """A plain yes to a sentence is an answer to it."""
    talk = playing(content, "true_false", "single_2", locale=locale)
    assert talk.write("…", meaning(intent)).says(f"quiz.play.{says}")
    talk = playing(content, "single", "single_2", locale=locale)
    assert talk.write("…", meaning("affirm")).state.at == "menu.said_yes"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("single", "a b"),
        ("single", "what is trafficking"),
        ("several", "a a"),
        ("several", "a z"),
        ("true_false", "maybe"),
        ("order", "b b"),
        ("flag", "e"),
        ("single", "…"),
    ],
)
def test_words_that_are_no_answer_are_read_as_anywhere_else(
    content: Content, kind: str, typed: str
) -> None:
    """A question in the middle is answered, and the quiz can be taken up again."""
    talk = playing(content, kind, "single_2").write(typed, meaning("what_is_trafficking"))
    assert talk.state.at == "answer.give"
    assert "quiz.play" in talk.buttons


def test_before_the_beginning_and_between_two_questions_a_letter_is_no_answer(
    content: Content,
) -> None:
    """There is no question on the screen then."""
    start = Talk.greeted(content).press("quiz.list.made")
    assert start.write("a", meaning()).state.at == "unclear.outside"
    between = answer(playing(content, "single", "flag"))
    assert between.write("a", meaning()).state.at == "unclear.outside"


# Several, and order


def test_choices_are_switched_on_and_off_and_then_handed_in(content: Content) -> None:
    """A tick stands where something is chosen; nothing counts before "Done"."""
    talk = playing(content, "several", "single_2")
    assert "\u2713" not in talk.words
    talk.press("quiz.play.several_1-a").press("quiz.play.several_1-b")
    assert "\u2713 A. several x\n\u2713 B. several y\nC. several z" in talk.words
    assert talk.titles[:4] == ("\u2713 A", "\u2713 B", "C", "D")
    talk.press("quiz.play.several_1-b").write("c", meaning())
    assert talk.titles[:4] == ("\u2713 A", "B", "\u2713 C", "D")
    assert talk.effects == ()
    assert talk.press("quiz.play.several_1.done").says("quiz.play.right")


def test_done_with_nothing_chosen_is_asked_again(content: Content) -> None:
    """An empty hand is no answer."""
    talk = playing(content, "several", "single_2").press("quiz.play.several_1.done")
    assert talk.says("quiz.play.none_chosen")
    assert talk.effects == ()


def test_steps_are_put_in_order_by_presses(content: Content) -> None:
    """What is done shows, what is left can be chosen, and the last one goes to its place by itself."""
    talk = playing(content, "order", "single_2").press("quiz.play.order_1-b")
    assert "1. order y" in talk.words
    assert "quiz.play.order_1-b" not in talk.buttons
    talk.press("quiz.play.order_1.restart")
    assert not talk.says("quiz.play.so_far")
    assert "quiz.play.order_1-b" in talk.buttons
    talk.press("quiz.play.order_1-a").press("quiz.play.order_1-b")
    assert talk.says("quiz.play.right")


def test_steps_are_typed_one_after_the_other_too(content: Content) -> None:
    """A letter at a time works as a press each."""
    talk = playing(content, "order", "single_2")
    letters = [letter_of(talk, f"order {text}") for text in "xy"]
    for letter in letters:
        talk.write(letter, meaning())
    assert talk.says("quiz.play.right")


# Pictures


def test_a_flag_comes_with_its_picture_and_can_do_without(content: Content) -> None:
    """The text holds letters and descriptions; what cannot be seen is read out, line by line."""
    [_, asked] = playing(content, "flag", "single_2", locale="id").messages
    [picture] = asked.media
    assert (picture.kind, picture.url) == ("quiz", "quiz:made/flag_1")
    assert picture.alt.splitlines() == [
        "A. Dia: Hi, are you the new one?",
        "B. Aku: Yes, since Monday.",
        "C. Dia: Send me your passport, quickly.",
    ]
    assert "A. flag x\nB. flag y\nC. flag z" in asked.text


def test_an_advert_is_read_out_with_its_title(content: Content) -> None:
    """Lines without a choice have no letter."""
    choices = [
        {"id": at, "text": text, "correct": at == "a", "line": line}
        for at, text, line in (("a", "pay", 0), ("b", "place", 1), ("c", "hours", 3))
    ]
    advert = {"title": "Waiter wanted", "lines": ["Much pay", "In town", "Ask Ray", "From nine"]}
    asked = question("flag", picture={"advert": advert}, choices=choices)
    one = made_quiz(questions=[asked, question("single")], round=2, results=RESULTS)
    [_, shown] = playing(with_quizzes(content, one), "flag").messages
    assert shown.media[0].alt.splitlines() == [
        "Waiter wanted",
        "A. Much pay",
        "B. In town",
        "Ask Ray",
        "C. From nine",
    ]


# Hints, streaks, the clock


@pytest.mark.parametrize("kind", KINDS)
def test_a_hint_is_one_press_and_costs_nothing(content: Content, kind: str) -> None:
    """It comes with the choices, is offered once, and the answer counts as any other."""
    talk = playing(content, kind, "single_2")
    assert f"quiz.play.{kind}_1.hint" in talk.buttons
    talk.press(f"quiz.play.{kind}_1.hint")
    assert f"Think of {kind}." in talk.words
    assert f"quiz.play.{kind}_1.hint" not in talk.buttons
    [counted] = answer(talk).effects
    assert isinstance(counted, QuizAnswered)
    assert (counted.right, counted.used_hint) == (True, True)
    assert talk.state.memory["quiz"]["right"] == 1


def test_a_question_without_a_hint_offers_none(content: Content) -> None:
    """A button that brings nothing is not shown; a made-up one is an old one."""
    asked = [question("single", hint=None), question("flag")]
    one = made_quiz(questions=asked, round=2, results=RESULTS)
    talk = playing(with_quizzes(content, one), "single")
    assert "quiz.play.single_1.hint" not in talk.buttons
    assert talk.press("quiz.play.single_1.hint").state.at == "unclear.old_button"


def test_a_streak_is_said_from_three_on_and_ends_without_a_word(content: Content) -> None:
    """Three right answers in a row are worth a line; a wrong one just begins anew."""
    talk, said = playing(content, "single", "several", "true_false", "order", "flag"), []
    for right in (True, True, True, False, True):
        said.append(answer(talk, right=right).says("quiz.play.streak"))
        talk.press("quiz.play.next")
    assert said == [False, False, True, False, False]


def test_nobody_plays_against_the_clock_unless_they_choose_to(content: Content) -> None:
    """The clock is a button beside "Start", and only where the quiz has one."""
    talk = Talk.greeted(content).press("quiz.list.made")
    assert talk.says("quiz.play.clock")
    assert talk.buttons[:2] == ("quiz.play.begin", "quiz.play.timed")
    assert not talk.press("quiz.play.begin").says("quiz.play.question_timed")
    talk.wait(timedelta(hours=1))
    assert answer(talk).says("quiz.play.right")
    timed = Talk.greeted(content).press("quiz.list.made").press("quiz.play.timed")
    assert timed.says("quiz.play.question_timed")
    assert "20" in timed.messages[0].text.splitlines()[0]
    slow = with_quizzes(content, made_quiz(seconds=None))
    untimed = Talk.greeted(slow).press("quiz.list.made")
    assert "quiz.play.timed" not in untimed.buttons
    assert not untimed.press("quiz.play.timed").says("quiz.play.question_timed")


@pytest.mark.parametrize(("seconds", "counts"), [(0, 1), (25, 1), (26, 0), (3000, 0)])
def test_what_comes_too_late_is_explained_and_not_counted(
    content: Content, seconds: int, counts: int
) -> None:
    """A slow line is forgiven; later a right answer is still called right."""
    talk = playing(content, "single", "single_2", timed=True).wait(timedelta(seconds=seconds))
    answer(talk)
    assert talk.words.startswith("Right!")
    assert talk.says("quiz.play.late") != bool(counts)
    assert talk.state.memory["quiz"]["right"] == counts
    [counted] = talk.effects
    assert isinstance(counted, QuizAnswered)
    assert (counted.right, counted.seconds) == (bool(counts), seconds)


def test_the_clock_runs_on_while_choosing_and_anew_after_an_absence(content: Content) -> None:
    """A hint or a choice does not stop it; whoever was away begins the question afresh."""
    talk = playing(content, "several", "single_2", timed=True).wait(timedelta(seconds=20))
    talk.press("quiz.play.several_1-a").press("quiz.play.several_1.hint").press("quiz.play.next")
    talk.wait(timedelta(seconds=20))
    assert not playing(content, "several").says("quiz.play.late")
    talk.press("menu.main").press("quiz.play").press("quiz.play.several_1-c")
    assert talk.press("quiz.play.several_1.done").says("quiz.play.right")
    talk = playing(content, "several", "single_2", timed=True).wait(timedelta(seconds=20))
    talk.press("quiz.play.several_1-a").press("quiz.play.next").wait(timedelta(seconds=20))
    talk.press("quiz.play.several_1-c").press("quiz.play.several_1.done")
    assert talk.says("quiz.play.late")


# Rounds


def test_a_round_asks_some_and_the_next_the_others_then_the_oldest(content: Content) -> None:
    """Nobody meets a question twice before all have been met, and then those come that were longest ago."""
    talk = Talk.greeted(content).press("quiz.list.made").press("quiz.play.begin")
    rounds, kept = [], []
    for _ in range(4):
        rounds.append(tuple(talk.state.memory["quiz"]["round"]))
        play_on(talk).press("quiz.play.again")
        kept.append(len(talk.state.memory["quiz"]["played"]["made"]))
    first, second, third, _ = rounds
    assert len(set(first) | set(second)) == 10
    assert set(third) == set(first)
    assert kept[-1] == 10 * CODE_CHARS


def test_the_button_says_whether_there_are_other_questions(content: Content) -> None:
    """ "Other questions" while there are some, "Play again" when all have been played."""
    step = content.step("quiz.play")
    talk = Talk.greeted(content).press("quiz.list.made").press("quiz.play.begin")
    titles = []
    for _ in range(2):
        titles.append(play_on(talk).titles[0])
        talk.press("quiz.play.again")
    assert titles == [step.others, step.again]  # type: ignore[union-attr]  # the quiz's step


def test_levels_rise_within_a_round(content: Content) -> None:
    """The easy ones come first."""
    deep = with_quizzes(content, made_quiz(each=3, round=12))
    talk = Talk.greeted(deep).press("quiz.list.made").press("quiz.play.begin")
    levels = [int(name[-1]) for name in talk.state.memory["quiz"]["round"]]
    assert levels == sorted(levels)
    assert len(set(levels)) == 3


def test_a_quiz_left_is_taken_up_where_it_was_after_days(content: Content) -> None:
    """Coming back shows the question that was open, with the score and what was chosen."""
    talk = answer(playing(content, "single", "several")).press("quiz.play.next")
    talk.press("quiz.play.several_1-a").press("menu.main").wait(timedelta(days=9))
    talk.press("quiz.play")
    assert talk.says("quiz.play.resume")
    assert "\u2713 A. several x" in talk.words
    assert talk.state.memory["quiz"]["right"] == 1


def test_its_own_link_or_an_old_start_takes_a_round_up_and_another_link_ends_it(
    content: Content,
) -> None:
    """Nobody loses a round by pressing an old button; whoever chooses another quiz gets it."""
    talk = answer(playing(content, "single", "several"))
    for button in ("quiz.play.begin", "quiz.play.again", "quiz.play.timed", "quiz.list.made"):
        assert talk.press(button).says("quiz.play.resume")
        assert talk.state.memory["quiz"]["at"] == 1
    assert "quiz.play" in talk.press("quiz.list").buttons
    talk.press("quiz.list.warning_signs")
    assert talk.buttons[0] == "quiz.play.begin"
    assert not talk.state.memory["quiz"]["open"]


# Old buttons, and content that changes


@pytest.mark.parametrize(
    "choice", ["single_1-b", "flag_1-b", "gone_1-a", "single_1.hint", "single_1.done", "-", "."]
)
def test_a_button_of_another_question_changes_nothing_and_leads_on(
    content: Content, choice: str
) -> None:
    """A second press on what was answered, or one on an old message, is told so kindly."""
    talk = answer(playing(content, "single", "several")).press("quiz.play.next")
    before = talk.state.memory["quiz"]
    talk.press(f"quiz.play.{choice}")
    assert talk.says("quiz.play.past")
    assert talk.buttons[0] == "quiz.play.next"
    assert talk.state.memory["quiz"] == before
    assert talk.effects == ()


def test_a_second_press_on_an_answer_does_not_count_twice(content: Content) -> None:
    """A slow line makes people press again."""
    talk = answer(playing(content, "single", "several"))
    assert talk.press("quiz.play.single_1-b").says("quiz.play.past")
    assert talk.state.memory["quiz"]["right"] == 1


@pytest.mark.parametrize(
    "choice", ["single_1-zz", "single_1-", "single_1.done", "single_1.restart", "single_1.", "x"]
)
def test_a_button_that_never_was_is_an_old_one(content: Content, choice: str) -> None:
    """Made-up choices do nothing."""
    talk = playing(content, "single").press(f"quiz.play.{choice}")
    assert talk.state.at == "unclear.old_button"
    assert talk.state.memory["quiz"]["right"] == 0


@pytest.mark.parametrize("button", ["next", "single_1-a", "single_1.hint", "begin", "again"])
def test_what_was_forgotten_leads_kindly_to_the_start(content: Content, button: str) -> None:
    """With nothing remembered, an old button of a quiz leads to the list."""
    talk = Talk.greeted(content).press(f"quiz.play.{button}")
    assert talk.says("quiz.play.over")
    assert talk.press(talk.buttons[0]).state.at == "quiz.list"


@pytest.mark.parametrize("act", ["next", "single_1-a", "begin"])
def test_a_quiz_that_was_taken_out_leads_to_the_list(content: Content, act: str) -> None:
    """What is remembered of a quiz that is no more does no harm, pressed, typed or come back to."""
    talk = playing(content, "single", "several")
    talk.state = talk.state.remembering("quiz", quiz="gone")
    assert Talk(content, talk.state).press(f"quiz.play.{act}").says("quiz.play.over")
    assert Talk(content, talk.state).press("quiz.play").state.at == "quiz.list"
    assert Talk(content, talk.state).write("a", meaning()).state.at == "unclear.outside"


def test_questions_that_were_taken_out_are_left_out(content: Content) -> None:
    """The round goes on with those that are there; the score is out of what was asked."""
    talk = answer(playing(content, "single", "flag_7", "several", "order_9"))
    assert "single_1" in talk.state.memory["quiz"]["round"]
    talk.press("quiz.play.next")
    assert talk.messages[0].text.startswith("Question 2 of 2")
    assert answer(talk).messages[-1].text.startswith("2/2")


def test_a_bank_that_became_empty_of_what_was_left_ends_the_round(content: Content) -> None:
    """A remembered question beyond the last does not break the turn."""
    talk = playing(content, "single")
    talk.state = talk.state.remembering("quiz", round=["flag_9"])
    assert Talk(content, talk.state).press("quiz.play.next").says("quiz.play.over")
    assert Talk(content, talk.state).press("quiz.play").state.at == "quiz.list"
    assert Talk(content, talk.state).write("a", meaning()).words


def test_a_round_of_the_version_before_is_begun_anew(content: Content) -> None:
    """What was remembered before rounds were drawn names no questions."""
    talk = Talk.greeted(content)
    talk.state = talk.state.remembering("quiz", quiz="made", at=2, right=1, open=True)
    assert talk.press("quiz.play").state.at == "quiz.list"
    assert talk.press("quiz.play.begin").says("quiz.play.question")


def test_choices_that_changed_meanwhile_do_no_harm(content: Content) -> None:
    """What was picked of a question that has other choices now is picked no more."""
    for kind in ("several", "order"):
        talk = playing(content, kind, "single_2", picked=["zz", "a"])
        assert talk.press(f"quiz.play.{kind}_1-b").messages
        assert answer(talk).messages


# What is counted


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("right", [True, False])
def test_an_answer_is_counted_without_who_it_was(content: Content, kind: str, right: bool) -> None:
    """Quiz, question, fact, kind and whether it was right; no more."""
    talk = playing(content, kind, "single_2").wait(timedelta(seconds=7))
    [counted] = answer(talk, right=right).effects
    assert counted == QuizAnswered(
        "made", f"{kind}_1", "passport_withheld", kind, "round", right, False, 7
    )


def test_under_the_cover_nothing_is_counted_and_a_question_is_just_a_question(
    content: Content,
) -> None:
    """Somebody else may be playing; and no button on the screen says what Suar is for."""
    talk = playing(content, *KINDS)
    until = (talk.now + timedelta(hours=1)).isoformat()
    talk.state = talk.state.remembering(COVER, **{COVER_UNTIL: until})
    for _ in KINDS:
        talk.press("quiz.play.next")
        assert not {"consent.ask", "menu.main"} & set(talk.buttons)
        assert answer(talk).effects == ()
    assert "consent.ask" in talk.buttons

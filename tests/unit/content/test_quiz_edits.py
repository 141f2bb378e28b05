"""Published edits of quizzes lie over the files; a round that is under way goes on, whatever becomes of its quiz."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.edits import Fate
from bot.content.load import Content
from bot.content.quiz_edits import (
    OverlaidQuizzes,
    QuizEdit,
    base_of,
    body_of,
    overlay_quizzes,
    read_quiz,
)
from bot.content.quizzes import Quiz
from bot.messages import Outgoing
from bot.prover.talk import Talk
from tests.support.quizzes import made_quiz, question, with_quizzes

NAME = "job_offers"
TITLE = "Real job or not?"


def edit(
    content: Content,
    number: int = 1,
    name: str = NAME,
    words: Mapping[str, Any] | None = None,
    **changed: Any,
) -> QuizEdit:
    """Return an edit of a quiz that was written for `content`."""
    body = body_of(content, content, name)
    wanted = {"quiz": {**body["quiz"], **changed}, "words": words or {}}
    return QuizEdit(UUID(int=number), name, wanted, base_of(content, name, wanted["words"]))


def fates(found: OverlaidQuizzes) -> Mapping[int, Fate]:
    """Return what became of each edit, by its number."""
    return {number.int: fate for number, fate in found.fates.items()}


def test_without_edits_the_files_speak(content: Content) -> None:
    """Nothing published, nothing different; an edit that says what the files say is done with."""
    assert overlay_quizzes(content, []).content is content
    found = overlay_quizzes(content, [edit(content)])
    assert found.content is content
    assert fates(found) == {1: Fate.IN_FILES}


def test_an_edit_is_played_with_its_words(content: Content) -> None:
    """The quiz and its translations are live; all others stay."""
    found = overlay_quizzes(
        content, [edit(content, title="Real?", words={"id": {"Real?": "Asli?"}})]
    )
    assert fates(found) == {1: Fate.LIVE}
    assert found.content.quizzes[NAME].title == "Real?"
    assert found.content.words.say("Real?", "id") == "Asli?"
    assert found.content.can_play(NAME, "id")
    assert found.content.quizzes["men_too"] is content.quizzes["men_too"]
    assert content.quizzes[NAME].title == TITLE


def test_a_quiz_is_not_offered_where_its_words_are_missing(content: Content) -> None:
    """A new sentence nobody has translated keeps the quiz from the list of that language, and from no other."""
    found = overlay_quizzes(content, [edit(content, title="Real?")]).content
    assert not found.can_play(NAME, "id")
    assert found.can_play(NAME, "en")
    assert f"quiz.list.{NAME}" not in _offered(found, "id")
    assert f"quiz.list.{NAME}" in _offered(found, "en")
    # Where Indonesian stands in for a language that is only begun, it is not offered either.
    assert not found.can_play(NAME, "ms")
    assert found.can_play(NAME, "ar")


def test_the_newest_edit_counts_and_a_broken_one_leaves_the_one_before(content: Content) -> None:
    """An edit is whole: the one published last replaces the one before it, unless it does not fit."""
    first, second = edit(content, 1, title="One"), edit(content, 2, title="Two")
    found = overlay_quizzes(content, [first, second])
    assert fates(found) == {1: Fate.REPLACED, 2: Fate.LIVE}
    broken = edit(content, 3, round=99)
    found = overlay_quizzes(content, [first, broken])
    assert fates(found) == {1: Fate.LIVE, 3: Fate.BROKEN}
    assert found.content.quizzes[NAME].title == "One"
    assert UUID(int=3) in found.problems


def test_an_edit_is_a_conflict_once_the_files_say_something_else(content: Content) -> None:
    """What it was written for has changed in git: the files speak, and somebody has to look."""
    wanted = edit(content, title="Real?")
    newer = content.quizzes[NAME].model_copy(update={"topic": "Else."})
    found = overlay_quizzes(with_quizzes(content, newer), [wanted])
    assert fates(found) == {1: Fate.CONFLICT}
    assert found.content.quizzes[NAME].title == TITLE


def test_a_fact_that_is_no_more_keeps_an_edit_out(content: Content) -> None:
    """It fitted when it was published; newer files no longer have what it names."""
    wanted = edit(content, title="Real?")
    fewer = {name: fact for name, fact in content.facts.items() if name != "work_visa_first"}
    found = overlay_quizzes(replace(content, facts=fewer), [wanted])
    assert fates(found) == {1: Fate.BROKEN}


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["quiz", "words", "title", "id"]), inner)
        ),
    )
)
def test_whatever_a_row_holds_the_files_go_on_speaking(content: Content, body: Any) -> None:
    """A row that no form makes keeps no process from starting."""
    found = overlay_quizzes(content, [QuizEdit(UUID(int=1), NAME, body, "")])
    assert found.content is content
    assert fates(found) == {1: Fate.BROKEN}


def test_a_retired_quiz_is_offered_to_nobody_and_can_be_finished(content: Content) -> None:
    """It leaves the list, links lead to the others, and who is in the middle of it goes on to the result."""
    quiz = made_quiz(each=1)
    talk = _begun(with_quizzes(content, quiz))
    talk.content = with_quizzes(content, quiz.model_copy(update={"retired": True}))
    for _ in range(20):
        ids = [button.id for button in _buttons(talk)]
        onward = [each for each in ids if each.startswith("quiz.play.") and ".hint" not in each]
        if not any("-" in each or each.endswith((".next", ".done")) for each in onward):
            break
        done = [each for each in onward if each.endswith(".done")]
        picked = any(button.title.startswith("✓") for button in _buttons(talk))
        talk.press(done[0] if done and picked else onward[0])
    assert "/5" in _messages(talk)[-1].text
    assert "quiz.play.again" not in [button.id for button in _buttons(talk)]
    talk.press("quiz.play.again")
    assert talk.state.memory["quiz"]["open"] is False
    talk.press("quiz.list.made")
    assert talk.state.at == "quiz.list"
    assert "quiz.list.made" not in [button.id for button in _buttons(talk)]


MEASURED = made_quiz(measures=["passport_withheld"])
PRESSES = st.lists(st.integers(0, 30), max_size=14)


@st.composite
def edited(draw: st.DrawFn, quiz: Quiz) -> Quiz:
    """Return the quiz as somebody may have changed it: fewer, other and mixed questions and choices, other kinds, retired."""
    data = quiz.model_dump(mode="json")
    kinds = ("single", "several", "true_false", "order", "flag")
    kept = draw(
        st.lists(st.sampled_from(data["questions"]), min_size=2, unique_by=lambda q: q["id"])
    )
    questions = []
    for each in kept:
        kind = draw(st.sampled_from((each["kind"], *kinds)))
        other = question(kind, draw(st.integers(1, 3)), id=each["id"])
        if other["choices"] and kind != "flag":
            other["choices"] = draw(st.permutations(other["choices"]))
        questions.append(draw(st.sampled_from([each, other])))
    if draw(st.booleans()):
        questions.append(question("single", 3, id="brand_new"))
    size = draw(st.integers(2, len(questions)))
    steps = [{"min_correct": at, "text": f"{at}."} for at in range(3)]
    changed = {"questions": questions, "round": size, "results": steps}
    changed |= {
        "measures": [],
        "retired": draw(st.booleans()),
        "seconds": draw(st.sampled_from([None, 30])),
    }
    return Quiz.model_validate({**data, **changed})


@settings(deadline=None, max_examples=120)
@given(wanted=edited(MEASURED), before=PRESSES, after=PRESSES, gone=st.booleans())
def test_no_edit_breaks_a_round(
    content: Content, wanted: Quiz, before: list[int], after: list[int], gone: bool
) -> None:
    """At whatever point of a round an edit is published, or a quiz is no more: every button that was ever shown is answered."""
    talk = _begun(with_quizzes(content, MEASURED))
    shown = _press(talk, before, [button.id for button in _buttons(talk)])
    talk.content = content if gone else with_quizzes(content, wanted)
    _press(talk, after, shown)


def _begun(content: Content) -> Talk:
    talk = Talk.greeted(content, "en")
    talk.press("quiz.list.made")
    talk.press("quiz.play.begin")
    return talk


def _press(talk: Talk, presses: Sequence[int], shown: list[str]) -> list[str]:
    """Press buttons of the quiz that are on the screen or were; return all that were ever shown."""
    for each in presses:
        own = [name for name in shown if name.startswith(("quiz.", "study."))]
        talk.press(own[each % len(own)])
        assert _messages(talk), "nothing is answered"
        assert any(message.buttons for message in _messages(talk))
        shown = [*shown, *(button.id for button in _buttons(talk))]
    return shown


def _messages(talk: Talk) -> tuple[Outgoing, ...]:
    assert talk.result is not None
    return talk.result.outgoing


def _buttons(talk: Talk) -> list[Any]:
    return [button for message in _messages(talk) for button in message.buttons]


def _offered(content: Content, locale: str) -> list[str]:
    talk = Talk.greeted(content, locale)
    talk.press("quiz.list")
    found = [button.id for button in _buttons(talk)]
    talk.press("quiz.list.page-1")
    return found + [button.id for button in _buttons(talk)]


def test_an_edit_is_read_as_it_was_written(content: Content) -> None:
    """What an edit begins with is the quiz, and nothing is lost on the way through JSON."""
    for name, quiz in content.quizzes.items():
        assert read_quiz(body_of(content, content, name)) == quiz

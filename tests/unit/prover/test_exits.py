"""The ways on that steps declare, held against what they do wherever a conversation wanders."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.load import Content
from bot.content.voices import all_spoken
from bot.conversation.city import CityLook
from bot.conversation.event_preview import play_notes
from bot.conversation.state import Owner
from bot.conversation.steps import HANDLERS
from bot.conversation.steps.base import Door, Exit
from bot.conversation.study import Measured, StudyLook
from bot.conversation.turn import TOPIC_STEPS
from bot.prover.golden import read_golden
from bot.prover.graph import exits_of
from bot.prover.replay import replay
from bot.prover.talk import EVENT, EVENTS, NOW, Talk
from tests.support.exits import declared, watching
from tests.support.quizzes import made_quiz, with_quizzes
from tests.unit.conversation.steps import test_study_probe as studying
from tests.unit.conversation.wandering import wander

GOLDEN = sorted((Path(__file__).parents[2] / "flows").glob("*.json"))
WITHOUT_TURN = {"trouble.offline", "trouble.broken"}
"""Said where no turn is played, so no turn is watched."""


def test_wherever_a_conversation_wanders_steps_keep_to_their_exits(content: Content) -> None:
    """On a long random walk no step shows a button or leads to a place that it does not declare."""
    with watching() as watch:
        wander(content, walks=30)
    assert watch.shown


def test_every_declared_exit_is_taken_somewhere(content: Content) -> None:
    """In the golden conversations and by pressing every button, each way that is drawn is gone at least once."""
    with watching() as watch:
        for path in GOLDEN:
            for played in replay(content, read_golden(path)):
                assert played
        press_everything(replace(content, voices=all_spoken(content, ["en"])))
        take_part(with_quizzes(content, made_quiz(measures=(studying.FACT,))))
    # A button of another step does nothing here but be shown.
    shown = {
        (here, go, button)
        for here, go, button in declared(content)
        if not button.startswith(f"{here}.") and (here, button) in watch.shown
    }
    missing = declared(content) - watch.taken - shown
    assert {taken for taken in missing if taken[0] not in WITHOUT_TURN} == set()


def press_everything(content: Content) -> None:
    """Press every button under every step, and those under what comes then."""
    for flow in content.flows.values():
        for name in flow.steps:
            for hears in (False, True) if flow.flow == "campaigns" else (False,):
                start = Talk.greeted(content)
                start.hears = hears
                start.press(f"{flow.flow}.{name}")
                for button in start.buttons:
                    then = Talk(content, start.state, hears=hears).press(button)
                    for further in then.buttons:
                        Talk(content, then.state, hears=hears).press(further)
    come_to_events(content)
    for_city(content)
    for_phone(content)
    waiting = Talk.greeted(content).press("consent.ask").press("consent.ask.talk")
    for button in waiting.buttons:
        for further in Talk(content, waiting.state, waiting.owner).press(button).buttons:
            Talk(content, waiting.state, waiting.owner).press(further)


def come_to_events(content: Content) -> None:
    """See an event however it stands, press what is there, be told of it, and say how it was."""
    for look in EVENTS.values():
        for step in ("events.list", "events.mine", "events.show.show-camp"):
            talk = Talk.greeted(content)
            talk.events = look
            talk.press(step)
            for button in talk.buttons:
                then = Talk(content, talk.state, events=look).press(button)
                for further in then.buttons:
                    Talk(content, then.state, events=look).press(further)
    play_notes(content, EVENT, "en", now=NOW)
    Talk.greeted(content).press("events.show.rate-camp").press("campaigns.rate.good")
    rating = Talk.greeted(content).press("events.show.rate-camp")
    for button in rating.buttons:
        Talk(content, rating.state).press(button)


def for_phone(content: Content) -> None:
    """Let somebody who waits for a counsellor think better of making room."""
    talk = Talk.greeted(content)
    talk.owner = Owner.QUEUE
    talk.press("phone.ask").press("phone.ask.cancel")


def for_city(content: Content) -> None:
    """Say yes and no where a city is known."""
    for press in ("yes", "no"):
        talk = Talk.greeted(content)
        talk.city = CityLook("kupang")
        talk.press("quiz.together").press(f"quiz.together.{press}").press("quiz.together")


def take_part(content: Content) -> None:
    """Go every way of the study: before a quiz, after it with each kind of question, and weeks later."""
    studying.before_the_quiz(content, agrees=True)
    studying.before_the_quiz(content).press("study.ask.no")
    Talk.greeted(content).press("study.ask.yes")
    again = Talk.greeted(content)
    again.study = StudyLook(agrees=False)
    again.state = again.state.remembering("quiz", quiz="made", open=False, at=3, right=1)
    again.press("quiz.play.again")
    for rotation in range(10):
        talk = studying.agreed(content, rotation)
        press_each(talk)
        studying.give(talk)
        if rotation % 2:
            end_with_several(talk)
        studying.play_on(talk)
        press_each(talk)
        studying.give(talk)
        press_each(talk)
        question = studying.asked(studying.agreed(content, rotation))
        later = Talk.greeted(content)
        week = Measured("made", studying.FACT, "week1", question.id)
        later.study = StudyLook(agrees=True, open=(week,), rotation=rotation)
        later.press("study.later.go")
        press_each(later)
        studying.give(later)
        press_each(later)


def end_with_several(talk: Talk) -> None:
    """Let the last question of the round be one that is handed in."""
    quiz = talk.content.quizzes["made"]
    kinds = {each.id: each.kind for each in quiz.questions}
    left = sorted(talk.state.memory["quiz"]["round"], key=lambda name: kinds[name] == "several")
    talk.state = talk.state.remembering("quiz", round=left)


def press_each(talk: Talk) -> None:
    """Press every button on the screen, each from here, and those of choices that can be taken back."""
    for button in talk.buttons:
        then = Talk(talk.content, talk.state, study=talk.study).press(button)
        for further in then.buttons:
            if further.endswith(".restart"):
                Talk(talk.content, then.state, study=talk.study).press(further)


def test_the_watch_notices(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that declares too little is caught, both for what it shows and for where it leads."""
    ask = HANDLERS["ask"]
    monkeypatch.setattr(type(ask), "exits", lambda *_: ())
    with watching(), pytest.raises(AssertionError, match=r"shows stop\.done\.erase"):
        Talk.greeted(content).press("stop.done")
    wrong = Exit("quiz.play", "*")
    monkeypatch.setattr(type(ask), "exits", lambda *_: (wrong,))
    with watching(), pytest.raises(AssertionError, match=r"leads to 'erase\.ask'"):
        Talk.greeted(content).press("stop.done.erase")


def test_the_question_beside_danger_is_an_exit_too(content: Content) -> None:
    """The button that a turn itself adds under an answer to danger is drawn there, and nowhere else."""
    topic = Exit("answer.give", "answer.give.*", note="topic")
    for flow in content.flows.values():
        for name in flow.steps:
            here = f"{flow.flow}.{name}"
            assert (topic in exits_of(content, here)) == (here in TOPIC_STEPS)


def test_every_exit_leads_to_a_step_and_has_words(content: Content) -> None:
    """Each has a title or a note with words of its own, and leads to a step that exists."""
    for flow in content.flows.values():
        for name, step in flow.steps.items():
            here = f"{flow.flow}.{name}"
            for each in HANDLERS[step.type].exits(step, Door(content, here)):
                assert each.title or each.note in content.pages["drawing"]
                assert each.go is None or content.has_step(content.resolve(each.go, here=here))

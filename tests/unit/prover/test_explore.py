"""The prover: what must hold does hold over the real content, and forty planted faults are found, each by its own property."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.load import Content
from bot.content.steps import Step
from bot.conversation import attended, turn, unmet, ways
from bot.conversation.effects import OpenCase, RelayToCase
from bot.conversation.steps import HANDLERS
from bot.conversation.steps.base import Move
from bot.messages import Outgoing
from bot.prover import acts
from bot.prover.explore import Exploration
from bot.prover.properties import check
from bot.prover.stage import Key, Stage, key_of, play
from bot.prover.story import story
from bot.understanding.model import RiskLevel

Patch = pytest.MonkeyPatch
FEW_ANSWERS = 12
slowly = pytest.mark.timeout(900)
"""Exploring everything takes a minute on a quiet machine."""


@pytest.fixture(scope="session")
def small(content: Content) -> Content:
    """The real flows in one language with a dozen of the answers: faults show in it in a few seconds."""
    named = {
        choice.answer
        for flow in content.flows.values()
        for step in flow.steps.values()
        for choice in getattr(step, "choices", ())
    }
    kept = [name for name in content.answers if name in named or name == "check_agency_licence"]
    kept += [name for name in content.answers if name not in kept][:FEW_ANSWERS]
    answers = {
        name: content.answers[name].model_copy(
            update={"next": tuple(n for n in content.answers[name].next if n in kept)}
        )
        for name in kept
    }
    words = replace(content.words, locales={"en": content.words.locales["en"]})
    by_intent = {
        intent: tuple(each for each in some if each.id in answers)
        for intent, some in content.by_intent.items()
    }
    return replace(content, answers=answers, words=words, by_intent=by_intent)


def coarse(stage: Stage) -> Key:
    """Tell stages apart by little: a planted fault shows in a fraction of them, and what is found was really played."""
    owner, _, at, risk, _, _, _, hidden, asked, _, _, essence, _ = key_of(stage)
    little = essence[:1] if (at or "").startswith("phone.") else essence
    return (owner, at, risk > RiskLevel.NONE, hidden, asked, little)


def with_step(content: Content, where: str, **changes: object) -> Content:
    """Return the content with a step changed."""
    flow, _, name = where.partition(".")
    step = content.flows[flow].steps[name].model_copy(update=changes)
    steps = {**content.flows[flow].steps, name: step}
    changed = content.flows[flow].model_copy(update={"steps": steps})
    return replace(content, flows={**content.flows, flow: changed})


def without_choice(content: Content, where: str, *ids: str) -> Content:
    """Return the content with buttons of a step taken out."""
    step: Any = content.step(where)
    left = tuple(choice for choice in step.choices if choice.id not in ids)
    return with_step(content, where, choices=left)


def leading(content: Content, where: str, choice: str, go: str) -> Content:
    """Return the content with a button that leads elsewhere."""
    step: Any = content.step(where)
    choices = tuple(
        each.model_copy(update={"go": go, "answer": None}) if each.id == choice else each
        for each in step.choices
    )
    return with_step(content, where, choices=choices)


def moving(patch: Patch, kind: str, method: str, change: Callable[[Move], Move]) -> None:
    """Let a kind of step move otherwise."""
    handler = HANDLERS[kind]
    real = getattr(handler, method)

    def moved(*args: Any) -> Move | None:  # whatever the method takes
        move = real(*args)
        return move if move is None else change(move)

    patch.setattr(handler, method, moved)


def said_anew(move: Move, change: Callable[[Outgoing], Outgoing]) -> Move:
    """Return the move with each message changed."""
    return replace(move, say=tuple(change(message) for message in move.say))


def no_buttons(message: Outgoing) -> Outgoing:
    """Take the buttons away."""
    return replace(message, buttons=())


def shortened(message: Outgoing) -> Outgoing:
    """Keep the first line of a message only."""
    return replace(message, text=message.text.split("\n")[0])


@dataclass(frozen=True)
class Planted:
    """A fault: where it is planted, and by which property it must be found."""

    name: str
    letter: str
    plant: Callable[[Content, Patch], Content]


def _commands(patch: Patch, name: str, target: str) -> None:
    patch.setitem(ways.COMMANDS, name, target)


def _forged(move: Move) -> Move:
    """A case that is opened although nobody agreed."""
    cases = [effect for effect in move.effects if isinstance(effect, OpenCase)]
    effects = tuple(replace(case, consents=()) for case in cases)
    return replace(move, effects=effects or move.effects)


def _shares(move: Move) -> Move:
    """A case that shares lines whatever was chosen."""
    return replace(
        move,
        effects=tuple(
            replace(effect, share=(1,)) if isinstance(effect, OpenCase) else effect
            for effect in move.effects
        ),
    )


def _never_escalates(patch: Patch) -> None:
    patch.setattr(attended, "EscalateCase", lambda risk: RelayToCase("…"))


def _deaf(patch: Patch) -> None:
    """Danger is not noticed at all."""
    patch.setattr(turn, "_danger", lambda _: False)


def _only_immediate(patch: Patch) -> None:
    """High danger is only asked about."""
    real = turn.Play.enter

    def enter(play_: Any, target: str) -> None:  # the play
        real(play_, "risk.concern" if target == "risk.support" else target)

    patch.setattr(turn.Play, "enter", enter)


PLANTED = (
    Planted("the menu loses the way to a person", "a", lambda c, _: without_choice(c, "menu.main", "human")),
    Planted("the breathing loses the way to a person", "a", lambda c, _: _breathless(c)),
    Planted("the help page leads nowhere near a person", "a", lambda c, _: without_choice(without_choice(c, "help.pick", "menu", "feel", "friend", "watched", "refugee", "young", "going"), "help.others", "human", "menu")),
    Planted("a question of a quiz loses its ways out", "a", lambda c, p: (moving(p, "quiz", "press", lambda m: said_anew(m, lambda o: replace(o, buttons=o.buttons[:1]))), c)[1]),
    Planted("the command for a person shows the menu", "a", lambda c, p: (_commands(p, "/human", "menu.main"), c)[1]),
    Planted("the command for the language shows the menu", "a", lambda c, p: (_commands(p, "/language", "menu.main"), c)[1]),
    Planted("the command to stop only says something", "a", lambda c, p: (_commands(p, "/stop", "stop.done"), c)[1]),
    Planted("the command to erase shows the privacy page", "a", lambda c, p: (_commands(p, "/erase", "privacy.show"), c)[1]),
    Planted("leaving a talk is taken out", "a", lambda c, p: (p.delitem(attended.LEAVING, "/leave"), c)[1]),
    Planted("a case is opened without consent", "b", lambda c, p: (moving(p, "hand_over", "enter", _forged), c)[1]),
    Planted("lines are shared whatever was chosen", "b", lambda c, p: (moving(p, "hand_over", "enter", _shares), c)[1]),
    Planted("a button leads past the question for consent", "b", lambda c, p: (p.setattr(HANDLERS["hand_over"], "enter", _opens_unasked), c)[1]),
    Planted("a follow-up is planned by a no", "b", lambda c, p: (moving(p, "follow_up", "press", _plans_anyway), c)[1]),
    Planted("after leaving, words still go to the case", "b", lambda c, p: (p.setattr(turn, "_not_understood", lambda play_: play_.effects.append(RelayToCase("…"))), c)[1]),
    Planted("questions are noted whatever was told before", "b", lambda c, p: (p.setattr(unmet, "_may_note", lambda *_: True), c)[1]),
    Planted("wishes are passed on that were not shown", "b", lambda c, p: (moving(p, "hand_over", "enter", _wishes), c)[1]),
    Planted("danger is not noticed", "c", lambda c, p: (_deaf(p), c)[1]),
    Planted("high danger is only asked about", "c", lambda c, p: (_only_immediate(p), c)[1]),
    Planted("support comes without a number", "c", lambda c, p: (moving(p, "support", "enter", lambda m: said_anew(m, shortened)), c)[1]),
    Planted("support comes without the offer of a person", "c", lambda c, p: (moving(p, "support", "enter", lambda m: said_anew(m, no_buttons)), c)[1]),
    Planted("support comes without kind words", "c", lambda c, p: (moving(p, "support", "enter", lambda m: said_anew(m, lambda o: replace(o, text=o.text.split("\n\n", 1)[1]))), c)[1]),
    Planted("support comes after another message", "c", lambda c, p: (moving(p, "support", "enter", lambda m: replace(m, say=(Outgoing("One moment."), *m.say))), c)[1]),
    Planted("more danger told to a counsellor does not move the case up", "c", lambda c, p: (_never_escalates(p), c)[1]),
    Planted("thanks are a dead end", "d", lambda c, _: with_step(c, "menu.thanks", choices=())),
    Planted("a page lists no buttons", "d", lambda c, p: (moving(p, "browse", "enter", lambda m: said_anew(m, no_buttons)), c)[1]),
    Planted("a step that nobody can come to", "d", lambda c, _: without_choice(c, "help.others", "men")),
    Planted("two steps lead to each other for ever", "d", lambda c, p: (moving(p, "browse", "enter", lambda m: replace(m, go="topics.pick")), c)[1]),
    Planted("a turn that fails", "d", lambda c, p: (p.setattr(HANDLERS["passphrase"], "enter", _fails), c)[1]),
    Planted("a picture is not answered", "d", lambda c, p: (p.setattr(turn, "_unreadable", lambda _: None), c)[1]),
    Planted("an emergency page without a way back", "d", lambda c, p: (moving(p, "emergency", "enter", lambda m: said_anew(m, no_buttons)), c)[1]),
    Planted("not understood, in the same words for ever", "e", lambda c, _: with_step(c, "unclear.sorry", variants=())),
    Planted("the same two variants are one", "e", lambda c, _: with_step(c, "unclear.sorry", variants=(_text(c, "unclear.sorry"),))),
    Planted("a title that no button of WhatsApp holds", "f", lambda c, _: _titled(c, "menu.main", "quiz", "Play a very long quiz now")),
    Planted("two buttons that read the same", "f", lambda c, _: _titled(c, "menu.main", "quiz", "Language")),
    Planted("a text of a thousand lines", "f", lambda c, _: with_step(c, "menu.about", text="word " * 1_500)),
    Planted("a placeholder that nobody fills", "f", lambda c, _: with_step(c, "menu.about", text="I am {somebody} here.")),
    Planted("a button that does not exist", "g", lambda c, p: (moving(p, "emergency", "enter", lambda m: said_anew(m, _dead_button)), c)[1]),
    Planted("a button that does nothing", "g", lambda c, p: (p.setattr(HANDLERS["learn"], "press", lambda *_: Move()), c)[1]),
    Planted("a choice that its own step does not know", "g", lambda c, p: (p.setattr(HANDLERS["choose"], "press", lambda *_: None), c)[1]),
    Planted("support begins with what it is about", "h", lambda c, _: with_step(c, "risk.support", text="You are a victim of trafficking. Thank you for telling me.")),
    Planted("the greeting of a follow-up gives it away", "h", lambda c, _: with_step(c, "follow_up.hello", text="Hello, how are you after the violence?")),
)  # fmt: skip


def _breathless(content: Content) -> Content:
    for step in ("breathe", "breathe_out", "breathe_two"):
        content = without_choice(content, f"feel.{step}", "human", "stop")
    return content


def _text(content: Content, where: str) -> str:
    step: Any = content.step(where)
    return str(step.text)


def _titled(content: Content, where: str, choice: str, title: str) -> Content:
    step: Any = content.step(where)
    choices = tuple(
        each.model_copy(update={"title": title}) if each.id == choice else each
        for each in step.choices
    )
    return with_step(content, where, choices=choices)


def _dead_button(message: Outgoing) -> Outgoing:
    dead = (
        replace(message.buttons[0], id="emergency.show.gone", title="Gone")
        if message.buttons
        else None
    )
    return message if dead is None else replace(message, buttons=(*message.buttons, dead))


def _fails(*_: object) -> Move:
    raise ValueError("planted")


def _opens_unasked(step: Step, scene: Any) -> Move:  # a scene
    """Open a case for whoever comes to the step."""
    case = OpenCase("K7M2QX", ("a", "b", "c", "d"), scene.state.risk, (), ())
    return Move(say=(Outgoing("Done."),), effects=(case,))


def _plans_anyway(move: Move) -> Move:
    from bot.conversation.effects import Granted, PlanFollowUp  # noqa: PLC0415  # only here

    refused = Granted("follow_up", granted=False, text_version="x")
    return replace(move, effects=(PlanFollowUp(3, None, refused),))


def _wishes(move: Move) -> Move:
    return replace(
        move,
        effects=tuple(
            replace(effect, wishes={"name": "Somebody Else"})
            if isinstance(effect, OpenCase)
            else effect
            for effect in move.effects
        ),
    )


@pytest.fixture(scope="session")
def explored(content: Content) -> Exploration:
    """The real content in every language, explored to the end."""
    exploration = Exploration(content)
    exploration.run()
    return exploration


@slowly
def test_what_must_hold_holds(explored: Exploration) -> None:
    """Every stage of the real content in every language: no counter-example."""
    assert ["\n".join(story(found)) for found in explored.found] == []
    assert len(explored.stages) > 1_000


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: re.sub(r"\W+", "_", planted.name))
def test_a_planted_fault_is_found(small: Content, planted: Planted, monkeypatch: Patch) -> None:
    """Each fault shows as a counter-example of the property that it breaks, told as a conversation."""
    faulty = planted.plant(small, monkeypatch)
    found = Exploration(faulty, key=coarse).run(stop_at=planted.letter)
    mine = [each for each in found if each.fault.letter == planted.letter]
    assert mine
    assert "\n".join(story(mine[0])).startswith(f"({planted.letter}) ")


def test_nothing_is_found_where_nothing_is_planted(small: Content) -> None:
    """The small content itself is without fault, or a planted one would prove nothing."""
    assert [each.fault for each in Exploration(small, key=coarse).run()] == []


def test_a_turn_that_fails_only_beside_the_search_is_found(
    small: Content, monkeypatch: Patch
) -> None:
    """In another language, the third time something is not understood, at a button of long ago: the search goes on past each."""
    indonesian = {"id": small.words.listed["id"]}
    words = replace(small.words, locales={**small.words.locales, **indonesian})
    step, not_understood, enter = (
        HANDLERS["passphrase"].enter,
        turn._not_understood,
        turn.Play.enter,
    )

    def failing_in_indonesian(asked: Step, scene: Any) -> Move:  # a scene
        return _fails() if scene.state.locale == "id" else step(asked, scene)

    def failing_the_third_time(play_: Any) -> None:  # the play
        if play_.state.said.get("unclear.sorry", 0) > 1:
            _fails()
        not_understood(play_)

    def failing_at_old_buttons(play_: Any, target: str) -> None:  # the play
        if target == "unclear.old_button":
            _fails()
        enter(play_, target)

    monkeypatch.setattr(HANDLERS["passphrase"], "enter", failing_in_indonesian)
    monkeypatch.setattr(turn, "_not_understood", failing_the_third_time)
    monkeypatch.setattr(turn.Play, "enter", failing_at_old_buttons)
    searched = Exploration(replace(small, words=words), key=coarse)
    faults = [each.fault for each in searched.run()]
    told = [(each.letter, each.problem) for each in faults if "planted" in each.problem]
    for letter, beginning in (("d", "id: "), ("d", "writes something that is"), ("g", "[an old")):
        assert any(at == letter and problem.startswith(beginning) for at, problem in told)


def test_forty_faults_of_every_kind_are_planted() -> None:
    """Each property has faults of its own."""
    assert len(PLANTED) >= 40
    assert {planted.letter for planted in PLANTED} == set("abcdefgh")


@slowly
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 10_000), max_size=25))
def test_a_walk_comes_to_no_stage_that_was_not_explored(
    explored: Exploration, choices: Iterable[int]
) -> None:
    """What the prover takes for one stage is one: any walk meets only keys that it knows, and nothing that must not be."""
    content = explored.content
    stage: Stage = next(iter(explored.stages.values()))
    for choice in choices:
        tried = list(acts.always(stage))
        outcome = play(content, stage, tried[choice % len(tried)])
        assert list(check(content, outcome)) == []
        stage = outcome.after
        assert key_of(stage) in explored.stages

"""Everything that names something else names something that is there."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from bot.content.load import ROOT, Content
from bot.content.step_base import StepBase
from bot.content.steps import Step
from bot.conversation import steps
from bot.conversation.attended import LEAVE, LEAVING
from bot.conversation.state import Owner
from bot.conversation.steps import HANDLERS
from bot.conversation.trouble import STEP
from bot.conversation.turn import OFFER
from bot.conversation.ways import COMMANDS, INTENT_STEPS
from tests.unit.conversation.talk import Talk, meaning

TAXONOMY: dict[str, Any] = yaml.safe_load(
    (ROOT / "nlu" / "taxonomy.yml").read_text(encoding="utf-8")
)
INTENTS = [*TAXONOMY["acts"], *TAXONOMY["topics"]]
TYPES: tuple[type[StepBase], ...] = get_args(get_args(Step)[0])


def type_name(model: type[StepBase]) -> str:
    """Return the `type` that stands in a flow's file."""
    [name] = get_args(model.model_fields["type"].annotation)
    assert isinstance(name, str)
    return name


def test_every_type_of_step_has_its_behaviour_and_no_other_has_one() -> None:
    """The model and the handlers know the same types."""
    assert {type_name(model) for model in TYPES} == set(HANDLERS)


@pytest.mark.parametrize("name", HANDLERS)
def test_every_type_of_step_has_its_file_and_its_test(name: str) -> None:
    """The type's name leads straight to its code and to its test."""
    assert (Path(steps.__file__).parent / f"{name}.py").is_file()
    assert (Path(__file__).parent / "steps" / f"test_{name}.py").is_file()


def test_every_type_of_step_is_used(content: Content) -> None:
    """No behaviour is kept that no flow has."""
    used = {step.type for flow in content.flows.values() for step in flow.steps.values()}
    assert used == set(HANDLERS)


TARGETS = (*COMMANDS.values(), *INTENT_STEPS.values(), *LEAVING.values(), LEAVE, STEP, OFFER)


@pytest.mark.parametrize("target", sorted(set(TARGETS)))
def test_every_step_named_in_code_exists(content: Content, target: str) -> None:
    """A step or a button that the code leads to stands in the flows."""
    step, _, choice = target.partition(".")[2].partition(".")
    assert content.has_step(f"{target.partition('.')[0]}.{step}")
    talk = Talk.greeted(content)
    if target.startswith("consent.waiting."):
        # Its buttons live only while somebody waits, and there an unknown one has no effect.
        talk.owner = Owner.QUEUE
        assert talk.press(target).effects
    elif choice:
        assert talk.press(target).state.at != "unclear.old_button"


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_of_the_taxonomy_leads_somewhere(content: Content, intent: str) -> None:
    """Whatever the language model may say is answered with more than "I did not understand"."""
    at = Talk.greeted(content).write("…", meaning(intent)).state.at or ""
    lost = {"unclear.sorry", "answer.missing", "trouble.slow"}
    assert at not in lost
    assert (at == "unclear.outside") == (intent == "out_of_scope")


def test_the_answers_and_wishes_know_only_the_taxonomys_intents(content: Content) -> None:
    """An intent that the model never says would never be answered."""
    assert set(content.by_intent) <= set(INTENTS)
    assert set(INTENT_STEPS) <= set(INTENTS)


def test_the_emergency_numbers_know_only_the_taxonomys_kinds(content: Content) -> None:
    """A kind that nobody tells of would never find its number."""
    for number in content.emergency:
        assert set(number.kinds) <= {"any", *TAXONOMY["risk_kinds"]}, number.id
        assert number.service in content.services


def test_every_step_can_be_reached(content: Content) -> None:
    """No words are written that nobody can come to."""
    reached = {".".join(target.split(".")[:2]) for target in TARGETS}
    reached |= {
        "risk.support",
        "risk.concern",
        "risk.unsure",
        "menu.said_yes",
        "menu.said_no",
        "answer.give",
        "answer.missing",
    }
    reached |= {
        "unclear.sorry",
        "unclear.outside",
        "unclear.unreadable",
        "unclear.old_button",
        "unclear.cut",
        "unclear.pace",
    }
    reached |= {"calm.rude", "calm.short"}  # by insults
    reached |= {"calm.paused"}  # by a counsellor who rests from the talk
    reached |= {"trouble.slow", "trouble.offline", "consent.waiting", "risk.stay", "feedback.ask"}
    reached |= {"follow_up.hello", "watched.back", "file.ask", "quiz.list", "campaigns.tester"}
    reached |= {"phone.here"}  # by words that somebody set
    reached |= {"go_on.ask"}  # by a template of WhatsApp
    reached |= {"study.later", "quiz.certificate", "quiz.together"}
    reached |= {"events.show", "campaigns.rate"}  # by links, lists and the end of a quiz
    reached |= {"voice.listen"}  # by the button under what has been spoken
    reached |= {"broadcast.open"}  # by the buttons under a message of a campaign
    reached |= {"join.confirm", "join.told", "join.elsewhere"}  # by codes, and from another chat
    for flow in content.flows.values():
        for name, step in flow.steps.items():
            here = f"{flow.flow}.{name}"
            names = [choice.go for choice in getattr(step, "choices", ()) if choice.go]
            following = [getattr(step, way, None) for way in ("next", "instead")]
            names += [target for target in following if isinstance(target, str)]
            reached |= {content.resolve(target, here=here) for target in names}
    written = {f"{flow.flow}.{name}" for flow in content.flows.values() for name in flow.steps}
    assert written <= reached

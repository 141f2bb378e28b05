"""What one file of the content says of another: sources, answers, steps and countries that have to exist."""

from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.known import Place, check_known
from bot.content.model import ANYWHERE, Answer
from bot.content.offer_step import OfferStep
from bot.content.quiz_step import QuizStep
from bot.content.quizzes import check_facts, check_quiz
from bot.content.series import check_series
from bot.content.services_step import Services
from bot.content.steps import Step
from bot.content.whatsapp import check_buttons
from bot.errors import ContentError

if TYPE_CHECKING:  # what loads the content asks for its references
    from bot.content.load import Content

SIGNS_FILE = "flows/offer/signs.yml"


def check_answer(content: "Content", answer: Answer, root: Path | None = None) -> None:
    """Make sure that the sources, the next questions and the tool of an answer exist.

    Raises:
        ContentError: One does not; with its line, when `root` says where the files are.
    """
    here = Place(answer.id, f"flows/answers/{answer.audience}.yml", root)
    check_known(answer.sources, content.sources, "sources", "source", here)
    check_known(answer.next, content.answers, "next", "answer", here)
    if answer.tool is not None and answer.tool not in _tools(content):
        raise ContentError(
            f"{answer.id}: tool {answer.tool!r} has no title under tools: in answer.yml",
            file=here.file,
            line=here.line(),
            key=f"{answer.id}.tool",
            mend="add the title, or take the tool out",
        )


def check_references(content: "Content", root: Path) -> None:
    """Find what one file says of another and is not so."""
    for answer in content.answers.values():
        check_answer(content, answer, root)
    check_facts(content.facts, content.sources, root)
    for quiz in content.quizzes.values():
        check_quiz(quiz, content.facts, content.sources, root)
    for series in content.series.values():
        check_series(series, content.quizzes, root)
    for sign in content.offer.signs.values():
        here = Place(sign.id, SIGNS_FILE, root)
        check_known(sign.sources, content.sources, "sources", "source", here)
    check_buttons(content.templates, content.has_step)
    for flow in content.flows.values():
        for name, step in flow.steps.items():
            _check_step(content, f"{flow.flow}.{name}", step, root)


def _check_step(content: "Content", place: str, step: Step, root: Path) -> None:
    """Find what one step says of others, of answers, signs or the directory and is not so."""
    flow, _, name = place.partition(".")
    here = Place(name, f"flows/flows/{flow}.yml", root)
    if isinstance(step, OfferStep):
        check_known(step.named_signs(), content.offer.signs, "signs", "sign", here)
    if isinstance(step, QuizStep):
        check_known([step.first], content.quizzes, "first", "quiz", here)
    if isinstance(step, Services):
        _check_places(content, step, here)
    for target in _targets(step):
        whole = content.resolve(target, here=place)
        if not content.has_step(whole):
            raise ContentError(
                f"{name}: leads to {whole!r}, which does not exist",
                file=here.file,
                line=here.line(),
                key=f"steps.{name}",
                mend="write that step, or lead to another",
            )
    wanted = [c.answer for c in getattr(step, "choices", ()) if c.answer is not None]
    check_known(wanted, content.answers, "choices", "answer", here)


def _tools(content: "Content") -> Container[str]:
    """Return the flows that answers may lead to; each has its button's title."""
    steps = (step for flow in content.flows.values() for step in flow.steps.values())
    return {name for step in steps for name in getattr(step, "tools", ())}


def _check_places(content: "Content", step: Services, here: Place) -> None:
    """Every country of the directory needs words, or nobody could choose it."""
    for service in content.services.values():
        for country in service.countries:
            if country != ANYWHERE and country not in step.places:
                raise ContentError(
                    f"{here.id}: places: has no title for {country}, where {service.id} is",
                    file=here.file,
                    line=here.line(),
                    key=f"steps.{here.id}.places",
                    mend="add one",
                )


def _targets(step: Step) -> Iterator[str]:
    for name in ("next", "instead"):
        following = getattr(step, name, None)
        if isinstance(following, str):
            yield following
    for choice in getattr(step, "choices", ()):
        if choice.go is not None:
            yield choice.go

"""Holds an edit to what the prover wants of the files: it is played as people will get it, in every language that it reaches.

An edit is read long before it comes to the files, so it must not wait for their check.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from bot.content.edits import Edit, check_edit, fields_of, texts_of, with_edits
from bot.content.load import Content
from bot.content.model import Answer
from bot.conversation.state import State
from bot.conversation.steps.browse import PAGE
from bot.editing.rules import Now
from bot.errors import ContentError
from bot.messages import IncomingKind
from bot.prover.properties import check
from bot.prover.stage import Act, Stage, play
from bot.prover.talk import meaning
from bot.understanding.model import RiskLevel

NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True)
class _Try:
    """Something that brings the answer, or its button, to the screen."""

    act: Act
    field: str | None = None
    """The field that the message says; None where only the button of the answer stands below it."""


def prove_edit(now: Now, edit: Edit) -> None:
    """Make sure that an edit fits, and that what people would get with it holds all that the prover wants.

    Raises:
        ContentError: `key` is the field that has to be mended.
    """
    check_edit(now.files, edit)
    content = _once_published(now.content, edit)
    answer = content.answers[edit.answer]
    spoken = edit.locale or content.words.source
    for locale in content.words.locales:
        if spoken in content.words.chain(locale):
            for tried in _tries(content, answer):
                _check(content, answer, locale, tried, _title_field(now.content, edit))


def _once_published(content: Content, edit: Edit) -> Content:
    """Return the content with an edit; a translation comes with the texts that it translates, published or not."""
    edits = [edit]
    if edit.locale is not None and texts_of(content, edit.answer) != edit.of:
        texts = {"more": None, **edit.of}
        wanted = {**fields_of(content, edit.answer), **texts}
        edits.insert(0, Edit(edit.id, edit.answer, None, wanted, ""))
    return with_edits(content, edits)


def _title_field(content: Content, edit: Edit) -> str:
    """Return the field to mend when two buttons read the same: an unchanged one got new neighbours."""
    former = content.answers[edit.answer].title
    return "title" if edit.locale or edit.fields["title"] != former else "next"


def _tries(content: Content, answer: Answer) -> Iterator[_Try]:
    yield _Try(_press(f"answer.give.{answer.id}"), "text")
    if answer.more:
        yield _Try(_press(f"answer.give.more-{answer.id}"), "more")
    yield _Try(_press(f"answer.give.from-{answer.id}"), "sources")
    for other in content.answers.values():
        if answer.id in other.next:
            yield _Try(_press(f"answer.give.{other.id}"))
    for place in _browsing(content):
        of = sum(other.audience == answer.audience for other in content.answers.values())
        for page in range(-(-of // PAGE)):
            yield _Try(_press(f"{place}.{answer.audience}-{page}"))
    # Beside other answers to the same intent, among suggestions, and under the answer to danger.
    for confidence, risk in ((0.9, RiskLevel.NONE), (0.2, RiskLevel.NONE), (0.9, RiskLevel.HIGH)):
        said = meaning(answer.intent, confidence, risk=risk)
        yield _Try(Act(f"means: {answer.intent}", IncomingKind.TEXT, "\u2026", said))


def _browsing(content: Content) -> Iterator[str]:
    for flow in content.flows.values():
        for name, step in flow.steps.items():
            if step.type == "browse":
                yield f"{flow.flow}.{name}"


def _press(button: str) -> Act:
    return Act(button, IncomingKind.BUTTON, button)


def _check(content: Content, answer: Answer, locale: str, tried: _Try, title: str) -> None:
    # On the day of its review: an answer that is dark today is told when it is not.
    stage = Stage(
        State(locale, True, greeted=True), now=datetime.combine(answer.reviewed_on, NOON)
    )
    for fault in check(content, play(content, stage, tried.act)):
        field = title if fault.part == "title" else tried.field
        if field is not None:
            problem = f"{field}: {fault.problem} ({locale})"
            raise ContentError(problem, file=answer.id, key=field, mend=fault.mend)

"""A published quiz becomes a file that is read as the same quiz."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content.check import check_content
from bot.content.edits import Fate, Overlaid
from bot.content.load import ROOT, Content, load_content
from bot.content.quiz_edits import QuizEdit, base_of, body_of, overlay_quizzes
from bot.content.quizzes import Quiz
from bot.editing.export import export
from bot.editing.quiz_draft import copied
from bot.editing.quiz_export import written
from tests.unit.editing.test_export import line

TODAY = date(2026, 11, 23)


def test_the_files_are_written_as_they_are_read(content: Content) -> None:
    """Every quiz of the files comes back as itself."""
    for quiz in content.quizzes.values():
        assert Quiz.model_validate(yaml.safe_load(written(quiz))) == quiz


@given(title=line(20), intro=line(300), choice=line(60), hint=st.none() | line(200))
def test_whatever_is_typed_is_read_again(
    content: Content, title: str, intro: str, choice: str, hint: str | None
) -> None:
    """Quotes, colons, emoji and what YAML takes for something else survive."""
    quiz = content.quizzes["job_offers"]
    first = quiz.questions[0]
    choices = (first.choices[0].model_copy(update={"text": choice}), *first.choices[1:])
    asked = first.model_copy(update={"choices": choices, "hint": hint})
    update = {"title": title, "intro": intro, "questions": (asked, *quiz.questions[1:])}
    made = quiz.model_copy(update=update)
    assert Quiz.model_validate(yaml.safe_load(written(made))) == made


def test_an_export_is_read_again_and_needs_nothing_more(content: Content, tmp_path: Path) -> None:
    """A changed and a new quiz with their translations: the files then say the same, and their check passes."""
    overlaid = overlay_quizzes(content, list(_edits(content)))
    paths = export(content, Overlaid(overlaid.content), root=ROOT, out=tmp_path)
    assert Path("flows/quizzes/at_the_harbour.yml") in paths
    assert Path("flows/quizzes/job_offers.yml") in paths
    again = load_content(tmp_path)
    assert again.quizzes == overlaid.content.quizzes
    assert again.words.say("Real?", "id") == "Asli?"
    found = overlay_quizzes(again, list(_edits(content)))
    assert set(found.fates.values()) == {Fate.IN_FILES}
    first = (tmp_path / "flows/quizzes/job_offers.yml").read_text(encoding="utf-8")
    assert first.startswith("# Job posts, chats")
    wrong = [each for each in check_content(ROOT, again, today=TODAY) if not each.warning]
    assert wrong == []


def _edits(content: Content) -> list[QuizEdit]:
    body = body_of(content, content, "job_offers")
    words = {"id": {"Real?": "Asli?"}}
    first = {"quiz": {**body["quiz"], "title": "Real?", "retired": True}, "words": words}
    ids = (f"q_{number}" for number in range(99))
    made = copied(body, "at_the_harbour", "At the harbour", TODAY, lambda: next(ids))
    made = {**made, "words": {"id": {"At the harbour": "Di pelabuhan"}}}
    return [
        QuizEdit(UUID(int=1), "job_offers", first, base_of(content, "job_offers", words)),
        QuizEdit(
            UUID(int=2), "at_the_harbour", made, base_of(content, "at_the_harbour", made["words"])
        ),
    ]


def test_nothing_published_writes_nothing(content: Content, tmp_path: Path) -> None:
    """Without an edit the files stay as they are."""
    same = Overlaid(replace(content))
    assert export(content, same, root=ROOT, out=tmp_path) == []

"""Reviewed messages as files: the form of the training data, and a history that names nobody who wrote."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.nlu import write_files
from bot.hotline.export import HISTORY, TrainingRow, files_of
from bot.hotline.review import Labels, Step
from bot.understanding.redaction import redact
from bot.understanding.taxonomy import LANGUAGES, SUBJECTS, get_taxonomy
from tests.support.training import load_training_rows

AT = datetime(2026, 11, 22, tzinfo=UTC)
REVIEWER = UUID(int=7)
LABELS = st.builds(
    Labels,
    intent=st.sampled_from(list(get_taxonomy().intents)),
    risk=st.sampled_from(list(get_taxonomy().levels)),
    kinds=st.lists(st.sampled_from(list(get_taxonomy().kinds)), unique=True).map(tuple),
    subject=st.sampled_from(SUBJECTS),
    language=st.sampled_from(LANGUAGES),
).map(Labels.tidy)
TEXTS = st.text(min_size=1).map(redact).filter(lambda text: text.strip("- ") != "")


def row(number: int, text: str, labels: Labels) -> TrainingRow:
    """Return a row that somebody has reviewed."""
    steps = (
        Step("marked", AT, UUID(int=1), "Dewi", {}, {}),
        Step("reviewed", AT, REVIEWER, "Rani", {}, {"intent": labels.intent}),
    )
    return TrainingRow(UUID(int=number), text, labels, "not_understood", "v1", steps)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, LABELS), min_size=1, max_size=8))
def test_whatever_is_exported_is_read_back(made: list[tuple[str, Labels]]) -> None:
    """Every text and label comes back through the loader's rules, in its language's folder."""
    rows = [row(number, *each) for number, each in enumerate(made)]
    files = files_of(rows)
    folder = {path: text for path, text in files.items() if path != HISTORY}
    read = _read(folder)
    wanted = [
        (" ".join(text.split()).removeprefix("- ").strip(), labels.intent, labels.language)
        for text, labels in made
    ]
    same = [(text.replace("] (", "](").replace("] {", "]{"), *rest) for text, *rest in wanted]
    got = [
        (each["text"].replace("] (", "](").replace("] {", "]{"), each["intent"], each["language"])
        for each in read
    ]
    assert sorted(got) == sorted(same)
    assert len(files[HISTORY].splitlines()) == len(rows)


def _read(files: dict[str, str]) -> list[dict[str, str]]:
    import tempfile  # noqa: PLC0415  # hypothesis refuses a fixture that lives for one example

    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), files)
        return load_training_rows(Path(folder))


def test_a_file_looks_as_if_written_by_hand(tmp_path: Path) -> None:
    """Texts stand in blocks, labels on one line, and a placeholder never reads as an entity."""
    labels = Labels("disclose", "high", ("confinement",), "self", "id")
    files = files_of([row(1, "[name](bos) kunci pintu", labels)])
    assert '\nversion: "3.1"\nnlu:\n- intent: disclose\n  examples:\n' in files["id/reviewed.yml"]
    assert (
        "  - text: |\n      [name] (bos) kunci pintu\n"
        "    metadata: {risk: high, kinds: [confinement], subject: self}\n"
    ) in files["id/reviewed.yml"]


def test_the_history_names_reviewers_by_id_alone() -> None:
    """Each line tells where its example is, who reviewed it and under which consent; no name and no text."""
    files = files_of([row(1, "tolong saya", Labels("disclose", "concern", language="id"))])
    [line] = files[HISTORY].splitlines()
    told = json.loads(line)
    assert (told["file"], told["example"]) == ("id/reviewed.yml", 1)
    assert told["reviewers"] == [str(REVIEWER)]
    assert told["consent_version"] == "v1"
    assert [step["step"] for step in told["history"]] == ["marked", "reviewed"]
    for hidden in ("Rani", "Dewi", "tolong"):
        assert hidden not in line


def test_a_new_export_takes_the_old_files_away(tmp_path: Path) -> None:
    """A language for which nothing is left loses its file; other files in the folder stay."""
    labels = Labels("greet", language="id")
    write_files(tmp_path, files_of([row(1, "pagi", labels)]))
    (tmp_path / "id" / "acts.yml").write_text("nlu: []")
    other = Labels("greet", language="jv")
    assert write_files(tmp_path, files_of([row(2, "sugeng enjing", other)])) == 1
    assert [each["language"] for each in load_training_rows(tmp_path)] == ["jv"]
    assert (tmp_path / "id" / "acts.yml").exists()
    assert write_files(tmp_path, files_of([])) == 2

"""Loading all that Suar says; a mistake in a file names it."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.load import OVERDUE, ROOT, Content, is_fresh, load_content
from bot.errors import ContentError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the content to make mistakes in; without its translations, which take long to read."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "locales.yml").write_text(
        "source: en\nlocales: {}\n", encoding="utf-8"
    )
    shutil.copy(ROOT / "locales" / "ranks.yml", tmp_path / "locales")
    return tmp_path


def line_of(path: Path, text: str) -> int:
    """Return the first line, from 1, that holds `text`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def edit(root: Path, file: str, old: str, new: str) -> int:
    """Replace a text in a file once; return the line it stands in."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    line = line_of(path, old.splitlines()[0])
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


def problem(root: Path) -> ContentError:
    """Return the mistake that loading finds."""
    with pytest.raises(ContentError) as caught:
        load_content(root)
    return caught.value


def test_a_copy_loads_like_the_original(root: Path, content: Content) -> None:
    """The content lies in files only; nothing else is needed."""
    assert load_content(root).flows == content.flows


def test_an_unknown_field_is_named_with_its_line(root: Path) -> None:
    """A slip in a step is found where it stands."""
    line = edit(
        root, "flows/flows/menu.yml", "    type: ask\n", "    type: ask\n    colour: red\n"
    )
    caught = problem(root)
    assert (caught.file, caught.line) == ("flows/flows/menu.yml", line + 1)
    assert "colour" in caught.problem


def test_a_title_that_is_too_long_is_named_with_its_line(root: Path) -> None:
    """A button that no phone would show whole is refused."""
    line = edit(
        root,
        "flows/flows/menu.yml",
        "title: Find an answer",
        "title: Find an answer to everything",
    )
    assert problem(root).line == line


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("flows/flows/menu.yml", "flow: menu", "flow: main", "the file is named 'menu'"),
        ("flows/flows/menu.yml", "start: main", "start: mane", "there is no step 'mane'"),
        ("flows/flows/menu.yml", "go: topics.pick", "go: topics.pack", "leads to 'topics.pack'"),
        ("flows/flows/welcome.yml", "next: language", "next: tongue", "leads to 'welcome.tongue'"),
        (
            "flows/answers/everyone.yml",
            "id: warning_signs_list",
            "id: what_is_trafficking",
            "exists twice",
        ),
        (
            "flows/answers/everyone.yml",
            "sources: [palermo",
            "sources: [palerma",
            "no source 'palerma'",
        ),
        (
            "flows/answers/everyone.yml",
            "next: [warning_signs_list",
            "next: [warning_sign_list",
            "no answer",
        ),
        (
            "flows/quizzes/warning_signs.yml",
            "sources: [fake_offers_2025",
            "sources: [fake_offers",
            "no source",
        ),
        (
            "flows/quizzes/warning_signs.yml",
            "correct: false",
            "correct: true",
            "exactly one choice",
        ),
        ("flows/answers/everyone.yml", "answers:", "replies:", "answers: is missing"),
        ("flows/offer/signs.yml", "sources: [ilo_signs", "sources: [ilo_sign", "no source"),
        ("flows/flows/offer.yml", "signs: [no_company]", "signs: [nobody]", "no sign 'nobody'"),
        ("flows/flows/offer.yml", "always: [no_company", "always: [nobody", "no sign 'nobody'"),
    ],
)
def test_what_does_not_fit_together_is_named_with_its_file(
    root: Path, file: str, old: str, new: str, said: str
) -> None:
    """References between files, names and counts are checked when everything is loaded."""
    edit(root, file, old, new)
    caught = problem(root)
    assert caught.file == file
    assert said in caught.problem


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    zone: Asia/Jakarta", "    zone: Asia/Jakrta", "zone: Value error, there is no time"),
        ("    needs: [violence, children]", "    needs: [violins]", "Input should be 'danger'"),
        ("    open: always", "    open: often", "Input should be 'always'"),
        (
            '      - {days: [mon, tue, wed, thu, fri], from: "09:00"',
            '      - {days: [mon, mon, wed, thu, fri], from: "09:00"',
            "the hours of mon overlap",
        ),
        (
            '      - {days: [mon, tue, wed, thu, fri], from: "09:00"',
            "      - {days: [mon, tue, wed, thu, fri], from: 9:00",
            'write a time in quotes with four digits, as in "09:00"',
        ),
    ],
)
def test_a_slip_in_the_directory_is_named_with_its_line(
    root: Path, old: str, new: str, said: str
) -> None:
    """Zone, need and hours are checked where they stand, and the mend is said."""
    line = edit(root, "flows/directory/services.yml", old, new)
    caught = problem(root)
    assert caught.file == "flows/directory/services.yml"
    assert caught.line is not None
    assert line - 1 <= caught.line <= line
    assert caught.problem.startswith("services.")
    assert said in caught.problem


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("directory/services.yml", "id: kpai", "id: sapa-129", "'sapa-129' exists twice"),
        (
            "flows/services.yml",
            "      EG: Egypt\n",
            "",
            "has no title for EG, where kbri-cairo is",
        ),
        ("flows/services.yml", "      legal: Legal help\n", "", "there are no words for legal"),
    ],
)
def test_the_directory_and_its_words_fit_together(
    root: Path, file: str, old: str, new: str, said: str
) -> None:
    """No entry hides another, and every need and country can be chosen."""
    edit(root, f"flows/{file}", old, new)
    caught = problem(root)
    assert caught.file == f"flows/{file}"
    assert said in caught.problem


@pytest.mark.parametrize("text", ["emergency: []\n", "emergency:\n", ""])
def test_the_emergency_numbers_can_never_be_empty(root: Path, text: str) -> None:
    """Suar does not start without a number to give."""
    (root / "flows" / "directory" / "emergency.yml").write_text(text, encoding="utf-8")
    assert problem(root).file == "flows/directory/emergency.yml"


def test_a_target_is_a_step_of_its_own_flow_first(content: Content) -> None:
    """A bare name is a step of the same flow, else the start of another; a full name is itself."""
    assert content.resolve("language", here="welcome.hello") == "welcome.language"
    assert content.resolve("language", here="menu.main") == "language.choose"
    assert content.resolve("menu.greet", here="risk.safe") == "menu.greet"
    assert not content.has_step(content.resolve("nowhere", here="menu.main"))


def test_an_answer_is_given_until_ninety_days_after_its_review(content: Content) -> None:
    """The day itself still counts; the next day does not."""
    answer = next(iter(content.answers.values()))
    last: date = answer.review_by + OVERDUE
    assert is_fresh(answer, last)
    assert not is_fresh(answer, last + timedelta(days=1))
    assert answer in content.usable_answers(answer.intent, last)
    assert answer not in content.usable_answers(answer.intent, last + timedelta(days=1))
    assert content.usable_answers("unheard_of", last) == ()

"""Every id that the desk shows has words, in a template and never in Python."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment

from bot.channels import errors as send_errors
from bot.content.directory import Light
from bot.content.edits import FIELDS, Fate
from bot.content.load import Content
from bot.content.model import Action
from bot.content.readability import Band
from bot.content.replies import SAID_BY_ITSELF
from bot.conversation.talks import SAID_OF
from bot.desk.web.answers import AUDIENCES
from bot.desk.web.pages import TEMPLATES, Pages
from bot.editing import unmet
from bot.editing.browse import FRESHNESS
from bot.editing.browse import WORDS as TRANSLATIONS
from bot.hotline.access import OVERSIGHT, OWN
from bot.hotline.cases import OUTCOMES
from bot.hotline.checks import RESULTS, RIGHT, TRIED, Findings
from bot.hotline.hiding import REASONS as REASONS_TO_UNMASK
from bot.hotline.marks import MARKS
from bot.hotline.matching import GENDERS, TO_BE_SAID, Matched, Skill
from bot.hotline.permissions import Permission, Role
from bot.hotline.review import REASONS, STATES
from bot.store.audit import Kind
from bot.understanding.model import RiskLevel
from bot.understanding.redaction import GAPS
from bot.yaml_file import __file__ as inside
from tests.integration.desk.house import LOCALES, Words

ROOT = Path(inside).parent.parent
TAXONOMY = ROOT / "nlu" / "taxonomy.yml"


@pytest.fixture
def words() -> object:
    """The maps of `words.html`."""
    environment: Environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    return environment.get_template("words.html").module


def _kinds() -> list[str]:
    block = TAXONOMY.read_text().split("risk_kinds:")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+):", block, re.MULTILINE)


def problems_of_checks() -> list[str]:
    """Return every problem that the code names."""
    source = inspect.getsource(Findings)
    return [
        name
        for name in re.findall(r'"(\w+)"', source)
        if name not in {"no", "yes", "show_after_check"}
    ]


def _problem_codes() -> set[str]:
    """Return what `answer_form` and `edits` call the problems of an edit, as they are written there."""
    folder = TEMPLATES.parent
    code = (folder / "answer_form.py").read_text() + (folder / "edits.py").read_text()
    named = set(re.findall(r'Problem\((?:name|""), "(\w+)"', code))
    return named | {"sources", "next", "action", "reviewed_on", "review_by", "unchanged"}


def _unmet_problems() -> set[str]:
    """Return what the page of unmet questions calls its problems, and what it is told as the text of an error."""
    folder = TEMPLATES.parent
    code = (folder / "unmet.py").read_text() + inspect.getsource(unmet)
    return {*re.findall(r'(?:_refused\(desk, visit,|ValueError\() ?"(\w+)"', code), "unchanged"}


def _audit_reasons() -> set[str]:
    """Return every reason that a line of the audit log can have."""
    code = "".join(path.read_text() for path in TEMPLATES.parent.glob("*.py"))
    named = set(re.findall(r'why="(\w+)"', code)) | {"fresh", "sign_in", "code", "password"}
    return named | {OWN, OVERSIGHT, *REASONS_TO_UNMASK, *Permission, *Role}


def test_every_id_has_words(words: object) -> None:
    """Levels, kinds, outcomes, roles, states and errors are all named."""
    codes = [e.code for e in send_errors.SendError.__subclasses__()]
    for name, ids in {
        "LEVELS": [level.label for level in RiskLevel],
        "LEVEL_ICONS": [level.label for level in RiskLevel],
        "KINDS": _kinds(),
        "OUTCOMES": [*OUTCOMES, "left"],
        "ROLES": [role.value for role in Role],
        "STATES": ["waiting", "claimed", "closed"],
        "SEND_STATES": ["queued", "sending", "sent", "refused", "dead"],
        "SEND_ERRORS": codes,
        "SCOPES": ["talk", "share", "contact_later", "learn"],
        "REVIEW_STATES": list(STATES),
        "REVIEW_STEPS": ["marked", "copied", "reviewed", "undone", "unusable", "exported"],
        "REASONS": list(REASONS),
        "REVIEW_PROBLEMS": ["intent", "risk", "kinds", "subject", "language", "text", "confirm"],
        "GAPS": list(GAPS),
        "SKILLS": list(Skill),
        "NOTES": ["reminded", "returned", "alarm", "not_now"],
        "NOTE_ICONS": ["reminded", "returned", "alarm", "not_now"],
        "SUBJECTS": ["self", "other", "unknown"],
        "LIGHTS": [light.value for light in Light],
        "LIGHT_ICONS": [light.value for light in Light],
        "LIGHT_LOOKS": [light.value for light in Light],
        "TRIED": list(TRIED),
        "CHECK_RESULTS": list(RESULTS),
        "RIGHTS": list(RIGHT),
        "CHECK_PROBLEMS": problems_of_checks(),
        "AUDIENCES": list(AUDIENCES),
        "ACTIONS": list(get_args(Action)),
        "FRESHNESS": list(FRESHNESS),
        "BANDS": list(get_args(Band)),
        "TRANSLATED": list(TRANSLATIONS),
        "EDIT_STATES": ["draft", "in_review", "published", "withdrawn", "refused"],
        "EDIT_KINDS": ["edit", "undo", "still_right", "import"],
        "FATES": list(Fate),
        "FIELDS": list(FIELDS),
        "EDIT_PROBLEMS": _problem_codes(),
        "UNMET_KINDS": list(unmet.KINDS),
        "UNMET_DECISIONS": [unmet.BELONGS, unmet.WANTED, unmet.DONE],
        "UNMET_PROBLEMS": _unmet_problems(),
        "UNMASK_REASONS": list(REASONS_TO_UNMASK),
        "AUDIT_KINDS": list(Kind),
        "AUDIT_REASONS": _audit_reasons(),
    }.items():
        assert set(ids) <= set(getattr(words, name)), name
        assert len(ids) > 2, name
    assert set(MARKS) == set(words.MARKS)  # type: ignore[attr-defined]
    assert set(GENDERS) == set(words.GENDERS)  # type: ignore[attr-defined]
    assert {fit.label for fit in TO_BE_SAID} == set(words.FITS)  # type: ignore[attr-defined]


def test_what_could_not_be_met_is_said_by_itself(content: Content) -> None:
    """For each step of matching that the person is told of there is a ready reply that nobody picks."""
    assert set(SAID_OF) == TO_BE_SAID
    assert (
        set(SAID_OF.values()) <= SAID_BY_ITSELF
    )  # else content without them would load, and a claim break
    assert all(content.replies[reply].by_itself for reply in SAID_OF.values())


def test_every_reason_for_nobody_has_its_line(words: object) -> None:
    """Whoever presses "next person" and gets nobody reads why."""
    matched = [Matched(), Matched(full=True), Matched(relieved=True), Matched(kept=True)]
    named = {f"nobody_{each.why}" for each in matched}
    assert len(named) == len(matched)
    assert named <= set(words.SAID)  # type: ignore[attr-defined]


def test_every_line_that_a_redirect_names_is_there(words: object) -> None:
    """Each `said=` in the code has its line."""
    code = "".join(path.read_text() for path in TEMPLATES.parent.glob("*.py"))
    named = set(re.findall(r'said="(\w+)"', code)) | set(re.findall(r"said=(\w+)[\"&]", code))
    assert named
    assert named <= set(words.SAID)  # type: ignore[attr-defined]


def test_every_icon_is_in_the_sprite() -> None:
    """No template asks for an icon that the file lacks."""
    sprite = (TEMPLATES.parent / "static/vendor/icons.svg").read_text()
    have = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    asked: set[str] = set()
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text()
        asked |= set(re.findall(r'icon\("([a-z0-9-]+)"', source))
        for line in re.findall(r"_ICONS = \{(.*?)\}", source):
            asked |= set(re.findall(r': "([a-z0-9-]+)"', line))
    assert asked <= have

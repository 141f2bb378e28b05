"""`suar locales`: a language from an empty catalogue to reviewed words."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands import locales
from bot.content.load import ROOT, Content, load_content
from bot.content.pofile import catalogue_path, read_catalog, read_catalogue, write_catalog
from tests.support.languages import DRAFTS


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the content with Indonesian, English and Arabic, which the command works on."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    (tmp_path / "bot/desk/web").mkdir(parents=True)
    shutil.copytree(ROOT / "bot/desk/web/templates", tmp_path / "bot/desk/web/templates")
    folder = tmp_path / "locales"
    for code in ("id", "en", "ar"):
        shutil.copytree(ROOT / "locales" / code, folder / code, ignore=_not_compiled)
    shutil.copy(ROOT / "locales" / "ranks.yml", folder)
    set_state(folder, "planned")
    monkeypatch.setattr(locales, "ROOT", tmp_path)
    monkeypatch.setattr(locales, "FOLDER", folder)
    monkeypatch.setattr(locales, "TEMPLATE", folder / "suar.pot")
    monkeypatch.setattr(locales, "load_content", lambda: load_content(tmp_path))
    _empty(folder / "ar/LC_MESSAGES/suar.po")
    return tmp_path


def _empty(path: Path) -> None:
    """Take every translation out of a catalogue, as it is before its first translator."""
    catalog = read_catalog(path)
    for message in catalog:
        if message.id:
            message.string = ""
    write_catalog(path, catalog)


def _not_compiled(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".mo")]


def set_state(folder: Path, state: str) -> None:
    """Say how far Arabic is."""
    (folder / "locales.yml").write_text(
        "source: en\nlocales:\n"
        "  id: {name: Bahasa Indonesia, state: released, chain: [en]}\n"
        "  en: {name: English, state: released}\n"
        f"  ar: {{name: A, dir: rtl, state: {state}, chain: [en]}}\n",
        encoding="utf-8",
    )


def run(*words: str) -> Result:
    """Run a command of `suar locales`."""
    return CliRunner().invoke(locales.locales, words)


def words_of(root: Path) -> dict[str, str]:
    """Return what the Arabic catalogue says."""
    return read_catalogue(root / "locales", "ar").words


def test_drafts_are_imported_reviewed_and_compiled(root: Path) -> None:
    """Each step leaves a catalogue that the next one and the bot can read."""
    assert run("update").exit_code == 0
    assert run("import", "ar", str(DRAFTS / "ar.yml")).exit_code == 0
    assert words_of(root)["Menu"] == "القائمة"
    done = run("review", "ar", "menu", "--by", "BS")
    assert "reviewed by BS" in done.output
    assert run("update").exit_code == 0
    assert run("compile").exit_code == 0
    catalogue_path(root / "locales", "ar").unlink()
    assert "Menu" in read_catalogue(root / "locales", "ar").reviewed


def test_every_step_writes_a_catalogue_as_the_others_do(root: Path) -> None:
    """After an import or a review there is nothing that `update` would write otherwise."""
    path = catalogue_path(root / "locales", "ar")
    run("update")
    for step in (["import", "ar", str(DRAFTS / "ar.yml")], ["review", "ar", "menu", "--by", "BS"]):
        assert run(*step).exit_code == 0
        written = path.read_text(encoding="utf-8")
        run("update")
        assert path.read_text(encoding="utf-8") == written


def test_a_file_with_a_mistake_is_not_taken_at_all(root: Path, tmp_path: Path) -> None:
    """The good half of a broken file stays out too, and the catalogue as it was."""
    before = catalogue_path(root / "locales", "ar").read_text(encoding="utf-8")
    path = tmp_path / "drafts.yml"
    path.write_text("- {en: Menu, ar: ا}\n- {en: I have 4 words, ar: ب}\n", encoding="utf-8")
    done = run("import", "ar", str(path))
    assert done.exit_code != 0
    assert "numbers are missing: 4" in done.output
    assert catalogue_path(root / "locales", "ar").read_text(encoding="utf-8") == before


def test_the_list_of_what_is_missing_shrinks(root: Path) -> None:
    """`missing` prints what is still to be done, and no more."""
    before = run("missing", "ar").output
    run("import", "ar", str(DRAFTS / "ar.yml"))
    after = run("missing", "ar").output
    assert '- en: "Menu"\n' in before
    assert '- en: "Menu"\n' not in after
    assert len(after) < len(before)


def test_a_begun_language_needs_its_safety_texts_and_no_more(root: Path, content: Content) -> None:
    """A planned one may be empty; a begun one may lack answers, but nothing that somebody in danger reads."""
    run("update")
    assert run("check").exit_code == 0
    set_state(root / "locales", "begun")
    lacking = run("check")
    assert lacking.exit_code != 0
    assert "locales/ar: not translated: 'Menu'" in lacking.output
    assert content.answers["what_is_trafficking"].title not in lacking.output
    path = catalogue_path(root / "locales", "ar")
    catalog = locales.read_catalog(path)
    for text, rank in content.words.ranks.items():
        if rank == "safety":
            catalog[text].string = text
    write_catalog(path, catalog)
    assert run("check").exit_code == 0
    catalog["Menu"].flags.add("fuzzy")
    write_catalog(path, catalog)
    assert "locales/ar: not translated: 'Menu'" in run("check").output


def test_a_new_language_gets_a_catalogue_that_warns(root: Path) -> None:
    """`update` makes it, empty, and says at its top that nobody has read it."""
    catalogue_path(root / "locales", "ar").unlink()
    assert run("check").exit_code != 0
    assert run("update").exit_code == 0
    assert "NOT CHECKED" in catalogue_path(root / "locales", "ar").read_text(encoding="utf-8")
    assert words_of(root) == {}


@pytest.mark.parametrize("by", ["", "a, b", "x" * 41])
def test_a_review_needs_a_name(root: Path, by: str) -> None:
    """One that fits into its line."""
    assert run("review", "ar", "--by", by).exit_code == 2


def test_the_pseudo_language_keeps_placeholders(root: Path) -> None:
    """Accents everywhere but where the bot fills something in."""
    assert run("pseudo").exit_code == 0
    words = read_catalogue(root / "locales", "qps").words
    assert words["Menu"] == "Méñû~"
    assert words["{when}: {name} {number}. {confidentiality}"].startswith("{when}: {name} ")

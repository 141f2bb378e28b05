"""`suar locales`: the translators' round trip."""

from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.clock import SystemClock
from bot.commands.common import tell
from bot.content.catalogue import DOMAIN
from bot.content.check import Finding, check_content
from bot.content.extract import build_template
from bot.content.load import ROOT, load_content
from bot.errors import ContentError

FOLDER = ROOT / "locales"
TEMPLATE = FOLDER / f"{DOMAIN}.pot"
PSEUDO = "qps"
_ACCENTS = str.maketrans("aceinouyACEINOUY", "àçéïñôûÿÀÇÉÏÑÔÛŸ")


@click.group()
def locales() -> None:
    """Translations."""


@locales.command()
def extract() -> None:
    """Write the template that translators start from."""
    _write(TEMPLATE, build_template(ROOT, load_content()))
    tell(f"Wrote {TEMPLATE.relative_to(ROOT)}.")


@locales.command()
def update() -> None:
    """Bring every catalogue up to the template; what has changed is marked as fuzzy."""
    template = build_template(ROOT, load_content())
    _write(TEMPLATE, template)
    for path in _catalogues():
        catalog = _read(path)
        catalog.update(template, update_header_comment=True)
        _write(path, catalog)
        missing = sum(not message.string and bool(message.id) for message in catalog)
        tell(f"{path.relative_to(ROOT)}: {missing} to translate")


@locales.command(name="compile")
def compile_all() -> None:
    """Write the compiled catalogues, which start faster; a stale one is never read."""
    for path in _catalogues():
        catalog = _read(path)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        tell(f"Wrote {path.with_suffix('.mo').relative_to(ROOT)}.")


@locales.command()
def check() -> None:
    """Fail when a released language lacks a text, a placeholder or fits no button."""
    content = load_content()
    findings = check_content(ROOT, content, today=SystemClock().now().date())
    fresh = _as_text(build_template(ROOT, content))
    if not TEMPLATE.exists() or TEMPLATE.read_text(encoding="utf-8") != fresh:
        stale = str(TEMPLATE.relative_to(ROOT))
        findings.append(Finding(stale, "out of date; run `suar locales update`"))
    wrong = [finding for finding in findings if not finding.warning]
    for finding in findings:
        tell(f"{finding.where}: {finding.problem}")
    if wrong:
        raise ContentError(f"{len(wrong)} to mend", file="locales")
    tell("Every released language is complete.")


@locales.command()
def pseudo() -> None:
    """Write a catalogue of accented words, to find texts that are not translated and boxes that are too small."""
    catalog = build_template(ROOT, load_content())
    for message in catalog:
        if isinstance(message.id, str) and message.id:
            message.string = pseudo_of(message.id)
    path = FOLDER / PSEUDO / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, catalog)
    tell(f"Wrote {path.relative_to(ROOT)}.")


def pseudo_of(text: str) -> str:
    """Return `text` with accents and a third longer; placeholders stay."""
    parts: list[str] = []
    inside = False
    for char in text:
        inside = char == "{" or (inside and char != "}")
        parts.append(char if inside else char.translate(_ACCENTS))
    return "".join(parts) + "~" * (len(text) // 3)


def _catalogues() -> list[Path]:
    return sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain=DOMAIN)


def _write(path: Path, catalog: Catalog) -> None:
    path.write_text(_as_text(catalog), encoding="utf-8")


def _as_text(catalog: Catalog) -> str:
    buffer = BytesIO()
    write_po(
        buffer, catalog, width=100, omit_header=False, include_lineno=False, sort_output=False
    )
    lines = buffer.getvalue().decode("utf-8").splitlines(keepends=True)
    # Dates and the tool's version would make each run a change.
    return "".join(
        line
        for line in lines
        if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By'))
    )

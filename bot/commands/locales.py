"""`suar locales`: the translators' round trip."""

from collections.abc import Mapping
from pathlib import Path

import click
from babel.messages.catalog import Catalog

from bot.clock import SystemClock
from bot.commands.common import tell
from bot.content.catalogue import LocaleInfo, load_locales
from bot.content.check import Finding, check_catalog, check_content, wonder
from bot.content.extract import build_template
from bot.content.load import ROOT, load_content
from bot.content.pofile import (
    DOMAIN,
    as_text,
    catalogue_path,
    read_catalog,
    write_catalog,
    write_compiled,
)
from bot.content.ranks import RANKS, Rank
from bot.content.translating import (
    Tally,
    as_list,
    count,
    header_of,
    read_translations,
    review,
    take_in,
)
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
    TEMPLATE.write_text(as_text(build_template(ROOT, load_content())), encoding="utf-8")
    tell(f"Wrote {TEMPLATE.relative_to(ROOT)}.")


@locales.command()
def update() -> None:
    """Bring every catalogue up to the template; what has changed is marked as fuzzy, new languages get a catalogue."""
    template = build_template(ROOT, load_content())
    TEMPLATE.write_text(as_text(template), encoding="utf-8")
    for code, info in _listed().items():
        path = catalogue_path(FOLDER, code)
        catalog = _catalog(code) if path.exists() else _new(code)
        catalog.update(template)
        _write(code, catalog, info)
        missing = sum(not message.string and bool(message.id) for message in catalog)
        tell(f"{path.relative_to(ROOT)}: {missing} to translate")


@locales.command(name="compile")
def compile_all() -> None:
    """Write the compiled catalogues, which start faster; a stale one is never read."""
    for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        write_compiled(path, read_catalog(path))
        tell(f"Wrote {path.with_suffix('.mo').relative_to(ROOT)}.")


@locales.command()
@click.option("--strict", is_flag=True, help="Also tell what only looks odd.")
def check(*, strict: bool) -> None:
    """Fail when a language lacks what it must have, or says something wrong; count what each has."""
    content = load_content()
    template = build_template(ROOT, content)
    today = SystemClock().now().date()
    findings = check_content(ROOT, content, today=today, template=template)
    if not TEMPLATE.exists() or TEMPLATE.read_text(encoding="utf-8") != as_text(template):
        stale = str(TEMPLATE.relative_to(ROOT))
        findings.append(Finding(stale, "out of date; run `suar locales update`"))
    for code, info in _listed().items():
        if code == content.words.source:
            continue
        catalog = _catalog(code)
        if info.state == "planned":
            findings += check_catalog(code, catalog)
        if strict:
            findings += wonder(code, catalog)
        tell(_line(code, info, count(catalog)))
    for finding in findings:
        tell(f"{'warning: ' if finding.warning else ''}{finding.where}: {finding.problem}")
    wrong = sum(not finding.warning for finding in findings)
    if wrong:
        raise ContentError(f"{wrong} to mend", file="locales")
    tell("Every released language is complete, and every begun one has its safety texts.")


@locales.command(name="import")
@click.argument("locale")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def import_drafts(locale: str, files: tuple[Path, ...]) -> None:
    """Fill a catalogue from YAML lists of {en: …, LOCALE: …}; a file with a mistake is not taken at all."""
    catalog = _catalog(locale)
    pairs = [pair for path in files for pair in read_translations(path, locale)]
    refused = [*take_in(catalog, pairs)]
    for text, problem in refused:
        tell(f"{problem}: {text[:60]!r}")
    if refused:
        raise ContentError(f"{len(refused)} to mend; nothing was taken", file="locales")
    _write(locale, catalog, _listed()[locale])
    tell(f"Took {len(pairs)} translations as drafts.")
    tell(_line(locale, _listed()[locale], count(catalog)))


@locales.command(name="review")
@click.argument("locale")
@click.argument("places", nargs=-1)
@click.option("--by", required=True, help="Initials or name of whoever has read them.")
@click.option("--rank", type=click.Choice(RANKS), help="Only texts of this rank.")
def record_review(locale: str, places: tuple[str, ...], by: str, rank: Rank | None) -> None:
    """Record that a native speaker has read translations, all of them or those whose file is named like PLACES."""
    catalog = _catalog(locale)
    if not 0 < len(by.strip()) <= 40 or "," in by:
        raise click.BadParameter("1 to 40 characters, without commas", param_hint="--by")
    today = SystemClock().now().date()
    read = review(catalog, by.strip(), today, rank=rank, places=places)
    _write(locale, catalog, _listed()[locale])
    tell(f"{read} translations are reviewed by {by.strip()} now.")


@locales.command()
@click.argument("locale")
@click.option("--rank", type=click.Choice(RANKS), default="safety", show_default=True)
def missing(locale: str, rank: Rank) -> None:
    """Print the texts of a rank that LOCALE lacks, as the YAML list that `import` takes."""
    click.echo(as_list(_catalog(locale), locale, rank), nl=False)


@locales.command()
def pseudo() -> None:
    """Write a catalogue of accented words, to find texts that are not translated and boxes that are too small."""
    catalog = build_template(ROOT, load_content())
    for message in catalog:
        if isinstance(message.id, str) and message.id:
            message.string = pseudo_of(message.id)
    path = catalogue_path(FOLDER, PSEUDO)
    write_catalog(path, catalog)
    tell(f"Wrote {path.relative_to(ROOT)}.")


def pseudo_of(text: str) -> str:
    """Return `text` with accents and a third longer; placeholders stay."""
    parts: list[str] = []
    inside = False
    for char in text:
        inside = char == "{" or (inside and char != "}")
        parts.append(char if inside else char.translate(_ACCENTS))
    return "".join(parts) + "~" * (len(text) // 3)


def _line(code: str, info: LocaleInfo, tallies: Mapping[Rank, Tally]) -> str:
    parts = (
        f"{rank} {tally.translated}/{tally.wanted} ({tally.reviewed} reviewed)"
        for rank, tally in tallies.items()
    )
    return f"{code:4}{info.state:9} {', '.join(parts)}"


def _write(code: str, catalog: Catalog, info: LocaleInfo) -> None:
    """Write a catalogue under the head that its state asks for: reading it back loses a part of that."""
    catalog.header_comment, catalog.fuzzy = header_of(code, info), False
    write_catalog(catalogue_path(FOLDER, code), catalog)


def _listed() -> Mapping[str, LocaleInfo]:
    return load_locales(FOLDER)[1]


def _catalog(code: str) -> Catalog:
    path = catalogue_path(FOLDER, code)
    if not path.exists():
        raise ContentError(
            "the catalogue is missing; run `suar locales update`", file=str(path.relative_to(ROOT))
        )
    return read_catalog(path)


def _new(code: str) -> Catalog:
    try:
        return Catalog(locale=code, domain=DOMAIN, charset="utf-8")
    except ValueError:
        return Catalog(domain=DOMAIN, charset="utf-8")

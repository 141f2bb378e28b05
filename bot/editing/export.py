"""Writes the published edits into the files of the repository, so that they can be committed there.

Order, comments and form of a YAML file stay as they are; only what is different is written.
"""

import io
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.content.edits import FIELDS, Overlaid, fields_of
from bot.content.extract import build_template
from bot.content.load import ROOT, Content
from bot.content.pofile import DOMAIN, as_text, catalogue_path, forget_reviews, read_catalog
from bot.content.translating import header_of
from bot.editing.quiz_export import quiz_files

DATES = ("reviewed_on", "review_by")


def export(files: Content, overlaid: Overlaid, *, root: Path, out: Path) -> list[Path]:
    """Write the files with the published edits in them.

    Args:
        files: What the files below `root` say.
        overlaid: The same with the edits, those of quizzes as well.
        root: Holds `flows/` and `locales/`.
        out: Where to write; when it is not `root`, the files are copied there first.

    Returns:
        The files that are different from those below `root`, relative to it.
    """
    if out.resolve() != root.resolve():
        for folder in ("flows", "locales"):
            shutil.copytree(root / folder, out / folder, dirs_exist_ok=True)
    texts = {
        **_answers(files, overlaid.content, out),
        **quiz_files(files, overlaid.content, out),
        **_catalogues(files, overlaid, out),
    }
    different = [path for path, text in texts.items() if _is_new(path, text)]
    for path in different:
        path.write_text(texts[path], encoding="utf-8")
    return [path.relative_to(out) for path in different]


def _is_new(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text("utf-8") != text


def _answers(files: Content, content: Content, out: Path) -> dict[Path, str]:
    changed = {
        name: fields_of(content, name)
        for name in content.answers
        if fields_of(content, name) != fields_of(files, name)
    }
    found = {}
    for path in sorted((out / "flows" / "answers").glob("*.yml")):
        yaml = _yaml()
        data = yaml.load(path.read_text(encoding="utf-8"))
        here = [entry for entry in data["answers"] if entry["id"] in changed]
        for entry in here:
            _write_fields(entry, fields_of(files, entry["id"]), changed[entry["id"]])
        if here:
            stream = io.StringIO()
            yaml.dump(data, stream)
            found[path] = stream.getvalue()
    return found


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _write_fields(
    entry: CommentedMap, former: Mapping[str, Any], wanted: Mapping[str, Any]
) -> None:
    for name in FIELDS:
        if former[name] == wanted[name]:
            continue
        if wanted[name] is None or wanted[name] == {}:
            entry.pop(name, None)
        elif name in entry:
            entry[name] = _node(name, wanted[name])
        else:
            entry.insert(_place_of(name, entry), name, _node(name, wanted[name]))


def _place_of(name: str, entry: CommentedMap) -> int:
    """Return where a new key goes: behind the last of those that stand before it elsewhere."""
    before = ("id", "intent", "audience", "question", "title", "text", "more", "asked", "sources")
    earlier = before[: before.index(name)] if name in before else (*before, "action", "next")
    return max(number for number, key in enumerate(entry) if key in earlier) + 1


def _node(name: str, value: Any) -> Any:  # noqa: ANN401  # a field of an edit, a node of ruamel's
    if name in DATES:
        return date.fromisoformat(value)
    if name == "asked":
        return CommentedMap({code: list(listed) for code, listed in value.items()})
    if isinstance(value, list):
        node = CommentedSeq(value)
        node.fa.set_flow_style()
        return node
    if name in {"text", "more"} or "\n" in value:
        return LiteralScalarString(value)
    return value


def _catalogues(files: Content, overlaid: Overlaid, out: Path) -> dict[Path, str]:
    """Return the template and the catalogues with the new texts and words; words for a former text are fuzzy."""
    content = overlaid.content
    same = content.answers == files.answers and content.quizzes == files.quizzes
    if same and content.words == files.words:
        return {}
    template = build_template(ROOT, content)
    found = {out / "locales" / f"{DOMAIN}.pot": as_text(template)}
    for locale, info in content.words.listed.items():
        path = catalogue_path(out / "locales", locale)
        catalog = read_catalog(path)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.header_comment, catalog.fuzzy = header_of(locale, info), False
        if locale in content.words.catalogues:
            _write_words(catalog, files, overlaid, locale)
        found[path] = as_text(catalog, locale)
    return found


def _write_words(catalog: Catalog, files: Content, overlaid: Overlaid, locale: str) -> None:
    """Write the words that are others than in the files; a review of the former ones is none of these."""
    stale = {each.text for each in overlaid.stale if each.locale == locale}
    before = files.words.catalogues[locale]
    for text, said in overlaid.content.words.catalogues[locale].items():
        message = catalog.get(text)
        if message is None or before.get(text) == said:
            continue
        message.string = said
        forget_reviews(message)
        (message.flags.add if text in stale else message.flags.discard)("fuzzy")

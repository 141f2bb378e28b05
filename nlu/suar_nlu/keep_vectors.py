"""`python -m suar_nlu.keep_vectors`: computes the sentence vectors that come with the project; after changes of the data."""

from __future__ import annotations

from collections.abc import Iterator

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.copies import make_copies
from suar_nlu.examples import load_examples
from suar_nlu.progress import report
from suar_nlu.vectors import write_kept
from suar_nlu.views import make_views


def main() -> None:
    """Write `vectors/`."""
    texts: dict[str, list[str]] = {}
    for language, text in list_texts():
        texts.setdefault(language, []).append(text)
    report(f"kept {write_kept(paths.VECTORS, texts, paths.get_cache_dir())} vectors")


def list_texts() -> Iterator[tuple[str, str]]:
    """Yield the language and text of everything that a training embeds."""
    for example in load_examples(paths.DATA):
        text = clean(example.text)
        yield example.language, text
        for copy in make_copies(text):
            yield example.language, copy
    for example in load_examples(paths.BLIND / "validation"):
        views = make_views(clean(example.text))
        for text in (*views.whole, *views.windows):
            yield example.language, text


if __name__ == "__main__":
    main()

"""`python -m suar_nlu.evaluate`: judge intents and risk per language, on blind messages or by cross-validation.

A table goes to stderr, the same figures as one JSON object to stdout. Copies of a held-out example never help to
train the fold that judges it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.metrics import f1_score

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.copies import make_copies
from suar_nlu.corpus import Corpus
from suar_nlu.examples import DataError, Example, load_examples
from suar_nlu.folds import assign_folds
from suar_nlu.intent_model import fit_intents
from suar_nlu.progress import report
from suar_nlu.ridge import Rows
from suar_nlu.risk_model import fit_risk
from suar_nlu.settings import Settings, load_settings
from suar_nlu.space import fit_space
from suar_nlu.taxonomy import LEVELS
from suar_nlu.vectors import embed_for_training, get_embedder
from suar_nlu.views import make_views

HARD_NEGATIVES = "hard_negatives"


@dataclass(frozen=True)
class Judged:
    """What the models said about one held-out example."""

    example: Example
    ranking: tuple[str, ...]
    level: str
    kinds: tuple[str, ...]
    subject: str

    @property
    def right(self) -> bool:
        """True when the first intent is the labelled one."""
        return self.ranking[0] == self.example.intent


def main() -> int:
    """Run the command line; returns the exit code."""
    args = _parse_arguments()
    try:
        examples, settings = load_examples(paths.get_data_dir()), load_settings()
        if args.on == "training":
            judged = cross_validate(examples, settings, folds=args.folds)
        else:
            judged = judge_blind(examples, load_examples(paths.BLIND / args.on), settings)
    except DataError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    figures = summarise(judged)
    sys.stderr.write(render_table(figures))
    if args.errors:
        sys.stderr.writelines(_describe_errors(judged))
    print(json.dumps(figures, ensure_ascii=False))  # noqa: T201 (the answer of a command)
    return 0


def cross_validate(examples: Sequence[Example], settings: Settings, *, folds: int) -> list[Judged]:
    """Judge every example by models that have not seen it, in the order of the folds."""
    variants = [(text, origin, example) for example in examples for text, origin in _vary(example)]
    report(f"embedding {len(variants)} texts")
    texts = [text for text, _, _ in variants]
    vectors = embed_for_training(texts, paths.get_cache_dir())
    known = dict(zip(texts, vectors, strict=True))
    fold_of = assign_folds(
        [o for _, o, _ in variants], [f"{e.intent} {e.risk}" for _, _, e in variants], folds
    )
    judged: list[Judged] = []
    for fold in range(folds):
        report(f"fold {fold + 1} of {folds}")
        judged += _judge_fold(variants, vectors, fold_of == fold, known, settings)
    return judged


def judge_blind(
    examples: Sequence[Example], blind: Sequence[Example], settings: Settings
) -> list[Judged]:
    """Judge messages that nobody has learned from, by models of all training examples."""
    variants = [(text, origin, example) for example in examples for text, origin in _vary(example)]
    taught = {text for text, _, _ in variants}
    # A short message such as "ok" may stand in both; one that was learned proves nothing.
    asked = [(clean(example.text), example) for example in blind]
    variants += [(text, text, example) for text, example in asked if text not in taught]
    report(f"embedding {len(variants)} texts")
    texts = [text for text, _, _ in variants]
    vectors = embed_for_training(texts, paths.get_cache_dir())
    known = dict(zip(texts, vectors, strict=True))
    held_out = np.array([text not in taught for text in texts])
    report("fitting")
    return list(_judge_fold(variants, vectors, held_out, known, settings))


def _vary(example: Example) -> Iterator[tuple[str, str]]:
    text = clean(example.text)
    yield text, text
    for copy in make_copies(text):
        yield copy, text


def _judge_fold(
    variants: Sequence[tuple[str, str, Example]],
    vectors: Rows,
    held_out: NDArray[np.bool_],
    known: dict[str, Rows],
    settings: Settings,
) -> Iterator[Judged]:
    corpus = _make_corpus(
        [v for v, out in zip(variants, held_out, strict=True) if not out], vectors[~held_out]
    )
    kept = corpus.is_original
    space = fit_space(
        corpus.rows[kept],
        [lang for lang, keep in zip(corpus.languages, kept, strict=True) if keep],
        [intent for intent, keep in zip(corpus.intents, kept, strict=True) if keep],
        scale=settings.scale,
        min_languages=settings.min_languages,
    )
    corpus = corpus.with_rows(space.project(corpus.rows))
    intents, risks = fit_intents(corpus, settings.intents), fit_risk(corpus, settings.risk)
    for text, origin, example in (v for v, out in zip(variants, held_out, strict=True) if out):
        if text != origin:
            continue
        views = make_views(text)
        everything = [*views.whole, *views.windows]
        rows = space.project(
            np.stack(
                [
                    known[view] if view in known else get_embedder().embed([view])[0]
                    for view in everything
                ]
            )
        )
        lowered = [view.lower() for view in everything]
        ranking = intents.rank(rows[: len(views.whole)], lowered[: len(views.whole)])
        risk = risks.judge(rows, lowered)
        yield Judged(
            example, tuple(name for name, _ in ranking), risk.level, risk.kinds, risk.subject
        )


def _make_corpus(variants: Sequence[tuple[str, str, Example]], rows: Rows) -> Corpus:
    examples = [example for _, _, example in variants]
    return Corpus(
        rows,
        [text.lower() for text, _, _ in variants],
        [origin.lower() for _, origin, _ in variants],
        [e.language for e in examples],
        [e.intent for e in examples],
        [e.risk for e in examples],
        [e.kinds for e in examples],
        [e.subject for e in examples],
    )


def summarise(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Return the figures per language and for all; shares are rounded to three places, absent groups give NaN."""
    groups = {"all": list(judged)}
    for language in sorted({j.example.language for j in judged}):
        groups[language] = [j for j in judged if j.example.language == language]
    return {name: _count(group) for name, group in groups.items()}


def _count(group: Sequence[Judged]) -> dict[str, float]:
    true = np.array([LEVELS.index(j.example.risk) for j in group])
    found = np.array([LEVELS.index(j.level) for j in group])
    hard = np.array([j.example.source.startswith(HARD_NEGATIVES) for j in group], bool) & (
        true == 0
    )
    told = [j for j in group if j.example.risk != "none" and j.level != "none"]
    figures = {
        "messages": len(group),
        "intent_accuracy": _share(np.array([j.right for j in group])),
        "intent_macro_f1": float(
            f1_score(
                [j.example.intent for j in group], [j.ranking[0] for j in group], average="macro"
            )
        ),
        "intent_top3": _share(np.array([j.example.intent in j.ranking[:3] for j in group])),
        "risk_serious_noticed": _share(found[true >= 2] >= 1),
        "risk_serious_recall": _share(found[true >= 2] >= 2),
        "risk_immediate_noticed": _share(found[true == 3] >= 1),
        "risk_immediate_serious": _share(found[true == 3] >= 2),
        "risk_immediate_recall": _share(found[true == 3] == 3),
        "risk_concern_noticed": _share(found[true == 1] >= 1),
        "risk_false_alarms": _share(found[true == 0] >= 1),
        "risk_false_serious": _share(found[true == 0] >= 2),
        "risk_false_alarms_hard": _share(found[hard] >= 1),
        "risk_false_serious_hard": _share(found[hard] >= 2),
        "kinds_f1": _kinds_f1(told),
        "subject_accuracy": _share(np.array([j.subject == j.example.subject for j in told])),
    }
    for name, hits in (
        ("intent_accuracy", np.array([j.right for j in group])),
        ("risk_serious_noticed", found[true >= 2] >= 1),
        ("risk_immediate_serious", found[true == 3] >= 2),
        ("risk_false_alarms", found[true == 0] >= 1),
        ("risk_false_alarms_hard", found[hard] >= 1),
    ):
        figures[f"{name}_low"], figures[f"{name}_high"] = bounds(int(np.sum(hits)), len(hits))
    return {name: round(value, 3) for name, value in figures.items()}


def bounds(hits: int, of: int) -> tuple[float, float]:
    """Return the exact 95% bounds of a share (Clopper and Pearson); NaN of nothing."""
    if not of:
        return float("nan"), float("nan")
    low = float(beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return low, high


def _share(hits: Any) -> float:
    return float(np.mean(hits)) if len(hits) else float("nan")


def _kinds_f1(told: Sequence[Judged]) -> float:
    both = sum(len(set(j.kinds) & set(j.example.kinds)) for j in told)
    total = sum(len(j.kinds) + len(j.example.kinds) for j in told)
    return 2 * both / total if total else float("nan")


def render_table(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures as lines of text, one column a language."""
    names = list(figures)
    lines = [f"{'':26}" + "".join(f"{name:>9}" for name in names)]
    lines += [
        f"{row:26}" + "".join(f"{figures[name][row]:9g}" for name in names)
        for row in figures[names[0]]
    ]
    return "\n".join(lines) + "\n"


def _describe_errors(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the misjudged TRAINING examples, which are in the repository anyway; never a person's message."""
    for j in judged:
        e = j.example
        if LEVELS.index(e.risk) >= 2 > LEVELS.index(j.level) or (e.risk == "none") != (
            j.level == "none"
        ):
            yield f"risk {e.language} {e.risk} -> {j.level}: {e.text}\n"
        if not j.right:
            yield f"intent {e.language} {e.intent} -> {j.ranking[0]}: {e.text}\n"


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="suar_nlu.evaluate", description="Judge language understanding per language."
    )
    parser.add_argument(
        "--on",
        choices=("test", "validation", "training"),
        default="test",
        help="blind messages of either kind, or the training data by cross-validation",
    )
    parser.add_argument("--folds", type=int, default=5, help="number of folds")
    parser.add_argument(
        "--errors", action="store_true", help="also list the misjudged training examples"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

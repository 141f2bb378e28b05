"""Turns the settings in `config.yml` into the options of the models, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from suar_nlu.network import NetworkOptions
from suar_nlu.risk_model import RiskOptions

Options = TypeVar("Options", NetworkOptions, RiskOptions)


def pick_options(kind: type[Options], config: dict[str, Any]) -> Options:
    """Build options from the settings of a component, ignoring what Rasa adds to them."""
    return kind(
        **{field.name: float(config[field.name]) for field in fields(kind) if field.name in config}
    )


def default_config(kind: type[Options]) -> dict[str, Any]:
    """Return the defaults of options in the form that a Rasa component declares."""
    return {field.name: field.default for field in fields(kind)}

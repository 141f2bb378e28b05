"""The Rasa component that says how much danger a message speaks of. It never touches the intent."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.language import LanguageIdentifier
from suar_nlu.message import LABELS, READING, Reading, split_messages
from suar_nlu.risk_model import NO_RISK, RiskModel, RiskOptions, fit_risk
from suar_nlu.settings import default_config, pick_options
from suar_nlu.storage import load_arrays, save_arrays
from suar_nlu.taxonomy import get_taxonomy

RISK = "risk"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskDetector(GraphComponent):
    """Writes `risk`: level, kinds (likeliest first), subject, the probability of each level, and whether to doubt it."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what has to come first in the pipeline."""
        return [LanguageIdentifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings, which are those of `RiskOptions`."""
        return default_config(RiskOptions)

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: RiskModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskDetector:
        """Return an untrained component."""
        del execution_context
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RiskDetector:
        """Return a trained component from the archive."""
        del execution_context, kwargs
        return cls(
            config,
            model_storage,
            resource,
            RiskModel.from_arrays(
                load_arrays(model_storage, resource), pick_options(RiskOptions, config)
            ),
        )

    def train(self, training_data: TrainingData) -> Resource:
        """Calibrate on the held-out messages, language by language."""
        lessons, held_out = split_messages(training_data)
        languages = {message.get(LABELS).example.language for message in lessons}
        readings: list[Reading] = [message.get(READING) for message in held_out]
        self._model = fit_risk(
            get_taxonomy().kinds,
            pick_options(RiskOptions, self._config),
            [reading.everything for reading in readings],
            np.array([reading.languages for reading in readings]).reshape(-1, len(languages)),
            [message.get(LABELS).example.risk for message in held_out],
        )
        save_arrays(self._storage, self._resource, self._model.to_arrays())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge messages being parsed."""
        if self._model is None:
            msg = "RiskDetector has to be trained or loaded first"
            raise RuntimeError(msg)
        for message in messages:
            reading: Reading = message.get(READING)
            # Digits, punctuation and emoji alone tell of nothing; the vectors of such texts mean little.
            worded = any(char.isalpha() for char in message.get(TEXT))
            weights = reading.languages
            told = worded and weights is not None
            risk = self._model.judge(reading.everything, weights) if told else NO_RISK
            found = {
                "level": risk.level,
                "kinds": list(risk.kinds),
                "subject": risk.subject,
                "scores": risk.scores,
                "doubt": risk.doubt,
            }
            message.set(RISK, found, add_to_output=True)
        return messages

"""The Rasa component that names the intent of a message."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.intent_model import IntentModel, fit_intents
from suar_nlu.message import READING, Reading, split_messages
from suar_nlu.reader import NetworkReader
from suar_nlu.storage import load_arrays, save_arrays
from suar_nlu.taxonomy import get_taxonomy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SemanticIntentClassifier(IntentClassifier, GraphComponent):
    """Writes `intent` and `intent_ranking`; confidences are probabilities."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what has to come first in the pipeline."""
        return [NetworkReader]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: the length of the ranking."""
        return {"ranking_length": 5}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
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
    ) -> SemanticIntentClassifier:
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
    ) -> SemanticIntentClassifier:
        """Return a trained component from the archive."""
        del execution_context, kwargs
        arrays = load_arrays(model_storage, resource)
        temperature, outside = float(arrays["temperature"]), float(arrays["outside"])
        model = IntentModel(tuple(arrays["names"].tolist()), temperature, outside)
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Calibrate on the held-out messages."""
        _, held_out = split_messages(training_data)
        self._model = fit_intents(
            get_taxonomy().intents,
            [message.get(READING).whole for message in held_out],
            [message.get(INTENT) for message in held_out],
        )
        arrays = {
            "names": np.array(self._model.names, dtype=str),
            "temperature": np.array(self._model.temperature),
            "outside": np.array(self._model.outside),
        }
        save_arrays(self._storage, self._resource, arrays)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Name the intents of messages being parsed."""
        if self._model is None:
            msg = "SemanticIntentClassifier has to be trained or loaded first"
            raise RuntimeError(msg)
        for message in messages:
            reading: Reading = message.get(READING)
            ranking = [
                {"name": name, "confidence": round(prob, 6)}
                for name, prob in self._model.rank(reading.whole)[: self._config["ranking_length"]]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

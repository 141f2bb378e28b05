"""Runs in Rasa's own environment: keeps the examples that people wrote, as our components expect.

When Rasa learns rules as well, it adds an empty example for each intent and action that a rule names.
"""

# mypy: disable-error-code="import-not-found"
# (Rasa lives in the other environment.)
from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class WrittenOnly(GraphComponent):  # type: ignore[misc]  # Rasa ships no types
    """The first component of the pipeline while it learns; afterwards it does nothing."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WrittenOnly:
        """Return a new component; it has no settings."""
        del config, model_storage, resource, execution_context
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave out what comes from the rules."""
        return TrainingData(training_data.nlu_examples)

    def process(self, messages: list[Message]) -> list[Message]:
        """Leave messages being parsed alone."""
        return messages

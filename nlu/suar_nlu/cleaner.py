"""The first component: replaces a message by its cleaned text."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.cleaning import clean


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MessageCleaner(GraphComponent):
    """Cleans messages being parsed; training examples come cleaned from the importer.

    Without it a message that starts with a slash would be taken for one of Rasa's commands, and printed to the log.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageCleaner:
        """Return a new component; it has no settings."""
        del config, model_storage, resource, execution_context
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples alone: the importer has cleaned them."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace each text; a message that is not text counts as empty."""
        for message in messages:
            text = message.get(TEXT)
            message.set(TEXT, clean(text) if isinstance(text, str) else "", add_to_output=True)
        return messages

"""Brings the training files into Rasa: language from the folder, risk labels from the metadata, copies added.

Rasa's own reader would drop the language and read brackets in a message as entities.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_model_configuration

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.copies import make_copies
from suar_nlu.examples import load_examples
from suar_nlu.message import Labels, make_training_message


class SuarImporter(TrainingDataImporter):
    """Reads `data/<language>/*.yml` (or the folder in SUAR_NLU_DATA) and `blind/validation` beside it."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: Any = None,
    ) -> None:
        del training_data_paths  # the data folder is part of the project
        self._config_file = config_file or str(paths.CONFIG)
        self._domain_path = domain_path or str(paths.DOMAIN)
        self._read: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return every example followed by its copies, then what is held out; `language` is Rasa's and means nothing here."""
        del language
        if self._read is None:  # Rasa asks several times
            self._read = TrainingData([*_read_lessons(), *_read_held_out()])
        return self._read

    def get_config(self) -> dict[str, Any]:
        """Return `config.yml`."""
        return dict(read_model_configuration(self._config_file))

    def get_config_file_for_auto_config(self) -> str:
        """Return where `config.yml` lies."""
        return self._config_file

    def get_domain(self) -> Domain:
        """Return `domain.yml`."""
        return Domain.load(self._domain_path)

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return nothing: the conversation is led elsewhere."""
        del exclusion_percentage
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        """Return nothing: the conversation is led elsewhere."""
        return StoryGraph([])


def _read_lessons() -> Iterator[Message]:
    for example in load_examples(paths.get_data_dir()):
        text = clean(example.text)
        for variant in (text, *make_copies(text)):
            yield make_training_message(variant, Labels(example, text))


def _read_held_out() -> Iterator[Message]:
    folder = paths.get_validation_dir()
    if folder.is_dir():
        for example in load_examples(folder):
            text = clean(example.text)
            yield make_training_message(text, Labels(example, text, held_out=True))

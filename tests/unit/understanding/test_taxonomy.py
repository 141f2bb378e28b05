"""The taxonomy as the desk reads it is the one that the language model is trained with."""

import yaml

from bot.content.load import ROOT
from bot.understanding.model import RiskLevel
from bot.understanding.taxonomy import LANGUAGES, PATH, get_taxonomy


def test_every_group_is_there_with_its_lines() -> None:
    """Ids come in the file's order, each with its one line, or none where the id says it all."""
    raw = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    taxonomy = get_taxonomy()
    assert list(taxonomy.intents) == [*raw["acts"], *raw["topics"]]
    assert list(taxonomy.kinds) == list(raw["risk_kinds"])
    assert taxonomy.acts["greet"] == ""
    assert taxonomy.topics["legal_route"] == raw["topics"]["legal_route"]


def test_the_levels_are_those_that_the_code_knows() -> None:
    """A level of the file is a level of the queue, in the same order."""
    assert list(get_taxonomy().levels) == [level.label for level in RiskLevel]


def test_the_languages_are_those_with_training_data() -> None:
    """A reviewed message always finds its folder."""
    folders = {path.name for path in (ROOT / "nlu" / "data").iterdir() if path.is_dir()}
    assert set(LANGUAGES) == folders

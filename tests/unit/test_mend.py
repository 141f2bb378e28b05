"""What is wrong in a file comes with the next thing to do."""

from datetime import date
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.mend import did_you_mean, mend_of


class Thing(BaseModel):
    """A model with each kind of field that the content has."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=5)
    kind: Literal["a", "b"] = "a"
    day: date | None = None
    many: tuple[int, ...] = Field(default=(1,), min_length=1)


@pytest.mark.parametrize(
    ("data", "mend"),
    [
        ({}, "add `title:`"),
        ({"title": "seven77"}, "shorten it by 2"),
        ({"title": ""}, "write something, or take the key out"),
        ({"title": "x", "many": []}, "write something, or take the key out"),
        ({"title": "x", "kinds": "a"}, "take it out, or correct its name; did you mean `kind`?"),
        ({"title": "x", "zzz": "a"}, "take it out, or correct its name"),
        ({"title": "x", "kind": "c"}, "use one of 'a' or 'b'"),
        ({"title": "x", "day": "soon"}, "write the day as 2026-11-30"),
        ({"title": "x", "many": ["one"]}, None),
    ],
)
def test_each_mistake_has_its_mend(data: dict[str, object], mend: str | None) -> None:
    """The mend names what to write; where the message says all, there is none."""
    with pytest.raises(ValidationError) as caught:
        Thing.model_validate(data)
    assert mend_of(caught.value.errors()[0], Thing) == mend


def test_only_a_likely_name_is_suggested() -> None:
    """A guess that nobody would understand is not made."""
    assert did_you_mean("palermoo", ["palermo", "other"]) == "; did you mean `palermo`?"
    assert did_you_mean("zzz", ["palermo", "other"]) == ""

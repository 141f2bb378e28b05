"""Real shapes of what platforms post, each in a file of its own under `tests/data/`; everybody in them is made up."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

DATA = Path(__file__).parents[1] / "data"
FOLDERS = {"whatsapp": DATA / "whatsapp", "telegram": DATA / "telegram" / "shapes"}
Json = dict[str, Any]


def shapes(platform: str) -> dict[str, Json]:
    """Return each shape of `whatsapp` or `telegram`, by its name."""
    found = {path.stem: path for path in sorted(FOLDERS[platform].glob("*.json"))}
    return {name: json.loads(path.read_text()) for name, path in found.items()}


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["", "0", "-1", "9" * 30, "\x00", "\ud800".encode("utf-8", "replace").decode()]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@st.composite
def bent(draw: st.DrawFn, shape: Json) -> Json:
    """Return a shape of which a few parts are missing, of another type, doubled, or new."""
    made = copy.deepcopy(shape)
    for _ in range(draw(st.integers(1, 3))):
        _bend(draw, made)
    return made


def _bend(draw: st.DrawFn, data: Any) -> None:
    """Change one part of `data`, anywhere in it."""
    while True:
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        deeper = isinstance(data[key], dict | list) and bool(data[key])
        if not deeper or draw(st.integers(0, 3)) == 0:
            break
        data = data[key]
    act = draw(st.sampled_from(["drop", "type", "add", "double"]))
    if act == "drop":
        del data[key]
    elif act == "type":
        data[key] = draw(anything)
    elif act == "double" and isinstance(data, list):
        data.append(copy.deepcopy(data[key]))
    elif isinstance(data, dict):
        data[draw(st.text(min_size=1, max_size=8))] = draw(anything)

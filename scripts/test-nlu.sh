#!/bin/sh
# The language model: it learns, its own project's tests, and what is released must not fall under nlu/limits.yml.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/suar nlu train >/dev/null
(
  cd nlu
  ../.venv/uv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock
  PYTHONPATH=. .venv/bin/python -m pytest tests -q -p no:cacheprovider
)
.venv/bin/suar nlu test >/dev/null

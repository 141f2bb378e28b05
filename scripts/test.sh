#!/bin/sh
# Every check and the whole suite, in the order in which a mistake shows soonest.
set -eu
cd "$(dirname "$0")/.."
# Dozens of processes start here; without stored bytecode each compiles all that it imports, the language model's for 12 s.
unset PYTHONDONTWRITEBYTECODE
sh scripts/chromium.sh
echo "== Style, imports, texts"
sh scripts/lint.sh
echo "== Types"
.venv/bin/mypy bot
echo "== Language model"
.venv/bin/suar nlu train >/dev/null
(
  cd nlu
  ../.venv/uv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock
  PYTHONPATH=. .venv/bin/python -m pytest tests -q -p no:cacheprovider
)
.venv/bin/suar nlu test >/dev/null  # fails where what is released falls under nlu/limits.yml
echo "== Suar"
# Two files at a time: each process starts a database, a browser and a language model of its own when it needs them.
.venv/bin/python -m pytest tests/unit tests/flows tests/channels tests/integration -n 2 --dist loadfile "$@"
# Whole processes beside each other, which need the machine for themselves.
exec .venv/bin/python -m pytest tests/acceptance "$@"

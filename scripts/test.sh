#!/bin/sh
# Every check and the whole suite, in the order in which a mistake shows soonest.
set -eu
cd "$(dirname "$0")/.."
# Dozens of processes start here; without stored bytecode each compiles all that it imports, the language model's for 12 s.
unset PYTHONDONTWRITEBYTECODE
sh scripts/chromium.sh
# The language model learns meanwhile: that, the checks and the types have one thread each most of the time.
said=$(mktemp)
setsid sh scripts/test-nlu.sh >"$said" 2>&1 &  # a group of its own, so that all of it ends with us
model=$!
trap 'kill -- "-$model" 2>/dev/null || true; rm -f "$said"' EXIT
trap 'exit 130' INT TERM
echo "== Style, imports, texts"
sh scripts/lint.sh
echo "== Types"
.venv/bin/mypy bot
echo "== Language model"
wait "$model" || { cat "$said"; exit 1; }
cat "$said"
rm -f "$said"
trap - EXIT INT TERM
echo "== Suar"
# Two files at a time: each process starts a database, a browser and a language model of its own when it needs them. Those that
# take long come first and in this order, so that no long one is left alone at the end.
.venv/bin/python -m pytest tests/integration tests/channels tests/unit tests/flows -n 2 --dist loadfile --no-loadscope-reorder "$@"
# Whole processes beside each other, which need the machine for themselves.
exec .venv/bin/python -m pytest tests/acceptance "$@"

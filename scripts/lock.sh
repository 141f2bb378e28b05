#!/bin/sh
# Pins every package with its hashes. No index stands in the result, so that any mirror can serve it.
set -eu
cd "$(dirname "$0")/.."
.venv/uv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header \
  --universal --python-version 3.11 --group dev pyproject.toml -o requirements.lock

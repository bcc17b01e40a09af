# Streetlake: every task, each of which sets up all it needs. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.streetlake-setup
RESIDENTS ?= 20000
NIGHTS ?= 3
SEED ?= 1
DEMO_HOME ?= data/demo

export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check lint types imports sql contracts contracts-check ui lock wheelhouse clean

help: ## List the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(STAMP) ## Install everything from the hash-pinned lock file into .venv, nothing else

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Streetlake needs Python 3.11 to 3.13, and $(PYTHON) is %d.%d: name another with make PYTHON=python3.11 ..." % v)'
	@echo "Setting up $(VENV) (a few minutes the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'from orchestration.dbt import ensure_manifest; ensure_manifest()'
	@touch $(STAMP)

demo: setup ## Three nights of a simulated district of 20,000 residents, from exports to a published snapshot
	@$(BIN)/streetlake demo --residents $(RESIDENTS) --nights $(NIGHTS) --seed $(SEED) --home $(DEMO_HOME)

test: setup ## Run the whole test suite, in two processes
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

test-fast: setup ## Run the tests that take less than ten seconds each
	@$(BIN)/python -m pytest -q -m "not slow"

check: setup lint types imports sql contracts-check ## Lint, types, import rules, SQL style, rendered contracts: what CI runs

lint: setup ## Style of the Python code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## mypy --strict
	@$(BIN)/mypy

imports: setup ## Imports flow one way
	@$(BIN)/lint-imports

sql: setup ## Style of the dbt models
	@$(BIN)/sqlfluff lint dbt/models dbt/tests --disable-progress-bar

contracts: setup ## Render what the contracts imply: dbt sources, staging views, dictionary
	@$(BIN)/streetlake contracts render

contracts-check: setup ## Contracts are right, and what is rendered from them is up to date
	@$(BIN)/streetlake contracts check

ui: setup ## Dagster's pages on the demo home
	@$(BIN)/streetlake ui --home $(DEMO_HOME)

lock: ## Renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.lock

wheelhouse: setup ## Download every locked wheel into wheelhouse/, to carry to a closed network
	@$(BIN)/python -m pip download --quiet --require-hashes -r requirements.lock -d wheelhouse

clean: ## Remove the demo home and caches
	rm -rf $(DEMO_HOME) .mypy_cache .ruff_cache .pytest_cache .hypothesis dbt/target

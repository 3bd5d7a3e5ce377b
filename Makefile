# Two commands matter: `make run` and `make test`. `make help` lists them all.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
VENV_RASA := .venv-rasa
BIN := $(VENV)/bin
# The first of these that runs and is new enough (a shim may exist and not run).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# The same for Rasa, which needs 3.10: on the path, pyenv's, or one that uv has fetched.
PYTHON310 ?= $(shell for p in python3.10 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.10.*/bin/python3.10 \
  "$$($(BIN)/uv python find --no-python-downloads 3.10 2>/dev/null)"; do \
  $$p -c 'import sys; sys.version_info[:2] == (3, 10) or sys.exit(1); print(sys.executable)' 2>/dev/null && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST_WORKERS ?= 3

.PHONY: help install run test check model rasa soak lock clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/run.stamp ## Make .venv with everything pinned, and .venv/bin/bot; start nothing

run: install ## Install, then run: web chat at http://127.0.0.1:8000/
	@$(BIN)/bot run

test: $(VENV)/dev.stamp ## Install, then run every test (8 minutes at most on two cores)
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

check: $(VENV)/dev.stamp ## Format, lint, types, import rules, the staff's files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/bot check

model: $(VENV)/run.stamp ## Learn the shipped examples anew, after a change in intents/
	@$(BIN)/bot nlu train --shipped

rasa: $(VENV_RASA)/rasa.stamp ## Rasa into .venv-rasa, where Python 3.10 is found (2.5 GB)

soak: $(VENV)/dev.stamp ## The long forms of the tests; writes its table to docs/soak.md
	@$(BIN)/python -m pytest -m soak -n 0 -o addopts="--import-mode=importlib -q" --soak

lock: $(VENV)/dev.stamp ## Resolve the locks anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet --upgrade -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -c requirements.lock -o requirements-dev.lock
	@$(BIN)/uv pip compile requirements-rasa.in --universal --python-version 3.10 --generate-hashes --system-certs \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements-rasa.lock

clean: ## Remove .venv, .venv-rasa and caches; var/ (the database) stays
	@rm -rf $(VENV) $(VENV_RASA) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

# A stamp is newer than its lock when the environment is up to date: the second call installs nothing.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/where/python3.11"; exit 2; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml hatch_build.py | $(VENV)/bin/python
	@echo "Installing the pinned libraries (a minute or two, once) ..."
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "Installing the tools for tests and checks ..."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV_RASA)/rasa.stamp: requirements-rasa.lock | $(VENV)/dev.stamp
	@test -n "$(PYTHON310)" || { echo "Rasa needs Python 3.10, which is not here: '$(BIN)/uv python install 3.10', or say" \
	  "make rasa PYTHON310=/where/python3.10. The built-in classifier needs neither."; exit 2; }
	@echo "Making $(VENV_RASA) with $$("$(PYTHON310)" --version) ..."
	@$(BIN)/uv venv --quiet --clear --python "$(PYTHON310)" $(VENV_RASA)
	@$(BIN)/uv pip install --quiet --system-certs --require-hashes --python $(VENV_RASA)/bin/python -r requirements-rasa.lock
	@touch $@

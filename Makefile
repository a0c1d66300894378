# Every target sets up what it needs in .venv; the second run finds it there.
#   PYTHON=python3.12 make test      takes that interpreter for the environment

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PEERS := tests/benchmarks/requirements.txt
IS_QUICK = $(filter-out 0,$(QUICK))
CONSTRAINTS := tests/house/constraints.txt
BUNDLE := flowlab/static/widget.js
NOTEBOOK ?= notebooks/quickstart.ipynb
EXECUTED := build/$(notdir $(NOTEBOOK))
RUN_TESTS = $(BIN)/python -m pytest
SIDE_BY_SIDE = -n 2 --dist loadscope --no-loadscope-reorder

# A python3 that is new enough; nothing when there is none.
FIND_PYTHON = for each in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		command -v $$each; break; fi; done

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS)

.PHONY: help demo lab test test-long check format bench docs dist clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
		while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

demo: $(VENV)/.has-demo  ## run the quickstart notebook on local engines; takes about a minute
	@$(BIN)/python notebooks/run.py $(NOTEBOOK)

lab: $(VENV)/.has-lab  ## open the notebook in JupyterLab, the executed copy if there is one
	@if [ -e $(EXECUTED) ]; then $(BIN)/jupyter lab $(EXECUTED); \
		else $(BIN)/jupyter lab $(NOTEBOOK); fi

test: check | browser  ## check, then all tests but the long ones
	$(RUN_TESTS) -m 'not long' --ignore tests/house $(SIDE_BY_SIDE)

test-long: $(VENV)/.has-test | browser  ## the long tests
	$(RUN_TESTS) -m long $(SIDE_BY_SIDE)

check: $(VENV)/.has-test  ## the house rules: format, lint, types, floors, sizes, links
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd js && npm run --silent check && npm run --silent test
	$(RUN_TESTS) -m "not long" tests/house -n 2 --dist loadfile

format: $(VENV)/.has-test  ## write what `check` would ask for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd js && npm run --silent format

bench: $(BENCH)/.has-peers $(if $(IS_QUICK),,$(VENV)/.has-test) | $(if $(IS_QUICK),,browser)  ## measure, side by side with the peers; QUICK=1 takes two minutes
	@$(BENCH)/bin/python -m tests.benchmarks
	@$(if $(IS_QUICK),:,$(BIN)/python -m tests.benchmarks.eyes)

docs: $(VENV)/.has-docs  ## build the documentation into build/docs
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs build/docs
	@echo "build/docs/index.html"

dist: $(VENV)/.has-test  ## build the wheel and the source archive into dist/
	$(INSTALL) build
	$(BIN)/python -m build --outdir dist .

clean:  ## remove what make has made, the environment too
	rm -rf $(VENV) $(BENCH) js/node_modules flowlab/static/*.js build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# --- the environment -------------------------------------------------------------------------

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "flowlab needs Python 3.11 or newer, and found none."; \
		echo "On Debian or Ubuntu:  sudo apt-get install python3 python3-venv"; \
		exit 1; fi; \
	echo "setting up $(VENV) with $$($$python --version); the first time takes a minute or two"; \
	if ! "$$python" -m venv $(VENV) >$(VENV).log 2>&1; then \
		rm -rf $(VENV); tail -n 20 $(VENV).log; rm -f $(VENV).log; \
		version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo; echo "\`$$python -m venv\` failed. On Debian or Ubuntu its module is a package of its own:"; \
		echo "    sudo apt-get install python3-venv        (or python$$version-venv)"; \
		exit 1; fi; \
	rm -f $(VENV).log

# One stamp an extra; a change of pyproject.toml installs again.
$(VENV)/.has-%: pyproject.toml $(CONSTRAINTS) | $(BIN)/python $(BUNDLE)
	@echo "installing flowlab with what \`$*\` needs"
	@$(INSTALL) -e '.[$*]'
	@touch $@

# The peers have an environment of their own, so that none of them stands in anybody's way.
$(BENCH)/.has-peers: pyproject.toml $(PEERS) | $(BIN)/python $(BUNDLE)
	@echo "installing the peers into $(BENCH); the first time takes some minutes"
	@$(BIN)/python -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -e . -r $(PEERS)
	@touch $@

# --- the front end ---------------------------------------------------------------------------

NODE_MODULES := js/node_modules/.package-lock.json

# Both bundles are written at once; the first stands for them.
$(BUNDLE): $(filter-out %.test.ts,$(wildcard js/src/*.*)) js/build.mjs js/package.json $(NODE_MODULES)
	@cd js && npm run --silent build
	@touch $@

$(NODE_MODULES): js/package-lock.json | node
	@echo "getting what the front end is built with"
	@cd js && npm ci --loglevel=error --ignore-scripts
	@touch $@

# --- the browser and Node, for the front end and its tests ------------------------------------

# A Chromium that is there already; $CHROMIUM names one that lies elsewhere.
FIND_CHROMIUM = for each in $${CHROMIUM:-} chromium chromium-browser google-chrome; do \
	if command -v $$each >/dev/null; then command -v $$each; break; fi; done
GET_CHROMIUM = apt-get install -y --no-install-recommends chromium fonts-dejavu-core

.PHONY: browser node

browser:
	@if [ -n "$$($(FIND_CHROMIUM))" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi; \
	echo "the tests of the front end need Chromium, and found none: installing Debian's"; \
	log=$$(mktemp); \
	if $$as_root apt-get update >$$log 2>&1 && $$as_root env DEBIAN_FRONTEND=noninteractive $(GET_CHROMIUM) >>$$log 2>&1 \
		&& [ -n "$$($(FIND_CHROMIUM))" ]; then rm -f $$log; exit 0; fi; \
	tail -n 10 $$log; rm -f $$log; \
	echo; echo "Chromium could not be installed from here. Please type:"; \
	echo "    sudo apt-get update && sudo $(GET_CHROMIUM)"; \
	echo "or, when a Chromium or Chrome is elsewhere:  CHROMIUM=/path/to/it make test"; \
	exit 1

node:
	@if ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
		echo "The front end is built with Node 20 or newer and npm, and they are not there."; \
	elif ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then \
		echo "The front end is built with Node 20 or newer; this is $$(node --version)."; \
	else exit 0; fi; \
	echo "On Debian 13, Ubuntu 25.04 or newer:  sudo apt-get install nodejs npm"; \
	echo "Elsewhere:  https://nodejs.org/en/download"; \
	exit 1

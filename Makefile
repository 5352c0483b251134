# The one door. CI and people call only these.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3
ARGS ?=
SEEDS ?= 5
SEED ?=
# twice as many as processors: much of a test is waiting for another process
WORKERS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))

# tests start many processes: each would compile every module anew where this is set
unexport PYTHONDONTWRITEBYTECODE

# what the web app's tools are: only where node is there
NPM := $(shell command -v npm)
WEB_READY := web/node_modules/.ready-$(shell sha256sum web/package-lock.json | cut -c1-16)
DIST := src/instep/ui/dist

.PHONY: help install demo test check web format ui e2e screenshots wheel crash chaos bench conformance catalogue openapi recipes templates clean

help: ## Show what there is
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/instep: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(BIN)/instep
	$(BIN)/python -m pip install --quiet --group dev --group conformance
	@touch $@

install: $(VENV)/.dev ## Make the virtual environment with everything for development

demo: $(BIN)/instep ## Run the main job in the sandbox (ARGS="--once" ends by itself)
	@$(BIN)/instep demo $(ARGS)

test: $(VENV)/.dev ## Run every test, in parallel, on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(VENV)/.dev $(if $(NPM),web) ## Format, lint, types, import contracts, sizes; the web app's too where there is node
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 0 tests/architecture

format: $(VENV)/.dev ## Let ruff put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# fetched once for each lock file
$(WEB_READY): web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web: $(WEB_READY) ## Check the web app: types, lint, format, tests
	cd web && npm run --silent check

ui: $(WEB_READY) ## Build the web app into the package, to be served by `instep up`
	cd web && npm run --silent types && npm run --silent build

# the wheel is installed as a user would, where nothing of this tree is beside it
INSTALLED := build/installed

e2e: $(VENV)/.dev ui ## Walk the journeys through the built wheel in Chromium (CHROMIUM=its path)
	rm -rf build/wheel $(INSTALLED)
	INSTEP_REQUIRE_UI=1 $(BIN)/python -m hatchling build -t wheel -d build/wheel
	$(PYTHON) -m venv $(INSTALLED)
	$(INSTALLED)/bin/python -m pip install --quiet build/wheel/*.whl
	INSTEP_REQUIRE_UI=1 INSTEP_PROGRAM=$(CURDIR)/$(INSTALLED)/bin/instep \
		$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS) tests/journeys

screenshots: $(VENV)/.dev ui ## Take the docs' pictures of the web app anew, in the sandbox
	$(BIN)/python -m tools.pictures

wheel: $(VENV)/.dev ## Build the wheel, with the web app in it
	rm -rf $(DIST)
	INSTEP_REQUIRE_UI=1 $(BIN)/python -m hatchling build -t wheel

crash: $(VENV)/.dev ## Kill a running sync 50 times on each database, then at every step there is
	$(BIN)/python -m tests.crash.torture $(ARGS)
	INSTEP_EVERY_STEP=1 $(BIN)/python -m pytest -q -n auto -m crash -o faulthandler_timeout=3600 tests/crash

chaos: $(VENV)/.dev ## Let everything go wrong at once and count what was lost (SEEDS=50; SEED=7 runs one)
	$(BIN)/python -m tests.chaos --seeds $(SEEDS) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: $(VENV)/.dev ## Measure (ARGS="<name> --json" runs one)
	$(BIN)/python -m bench $(ARGS)

conformance: $(VENV)/.dev ## Drive the sandbox with the official SDKs and the official spec
	$(BIN)/python -m tests.conformance.report $(ARGS)

catalogue: $(VENV)/.dev ## Rebuild the operations and their pages from the official specs (ARGS="--check" only compares)
	$(BIN)/python -m tools.catalogue $(ARGS)
	$(BIN)/python -m tools.stubs.build $(ARGS)

openapi: $(VENV)/.dev ## Write the REST API down in docs/reference/openapi.json
	$(BIN)/python -m tools.openapi

recipes: $(VENV)/.dev ## Write the page of the recipes, docs/reference/recipes.md
	$(BIN)/python -m tools.recipes

templates: $(VENV)/.dev ## Write the page of templates and conditions, docs/reference/templates.md
	$(BIN)/python -m tools.templates

clean: ## Remove everything that can be made again
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules web/node_modules $(DIST)

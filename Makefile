# One command each. Everything that they need is set up first, by scripts/setup.py.
PYTHON ?= $(or $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
	$(shell command -v $(name)))),$(error Largesse needs Python 3.11 or newer, and none is on the PATH))
SETUP = $(PYTHON) scripts/setup.py
# The tools of .venv come first: python, node, npm and what they installed.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Python keeps what it compiled, also where the environment says otherwise: the tests start over a hundred processes,
# and compiling what one of them imports takes three times as long as running it.
export PYTHONDONTWRITEBYTECODE =
# Two checks at a time, each one's output in one piece where this make can do that.
TWO_AT_ONCE = $(MAKE) --no-print-directory --jobs 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync)

# Begun first: each of their files keeps one process busy for half a minute to two minutes.
LONG_TESTS = tests/test_serve_workers.py tests/test_workers.py tests/test_serve.py tests/faults tests/nodes tests/bench \
	tests/concurrency tests/properties tests/outbox/test_archive.py tests/test_never_500.py

.DEFAULT_GOAL := help
.PHONY: help install run test lint format types bench faults nodes screenshots clean
.PHONY: lint-types lint-web lint-rest test-web

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Set up Python, packages and web pages (done by the others when needed)
	@$(SETUP) run

run: install ## Start the demo on http://127.0.0.1:8000 (Ctrl-C stops it)
	@exec .venv/bin/largesse serve --demo

test: ## Run every check and every test (sets up a browser too)
	@$(SETUP) test
	@$(TWO_AT_ONCE) lint-types lint-web lint-rest test-web
	@pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore tests/browser $(LONG_TESTS) tests
	@pytest -n 2 --dist worksteal tests/browser

lint: ## Check style, types, module borders, web pages and generated types
	@$(SETUP) lint
	@$(TWO_AT_ONCE) lint-types lint-web lint-rest

# The longest first.
lint-types:
	mypy src tests scripts bench

lint-web:
	npm --prefix web run --silent lint
	npm --prefix web run --silent check

lint-rest:
	ruff check
	ruff format --check
	lint-imports --no-logo
	python scripts/web_types.py --check

# After the check: both write web/.svelte-kit. One browser-like environment for all files takes a quarter of the time.
test-web: lint-web
	npm --prefix web test -- --no-isolate

format: ## Put Python and web sources in shape
	@$(SETUP) lint
	ruff check --fix
	ruff format
	npm --prefix web run --silent format

types: ## Write the web client's types from the server's OpenAPI
	@$(SETUP) lint
	python scripts/web_types.py

bench: ## Measure the figures that the README quotes
	@$(SETUP) test
	python -m bench

faults: ## Kill, cut and freeze what runs under load, and show that every gift counts once
	@$(SETUP) test
	python -m tests.faults $(if $(TIME_S),--seconds $(TIME_S)) $(if $(SEED),--seed $(SEED))

nodes: ## Kill NATS servers and nodes under load, and show that every viewer sees every event once
	@$(SETUP) test
	python -m tests.nodes $(if $(TIME_S),--seconds $(TIME_S)) $(if $(SEED),--seed $(SEED))

screenshots: ## Take the pictures of docs/screenshots from a running demo
	@$(SETUP) test
	python -m scripts.screenshots

clean: ## Remove what was set up and built; the demo's data stays
	rm -rf .venv .stamps build dist src/*.egg-info web/node_modules web/build web/.svelte-kit
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests scripts bench migrations -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

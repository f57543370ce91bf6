# Two commands matter: `make run` and `make test`. The rest serves those who change the code.

.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help run setup test test-quick test-python test-web check format bench lock docs messages clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## Set up what is missing and start the service on http://localhost:8000
	@scripts/setup run
	@scripts/serve

setup: ## Install everything for development, build the front end
	@scripts/setup dev

test: setup ## The whole suite: Python on PostgreSQL and SQLite, TypeScript, browser journeys
	@scripts/test

test-quick: setup ## The part of the suite that needs no other program (SQLite, no journeys)
	@scripts/test quick

test-python: ## Only pytest, on SQLite; more: make test-python ARGS="tests/audit -x"
	@$(PYTHON) -m pytest $(ARGS)

test-web: ## Only the front end's tests
	@cd web && npm test --silent

check: setup ## Format, lint, types, layers, migrations, translations, generated documents
	@scripts/check

format: ## Format Python and TypeScript
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix . ; cd web && npm run --silent format

bench: setup ## Measure against peers, print ratios, write bench/results.json
	@$(PYTHON) -m bench

lock: ## Lock the Python dependencies again, with hashes
	@scripts/lock

docs: ## Write the generated documents (OpenAPI, state diagrams, licences)
	@$(PYTHON) -m scripts.generate_docs

messages: ## Extract the sentences to translate (needs gettext)
	@scripts/messages

clean: ## Remove what was installed and built; data under var/ stays
	rm -rf .venv web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# A short front for the project's commands. Each target makes the virtual environment by itself.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/ready
TEST = $(RUN) -m pytest -q --dist loadfile --no-loadscope-reorder --numprocesses
CORES := $(shell getconf _NPROCESSORS_ONLN)
ACTIONLINT_VERSION := v1.7.12
ACTIONLINT := $(VENV)/actionlint-$(ACTIONLINT_VERSION)/actionlint
# For every platform and every Python from 3.11 on. It keeps the versions that the locks have.
LOCK = $(VENV)/bin/uv pip compile --quiet $(UPGRADE) --universal --python-version=3.11 --generate-hashes

.DEFAULT_GOAL := help
.PHONY: help sandbox rehearse test test-fast mutate lint format schema bench lock

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

sandbox: $(READY) ## Deploy the stack "sandbox" with the real Pulumi engine on a local AWS
	@$(RUN) -m sandbox up

rehearse: $(READY) ## Deploy the stack "showcase" there, and try it with the real Broker clients
	@$(RUN) -m sandbox --stack showcase up
	@$(RUN) -m sandbox --stack showcase rehearse

test: $(READY) ## Run all tests
	@$(TEST) $$(($(CORES) + 1)) # those that try the engine often wait, so one process more than there are cores

test-fast: $(READY) ## Run the tests of the program that need no engine, in less than a minute
	@$(TEST) $(CORES) -m "not engine" --ignore tests/sandbox

lint: $(READY) $(ACTIONLINT) ## Check format, style, types and workflows
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/pyright
	@$(VENV)/bin/zizmor --offline --quiet .github
	@test ! -x $(ACTIONLINT) || $(ACTIONLINT) -shellcheck $(VENV)/bin/shellcheck

format: $(READY) ## Format the code
	@$(VENV)/bin/ruff check --quiet --fix .
	@$(VENV)/bin/ruff format .

schema: $(READY) ## Write docs/configuration.md, the JSON Schema of stack files and the component's schema
	@$(RUN) -m ops reference
	@$(RUN) -m snyk_broker.host > docs/package.schema.json

lock: $(READY) ## Compile requirements*.txt from requirements*.in (UPGRADE=--upgrade takes newer indirect packages)
	@$(LOCK) --output-file=requirements.txt requirements.in
	@$(LOCK) --output-file=requirements-dev.txt requirements-dev.in

bench: $(READY) ## Measure how long the program takes
	@$(RUN) tests/bench/bench.py

mutate: $(READY) ## Find changes of the code that no test notices
	@$(VENV)/bin/mutmut run

$(ACTIONLINT): | $(READY)
	@if command -v go >/dev/null; then \
	  GOBIN=$(abspath $(@D)) go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION); \
	else \
	  echo "Go is missing, which builds actionlint: the workflows are checked by zizmor only." >&2; \
	fi

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Installing Python packages into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement requirements-dev.txt
	@touch $(READY)

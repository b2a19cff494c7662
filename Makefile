# Every target first installs what is missing, given only Python 3.11 (PYTHON=... names another one).
# Where packages come from is the machine's matter: pip's own settings and PIP_ variables are honoured.
.DEFAULT_GOAL := help
.PHONY: help demo up test bench chaos compose-test systems contracts fmt lint types tests lock clean
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/runtime.ready
DEV := $(VENV)/dev.ready

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(RUN) ## an office's year in a minute: load, approve, pay, report, on this machine and nothing else
	$(BIN)/canlian demo

up: $(RUN) ## start the five services in one process, on SQLite
	$(BIN)/canlian up

test: $(DEV) ## all that must hold before a commit: lint, types and every test, on real servers
	@scripts/test-servers.sh
	@$(MAKE) --no-print-directory --keep-going lint types tests && echo "make test: all passed" \
		|| { echo "make test: FAILED"; exit 1; }

bench: $(VENV)/bench.ready ## measure beside raw libraries and other frameworks: calls, events, freshness, growth, import, snapshot
	@scripts/test-servers.sh
	$(BIN)/python -m bench

chaos: $(DEV) ## kill services, broker and database while work goes on, and count what was lost or doubled
	@scripts/test-servers.sh
	$(BIN)/python -m tests.chaos

compose-test: $(DEV) ## two offices in containers, under load and faults, on an engine of their own; as root
	@scripts/compose-engine.sh
	$(BIN)/python -m tests.compose

systems: $(DEV) ## which of the 71 systems a passing test shows to work: out/systems.json
	@scripts/test-servers.sh
	@rm -f out/systems.json
	$(BIN)/python -m tests -m system --systems-report out/systems.json

contracts: $(DEV) ## write the schemas and the AsyncAPI document anew from contracts/*.py
	$(BIN)/python -m contracts.documents

fmt: $(DEV) ## format the code and put right what lint can
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

lint: $(DEV) ## style, common faults, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(DEV) ## check the types, strictly in kernel, contracts and the rules of the services
	$(BIN)/mypy

tests: $(DEV) ## the tests alone; PYTEST="-m 'not slow'" passes options
	$(BIN)/python -m tests $(PYTEST)

lock: $(DEV) ## choose versions anew and write them with their hashes to requirements/
	@scripts/lock.sh

clean: ## remove what was built or measured; the environment and the data of `up` stay
	rm -rf build dist out *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(VENV)/%.ready: requirements/%.txt scripts/bootstrap.sh
	@scripts/bootstrap.sh $(VENV) $*

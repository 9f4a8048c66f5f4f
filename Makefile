# Everything a newcomer types. Recipes use relative paths only, so that the checkout may lie in any folder.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
PYTEST := $(PY) -m pytest
TWICE := $(PYTEST) -n 2 --dist worksteal
PICTURES ?= var/pictures
CORE := tests/unit tests/architecture tests/integration tests/functional

# Compiled modules are kept whatever the shell says: each program that a test begins starts a second sooner.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run test test-core test-unit pictures lint format bench bench-sla bench-cases plans real-messages catalog contracts browser miniprogram clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name words; do \
		printf '  make %-15s %s\n' "$$name" "$$words"; done

setup: $(VENV)/ready ## make .venv with what the program runs on; .venv/bin/flask then runs any command

run: setup ## set up and start everything; Ctrl-C stops it (PORT=8001 for another port)
	@$(PY) -m flask --app wsgi up

test: $(VENV)/ready-dev browser contracts miniprogram ## the whole suite (KEEP=dir keeps pictures of the pages that it saw)
	@echo "Running the whole suite …"
	$(if $(KEEP),@mkdir -p "$(KEEP)")
	@$(TWICE) $(if $(KEEP),--pictures "$(KEEP)") tests

test-core: $(VENV)/ready-dev ## the suite without browser, faults and providers' contracts: needs nothing beside Python
	@echo "Running the core of the suite …"
	@$(TWICE) $(CORE)

test-unit: $(VENV)/ready-dev ## values and rules alone, in seconds
	@$(PYTEST) tests/unit

pictures: $(VENV)/ready-dev browser contracts ## the browser stories, with every page they see kept under var/pictures (PICTURES=dir)
	@echo "Running the browser stories and keeping their pictures in $(PICTURES) …"
	@mkdir -p "$(PICTURES)"
	@$(TWICE) tests/browser --pictures "$(PICTURES)"

lint: $(VENV)/ready-dev ## formatting, rules, types, layers
	@echo "Checking format, rules, types and layers …"
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@PYTHONPATH=. $(VENV)/bin/lint-imports

format: $(VENV)/ready-dev ## rewrite files in the one format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: $(VENV)/ready-dev ## pages and intake as ratios to a bare floor, on 100,000 tickets
	@PYTHONPATH=. $(PY) -m bench

bench-sla: $(VENV)/ready-dev ## due time and next rung of many clocks against a plain loop (SLA_CLOCKS=200000)
	@PYTHONPATH=. $(PY) -m bench.sla

bench-cases: $(VENV)/ready-dev ## the board and the sweep of steps with many cases (BENCH_CASES=10000)
	@PYTHONPATH=. $(PY) -m bench.cases

plans: $(VENV)/ready-dev ## EXPLAIN of every statement that a page runs, at 1,000,000 tickets
	@PYTHONPATH=. $(PY) -m bench.plans

real-messages: $(VENV)/ready-dev ## import the real messages of REAL_MESSAGES_DIR into a database of its own
	@PYTHONPATH=. $(PY) -m bench.real_messages

catalog: $(VENV)/ready-dev ## collect the words that have no English yet
	@$(PY) -m flask --app wsgi catalog extract

browser: ## Chromium and Chinese fonts for the browser stories
	@sh tests/support/system.sh

contracts: $(VENV)/ready-dev ## the providers' published contracts and the accessibility checker, from the npm lock file
	@PYTHONPATH=. $(PY) -m tests.support.contracts

miniprogram: $(VENV)/ready-dev ## the mini-program's own tests, with node, from its npm lock file
	@echo "Running the tests of the mini-program …"
	@PYTHONPATH=. $(PY) -m tests.support.miniprogram

clean: ## remove what can be made again; the data under var/ stay
	@rm -rf $(VENV) node_modules miniprogram/node_modules tests/contracts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/ready: requirements.txt constraints.txt $(wildcard ticketing/translations/*/LC_MESSAGES/*.po)
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed and was not found on the PATH." >&2; exit 1; fi
	@echo "Setting up $(VENV) …"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "Python has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) -r requirements.txt
	@if [ -d ticketing/translations ]; then $(VENV)/bin/pybabel --quiet compile -d ticketing/translations; fi
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	@echo "Setting up what tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

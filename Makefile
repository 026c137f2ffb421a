# Needs python3 (3.11 or newer) with venv, git and GNU Make; everything else goes into $(VENV).

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= tests/constraints.txt
JOBS ?= 2
PYTEST_ARGS ?=
COV_ARGS ?= --cov --cov-report=term
DEMO_CASES ?= rulesets/national/cases/published.yaml
DEMO_ARGS ?= --lang zh
GOLDEN ?= $(wildcard rulesets plugins tests/golden)
PLUGINS ?= $(patsubst %/pyproject.toml,%,$(wildcard plugins/bizrules-*/pyproject.toml))

BENCH ?= full

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_VENV := $(VENV)-bench
BENCH_BIN := $(BENCH_VENV)/bin
BENCH_STAMP := $(BENCH_VENV)/.installed
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check
# Nothing is resolved outside the lock; what still has a setup.py alone is built as all else, whatever pip there is.
NO_ISOLATION := --no-build-isolation --use-pep517
BACKEND := hatchling hatch-vcs editables setuptools
EDITABLES = -e '.[kit,editor,batch,signing,spark,ray,docs,test]' $(addprefix -e ./,$(PLUGINS))

.PHONY: test lint types floors unit golden site demo bench coverage rulebook reference fmt lock clean
.NOTPARALLEL:

test: lint types floors site unit golden

# The locked build backend is installed first.
$(STAMP): pyproject.toml $(CONSTRAINTS) $(addsuffix /pyproject.toml,$(PLUGINS))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bizrules needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) -c $(CONSTRAINTS) $(BACKEND)
	$(BIN)/python $(PIP_INSTALL) -c $(CONSTRAINTS) $(NO_ISOLATION) $(EDITABLES)
	@touch $@

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

# One run for the core, one for each plugin: plugins may use the same names for their test files.
types: $(STAMP)
	$(BIN)/mypy
	@set -e; for plugin in $(PLUGINS); do echo "mypy $$plugin"; MYPYPATH=$$plugin/src $(BIN)/mypy $$plugin; done

floors: $(STAMP)
	$(BIN)/lint-imports --no-logo

# Warnings end the build: a dead link, a page that is in no menu.
site: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# A file stays in one process: the examples of a page build on one another, and what a module sets up is set up once.
# Pages come last, as they are collected, so that no process has much more to do than the other in the end.
unit: $(STAMP)
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(COV_ARGS) $(PYTEST_ARGS)

golden: $(STAMP)
	$(BIN)/bizrules test $(GOLDEN) --scoreboard

# Status 3 says that open questions remain, as they do in most published accounts.
demo: $(STAMP)
	@$(BIN)/bizrules evaluate $(DEMO_CASES) $(DEMO_ARGS) || [ $$? -eq 3 ]

# The other engines live in an environment of their own: what they bring may not change what is tested.
# All is locked as for the tests but what `rule-engine` wants older.
$(BENCH_STAMP): pyproject.toml $(CONSTRAINTS) $(addsuffix /pyproject.toml,$(PLUGINS))
	$(PYTHON) -m venv $(BENCH_VENV)
	grep -v '^python-dateutil==' $(CONSTRAINTS) > $(BENCH_VENV)/constraints.txt
	$(BENCH_BIN)/python $(PIP_INSTALL) -c $(BENCH_VENV)/constraints.txt $(BACKEND)
	$(BENCH_BIN)/python $(PIP_INSTALL) -c $(BENCH_VENV)/constraints.txt $(NO_ISOLATION) -e '.[bench]' $(addprefix -e ./,$(PLUGINS))
	@touch $@

# `full` writes the results, the tables of docs/explanation/performance.md and the plots; `quick` only prints.
bench: $(BENCH_STAMP)
	$(BENCH_BIN)/python tests/bench/performance.py $(BENCH)
ifneq ($(BENCH),quick)
	$(BENCH_BIN)/pytest tests/bench -o python_files='bench_*.py' -s $(PYTEST_ARGS)
endif

# Which items read from published lists are encoded, and which published cases settled; tests say whether the pages are up to date.
coverage: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m legal.coverage_page
	PYTHONPATH=tests $(BIN)/python -m legal.scoreboard_page

# The encoded rules as pages to read; a test says whether they are up to date.
rulebook: $(STAMP)
	rm -rf docs/rulebook
	$(BIN)/bizrules rulebook docs/rulebook --lang zh

# The page of every key, test, unit and problem; a test says whether it is up to date.
reference: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m language_page

fmt: $(STAMP)
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

# Resolves afresh, without the old lock, on the oldest Python we support.
lock:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "lock with Python 3.11: make lock PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python $(PIP_INSTALL) --upgrade $(BACKEND)
	$(VENV)-lock/bin/python $(PIP_INSTALL) $(NO_ISOLATION) $(EDITABLES)
	echo '# Written by `make lock`; holds for Python 3.11 to 3.13.' > $(CONSTRAINTS)
	$(VENV)-lock/bin/python -m pip freeze --all --exclude-editable --disable-pip-version-check | grep -v '^pip==' >> $(CONSTRAINTS)
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock $(BENCH_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .site .coverage .coverage.* dist
	find $(wildcard __pycache__ src plugins tests) -name __pycache__ -type d -prune -exec rm -rf {} +

# Two commands for a newcomer: `make demo` and `make test`. Each sets up what it needs in a folder of its own.

PYTHON ?= python3
VENV ?= .venv
DEMO_VENV ?= .venv-demo
DEMO_OUT ?= demo
PIP_FLAGS := --quiet --disable-pip-version-check --constraint constraints.txt

export PIP_NO_INPUT := 1

.PHONY: help demo test lint types layers unit system format bench leaderboard clean python

help:
	@echo "make demo    install Tintype alone, colorize examples/ into $(DEMO_OUT)/ and say where the pictures are"
	@echo "make test    install everything, then lint, types, import layers and tests"
	@echo "make lint | types | layers | unit    one of these checks"
	@echo "make format  rewrite the code in the project's format"
	@echo "make bench   measure speed and memory of the photo pipeline (docs/benchmarks/)"
	@echo "make leaderboard SETS='DIR TAR...' REFERENCES=DIR    score what colors, write docs/leaderboard.md and the cards"
	@echo "make clean   remove what the other targets made"

demo: $(DEMO_VENV)/installed
	@$(DEMO_VENV)/bin/tintype colorize examples -o $(DEMO_OUT) --overwrite
	@echo "The colorized photographs are in $(abspath $(DEMO_OUT))"

test: lint types layers unit

lint: $(VENV)/installed
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

types: $(VENV)/installed
	$(VENV)/bin/mypy

layers: $(VENV)/installed
	$(VENV)/bin/lint-imports

unit: $(VENV)/installed system
	$(VENV)/bin/pytest

# Some tests of the user study drive a real browser and a real PostgreSQL. Where they are missing and may be installed, they are;
# elsewhere those tests are left out, and say what is missing.
system:
	@command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && timeout 60 apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends chromium postgresql >/dev/null; \
	} || echo "without Chromium or PostgreSQL: their tests are left out (apt-get install chromium postgresql)" >&2

format: $(VENV)/installed
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

bench: $(VENV)/installed
	$(VENV)/bin/python benchmarks/photo.py

# One results file for each set of photographs, in RESULTS; an evaluation that was stopped goes on.
# With REFERENCES, a set of photographs, also one for methods and models that are told strokes or a reference, on pictures of the first set.
SCORED := cnn fusion gan fusion-gan zhang iizuka cheng tint --vivid 0 --vivid 0.5 --vivid 1
TOLD := levin levin-multigrid huang yatziv qu luan welsh charpiat gupta liu tint --strokes 10 --limit 120
RESULTS ?= results
results_of = $(RESULTS)/$(basename $(notdir $(1)))$(2).json
TOLD_FILE = $(if $(REFERENCES),$(call results_of,$(firstword $(SETS)),-told))
leaderboard: $(VENV)/installed
	@test -n "$(SETS)" || { echo "name the photographs: make leaderboard SETS='DIR TAR...'" >&2; exit 1; }
	@mkdir -p $(RESULTS)
	$(foreach set,$(SETS),$(VENV)/bin/tintype evaluate $(SCORED) --data $(set) -o $(call results_of,$(set)) -j 2 --overwrite &&) true
	$(if $(REFERENCES),$(VENV)/bin/tintype evaluate $(TOLD) --references $(REFERENCES) --data $(firstword $(SETS)) -o $(TOLD_FILE) -j 2 --overwrite)
	$(VENV)/bin/tintype report $(foreach set,$(SETS),$(call results_of,$(set))) $(TOLD_FILE) \
		--leaderboard docs/leaderboard.md --cards src/tintype/zoo/models --overwrite

$(VENV)/installed: pyproject.toml constraints.txt | python
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install $(PIP_FLAGS) --editable ".[classical,train,perceptual,study,dev]"
	@touch $@

# Not editable: the demonstration runs the package as a user gets it, so it is installed anew when the code changes.
$(DEMO_VENV)/installed: pyproject.toml constraints.txt $(shell find src -type f -not -name '*.pyc') | python
	$(PYTHON) -m venv $(DEMO_VENV)
	$(DEMO_VENV)/bin/pip install $(PIP_FLAGS) .
	@touch $@

python:
	@$(PYTHON) -c 'import sys, venv; assert sys.version_info >= (3, 11)' 2>/dev/null || \
		{ echo "Tintype needs Python 3.11 or newer with venv; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }

clean:
	rm -rf $(VENV) $(DEMO_VENV) $(DEMO_OUT) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

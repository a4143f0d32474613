# The two commands to know: `make run` and `make test`. Both set up everything they need.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
INSTALLED := .venv/installed

.PHONY: setup run test lint notebooks fuzz bench bench-pipeline bench-embed bench-themes bench-mapping bench-agreement bench-faults bench-growth bench-engine bench-writes lock clean
.DEFAULT_GOAL := run

setup: $(INSTALLED)

# torch comes first: its CPU build suffices, and what is installed already is not fetched again.
$(INSTALLED): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Counterpoint needs Python 3.11; '$(PYTHON)' is another. Name it: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(VENV)/python || "$(PYTHON)" -m venv .venv
	$(VENV)/python -m pip install --quiet "$$(grep '^torch==' requirements.lock)"
	$(VENV)/python -m pip install --quiet --no-deps -r requirements.lock
	$(VENV)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(INSTALLED)

run: setup
	$(VENV)/counterpoint run

test: setup lint
	$(VENV)/python -m pytest

lint: setup
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy --strict pipeline

notebooks: setup
	$(VENV)/jupyter lab notebooks

# Properties on new examples, then damaged input for every reader, about ten minutes of both. atheris runs on Linux;
# nothing else here needs it.
fuzz: setup
	HYPOTHESIS_PROFILE=search $(VENV)/python -m pytest $$(grep -l '@given' tests/test_*.py)
	$(VENV)/python -m pip install --quiet --no-deps atheris==3.0.0
	$(VENV)/python -m benchmarks.fuzz

# Measurements. They read the human-coded sets beside the project, where those are there, and take their time.
bench: bench-embed bench-agreement bench-mapping bench-themes bench-pipeline

bench-embed bench-agreement bench-mapping bench-themes bench-pipeline bench-faults bench-growth bench-engine bench-writes: bench-%: setup
	$(VENV)/python -m benchmarks.$*

# The versions everything was tested with: resolve pyproject.toml afresh, then write down what came.
lock: setup
	$(VENV)/python -m pip install --quiet --upgrade -e '.[dev,dask]'
	$(VENV)/python -m pip freeze --all --exclude-editable | grep -v '^pip==' | sed 's/^\(torch==[0-9.]*\)+cpu/\1/' > requirements.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache

# Short names for `python dev.py …`, which works without make and is the one place where set-up is written.
PYTHON ?= $(shell command -v python3 || command -v python)
VENV := .venv/bin

.PHONY: setup run test lint notebooks lock clean dvc-yaml fuzz bench bench-pipeline bench-embed bench-themes bench-mapping bench-agreement bench-faults bench-growth bench-engine bench-writes bench-speakers bench-labels
.DEFAULT_GOAL := run

setup run test lint notebooks lock clean:
	@"$(PYTHON)" dev.py $@

# The pipeline's file, from the table of what each stage reads and writes.
dvc-yaml: setup
	$(VENV)/python -m pipeline.core.contracts

# Properties on new examples, then damaged input for every reader, about ten minutes of both. atheris runs on Linux;
# nothing else here needs it.
fuzz: setup
	HYPOTHESIS_PROFILE=search $(VENV)/python -m pytest $$(grep -l '@given' tests/test_*.py)
	$(VENV)/python -m pip install --quiet --no-deps atheris==3.0.0
	$(VENV)/python -m benchmarks.fuzz

# Measurements. They read the human-coded sets beside the project, where those are there, and take their time.
bench: bench-embed bench-agreement bench-mapping bench-themes bench-pipeline

bench-embed bench-agreement bench-mapping bench-themes bench-pipeline bench-faults bench-growth bench-engine bench-writes bench-speakers bench-labels: bench-%: setup
	$(VENV)/python -m benchmarks.$*

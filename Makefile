# The two commands a newcomer needs are `make demo` and `make test`; both make .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-bridges check lint types layers wheel clean

.venv/pip.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "robust needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

.venv/demo.stamp: pyproject.toml .venv/pip.stamp
	@echo "Installing robust into .venv …"
	@$(BIN)/python -m pip install --quiet -e .
	@touch $@

.venv/dev.stamp: pyproject.toml .venv/pip.stamp
	@echo "Installing robust and its development tools into .venv …"
	@$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@ .venv/demo.stamp

demo: .venv/demo.stamp
	@$(BIN)/robust demo

test: .venv/dev.stamp
	$(BIN)/python -m pytest -n auto --dist worksteal

# Other frameworks need older versions of our packages: they are tested in an environment of their own. Parity on 200 real
# texts takes long and is asked for: .venv-bridges/bin/python -m pytest -m slow tests/bridges
BRIDGES := .venv-bridges

$(BRIDGES)/bridges.stamp: pyproject.toml
	@echo "Installing robust and TextAttack into $(BRIDGES) (1.9 GB the first time) …"
	@test -x $(BRIDGES)/bin/python || $(PYTHON) -m venv $(BRIDGES)
	@$(BRIDGES)/bin/python -m pip install --quiet --upgrade pip
	@$(BRIDGES)/bin/python -m pip install --quiet -e '.[nlpaug,openattack,spacy,test,textattack]'
	@touch $@

test-bridges: $(BRIDGES)/bridges.stamp
	OMP_NUM_THREADS=1 $(BRIDGES)/bin/python -m pytest -n auto --dist worksteal -m "not slow" tests/bridges

# Everything but the tests: fast, for every commit.
check: lint types layers

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

layers: .venv/dev.stamp
	$(BIN)/lint-imports

# Build the wheel, install it in a clean environment, and use it from an empty folder.
wheel: .venv/dev.stamp
	$(BIN)/python tests/wheel_check.py

clean:
	rm -rf .venv .venv-bridges build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# `make demo` and `make test` need only Python 3.11 or newer; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check picture clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

demo: $(READY)
	$(BIN)/oust trace examples/agency-2017/exports examples/agency-2017/approvals --case examples/agency-2017/oust-case

test: $(READY)
	$(BIN)/python -m pytest

picture: $(READY)
	$(BIN)/python scripts/picture.py
	$(BIN)/python scripts/readme.py

check: $(READY)
	$(BIN)/ruff check src tests bench scripts
	$(BIN)/ruff format --check src tests bench scripts
	$(BIN)/mypy
	$(BIN)/oust dossier check
	$(BIN)/oust rules check
	$(MAKE) --no-print-directory test

clean:
	rm -rf $(VENV) examples/agency-2017/oust-case

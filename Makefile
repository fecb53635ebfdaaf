# One word a job. Needs Python 3.11 or newer and make; everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-long lint bench interop clean

demo: .venv/core  ## a real query on the demo company
	@$(BIN)/intacct-ql query "select RECORDID, CUSTOMERNAME, WHENDUE, TOTALDUE from ARINVOICE where TOTALDUE > 5000 order_by TOTALDUE desc limit 10"

# A process more than two cores have, since many tests wait; each takes neighbours, which share what they are made of.
# What is compiled once is kept for all of them.
TESTS := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist worksteal

test: .venv/dev  ## every test but the long ones
	$(TESTS)

test-long: .venv/dev  ## the long ones too: big pulls, thousands of examples; threads are held up at random
	$(TESTS) --long --jitter 1

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy examples
	$(BIN)/lint-imports

bench: .venv/bench  ## figures beside those of peers, in one run; nothing is asserted
	$(BIN)/python tests/benchmarks/text_to_xml.py
	$(BIN)/python tests/benchmarks/schema.py
	$(BIN)/python tests/benchmarks/shell.py
	$(BIN)/python tests/benchmarks/decode.py
	$(BIN)/python tests/benchmarks/local.py
	$(BIN)/python tests/benchmarks/pulls.py
	$(BIN)/python tests/benchmarks/outputs.py
	$(BIN)/python tests/benchmarks/gateway.py

interop: .venv/core .venv-interop/installed  ## public clients, unmodified, against the emulator; RECORD=1 keeps what goes over
	$(BIN)/python tests/interop/run.py $(if $(RECORD),--record)

clean:
	rm -rf .venv .venv-interop build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache

.venv/python: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/core: .venv/python pyproject.toml
	@echo "installing intacct-ql into .venv (once) ..." >&2
	@$(INSTALL) --editable .
	@touch $@

.venv/dev: .venv/python pyproject.toml
	@echo "installing intacct-ql and its tools into .venv (once) ..." >&2
	@$(INSTALL) --editable '.[arrow,excel,keyring,dev]'
	@touch $@ .venv/core

.venv/bench: .venv/dev
	@$(INSTALL) --editable '.[arrow,excel,keyring,dev,bench]'
	@touch $@

.venv-interop/installed: tests/interop/requirements.txt tests/interop/package.json
	@command -v npm > /dev/null || { echo "make interop needs Node.js and its npm" >&2; exit 1; }
	@test -x .venv-interop/bin/python || $(PYTHON) -m venv .venv-interop
	.venv-interop/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/interop/requirements.txt
	cp tests/interop/package.json .venv-interop/
	npm install --prefix .venv-interop --silent --no-audit --no-fund --no-package-lock
	@touch $@

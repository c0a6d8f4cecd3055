# The two commands: `make run` (build the corpus that ships and serve it), `make test`.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo $$p; break; fi; done)
BIN := .venv/bin
PORT ?= 8001

.PHONY: setup run test bench specimens clean

setup: .venv/ready

.venv/ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: setup
	$(BIN)/miner build
	$(BIN)/miner serve --port $(PORT)

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: setup
	$(BIN)/python -m tests.bench

specimens: setup
	$(BIN)/python -m tests.make_specimens

clean:
	rm -rf build .venv

# Every verb of the project. `make demo` and `make test` are all a newcomer needs.
SHELL := /bin/sh
PY := .venv/bin/python
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE := 1
# Tests run side by side, where threads of OpenBLAS wait for each other busily: fits took five times as long.
test: export OPENBLAS_NUM_THREADS := 1
STATIC := src/dialogram/server/static/manifest.json
PORT ?= 8420

.PHONY: help setup demo test test-frontend test-server test-library test-commands test-all check format lock bench clean
help: ## list the verbs
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready $(STATIC) ## bring what is needed; quick the second time

.venv/.ready: requirements.lock pyproject.toml tools/setup.sh tools/find_python.sh
	@sh tools/setup.sh
	@touch $@

frontend/node_modules/.ready: frontend/package.json frontend/package-lock.json .venv/.ready
	@cd frontend && npm ci --silent --no-audit --no-fund || { echo "dialogram: npm could not install the front end's packages; is there a network?" >&2; exit 1; }
	@touch $@

$(STATIC): frontend/node_modules/.ready frontend/vite.config.ts $(shell find frontend/core frontend/media frontend/dial frontend/pages -type f 2>/dev/null)
	@cd frontend && npm run --silent build

demo: setup ## a finished example study in the browser
	@$(BIN)/dialogram demo --port $(PORT)

check: setup ## types, style, layers, sizes
	ruff format --check
	ruff check
	mypy
	lint-imports
	cd frontend && npm run --silent check
	$(PY) tools/check_files.py

test: setup ## everything CI runs
	@sh tools/setup_tests.sh
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check test-frontend test-commands test-server test-library
	pytest tests/e2e

test-frontend:
	cd frontend && npm run --silent test

test-server:
	pytest tests/server

test-library:
	pytest --ignore=tests/e2e --ignore=tests/server --ignore=tests/cli --ignore=tests/compute

test-commands:
	pytest tests/cli tests/compute

test-all: setup check ## with the slow rest
	@sh tools/setup_tests.sh
	cd frontend && npm run --silent test
	DIALOGRAM_TEST_ALL=1 pytest -o faulthandler_timeout=1800 --ignore=tests/e2e
	DIALOGRAM_TEST_ALL=1 pytest -o faulthandler_timeout=1800 tests/e2e

format: setup ## put everything into form
	ruff check --fix-only
	ruff format
	cd frontend && npm run --silent format

lock: ## resolve the dependencies anew
	UV_PYTHON_DOWNLOADS=never uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.12 --extra app --extra cluster --group dev pyproject.toml -o requirements.lock
	UV_PYTHON_DOWNLOADS=never uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.12 --group bench --constraints requirements.lock -o benchmarks/requirements.lock

.venv/.bench: .venv/.ready benchmarks/requirements.lock
	@sh tools/setup_bench.sh
	@touch $@

bench: setup .venv/.bench ## measure, beside a peer or a limit, and print tables
	$(PY) -m benchmarks.start_up
	$(PY) -m benchmarks.one_dyad
	$(PY) -m benchmarks.truth_and_bias
	$(PY) -m benchmarks.cohort
	$(PY) -m benchmarks.windowed
	$(PY) -m benchmarks.reliability
	$(PY) -m benchmarks.sealing
	$(PY) -m benchmarks.recording_import
	$(PY) -m benchmarks.large_recording
	$(PY) -m benchmarks.rating_page
	$(PY) -m benchmarks.capture
	$(PY) -m benchmarks.ingest

clean: ## remove what was built
	rm -rf .venv frontend/node_modules src/dialogram/server/static dist out

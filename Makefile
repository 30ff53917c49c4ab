# What people type. Everything runs in a virtual environment of the project's own, .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo

.PHONY: bench demo test fuzz check setup setup-dev templates pictures lock clean

demo: setup ## invent returns for all units, run the main job on them, say where the summary is
	rm -rf $(DEMO)
	$(BIN)/aggregate demo $(DEMO)/inputs
	$(BIN)/aggregate --inputs $(DEMO)/inputs --outputs $(DEMO)/outputs || test $$? -eq 3

test: setup-dev ## all tests
	$(BIN)/pytest -n auto --dist loadfile

fuzz: setup-dev ## some minutes of damaged bytes, ten thousand junk files, parts that Hypothesis thinks up
	$(BIN)/python -m tests.fuzz
	JUNK_FILES=10000 $(BIN)/pytest tests/test_hostile_files.py -k junk
	FUZZ_EXAMPLES=2000 $(BIN)/pytest tests/test_intake_fuzz.py

check: setup-dev ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

coverage: setup-dev ## branches covered where a mistake would be a wrong figure
	$(BIN)/pytest --cov --cov-report=term-missing

templates: setup ## make the blank workbooks again
	$(BIN)/aggregate templates --out templates_xlsx

bench: setup-dev ## speed beside pandas scripts and floors; some minutes (BENCH="--sizes 37,300,1000,3000 --communes 11000" for all)
	$(BIN)/python -m benchmarks $(BENCH)

pictures: setup-dev ## make the pictures of the guides again (needs LibreOffice and poppler)
	$(BIN)/python docs/make_pictures.py

lock: ## choose the versions again; the files hold names, versions and hashes only
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv
	build/lock/bin/uv pip compile -q --universal --no-strip-extras --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra build pyproject.toml -c requirements.constraints -o requirements.lock
	build/lock/bin/uv pip compile -q --universal --no-strip-extras --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra build --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf build $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage

setup: $(VENV)/.users
setup-dev: $(VENV)/.developers

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.users: $(VENV)/.venv requirements.lock pyproject.toml
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.developers: $(VENV)/.users requirements-dev.lock
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	touch $@

# The environment is rebuilt when the pinned requirements change.
VENV := .venv
PY := $(VENV)/bin/python

$(VENV)/.ready: requirements.txt
	python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(PY) -c "from pypred import Predicate; Predicate('true').is_valid()" 2>/dev/null  # writes its parser's table once
	touch $@

# One more than there are processors: many tests wait for a browser, a server or the model's training.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

.PHONY: run test test-slow lint bench lock words
run: $(VENV)/.ready        ## everything on http://127.0.0.1:8000 with demo borrowers
	$(PY) -m bot run --demo

lint: $(VENV)/.ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

test: lint                 ## lint, types, import contracts, all tests that take seconds
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "not slow"

test-slow: $(VENV)/.ready  ## the tests that take minutes
	$(PY) -m pytest -m slow

bench: $(VENV)/.ready
	$(PY) -m bot bench

words: $(VENV)/.ready      ## extract the texts again and update every catalogue
	$(PY) -m bot words update

lock:                      ## pin the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-annotate --group dev pyproject.toml -o requirements.txt

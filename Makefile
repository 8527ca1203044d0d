# make film                            the sample saga, as output/eevee-saga/film.mp4
# make film STORY=stories/x.yaml       another one
# make test                            all tests;  make lint types bench docs  for those who change the code

PYTHON ?= python3
STORY ?= stories/eevee-saga.yaml
BIN := .venv/bin

.PHONY: film test lint types bench docs clean

film: .venv/film.ready
	$(BIN)/storyforge render $(STORY)

test: .venv/test.ready
	$(BIN)/pytest -n auto

lint: .venv/test.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/test.ready
	$(BIN)/mypy

bench: .venv/test.ready
	$(BIN)/python -m tests.benchmarks

docs: .venv/test.ready
	$(BIN)/python -m tests.documents
	$(BIN)/storyforge schema > stories/story.schema.json
	$(BIN)/storyforge schema --cast > stories/cast.schema.json

.venv/film.ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/test.ready: .venv/film.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv output

# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Without it, each build of the site speaks of the theme's successor.
export NO_MKDOCS_2_WARNING := 1

.PHONY: demo test lint site template bundle validate format system browser clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	sh scripts/install-packages.sh $(BIN)/python -e '.[dev]'
	touch $@

# bubblewrap is the sandbox; it is installed where that is possible and named where it is not.
system:
	@sh scripts/install-system.sh

# The tests of the pages drive a headless Chromium.
browser:
	@sh scripts/install-system.sh test

demo: $(STAMP) system
	@$(BIN)/python scripts/demo.py

test: $(STAMP) browser
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# MkDocs without --quiet: a warning that it does not print fails nothing.
lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m grader.reports.catalogue_text docs/checks.md --check
	$(BIN)/python -m grader template --check
	@site=$$(mktemp -d) && trap 'rm -rf "$$site"' EXIT && $(BIN)/mkdocs build --site-dir "$$site"

# docs/ as a site, to be opened at site/index.html; its search wants a server, as `mkdocs serve` is.
site: $(STAMP)
	$(BIN)/mkdocs build

# The students' notebook, out of the master notebook in reference/.
template: $(STAMP)
	$(BIN)/python -m grader template

# The zip that students get.
bundle: $(STAMP)
	$(BIN)/python -m grader bundle student --out a2.zip

# What CI and course staff run beside the tests: the laws, the master, the template.
validate: $(STAMP) system
	$(BIN)/python -m grader validate

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Two targets need nothing but Python 3.10+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# A file's tests share their servers; a worker may run several of 290 MB each, so few workers.
PARALLEL ?= -n auto --maxprocesses 4 --dist loadfile
# Markers of tests that need more than Python: an API server, PostgreSQL, a package index, corpora.
NEEDING := cluster or postgresql or network or corpora
LONG := soak or bench
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.developed
SITE := $(VENV)/.site
PARQUET := contrib/k8s-datamodel-parquet
BUILT_SITE := build/site/index.html
OF_SITE := $(wildcard *.md docs/*.md docs/*/*.md contrib/*.md contrib/*/*.md docs/*.svg docs/conf.py \
  docs/diagrams.py docs/diagrams/* docs/static/* docs/templates/*)
LAKE := .venv-lake

.PHONY: demo test test-all browser lint format docs diagrams site faults bench soak lake dist clean

demo: $(INSTALLED)  ## Tell in two screens what it does, on the sample cluster.
	@PATH="$(abspath $(BIN)):$$PATH" sh docs/sample-cluster/demo.sh

test: $(DEVELOPED)  ## Run the tests that need neither a server nor the network.
	$(BIN)/python -m pytest $(PARALLEL) -m "not ($(NEEDING) or browser or $(LONG))" $(ARGS)

test-all: $(DEVELOPED)  ## Run the rest; what the machine lacks is skipped and named.
	$(BIN)/python -m pytest $(PARALLEL) -m "($(NEEDING)) and not (browser or $(LONG))" $(ARGS)

browser: $(DEVELOPED) $(BUILT_SITE)  ## Run the tests of HTML documents and of the site in a real browser.
	$(BIN)/python -m pip install --quiet --group browser
	$(BIN)/python -m pytest -m "browser" tests/browser $(ARGS)

lint: $(DEVELOPED)  ## Style, types, and who may import whom.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEVELOPED)  ## Put the code into the house's format.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(DEVELOPED)  ## Write the generated references and the picture of a session anew.
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/session.py

diagrams: $(DEVELOPED)  ## Draw the pages' blocks of mermaid anew, into docs/diagrams. Needs Chromium and npm.
	$(BIN)/python -m pip install --quiet --group browser
	$(BIN)/python docs/diagrams.py

site: $(SITE)  ## Build the manual as a site, into build/site; a warning is an error. Needs Python 3.11.
	$(BIN)/python -m sphinx -WnEq --keep-going -j auto -b html -c docs -d build/site.read . build/site

$(BUILT_SITE): $(SITE) $(OF_SITE)
	$(MAKE) --no-print-directory site

faults: $(DEVELOPED)  ## Write the table of docs/faults.md from what happens when the wire breaks.
	$(BIN)/python -m pytest tests/faults --write-faults

bench: $(DEVELOPED)  ## Measure against the real API server; writes docs/benchmarks.md.
	$(BIN)/python -m pytest -m bench tests/bench $(ARGS)

soak: $(DEVELOPED)  ## Hundreds of kills, thousands of broken files; takes long.
	$(BIN)/python -m pytest -m soak $(ARGS)

lake: $(LAKE)/.installed  ## Ask a lake by DuckDB, Spark and SQL; installs 400 MB, needs Java.
	$(LAKE)/bin/python -m pytest -q -p no:cacheprovider -c $(PARQUET)/pyproject.toml --rootdir $(PARQUET) $(PARQUET)/engines $(ARGS)

# The time of the last commit is that of all files in what is built.
dist: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)
dist: $(DEVELOPED)  ## Build the wheel, the sdist and the file that runs alone, into dist/.
	$(BIN)/python .ci/dist.py dist $(ARGS)

clean:  ## Remove what the targets above made.
	rm -rf $(VENV) $(LAKE) .demo dist build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(INSTALLED): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[cel]' \
	  || $(BIN)/python -m pip install --quiet --editable .  # where no wheel of the engine fits
	touch $@

$(LAKE)/.installed: pyproject.toml $(PARQUET)/pyproject.toml
	$(PYTHON) -m venv $(LAKE)
	$(LAKE)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(LAKE)/bin/python -m pip install --quiet --group $(PARQUET)/pyproject.toml:engines \
	  --editable . --editable $(PARQUET)
	touch $@

$(DEVELOPED): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --group dev --editable .
	touch $(INSTALLED) $@

$(SITE): pyproject.toml | $(DEVELOPED)
	$(BIN)/python -m pip install --quiet --group site
	touch $@

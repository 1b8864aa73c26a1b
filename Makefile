# Every command a person or CI types. `make demo` and `make test` are all that is needed to begin.
#
#   make demo [PORT=8000] [FRESH=1]   the demo network, served on this machine; Ctrl-C stops it
#   make test                         all that CI runs
#   make bench [SHORT=1]              measurements side by side, each with its ratio; short: without the largest
#   make env [POSTGRES=1]             only the environment, in .venv; with what PostgreSQL needs
#   make lock                         for developers: renews requirements/*.lock (needs uv)

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
PORT ?= 8000
PYTEST ?=
V := .venv
PY := $(V)/bin/python

# Some machines tell Python to keep no compiled modules: every start would then compile them all again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: env demo test bench docs screenshots lock check

env: $(V)/.run $(V)/.duga $(if $(filter 1 yes true,$(POSTGRES)),$(V)/.postgres)

demo: env
	@exec $(V)/bin/duga demo --port $(PORT) $(if $(filter 1 yes true,$(FRESH)),--fresh)

# --- the environment -----------------------------------------------------------------------------------
# A stamp per lock file: nothing is done twice. .venv itself belongs to one place and one Python.

$(PY):
	@config/find-python $(PYTHON)
	@echo "Making the environment in $(V) …"
	@rm -rf $(V)
	@$(PYTHON) -m venv $(V) || { rm -rf $(V); exit 1; }

# Installs the locked versions of one file, counting as it goes: $(call install,LOCK,WHAT FOR)
define install
	@n=$$(grep -cE '^[a-z0-9].*==' $(1)); start=$$SECONDS; \
	echo "Installing $$n locked packages for $(2) (a first time fetches them) …"; \
	$(PY) -m pip install --no-compile --disable-pip-version-check --no-input --progress-bar off \
	  --require-hashes -r $(1) \
	| awk -v n=$$n '/^Collecting/ { if (++i % 10 == 0) { printf "  %d of %d\n", i, n; fflush() } } \
	    /^Installing/ { print "  unpacking"; fflush() }'; \
	echo "  compiling"; $(PY) -m compileall -q -j 0 -x '/(tests?|setuptools|pygments)/' $(V)/lib || true; \
	echo "  done in $$((SECONDS - start)) s"
	@touch $@
endef

$(V)/.run: requirements/run.lock | $(PY)
	$(call install,$<,running)

# The duga command itself. Again when pyproject.toml changes.
$(V)/.duga: pyproject.toml $(V)/.run
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@$(PY) -m compileall -q config duga demo || true
	@touch $@

$(V)/.postgres: requirements/postgres.lock $(V)/.duga
	$(call install,$<,PostgreSQL)

$(V)/.test: requirements/test.lock $(V)/.duga
	$(call install,$<,the tests)

$(V)/.bench: requirements/bench.lock $(V)/.duga
	$(call install,$<,the measurements)

# --- tests ---------------------------------------------------------------------------------------------

test: $(V)/.test check
	@$(PY) -m tests.everywhere $(PYTEST)

check: $(V)/.test
	@echo "Style …" && $(V)/bin/ruff check . && $(V)/bin/ruff format --check .
	@echo "The order of the house …" && $(V)/bin/lint-imports --no-logo
	@echo "Migrations …" && DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m django makemigrations --check --dry-run

bench: $(V)/.bench
	@$(PY) -m benchmarks $(if $(filter 1 yes true,$(SHORT)),--short)

docs: $(V)/.test
	@$(PY) -m scripts.generated_docs

screenshots: $(V)/.test
	@$(PY) scripts/screenshots.py

# --- for developers ------------------------------------------------------------------------------------

LOCK := uv pip compile -q --python 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --allow-unsafe

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(LOCK) pyproject.toml -o requirements/run.lock
	$(LOCK) pyproject.toml --extra postgres -o requirements/postgres.lock
	$(LOCK) pyproject.toml --extra test -o requirements/test.lock
	$(LOCK) pyproject.toml --extra test --extra bench -o requirements/bench.lock

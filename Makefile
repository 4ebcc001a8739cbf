# `make run`, `make test` and `make check` do all set-up from nothing. PY names another Python >= 3.11.
SHELL := /bin/bash
PY ?= $(or $(shell command -v python3.11),python3)
VENV := .venv
PYTHON := $(VENV)/bin/python

.PHONY: run test check bench clean

run: $(VENV)/.ok
	@exec $(PYTHON) -m microcreds.local run

# ARGS go to pytest: make test ARGS="tests/outbox -x"
test: $(VENV)/.ok
	@exec $(PYTHON) -m microcreds.local test $(ARGS)

check: $(VENV)/.ok
	@exec $(PYTHON) -m microcreds.local check

# Ours beside the least a Django app can do: make bench SIZES="1000 10000 100000" RECORD=1
bench: $(VENV)/.ok
	@exec $(PYTHON) -m microcreds.local throwaway $(PYTHON) -m bench $(if $(RECORD),--record) $(if $(ONLY),--only "$(ONLY)") $(SIZES)

clean:
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m microcreds.local.clean; else $(PY) -m microcreds.local.clean; fi
	rm -rf var $(VENV)

# Two commands at once must not build it twice, hence the lock.
$(VENV)/.ok: requirements.txt requirements-dev.txt
	@mkdir -p var; exec 9>var/venv.lock; if command -v flock >/dev/null; then flock 9; fi; \
	if [ $@ -nt requirements.txt ] && [ $@ -nt requirements-dev.txt ]; then exit 0; fi; \
	$(PY) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Python 3.11 with venv is needed (Debian: apt-get install python3.11-venv; elsewhere: make PY=/path/to/python3.11 …)"; exit 1; }; \
	echo "Installing Python packages into $(VENV) …"; \
	$(PY) -m venv $(VENV) && \
	{ { $(PYTHON) -m pip install -q --disable-pip-version-check $$(grep '^uv==' requirements-dev.txt) && \
	$(VENV)/bin/uv pip install -q --python $(PYTHON) -r requirements-dev.txt; } || \
	$(PYTHON) -m pip install -q --disable-pip-version-check -r requirements-dev.txt; } && touch $@

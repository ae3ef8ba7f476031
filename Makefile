# What a newcomer needs: `make demo` and `make test`. Everything lives in .venv and data/ of this folder.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo demo-remove test test-fast test-a11y lint bench screenshots messages lock bundle clean

demo: $(VENV)/.base
	@$(BIN)/kepu demo --port $(PORT)

demo-remove: $(VENV)/.base
	@$(BIN)/kepu demo --remove

test: $(VENV)/.dev
	@tools/test

test-fast: $(VENV)/.dev
	@tools/test --fast

test-a11y: $(VENV)/.dev
	@tools/test --a11y

lint: $(VENV)/.dev
	@tools/lint

bench: $(VENV)/.dev
	@$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev
	@$(BIN)/python tools/screenshots.py

messages: $(VENV)/.dev
	@$(BIN)/python tools/extract_messages.py

# Hashed and without addresses, so that any mirror serves them.
LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q
lock: $(VENV)/.dev
	$(LOCK) --extra build -o requirements/base.lock
	$(LOCK) --extra dev -o requirements/dev.lock
	$(subst pyproject.toml,requirements/oracle.in,$(LOCK)) -o requirements/oracle.lock
	@! grep -l '://' requirements/*.lock

bundle: $(VENV)/.dev
	@tools/bundle

clean:
	rm -rf $(VENV)

$(VENV)/bin/uv: requirements/installer.lock
	@tools/need-python "$(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.base: requirements/base.lock pyproject.toml $(VENV)/bin/uv $(shell find src -name '*.po')
	@echo "Installing Kepu into $(VENV) …"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $<
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python tools/compile_messages.py
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.base
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $<
	@touch $@

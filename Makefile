# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Bytecode is kept, whatever the surroundings say: the suite starts the program hundreds of times.
unexport PYTHONDONTWRITEBYTECODE
# Pass other options to pytest: `make test PYTEST_ARGS="-x tests/event/test_states.py"`.
PYTEST_ARGS ?= --numprocesses auto --dist worksteal

SEEDS ?= $(shell seq 30)

.PHONY: demo test docs screenshots architecture bench mutants chance format surfaces requirements clean

demo: $(VENV)/.demo ## play the life of real pipelines against the local stand-in for Compass; KEEP=1 keeps its page
	@$(BIN)/python entrypoint.py demo $(if $(KEEP),--keep)

test: $(VENV)/.test ## install and run the whole suite
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

docs: build/docs-venv/.docs ## the documentation as a site, in build/docs; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 build/docs-venv/bin/mkdocs --quiet build --strict

screenshots: $(VENV)/.demo ## pictures for the docs: the sandbox's page, GitHub's step summary; needs npm, Chromium, a font with emoji
	@cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent
	@node tests/browser/screenshots.mjs docs/images feed,metrics,event,summary

architecture: $(VENV)/.demo ## the picture of the parts and their imports, for the docs
	@$(BIN)/python -m docs.architecture

bench: $(VENV)/.test ## measure it all in one go; BENCH_ARGS="--before CHECKOUT" compares two versions
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

mutants: $(VENV)/.test ## plant faults and count those that no test notices; takes an hour or two; MUTANTS_ARGS="--module delivery --own-only"
	@$(BIN)/python -m benchmarks.mutants $(MUTANTS_ARGS)

chance: $(VENV)/.test ## the suite once for each of SEEDS, in another order and with other examples: does a test fail by chance?
	@failed=; for seed in $(SEEDS); do \
		rm -rf .hypothesis; echo "Seed $$seed"; \
		$(BIN)/python -m pytest $(PYTEST_ARGS) -p randomly --randomly-seed=$$seed --hypothesis-profile=chance --hypothesis-seed=$$seed \
			|| failed="$$failed $$seed"; \
	done; test -z "$$failed" || { echo "It failed with these seeds:$$failed"; exit 1; }

format: $(VENV)/.check ## format and mend what ruff can mend
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

surfaces: $(VENV)/.demo ## write the list of inputs into the surfaces
	@$(BIN)/python surfaces/write_inputs.py

requirements: ## write the pinned requirements from pyproject.toml; needs uv
	uv -q pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.txt
	uv -q pip compile --universal --python-version 3.11 --generate-hashes --no-header -c requirements.txt pyproject.toml --extra sandbox -o requirements-sandbox.txt
	uv -q pip compile --universal --python-version 3.11 --generate-hashes --no-header -c requirements-sandbox.txt pyproject.toml --group test -o requirements-test.txt
	uv -q pip compile --universal --python-version 3.11 --generate-hashes --no-header -c requirements-test.txt pyproject.toml --group check -o requirements-check.txt
	uv -q pip compile --universal --python-version 3.11 --generate-hashes --no-header --group docs -o requirements-docs.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The site's generator has a place of its own: its pins need not agree with the program's.
build/docs-venv/.docs: requirements-docs.txt
	@test -x build/docs-venv/bin/python || $(PYTHON) -m venv build/docs-venv
	@echo "Installing $< into build/docs-venv ..."
	@build/docs-venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.demo: requirements-sandbox.txt
$(VENV)/.test: requirements-test.txt
$(VENV)/.check: requirements-check.txt

# Each set of requirements contains the one before it, so installing a larger set keeps the smaller ones true.
$(VENV)/.demo $(VENV)/.test $(VENV)/.check:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing $< into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

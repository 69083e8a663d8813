# Groundrules. Needs python3 (3.11 or newer) with venv, and make; everything else it brings for itself.

PYTHON ?= python3
export PYTHON
.DEFAULT_GOAL := help
# Where the surroundings forbid byte code, as many containers do, each of hundreds of processes would compile everything.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test check bench docs screenshots clean

help:  ## Show this list
	@echo "Groundrules: two commands for a newcomer are 'make demo' and 'make test'."
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## Walk the cautionary tale and serve it on loopback (RESET=1 starts over, PORT=8138 serves elsewhere)
	@scripts/bootstrap runtime
	@exec .venv/bin/groundrules demo $(if $(filter-out 0,$(RESET)),--reset) $(if $(PORT),--port $(PORT))

run:  ## Serve your own installation on loopback
	@scripts/bootstrap runtime
	@exec .venv/bin/groundrules serve $(if $(PORT),--port $(PORT))

test:  ## Install what the tests need, check, and run every test on SQLite and PostgreSQL
	@scripts/bootstrap dev
	@scripts/test

check:  ## Format, lint, types, floors and house rules; under a minute
	@scripts/bootstrap dev
	@scripts/check

bench:  ## Measure; see benchmarks/README.md
	@scripts/bootstrap dev
	@benchmarks/run

docs:  ## Write the reference pages that are made from the code
	@scripts/bootstrap dev
	@scripts/docs

screenshots:  ## Take docs/ pictures anew from the demo, in a headless Chromium
	@scripts/bootstrap dev
	@scripts/install-test-needs
	@scripts/screenshots

clean:  ## Remove the environment and caches; var/ (your books) stays
	rm -rf .venv .stamps .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	find src collector tests -name __pycache__ -type d -prune -exec rm -rf {} +

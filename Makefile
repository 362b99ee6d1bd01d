# Every target is explained by `make help`. Nothing but Python (3.11 or newer) and make is needed.

PYTHON ?= python3
PY := .venv/bin/python
# Where official specifications and custom resource definitions lie; more is checked when they are there.
SPECS ?= $(wildcard ../shared/specs)
CRDS ?= $(wildcard ../shared/crds)
# The broker of `make demo` and `make run`: embedded, kafka, containers or external.
BROKER ?= embedded
TESTS ?=
CODE := libs services deploy tests
SCHEMAS := libs/contracts/schemas

export SPECS CRDS BROKER CATALOG REPORT MARKETPLACE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run check check-format format lint types architecture check-schemas schemas manifests \
	test bench test-kafka test-containers locks clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  CATALOG=file.csv   demo, run: the sandbox sells this product export (Shopify's CSV format)"
	@echo "  MARKETPLACE=…      demo: etsy (default), ebay, shopify, woocommerce, amazon, a,b or all in turn"
	@echo "  REPORT=file.json   demo, bench: also write the printed figures as JSON"
	@echo "  BROKER=…           demo, run: embedded (default), kafka, containers, external"
	@echo "  TRUESTOCK_POSTGRES_URL, TRUESTOCK_KAFKA_BOOTSTRAP   demo, run: servers that run elsewhere (BROKER=external)"
	@echo "  ARGS=…             bench: for example ARGS='--broker kafka --rounds 5 --stored 1000000' (ARGS=--help shows all)"
	@echo "  TESTS=path         test, test-kafka, test-faults, soak, test-containers: only these tests"
	@echo "  TRUESTOCK_FAULT_SEED=…   test-faults, soak: replay the chance of a run that printed this seed"

setup: ## Create .venv with what the local stack needs (once; hash-pinned)
	@$(PYTHON) deploy/local/bootstrap.py local

setup-dev: ## The same, with what checks and tests need
	@$(PYTHON) deploy/local/bootstrap.py dev

demo: setup ## Run the whole journey once on a stack of its own and print it
	@$(PY) -m truestock.local demo

run: setup ## Start the stack, print its addresses, keep it until Ctrl-C
	@$(PY) -m truestock.local run

check: check-format lint types architecture check-schemas manifests ## All checks that need no server

check-format: setup-dev ## Is every file formatted?
	@$(PY) -m ruff format --check $(CODE)

format: setup-dev ## Format every file
	@$(PY) -m ruff format $(CODE)
	@$(PY) -m ruff check --fix-only $(CODE)

lint: setup-dev ## Static checks (ruff)
	@$(PY) -m ruff check $(CODE)

types: setup-dev ## Types (mypy, strict)
	@$(PY) -m mypy $(CODE)

architecture: setup-dev ## What may import what (import-linter), and the house rules
	@$(PY) -c "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
	@$(PY) -m pytest -q tests/unit/architecture

check-schemas: setup-dev ## Published event schemas are unchanged and compatible with each other
	@$(PY) libs/contracts/tools/check_schemas.py $(SCHEMAS)
	@$(PY) -m pytest -q tests/contract/schemas

schemas: setup-dev ## Export the schemas of new event versions (never changes a published one)
	@$(PY) -m truestock.contracts.schemas $(SCHEMAS)
	@$(PY) libs/contracts/tools/check_schemas.py --record $(SCHEMAS)

manifests: setup-dev ## Render and validate the Kubernetes manifests
	@$(PY) deploy/k8s/check.py
	@$(PY) -m pytest -q tests/contract/manifests

test: setup-dev ## All tests on the embedded stack
	@$(PY) $(if $(TESTS),-m pytest,tests/side_by_side.py) -m "not kafka_only" $(TESTS)

test-kafka: setup-dev ## The delivery tests against Apache Kafka itself (fails where it cannot start)
	@TRUESTOCK_TEST_BROKER=kafka $(PY) -m pytest -m "kafka or kafka_only" $(or $(TESTS),tests --ignore=tests/faults)

test-faults: setup-dev ## The fault tests against Apache Kafka itself (fails where it cannot start)
	@TRUESTOCK_TEST_BROKER=kafka $(PY) -m pytest -m "kafka or kafka_only" $(or $(TESTS),tests/faults)

soak: setup-dev ## The same with the full sizes (hours)
	@TRUESTOCK_FAULT_SIZE=soak TRUESTOCK_TEST_BROKER=kafka $(PY) -m pytest -m "kafka or kafka_only" \
		$(or $(TESTS),tests/faults)

test-containers: setup-dev ## Both, Kafka as a container (fails without a container engine)
	@TRUESTOCK_TEST_BROKER=containers $(PY) -m pytest -m "kafka or kafka_only" $(or $(TESTS),tests)

bench: setup-dev ## Throughput, latency and CPU per event, beside two baselines in the same run
	@PYTHONPATH=tests $(PY) -m bench $(ARGS)

locks: ## Resolve requirements/*.in into hash-pinned locks (needs uv on the PATH)
	@command -v uv >/dev/null || { echo "uv is not on the PATH: install it, for example with pip" >&2; exit 1; }
	@for name in runtime local dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			--no-emit-index-url requirements/$$name.in -o requirements/$$name.lock || exit 1; \
	done

clean: ## End what a killed run left, delete .venv, caches and local state
	@if [ -x $(PY) ]; then $(PY) -m truestock.local sweep; fi
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(CODE) -type d -name __pycache__ -prune -exec rm -rf {} +

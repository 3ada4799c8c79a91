# Needs Python 3.11 or later and nothing else; everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# LOWEST=1 installs the lowest versions that pyproject.toml allows, in a VENV of its own.
LOWEST ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(LOWEST),--constraint $(VENV)/lowest.txt)

.PHONY: demo quick test test-here test-spark trial proof check format docs bench bench-spark clean

demo: $(VENV)/installed
	@status=0; $(BIN)/perfeval-lint examples/*.txt examples/flawed.yaml || status=$$?; \
	if [ $$status -gt 1 ]; then exit $$status; fi; \
	echo "（退出码 $$status：示例里有真实的问题。）"

# Tests start a thousand processes; where the environment forbids to write bytecode, each compiles the package anew.
quick test-here test-spark trial proof: export PYTHONDONTWRITEBYTECODE =
# Each process gets an equal stretch of the tests, so that what a module shares is made once.
PARALLEL := $(BIN)/python -m pytest -n auto --dist worksteal

# What a change most likely breaks, in less than two minutes on two cores.
quick: $(VENV)/dev
	$(PARALLEL) -q tests/form/test_form_documents.py tests/form/test_form_mistakes.py tests/form/test_form_values.py \
		tests/quantity/test_readings.py tests/quantity/test_sides.py tests/quantity/test_units.py \
		tests/recognise/test_published.py tests/recognise/test_layouts.py \
		tests/rules/test_clean_forms.py tests/rules/test_mutations.py tests/rules/test_published_forms.py \
		tests/judge/test_messages.py tests/judge/test_outcomes.py tests/judge/test_places.py \
		tests/audit/test_unjudged_in_reports.py tests/cli/test_cli_waivers.py tests/report/test_wrapping.py

# Those of a Spark cluster run one after the other, beside the others: both wait for processes a third of their time.
test: $(VENV)/dev
	@$(MAKE) --no-print-directory --jobs 2 test-here test-spark

test-here: $(VENV)/dev
	$(PARALLEL) --ignore tests/spark

test-spark: $(VENV)/dev
	@echo "$(BIN)/python -m pytest tests/spark (printed when it ends)"; \
	$(BIN)/python -m pytest tests/spark >$(VENV)/spark.log 2>&1; status=$$?; cat $(VENV)/spark.log; exit $$status

# What is quick, for other Pythons and other versions: make trial PYTHON=python3.13 VENV=.venv/lowest-3.13 LOWEST=1
trial: export PERFEVAL_LINT_CACHE = $(abspath $(VENV))/cache
trial: $(VENV)/dev
	$(PARALLEL) -q --ignore tests/judge/test_kept_sql.py \
		tests/form tests/quantity tests/read_text tests/read_web tests/read_office tests/judge

proof: $(VENV)/dev
	$(BIN)/python -m tests.rules.proof
	PERFEVAL_EXAMPLES=50 PERFEVAL_FORMS=500 $(PARALLEL) tests/audit/test_any_form.py tests/audit/test_any_cell.py

check: $(VENV)/dev
	$(BIN)/ruff format --check lint tests docs benchmarks .ci
	$(BIN)/ruff check lint tests docs benchmarks .ci
	$(BIN)/mypy
	PYTHONPATH=lint $(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/perfeval-lint rules check
	$(BIN)/python docs/generate.py --check

format: $(VENV)/dev
	$(BIN)/ruff format lint tests docs benchmarks .ci
	$(BIN)/ruff check --fix lint tests docs benchmarks .ci

docs: $(VENV)/dev
	$(BIN)/python docs/generate.py

bench: $(VENV)/dev
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/convert.py
	$(BIN)/python benchmarks/printed.py
	$(BIN)/python benchmarks/checks.py
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python benchmarks/stalled.py

bench-spark: $(VENV)/spark
	$(BIN)/python benchmarks/spark.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更高版本；可用 make PYTHON=… 指定")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/lowest.txt: $(VENV)/bin/python pyproject.toml .ci/lowest.py
	$(BIN)/python .ci/lowest.py > $@

$(VENV)/installed: $(VENV)/bin/python pyproject.toml $(if $(LOWEST),$(VENV)/lowest.txt)
	$(PIP) --editable .
	@touch $@

# Spark, to test the audit on a cluster; needs Java 17 to run.
$(VENV)/spark: $(VENV)/dev pyproject.toml
	$(PIP) --editable '.[spark]'
	@touch $@

# The dev tools are the group "dev" of pyproject.toml, read without needing a pip that knows groups.
$(VENV)/dev: $(VENV)/installed pyproject.toml
	$(BIN)/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"]))' > $(VENV)/dev.txt
	$(PIP) --requirement $(VENV)/dev.txt
	@touch $@

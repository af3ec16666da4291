.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
POT := build/lms.pot
LOCK := build/lock/bin/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header --quiet

.PHONY: help run test bench lint format types translations pictures lock clean setup setup-test

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: setup ## The site with its demo on http://127.0.0.1:8000 (PORT= changes it)
	@exec bin/serve

test: setup-test lint types ## Every check and every test; with CI=true a skipped one fails
	$(BIN)/python -m pytest tests/load  # by themselves: they take the whole machine
	$(BIN)/python -m pytest -n 2 --ignore tests/load

bench: setup-test ## The benchmarks, each beside its yardstick
	$(BIN)/python -m tests.bench

lint: setup-test ## Layout of the code, house rules, and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

format: setup-test ## Lays the code out and mends what a tool can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup-test ## mypy --strict
	$(BIN)/mypy

translations: setup-test ## Collects the sentences to translate into the catalogues, which are read as they are
	mkdir -p $(dir $(POT))
	$(BIN)/pybabel extract --mapping pyproject.toml --keyword lazy_gettext --keyword _l --add-comments translators: \
	    --add-location file --project flask-lms --output $(POT) lms templates
	@test -e lms/translations/km || $(BIN)/pybabel init --domain lms --input-file $(POT) --output-dir lms/translations --locale km
	$(BIN)/pybabel update --domain lms --input-file $(POT) --output-dir lms/translations \
	    --no-fuzzy-matching --ignore-pot-creation-date --ignore-obsolete

pictures: setup-test ## The pictures in the documentation, taken anew
	$(BIN)/python -m tests.pictures

lock: ## Newest versions of what pyproject.toml asks for, into the requirement files
	python3 -m venv build/lock && build/lock/bin/pip install --quiet uv
	$(LOCK) --upgrade pyproject.toml --output-file requirements.txt
	$(LOCK) --upgrade --group dev --constraint requirements.txt --output-file build/dev.txt
	{ echo "-r requirements.txt"; cat build/dev.txt; } > requirements-dev.txt

clean: ## Removes what was made, but for .venv and the site's data in instance/
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find lms tests migrations -name __pycache__ -prune -exec rm -r {} +

setup:
	@bin/setup run

setup-test:
	@bin/setup test

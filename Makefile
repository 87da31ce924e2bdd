# The commands of the project. `make` alone lists them; each calls `reporting` or pytest and nothing else.
#
#   make monthly-report [MONTH=2026-10] [SOURCE=demo] [PARAMS=params/monthly.yml] [RENDERER=quarto]
#
# The first one sets up .venv from requirements.lock: with uv where there is one, else with Python's own tools.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:

VENV := .venv
READY := $(VENV)/.ready
SERVERS := $(VENV)/.servers
REPORTING := $(VENV)/bin/reporting
PYTEST := $(VENV)/bin/python -m pytest

# All cores; a process whose tests are done takes over some of another's. The plugin checks the properties' fixtures.
PARALLEL := --numprocesses auto --dist worksteal -p hypothesispytest

# MONTH, SOURCE, ACCOUNT and the others count only when they are given to make itself: a variable of that name in the
# environment must not choose the company. Nor do they reach the environment of what make starts.
MAKEOVERRIDES :=
unexport MONTH FROM TO SOURCE PARAMS RENDERER NOTEBOOKS PER SLIDES OUT ROOM SAMPLE ACCOUNT STANCE OWNER DASK IP
quoted = '$(subst ','\'',$(value $(1)))'
option = $(if $(and $(filter command,$(origin $(2))),$(value $(2))),--$(1) $(call quoted,$(2)))
flag = $(if $(and $(filter command,$(origin $(2))),$(filter-out 0,$(value $(2)))),--$(1))
each = $(if $(filter command,$(origin $(1))),-- $(foreach word,$(value $(1)),$(call quoted,word)))

rooms := $(patsubst tests/%/,%,$(filter-out tests/__pycache__/,$(wildcard tests/*/)))
room := $(if $(filter command,$(origin ROOM)),$(strip $(value ROOM)))
ifneq ($(room),)
ifneq ($(filter-out $(rooms),$(room))$(word 2,$(room)),)
$(error ROOM=$(room): there is no such room; there are $(rooms))
endif
override room := tests/$(room)
endif

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo '  MONTH=2026-10 SOURCE=demo PARAMS=params/monthly.yml RENDERER=quarto may follow where they make sense'

.PHONY: monthly-report
monthly-report: $(READY) ## make and publish a month, or many: MONTH= FROM= TO= SOURCE= PARAMS= NOTEBOOKS= PER=owner SLIDES=1
	@$(REPORTING) run $(call option,month,MONTH) $(call option,from,FROM) $(call option,to,TO) \
		$(call option,source,SOURCE) $(call option,params,PARAMS) $(call option,renderer,RENDERER) \
		$(call option,notebooks,NOTEBOOKS) $(call option,per,PER) $(call flag,slides,SLIDES)

.PHONY: validate
validate: $(READY) ## check a source against the contract: SOURCE= MONTH=
	@$(REPORTING) validate $(call option,source,SOURCE) $(call option,month,MONTH) $(call option,params,PARAMS)

.PHONY: suggest
suggest: $(READY) ## propose a product definition from a source's events: SOURCE= OUT=params/product.acme.yml
	@$(REPORTING) suggest $(call option,source,SOURCE) $(call option,out,OUT) $(call option,params,PARAMS)

.PHONY: account-review
account-review: $(READY) ## two pages for a call: ACCOUNT='A0074 A0112' or STANCE=rescue or OWNER=, MONTH= DASK=
	@$(REPORTING) account-review $(call option,stance,STANCE) $(call option,owner,OWNER) \
		$(call option,source,SOURCE) $(call option,month,MONTH) $(call option,params,PARAMS) $(call option,dask,DASK) \
		$(call each,ACCOUNT)

.PHONY: audit
audit: $(READY) ## make a published month again from its snapshot and compare: SOURCE= MONTH=
	@$(REPORTING) audit $(call option,source,SOURCE) $(call option,month,MONTH) $(call option,params,PARAMS)

.PHONY: list
list: $(READY) ## list what is published
	@$(REPORTING) list

.PHONY: demo-data
demo-data: $(READY) ## build the demo company and the snapshot that the notebooks open on
	@$(REPORTING) demo

.PHONY: lab
lab: demo-data ## JupyterLab on the project: IP=0.0.0.0 in a container
	@$(VENV)/bin/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks $(call option,ip,IP) \
		$(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: test
test: $(READY) $(if $(room),,demo-data) ## every test that needs no server, on all cores; of one room: ROOM=metrics
	@$(PYTEST) -m 'not server' $(PARALLEL) $(room)
	@$(if $(room),,$(PYTEST) -p nbval -p no:cacheprovider --nbval-lax $(PARALLEL) --dist loadfile notebooks)

.PHONY: coverage
coverage: $(READY) demo-data ## the same tests, and which branches of the code they take
	@$(PYTEST) -m 'not server' $(PARALLEL) -p pytest_cov --cov --cov-report=term:skip-covered --cov-report=html

.PHONY: mutate
mutate: $(READY) ## break the code of a room on purpose and list what no test notices: ROOM=metrics SAMPLE=200
	@$(if $(room),,$(error make mutate needs a ROOM: one of $(rooms)))
	@$(VENV)/bin/python bench/mutate.py $(notdir $(room)) $(call option,sample,SAMPLE)

.PHONY: test-all
test-all: test $(SERVERS) ## also those with PostgreSQL, Spark, R, a browser, Quarto, where they are installed
	@$(PYTEST) -m server

.PHONY: lint
lint: $(READY) ## style, format and types of the code, style of the notebooks
	@$(VENV)/bin/ruff check src tests bench deploy notebooks
	@$(VENV)/bin/ruff format --check src tests bench deploy
	@$(VENV)/bin/ty check

.PHONY: pictures
pictures: $(READY) ## the README's pictures, from the published pages of the demo: MONTH=
	@$(VENV)/bin/python docs/pictures.py $(if $(filter command,$(origin MONTH)),$(call quoted,MONTH))

.PHONY: bench
bench: bench-metrics bench-survival bench-render bench-explorer bench-reviews ## every timing, side by side

.PHONY: bench-metrics
bench-metrics: $(READY) ## a hundred million events: roll-ups and snapshot against plain SQL and pandas
	@$(VENV)/bin/python bench/metrics.py

.PHONY: bench-survival
bench-survival: $(READY) ## the models against R, and their coverage on 400 simulated worlds
	@$(VENV)/bin/python bench/survival_cox.py
	@$(VENV)/bin/python bench/survival_worlds.py

.PHONY: bench-render
bench-render: $(READY) ## the pages against bare pandoc and Typst, and against Quarto
	@$(VENV)/bin/python bench/render.py

.PHONY: bench-explorer
bench-explorer: $(READY) ## the table of all accounts with ten thousand of them, in Chromium
	@$(VENV)/bin/python bench/explorer.py

.PHONY: bench-reviews
bench-reviews: $(READY) ## 200 account reviews in one call against papermill, pandoc and Typst in a loop
	@$(VENV)/bin/python bench/reviews.py

.PHONY: doctor
doctor: $(READY) ## check the environment
	@$(REPORTING) doctor

.PHONY: wheel
wheel: $(READY) ## build the wheel that a project begins from without a clone, in dist/
	@$(VENV)/bin/python -m hatchling build -t wheel

# Extras stay in the lock: pip takes `coverage[toml]` for something that is not pinned where `coverage` is.
.PHONY: lock
lock: ## lock the dependencies of pyproject.toml again (needs uv)
	@set -eu; \
	compile() { \
		uv pip compile pyproject.toml --universal --python-version 3.11 --extra build --extra test "$$@" \
			--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
			--no-strip-extras --quiet --upgrade; \
	}; \
	compile --output-file requirements.lock; \
	compile --extra spark --extra postgres --extra dask --constraint requirements.lock --output-file requirements-servers.lock

.PHONY: clean
clean: ## remove caches and what runs left in build/; published reports stay
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
	@find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: setup
setup: $(READY) ## set up .venv

.PHONY: setup-servers
setup-servers: $(SERVERS) ## add the drivers of PostgreSQL and Spark, and Dask, to .venv

# A half-finished set-up has no mark, and is started over; one that only lags behind the lock is brought up to date.
$(READY): requirements.lock pyproject.toml
	@set -eu; \
	test -e $@ || rm -rf $(VENV); \
	rm -f $@; \
	python=; \
	for candidate in $(VENV)/bin/python python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python="$$candidate"; break; fi; \
	done; \
	if test -z "$$python"; then \
		echo 'No Python 3.11 or newer was found on the PATH. Install one, or uv, and run make again.' >&2; exit 2; fi; \
	echo "Setting up $(VENV) with $$("$$python" --version); this happens once."; \
	if uv --version >/dev/null 2>&1; then \
		test -x $(VENV)/bin/python || uv venv --quiet --python "$$python" $(VENV); \
		uv pip sync --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes requirements.lock; \
		uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable .; \
	else \
		test -x $(VENV)/bin/python || "$$python" -m venv $(VENV) || { \
			echo "This Python lacks venv (on Debian: python3-venv). Install it, or uv, and run make again." >&2; \
			exit 2; }; \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
			--editable .; \
	fi; \
	touch $@

# The same versions and some more, so that nothing the reports rest on changes.
$(SERVERS): requirements-servers.lock $(READY)
	@set -eu; \
	echo 'Adding the drivers of PostgreSQL and Spark, and Dask, to $(VENV); this happens once.'; \
	if uv --version >/dev/null 2>&1; then \
		uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes -r $<; \
	else \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; \
	fi; \
	touch $@

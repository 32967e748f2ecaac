# Oversight. Every target makes its own environment first; nothing but Python 3.11 or newer has to be there.

# The newest Python that fits; else python3, which then says what is missing.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done || true)
ifeq ($(strip $(PYTHON)),)
PYTHON := python3
endif
LAUNCH = exec $(PYTHON) -m launch

.DEFAULT_GOAL := help
.PHONY: help run test test-long prove bench lint format demo-reset manage lock

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

run: ## start everything with demo data at http://127.0.0.1:8000 (PORT=…, DATA_DIR=…)
	@$(LAUNCH) run

test: ## run the tests (ARGS="tests/budget -k burn")
	@$(LAUNCH) test -m "not long" $(ARGS)

test-long: ## run all tests, with the long ones
	@$(LAUNCH) test $(ARGS)

prove: ## take one protection after the other away and see a test fail for each (ARGS="token")
	@$(LAUNCH) prove $(ARGS)

bench: ## measure pages, imports and memory on small and large data (ARGS="small", ARGS="large keep")
	@$(LAUNCH) bench $(ARGS)

lint: ## check style, types, import directions, templates and migrations
	@$(LAUNCH) lint

format: ## put the code into shape
	@$(LAUNCH) format

demo-reset: ## remove the demo's data; the next run loads it afresh
	@$(LAUNCH) demo-reset

manage: ## run a command of manage.py on the demo's servers (ARGS="shell")
	@$(LAUNCH) manage $(ARGS)

lock: ## renew the lock files from pyproject.toml (ARGS="--upgrade")
	@$(LAUNCH) lock $(ARGS)

# Every target does its own set-up: a clean clone on a machine with Python 3.11 or newer is enough.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test check lint types readme judges train clean

BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

help: ## what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/base ## speak a text of about a minute to build/minute.mp3 and print how fast it went
	@mkdir -p build
	$(BIN)/duologue speak benchmarks/minute.txt -o build/minute.mp3 --captions build/minute.vtt --threads 1

test: .venv/dev ## the tests
	@$(BIN)/python -m pytest

check: lint types test ## what CI runs: lint, types, tests

lint: .venv/dev ## ruff, lint and format
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev ## mypy
	@$(BIN)/mypy

readme: .venv/base ## write the table of README.md anew from benchmarks/results
	@$(BIN)/python benchmarks/readme.py

judges: .venv/judges ## set up what benchmarks/voice_quality.py needs (PyTorch, Whisper-base, DistillMOS, DNSMOS)

train: .venv/train ## set up PyTorch for `duologue train`

clean: ## remove what the targets above made
	@rm -rf .venv build dist

# A virtual environment by the first Python that is new enough and can make one; Debian keeps the
# module for it in a package of its own, so fetch that where we may.
.venv/made:
	@can() { "$$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
	for python in python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
		if can "$$python"; then break; fi
		python=
	done
	if [ -z "$$python" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then
		apt-get update -qq && apt-get install -qq -y python3 python3-venv
		if can /usr/bin/python3; then python=/usr/bin/python3; fi
	fi
	if [ -z "$$python" ]; then
		echo "No Python 3.11 or newer that can make a virtual environment: install python3 and python3-venv." >&2
		exit 1
	fi
	rm -rf .venv
	"$$python" -m venv .venv
	touch $@

.venv/base: .venv/made pyproject.toml
	@$(BIN)/pip install -q -e .
	touch $@

.venv/dev: .venv/made pyproject.toml
	@$(BIN)/pip install -q -e '.[dev]'
	touch .venv/base $@

.venv/train: .venv/base
	@$(BIN)/pip install -q -e '.[train]'
	touch $@

# The three come without their dependencies: torchaudio, librosa and transformers, which the judges don't use.
.venv/judges: .venv/base
	@$(BIN)/pip install -q -e '.[judges]'
	$(BIN)/pip install -q --no-deps distillmos==0.9.1 xls-r-sqa==0.1.0 speechmos==0.0.1.1
	touch $@

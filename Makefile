# SPDX-License-Identifier: GPL-3.0-or-later
# `make demo` and `make test` are complete on a fresh Debian 12; the rest are their steps.

SHELL := /bin/bash
BUILD := build/release
PYTHON := build/venv/bin/python
CCACHE := $(shell command -v ccache)
OPENVINO = $(or $(OpenVINO_DIR),$(shell $(PYTHON) -c "from openvino.utils import get_cmake_path; print(get_cmake_path())"))
JOBS ?= $(shell nproc)

# The ONNX Runtime that PyPI has sends events to Microsoft unless this is set. The program sets it itself.
export ORT_DISABLE_TELEMETRY := 1

.PHONY: all demo test build build-tests lint bench install clean
all: build

# Leaves the program at build/release/bin/latent and the Python environment at build/venv.
build:
	@tools/install_packages.sh build
	@tools/make_venv.sh run
	@tools/fetch_onnxruntime_header.sh
	@$(MAKE) --no-print-directory compile TARGETS="latent latent_library" LATENT_TESTS=OFF

build-tests:
	@tools/install_packages.sh test
	@tools/make_venv.sh test
	@tools/fetch_onnxruntime_header.sh
	@$(MAKE) --no-print-directory compile TARGETS=all LATENT_TESTS=ON

.PHONY: compile
compile:
	@tools/configure.sh $(BUILD) "$(OPENVINO)" $(LATENT_TESTS) $(if $(CCACHE),ccache,none)
	@cmake --build $(BUILD) -j $(JOBS) --target $(TARGETS) -- --quiet

# The desktop app: installs what it needs, builds it, starts it.
.PHONY: studio build-studio
build-studio:
	@tools/install_packages.sh studio
	@tools/make_venv.sh run
	@tools/fetch_onnxruntime_header.sh
	@$(MAKE) --no-print-directory compile TARGETS="latent latent-studio" LATENT_TESTS=OFF

studio: build-studio
	@$(BUILD)/bin/latent-studio $(OPEN)

demo: build
	@$(PYTHON) tools/demo.py --program $(BUILD)/bin/latent

test: build-tests
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) --timeout 600
	@LATENT_BIN=$(CURDIR)/$(BUILD)/bin/latent $(PYTHON) -m pytest -q -n $(JOBS) --dist loadfile tests
	@cd python && PYTHONPATH=. ../$(PYTHON) -m pytest -q
	@# One process for each file: all in one ended in a fault of Python 3.11's frame stack (training/README.md).
	@cd training && ls tests/test_*.py | PYTHONPATH=.:../python OMP_WAIT_POLICY=passive xargs -n 1 ../$(PYTHON) -m pytest -q
	@cd zoo && PYTHONPATH=.:../python OMP_WAIT_POLICY=passive ../$(PYTHON) -m pytest -q

lint: build-tests
	@tools/lint.sh

# Our networks as packages that darktable installs: build/darktable/*.dtmodel.
.PHONY: darktable-packages
darktable-packages:
	@tools/make_venv.sh test
	@cd training && for pair in latent-raw:rawdenoise-latent latent-denoise:denoise-latent latent-upscale:upscale-latent; do \
	  PYTHONPATH=.:../python ../$(PYTHON) -m latent_train.cli darktable ../weights/$${pair%%:*}.dtmodel \
	    --zoo ../zoo/$${pair##*:} --out ../build/darktable/$${pair##*:}.dtmodel || exit 1; done

# The guide and all other documents as HTML: build/guide/index.html. Nothing is read from the network
# but the generator itself, once.
.PHONY: guide
guide: build/docs-venv/.installed
	@build/docs-venv/bin/sphinx-build -W --keep-going -q -b html docs build/guide
	@echo "build/guide/index.html"

build/docs-venv/.installed: tools/requirements/docs.txt
	@python3 -m venv build/docs-venv
	@build/docs-venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

install: build
	@cmake --install $(BUILD) $(if $(PREFIX),--prefix $(PREFIX),)

clean:
	rm -rf build

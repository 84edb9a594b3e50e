#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Random events into the window of latent-studio, with all of its code under address and
# undefined-behaviour sanitizers. Exits 1 where it fails, hangs or a sanitizer says something.
# Needs a build folder that `make test` or `make studio` configured.
#
#   tools/monkey.sh [EVENTS=10000] [FOLDER=build/release] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
events=${1:-10000} folder=${2:-build/release}
cmake --build "$folder" --target gui_monkey_asan_test -- --quiet
# Qt and its platform plug-ins keep what they made until the program ends, and so does the font cache:
# leaks are looked for in the rooms' own tests. Memory that is refused is a case of ours, no fault.
# use_sigaltstack: a library gives its threads a stack for signals, which the sanitizer of GCC 12 would
# free once more at the end of each; other memory is lost with it.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:detect_stack_use_after_return=1:use_sigaltstack=0
export UBSAN_OPTIONS=print_stacktrace=1 TBB_ENABLE_SANITIZERS=1
LATENT_MONKEY_EVENTS=$events LATENT_MONKEY_SEED=${3:-} timeout 1800 \
  "$folder/tests/gui/gui_monkey_asan_test"

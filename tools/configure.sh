#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Configures a build folder when it is new or when what it was configured with has changed.
#
#   tools/configure.sh FOLDER OPENVINO_DIR TESTS(ON|OFF) ccache|none
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1 openvino=$2 tests=$3 launcher=$4
# Once the tests are configured they stay: `make demo` after `make test` must not build anew.
if [[ $tests == OFF ]] && grep -qs '^LATENT_TESTS:BOOL=ON' "$folder/CMakeCache.txt"; then tests=ON; fi
# Where Qt comes or goes the desktop app does, too.
qt=$(pkg-config --exists Qt6Widgets sqlite3 2>/dev/null && [[ -x /usr/lib/qt6/bin/lrelease ]] && echo qt || true)
wanted="$openvino $tests $launcher $qt"
if [[ -f $folder/build.ninja && $(cat "$folder/.configured" 2>/dev/null) == "$wanted" ]]; then exit 0; fi
options=(-DOpenVINO_DIR="$openvino" -DLATENT_TESTS="$tests" -DLATENT_BENCH="$tests"
         -DLATENT_PYTHON="$PWD/build/venv/bin/python")
if [[ $launcher == ccache ]]; then
  options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
else
  options+=(-DLATENT_PRECOMPILE=ON)
fi
cmake --preset release "${options[@]}" >"$folder.configure.log" 2>&1 ||
  { tail -n 30 "$folder.configure.log" >&2; exit 1; }
printf '%s' "$wanted" >"$folder/.configured"

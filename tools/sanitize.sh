#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the unit tests of the rooms that need no OpenVINO with address and undefined-behaviour
# sanitizers and runs them. Exits 1 where one fails or a sanitizer says something.
#
#   tools/sanitize.sh gcc|clang
#
# gcc    the preset `dev` in its light form, in build/dev-rooms.
# clang  the preset `fuzz`: the fuzzers are linked from the same objects (tools/fuzz.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=${1:-}
case $compiler in
  gcc) preset=dev folder=build/dev-rooms options=(-DLATENT_ENGINES=OFF) ;;
  clang) preset=fuzz folder=build/fuzz options=() ;;
  *) sed -n '3,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
tools/install_packages.sh test
[[ $compiler == gcc ]] || tools/install_packages.sh fuzz
command -v ccache >/dev/null && options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
[[ -x build/venv/bin/python ]] && options+=(-DLATENT_PYTHON="$PWD/build/venv/bin/python")
mkdir -p build
cmake --preset "$preset" -B "$folder" "${options[@]}" >"$folder.configure.log" 2>&1 ||
  { tail -n 30 "$folder.configure.log" >&2; exit 1; }
cmake --build "$folder" --target room-tests -- --quiet
ctest --test-dir "$folder" --output-on-failure -j "$(nproc)" --timeout 300 -L room-tests

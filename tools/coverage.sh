#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which lines of src/ the tests run (GCC's gcov, lcov). Each step can be run by itself; counts add up until `reset`.
#
#   tools/coverage.sh                        reset, build, unit, program, report
#   tools/coverage.sh build [TARGET]...      all, with counters, in build/coverage; "room-tests" is the light part
#   tools/coverage.sh reset                  forgets what was counted
#   tools/coverage.sh unit [CTEST OPTION]... the unit tests; "-L room-tests" takes some
#   tools/coverage.sh program [TEST FILE]... the tests of the program
#   tools/coverage.sh report                 lines of each room and of all; build/coverage/src.info has each line
#
# Tests of the program need the Python environment of make build-tests. What decodes files in the cage can write
# no counters, so lines of read/ count where a unit test runs them, or where a test of the program goes without.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD/build/coverage
python=$PWD/build/venv/bin/python

build() {
  tools/install_packages.sh coverage
  mkdir -p build
  cmake --preset coverage "-DLATENT_PYTHON=$python" \
    "-DOpenVINO_DIR=$("$python" -c 'from openvino.utils import get_cmake_path; print(get_cmake_path())')" \
    >"$folder.configure.log" 2>&1 || { tail -n 30 "$folder.configure.log" >&2; exit 1; }
  local targets=()
  (($# == 0)) || targets=(--target "$@")
  cmake --build "$folder" -j "${JOBS:-$(nproc)}" "${targets[@]}" -- --quiet
}

reset() { find "$folder" -name '*.gcda' -delete; }

# A test that fails is said and does not end the count.
unit() {
  ctest --test-dir "$folder" -j "${JOBS:-$(nproc)}" --timeout 600 -LE bench "$@" | tail -n 25 || true
}

program() {
  local tests=("$@")
  (($# > 0)) || tests=(tests/program)
  LATENT_BIN=$folder/bin/latent "$python" -m pytest -q -n "${JOBS:-$(nproc)}" --dist loadfile "${tests[@]}" | tail -n 25 || true
}

report() {
  # What was compiled and never run counts, too: it is captured first, as none.
  local where=(--quiet --directory "$folder/src" --base-directory "$PWD" --no-external)
  lcov "${where[@]}" --capture --initial --output-file "$folder/none.info"
  lcov "${where[@]}" --capture --output-file "$folder/run.info"
  lcov --quiet --add-tracefile "$folder/none.info" --add-tracefile "$folder/run.info" --output-file "$folder/all.info"
  lcov --quiet --extract "$folder/all.info" "$PWD/src/*" --output-file "$folder/src.info"
  awk -F: -v "top=$PWD/src/" '
    $1 == "SF" { name = substr($2, length(top) + 1); room = name; sub("/.*", "", room) }
    $1 == "DA" { split($2, at, ","); lines[room]++; all++; if (at[2] > 0) { run[room]++; hit++ } }
    END {
      for (room in lines) printf "%-10s %6d of %6d lines  %5.1f %%\n", room, run[room], lines[room], 100 * run[room] / lines[room] | "sort"
      close("sort")
      printf "%-10s %6d of %6d lines  %5.1f %%\n", "src", hit, all, 100 * hit / all
    }' "$folder/src.info"
}

if (($# == 0)); then
  build
  reset
  unit
  program
  report
  exit
fi
step=$1
shift
case $step in
  build | reset | unit | program | report) "$step" "$@" ;;
  *) sed -n '3,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

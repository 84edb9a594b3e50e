#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every check that is no test: rooms, formatting, clang-tidy on changed files, ruff, mypy, shell
# syntax. pre-commit and CI call this very script.
#
#   tools/lint.sh [--all]     --all: clang-tidy on every file, not only on the changed ones
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
step() {
  local name=$1
  shift
  if "$@"; then echo "lint: $name: ok"; else echo "lint: $name: FAILED"; failed=1; fi
}

mapfile -t cpp < <(git ls-files '*.cpp' '*.h')
mapfile -t scripts < <(git ls-files '*.sh' .ci/run packaging/slurm)
step "rooms" python3 tools/check_rooms.py
step "rooms, self-test" python3 tools/check_rooms.py --self-test
step "links of documents" python3 tools/check_links.py
step "links, self-test" python3 tools/check_links.py --self-test
step "fuzzers" python3 tools/check_fuzzers.py
step "fuzzers, self-test" python3 tools/check_fuzzers.py --self-test
step "clang-format" clang-format --dry-run --Werror "${cpp[@]}"
step "ruff check" build/venv/bin/ruff check --quiet .
step "ruff format" build/venv/bin/ruff format --quiet --check .
step "mypy" build/venv/bin/mypy
# Every model of the zoo has a convert.py and a demo.py: checked under names that differ.
zoo_scripts() {
  local script
  rm -rf build/zoo-scripts && mkdir -p build/zoo-scripts
  for script in zoo/*/convert.py zoo/*/demo.py; do
    local model=${script#zoo/}
    model=${model%/*}
    cp "$script" "build/zoo-scripts/${model//-/_}_$(basename "$script")"
  done
  MYPYPATH=build/zoo-scripts:zoo build/venv/bin/mypy --cache-dir .mypy_cache/zoo build/zoo-scripts/*.py
}
step "mypy, scripts of the zoo" zoo_scripts
luacheck_plugins() {
  if ! command -v luacheck >/dev/null; then
    echo "lint: luacheck is not installed (Debian: lua-check)"
    return 1
  fi
  local folder
  for folder in plugins/*/; do (cd "$folder" && luacheck --quiet --no-color .) || return 1; done
}
step "luacheck" luacheck_plugins
step "shell syntax" bash -n "${scripts[@]}"

# The files that differ from main, or on main itself from the commit before.
base=$(git merge-base HEAD origin/main 2>/dev/null || true)
[[ -z $base || $base == $(git rev-parse HEAD) ]] && base=$(git rev-parse -q --verify 'HEAD~1' || true)
if [[ ${1:-} == --all || -z $base ]]; then
  mapfile -t changed < <(git ls-files 'src/*.cpp')
else
  mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- 'src/*.cpp')
fi
if [[ ${#changed[@]} -gt 0 ]]; then
  # Headers that GCC has precompiled are none for clang: it reads each file as it stands.
  mkdir -p build/tidy-commands
  sed 's/-Winvalid-pch -include [^ ]*cmake_pch.hxx//' build/release/compile_commands.json \
    >build/tidy-commands/compile_commands.json
  tidy() { printf '%s\n' "${changed[@]}" | xargs -P 2 -n 2 clang-tidy -p build/tidy-commands --quiet 2>/dev/null; }
  step "clang-tidy (${#changed[@]} files)" tidy
fi
exit $failed

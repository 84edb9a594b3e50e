#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzzers (clang 16, libFuzzer, address and undefined-behaviour sanitizers) and runs each
# on its seeds, on what was found before, and then for some seconds more. What crashes, takes more
# than 1 GB or more than 10 s is kept in build/fuzz/crash/FUZZER/; exits 1 when there is any.
#
#   tools/fuzz.sh [SECONDS=60] [FUZZER]...    SECONDS 0: the seeds only
#   tools/fuzz.sh --reproduce FUZZER FILE...  runs one on these files
#   tools/fuzz.sh --record                    adds the inputs that were tried here to fuzz/executions.txt
#   SEEDS=FOLDER tools/fuzz.sh ...            further seeds, for every fuzzer
#   FUZZ_SEED=N FUZZ_RUNS=M tools/fuzz.sh ... the same random numbers each time, and at most M inputs,
#                                             so that CI tries the same on every machine
set -euo pipefail
cd "$(dirname "$0")/.."
work=build/fuzz
export ASAN_OPTIONS=detect_odr_violation=0:allocator_may_return_null=1:detect_leaks=1
export UBSAN_OPTIONS=print_stacktrace=1
limits=(-timeout=10 -rss_limit_mb=1000 -malloc_limit_mb=1000)

# One fuzzer, as its line of all-fuzzers.txt says: SECONDS NAME LONGEST DICTIONARY.
run_one() {
  local seconds=$1 name=$2 longest=$3 dictionary=$4
  local log=$work/log/$name crash=$work/crash/$name grown=$work/corpus/$name
  mkdir -p "$work/log" "$crash" "$grown"
  local options=("${limits[@]}" -artifact_prefix="$crash/") state=0
  # Seeds and findings one by one first, whole: the loop would cut them to the longest input.
  { find "fuzz/corpus/$name" "tests/data/${name%%_*}/fuzz" -type f -print0 2>/dev/null || true; } |
    xargs -0 -n 1000 "$work/fuzzers/${name}_fuzz" "${options[@]}" >"$log" 2>&1 || state=$?
  if ((seconds > 0 && state == 0)); then
    local folders=("$grown" "fuzz/corpus/$name")
    [[ -n ${SEEDS:-} ]] && folders+=("$SEEDS")
    [[ $dictionary == - ]] || options+=(-dict="fuzz/dictionaries/$dictionary.dict")
    "$work/fuzzers/${name}_fuzz" "${folders[@]}" "${options[@]}" -max_len="$longest" \
      -max_total_time="$seconds" ${FUZZ_SEED:+-seed="$FUZZ_SEED"} \
      ${FUZZ_RUNS:+-runs="$FUZZ_RUNS"} -print_final_stats=1 >"$log" 2>&1 || state=$?
  fi
  local speed cover found units
  units=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [[ -n $units ]]; then echo "$name $units" >>"$work/executions"; fi
  speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  cover=$(sed -n 's/.*\(cov: [0-9]*\).*/\1/p' "$log" | tail -n 1)
  found=$(find "$crash" -type f | wc -l)
  printf '%-30s %6s/s, %s, %s findings\n' "$name" "${speed:-?}" "${cover:-cov: 0}" "$found"
  if ((state != 0 || found != 0)); then
    echo "$name: see $log and $crash/" >&2
    tail -n 40 "$log" >&2
    return 1
  fi
}

if [[ ${1:-} == --one ]]; then
  shift
  run_one "$@"
  exit
fi
if [[ ${1:-} == --reproduce ]]; then
  exec "$work/fuzzers/${2}_fuzz" "${limits[@]}" "${@:3}"
fi

if [[ ${1:-} == --record ]]; then
  touch "$work/executions"
  { grep '^#' fuzz/executions.txt
    cat fuzz/executions.txt "$work/executions" |
      awk '!/^#/ { sum[$1] += $2 } END { for (name in sum) printf "%s %.0f\n", name, sum[name] }' | LC_ALL=C sort; } >"$work/recorded"
  mv "$work/recorded" fuzz/executions.txt
  rm "$work/executions"
  awk '!/^#/ { all += $2 } END { printf "%.0f inputs since the corpus began\n", all }' fuzz/executions.txt
  exit
fi

seconds=${1:-60}
shift || true
tools/install_packages.sh fuzz
options=()
command -v ccache >/dev/null && options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
mkdir -p "$work"
cmake --preset fuzz "${options[@]}" >"$work.configure.log" 2>&1 ||
  { tail -n 30 "$work.configure.log" >&2; exit 1; }
if (($# > 0)); then targets=("${@/%/_fuzz}"); else targets=(fuzzers); fi
cmake --build "$work" --target "${targets[@]}" -- --quiet

grep -v '^#' fuzz/all-fuzzers.txt |
  { if (($# > 0)); then grep -E "^($(IFS='|'; echo "$*")) "; else cat; fi; } |
  xargs -P "$(nproc)" -L 1 tools/fuzz.sh --one "$seconds"

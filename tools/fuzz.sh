#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds every fuzzer (clang 16, libFuzzer, address and undefined-behaviour sanitizers), runs each
# for some seconds. Starts from the small pictures that `make test` has made, and from yours. What
# crashes is kept in build/fuzz/crash/<fuzzer>/; exits 1 when anything is there at the end.
#
#   tools/fuzz.sh [SECONDS=60] [FOLDER_OF_SEEDS]...
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
tools/install_packages.sh fuzz
tools/make_venv.sh run
openvino=${OpenVINO_DIR:-$(build/venv/bin/python -c \
  "from openvino.utils import get_cmake_path; print(get_cmake_path())")}
cmake --preset fuzz -DOpenVINO_DIR="$openvino" >build/fuzz.configure.log 2>&1 ||
  { tail -n 30 build/fuzz.configure.log >&2; exit 1; }
cmake --build build/fuzz --target fuzzers -- --quiet

work=build/fuzz
mkdir -p "$work/seeds"
seed_folders=(tests/data build/release/tests "$@")
for folder in "${seed_folders[@]}"; do
  [[ -d $folder ]] || continue
  find "$folder" -type f -size -40k -regextype posix-extended \
    -regex '.*\.(dng|tiff?|jpe?g|png|exr|jxl|icc|npy|toml|json|dtmodel|raf|nef|cr2|cr3|crw|arw|orf|rw2)' |
    while read -r file; do cp "$file" "$work/seeds/$(sha256sum <"$file" | cut -c1-16)"; done
done

failed=0
for fuzzer in "$work"/fuzz/*/*_fuzz; do
  name=$(basename "$fuzzer")
  mkdir -p "$work/corpus/$name" "$work/crash/$name"
  ASAN_OPTIONS=detect_odr_violation=0:allocator_may_return_null=1 "$fuzzer" "$work/corpus/$name" \
    "$work/seeds" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4000 -max_len=300000 \
    -artifact_prefix="$work/crash/$name/" >"$work/$name.log" 2>&1 || true
  found=$(find "$work/crash/$name" -type f | wc -l)
  ((found == 0)) || failed=1
  echo "$name: $(grep -o 'cov: [0-9]*' "$work/$name.log" | tail -n 1), $found crashes"
done
exit $failed

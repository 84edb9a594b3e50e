#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the same commit twice, in two folders of different names and at different times, and compares
# the bytes. Without a compiler cache; both builds take as long as a cold one.
#
#   packaging/reproduce.sh objects          the objects of the rooms image and colour: a minute (a test)
#   packaging/reproduce.sh program          latent, latent-reader, latent-engine and liblatent.so: two whole builds
set -euo pipefail
cd "$(dirname "$0")/.."
goal=${1:-objects}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $goal in
  objects) targets=(latent_image latent_colour) engines=OFF ;;
  program) targets=(latent latent-reader latent-engine latent_library) engines=ON ;;
  *) sed -n '3,8p' "$0"; exit 2 ;;
esac
options=(-G Ninja -DCMAKE_BUILD_TYPE=Release -DLATENT_REPRODUCIBLE=ON -DLATENT_TESTS=OFF -DLATENT_BENCH=OFF
         -DLATENT_STUDIO=OFF -DLATENT_PRECOMPILE=OFF "-DLATENT_ENGINES=$engines")
if [[ $engines == ON ]]; then
  options+=("-DOpenVINO_DIR=${OpenVINO_DIR:-$(build/venv/bin/python -c 'from openvino.utils import get_cmake_path; print(get_cmake_path())')}"
            "-DLATENT_ORT_INCLUDE=$PWD/build/ort-include")
fi
export CCACHE_DISABLE=1
for folder in "$work/a" "$work/another folder"; do
  mkdir "$folder"
  git archive "${COMMIT:-HEAD}" CMakeLists.txt CMakePresets.json cmake src include packaging weights plugins LICENSE | tar -x -C "$folder"
  cmake -S "$folder" -B "$folder/build" "${options[@]}" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
  cmake --build "$folder/build" -j "${JOBS:-1}" --target "${targets[@]}" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
done
differs=0 count=0
cd "$work/a/build"
while IFS= read -r file; do
  count=$((count + 1))
  cmp -s "$file" "$work/another folder/build/$file" || { echo "differs: $file"; differs=$((differs + 1)); }
done < <(find . \( -name '*.o' -o -name '*.a' -o -name latent -o -name latent-reader -o -name latent-engine -o -name 'liblatent.so.*' \) -type f | sort)
echo "$count files, $differs differ"
[[ $differs == 0 && $count -gt 10 ]]

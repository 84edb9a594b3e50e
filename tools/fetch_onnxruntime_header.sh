#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Unpacks the C header of ONNX Runtime under build/ort-include, for a Debian whose own archive does
# not have it yet: taken from Debian 13's libonnxruntime-dev, signature checked against the Debian
# archive keyring, the system left as it is. The library itself is loaded at run time and may be newer.
#
#   tools/fetch_onnxruntime_header.sh [BUILD_DIR]       default: build
set -eu

build=${1:-build}
mkdir -p "$build"
build=$(cd "$build" && pwd)
target=$build/ort-include
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

if [ -f "$target/onnxruntime_c_api.h" ]; then
  exit 0
fi
for header in /usr/include/onnxruntime_c_api.h /usr/include/onnxruntime/onnxruntime_c_api.h; do
  if [ -f "$header" ]; then
    mkdir -p "$target"
    cp "$header" "$target/"
    exit 0
  fi
done

site=$(apt-get indextargets --format '$(SITE)|$(RELEASE)|$(COMPONENT)' |
  sed -n 's/^\(.*\)|\(bookworm\|stable\|trixie\)|main$/\1/p' | head -n 1)
if [ -z "$site" ] || [ ! -f "$keyring" ]; then
  echo "fetch_onnxruntime_header: this is no Debian with a main archive; install the ONNX Runtime" \
    "header yourself and pass -DLATENT_ORT_INCLUDE=<folder> to CMake" >&2
  exit 1
fi

private=$build/apt-trixie
mkdir -p "$private/lists/partial" "$private/cache/archives/partial"
printf 'deb [signed-by=%s] %s trixie main\n' "$keyring" "$site" > "$private/sources.list"
private_apt() {
  apt-get -qq -o "Dir::Etc::sourcelist=$private/sources.list" -o Dir::Etc::sourceparts=- \
    -o "Dir::State::lists=$private/lists" -o "Dir::Cache=$private/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}
private_apt update
(cd "$private" && rm -f libonnxruntime-dev_*.deb && private_apt download libonnxruntime-dev)

rm -rf "$private/unpacked"
dpkg -x "$private"/libonnxruntime-dev_*.deb "$private/unpacked"
header=$(find "$private/unpacked" -name onnxruntime_c_api.h | head -n 1)
if [ -z "$header" ]; then
  echo "fetch_onnxruntime_header: the package holds no onnxruntime_c_api.h" >&2
  exit 1
fi
mkdir -p "$target"
cp "$header" "$target/.onnxruntime_c_api.h.part"
mv "$target/.onnxruntime_c_api.h.part" "$target/onnxruntime_c_api.h"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fetches what a Debian package is built with and Debian 12 does not have, into one folder: the wheels of
# OpenVINO, ONNX Runtime and nanobind, and the C header of ONNX Runtime. It is the only step that needs
# a network; each file must have the SHA-256 of packaging/wheels.sha256.
#
#   packaging/fetch-wheels.sh [FOLDER]           default: build/wheels-of-release
#   packaging/fetch-wheels.sh --record [FOLDER]  writes packaging/wheels.sha256 anew, after an update
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
record=no
if [[ ${1:-} == --record ]]; then record=yes; shift; fi
folder=${1:-$here/../build/wheels-of-release}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$here/.."
version_of() { sed -n "s/^$1==//p" tools/requirements/"$2".txt; }

/usr/bin/python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
  --python-version 3.11 --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 \
  --platform manylinux2014_x86_64 --dest "$folder" \
  "openvino==$(version_of openvino run)" "onnxruntime==$(version_of onnxruntime run)" \
  "nanobind==$(version_of nanobind test)"
tools/fetch_onnxruntime_header.sh "$folder/header-work"
cp "$folder/header-work/ort-include/onnxruntime_c_api.h" "$folder/"
rm -rf "$folder/header-work"
cd "$folder"
if [[ $record == yes ]]; then
  sha256sum -- *.whl onnxruntime_c_api.h >"$here/wheels.sha256"
else
  sha256sum --check --strict --quiet "$here/wheels.sha256"
fi
echo "$folder is complete:"
ls -l -- *.whl onnxruntime_c_api.h

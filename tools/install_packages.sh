#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that a goal needs and that are not there yet. Asks for nothing when
# all are there, so it costs milliseconds the second time.
#
#   tools/install_packages.sh build|studio|test|fuzz|release|coverage
set -euo pipefail

build_packages=(
  g++ cmake ninja-build pkg-config make git ca-certificates python3 python3-venv python3-pip
  libraw-dev libtiff-dev libexiv2-dev libarchive-dev libsodium-dev libjpeg-dev libpng-dev
  libcli11-dev nlohmann-json3-dev libfmt-dev libspdlog-dev libexpected-dev
  liblcms2-dev libopenexr-dev libjxl-dev libzstd-dev zlib1g-dev
  libcurl4-openssl-dev libtomlplusplus-dev libpotrace-dev
)
# The desktop app: without them everything else is built.
studio_packages=(
  qt6-base-dev qt6-tools-dev qt6-l10n-tools libqt6svg6 libsqlite3-dev libxcb1-dev
)
test_packages=(
  python3-dev libgtest-dev libgmock-dev libbenchmark-dev clang clang-format clang-tidy
  libimage-exiftool-perl libraw-bin rawtherapee darktable time
  lua5.4 lua-check gettext minisign xvfb xdotool x11-utils openbox
)

fuzz_packages=(clang-16 libclang-rt-16-dev)

# tools/release.sh, and what lints and tries the packages it makes.
release_packages=(
  dpkg-dev debhelper dh-python python3-dev lintian patchelf zstd minisign debootstrap
  squashfs-tools libfuse3-dev autoconf automake libtool  # AppImage
)
coverage_packages=(lcov)

case "${1:-build}" in
  build) wanted=("${build_packages[@]}") ;;
  studio) wanted=("${build_packages[@]}" "${studio_packages[@]}") ;;
  test) wanted=("${build_packages[@]}" "${studio_packages[@]}" "${test_packages[@]}") ;;
  fuzz) wanted=("${build_packages[@]}" "${fuzz_packages[@]}") ;;
  release) wanted=("${build_packages[@]}" "${studio_packages[@]}" "${release_packages[@]}") ;;
  coverage) wanted=("${build_packages[@]}" "${studio_packages[@]}" "${test_packages[@]}" "${coverage_packages[@]}") ;;
  *) echo "usage: $0 build|studio|test|fuzz|release|coverage" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "install_packages.sh: this system has no dpkg; install these yourself: ${wanted[*]}" >&2
  exit 0
fi
missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $state == ii* ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

echo "Installing Debian packages: ${missing[*]}"
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || { echo "install_packages.sh: needs root or sudo for: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes an AppImage of the folder of packaging/bundle.sh: one file that runs without being unpacked. No network is used.
#
#   packaging/appimage.sh TAR RUNTIME [OUT]    TAR: latent-VERSION-x86_64.tar.zst; default of OUT: beside it
#
# RUNTIME is the program that it begins with: packaging/appimage-runtime.sh builds one.
set -euo pipefail
tar=$(realpath "${1:?usage: packaging/appimage.sh TAR RUNTIME [OUT]}")
runtime=$(realpath "${2:?usage: packaging/appimage.sh TAR RUNTIME [OUT]}")
out=$(realpath "${3:-$(dirname "$tar")}")
fail() { echo "appimage.sh: $*" >&2; exit 1; }
for tool in mksquashfs zstd; do command -v "$tool" >/dev/null || fail "$tool is not installed: tools/install_packages.sh release"; done
[[ $(head -c 11 "$runtime" | tail -c 3 | od -An -tx1 | tr -d ' \n') == 414902 ]] ||
  fail "$runtime is no runtime of an AppImage: packaging/appimage-runtime.sh builds one"
name=$(basename "$tar" .tar.zst)
work=$(mktemp -d -p "$out")
trap 'rm -rf "$work"' EXIT
tar --zstd -xf "$tar" -C "$work"
[[ -x $work/$name/AppRun ]] || fail "there is no $name/AppRun in $tar"
dated=$(stat -c %Y "$work/$name/AppRun")
ln -sf org.latent_photo.studio.svg "$work/$name/.DirIcon"
# The same bytes again: owners, order and times are fixed.
unset SOURCE_DATE_EPOCH
mksquashfs "$work/$name" "$work/image" -quiet -no-progress -noappend -root-owned -no-xattrs -comp zstd -Xcompression-level 15 \
  -mkfs-time "$dated" -all-time "$dated" -processors 1
made=$out/${name/#latent/Latent}.AppImage
cat "$runtime" "$work/image" >"$work/made"
chmod 755 "$work/made"
mv "$work/made" "$made"
du -h "$made"

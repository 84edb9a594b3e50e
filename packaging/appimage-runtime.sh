#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the program that an AppImage begins with, which Debian has no package of, out of the sources of its project and
# of squashfuse (both MIT or BSD), with Debian's static libraries and without a network.
#
#   packaging/appimage-runtime.sh TYPE2_RUNTIME SQUASHFUSE OUT
#
# TYPE2_RUNTIME and SQUASHFUSE are clones of github.com/AppImage/type2-runtime and github.com/vasi/squashfuse that have
# the commits below; OUT is the file that it writes. packaging/appimage.sh takes it. A runtime that the AppImage project
# publishes does as well. tools/install_packages.sh release installs what this needs.
set -euo pipefail
runtime=$(cd "${1:?usage: packaging/appimage-runtime.sh TYPE2_RUNTIME SQUASHFUSE OUT}" && pwd)
squashfuse=$(cd "${2:?usage: packaging/appimage-runtime.sh TYPE2_RUNTIME SQUASHFUSE OUT}" && pwd)
out=$(realpath "${3:?usage: packaging/appimage-runtime.sh TYPE2_RUNTIME SQUASHFUSE OUT}")
# What was tried: type2-runtime of November 2025, squashfuse after 0.6.2.
runtime_commit=caf24f9f712084686bfc24a70b75e50df0aefb9c
squashfuse_commit=df85c4ddf1a079b10cfe39a2caf7d0cfdc504a6b

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/runtime" "$work/squashfuse"
git -C "$runtime" archive "$runtime_commit" | tar -x -C "$work/runtime"
git -C "$squashfuse" archive "$squashfuse_commit" | tar -x -C "$work/squashfuse"
flags="-Os -ffunction-sections -fdata-sections -ffile-prefix-map=$work=."
{
  cd "$work/squashfuse"
  ./autogen.sh
  ./configure --disable-shared --disable-demo --without-xz --without-lzo --without-lz4 --prefix="$work/installed" CFLAGS="$flags"
  make -j "${JOBS:-1}" install
  # The runtime includes more of its headers than it installs.
  install -m 644 ./*.h "$work/installed/include/squashfuse"
  cd "$work/runtime/src/runtime"
  # shellcheck disable=SC2086  # flags are words
  gcc -std=gnu99 $flags -D_FILE_OFFSET_BITS=64 -DGIT_COMMIT="\"${runtime_commit:0:7}\"" -I"$work/installed/include" \
    -I"$work/installed/include/squashfuse" -I/usr/include/fuse3 -static-pie runtime.c -Wl,-T,data_sections.ld -Wl,--gc-sections \
    "$work/installed/lib/libsquashfuse_ll.a" "$work/installed/lib/libsquashfuse.a" -lfuse3 -lzstd -lz -ldl -lpthread -o "$work/program"
} >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; exit 1; }
strip --strip-unneeded "$work/program"
# By these bytes a system knows what it is; strip would not keep them.
printf 'AI\x02' | dd of="$work/program" bs=1 count=3 seek=8 conv=notrunc status=none
mkdir -p "$(dirname "$out")"
install -m 755 "$work/program" "$out"
sha256sum "$out"

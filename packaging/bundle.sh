#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes one folder out of the Debian packages that runs unpacked on other Linux systems: program, desktop app,
# networks, OpenVINO, Qt and every library they load but those that a system must bring itself. It has the layout of
# an AppDir (AppRun, desktop file, icon), and is packed as latent-VERSION-x86_64.tar.zst. No network is used.
#
#   packaging/bundle.sh DEBS [OUT]     DEBS: folder of packaging/build-deb.sh; default of OUT: build/bundle
#
# It needs dpkg-deb, patchelf and zstd, and Debian 12 with the libraries of the packages installed.
set -euo pipefail
cd "$(dirname "$0")/.."
debs=$(cd "${1:?usage: packaging/bundle.sh DEBS [OUT]}" && pwd)
out=${2:-build/bundle}
version=$(sed -n 's/^project(latent VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
for tool in dpkg-deb patchelf zstd; do
  command -v "$tool" >/dev/null || { echo "bundle.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p "$out"
out=$(cd "$out" && pwd)
name=latent-$version-x86_64
dir=$out/$name
rm -rf "$dir"
mkdir "$dir"
unpacked=$out/unpacked
rm -rf "$unpacked"
for package in latent liblatent0 latent-models latent-studio; do
  found=("$debs/${package}_${version}_"*.deb)
  [[ -f ${found[0]} ]] || { echo "bundle.sh: there is no ${package}_${version}_*.deb in $debs" >&2; exit 1; }
  dpkg-deb -x "${found[0]}" "$unpacked"
done
# Of the second engine only the program in which plug-ins run: an ONNX Runtime is brought along by who has plug-ins.
found=("$debs/latent-onnxruntime_${version}_"*.deb)
[[ -f ${found[0]} ]] || { echo "bundle.sh: there is no latent-onnxruntime_${version}_*.deb in $debs" >&2; exit 1; }
dpkg-deb --fsys-tarfile "${found[0]}" | tar -x -C "$unpacked" --wildcards '*/latent/latent-engine'

cp -a "$unpacked/usr" "$dir/usr"
rm -rf "$unpacked"
own=$dir/usr/lib/x86_64-linux-gnu
qt=$(dirname "$(dpkg -L libqt6gui6 | grep '/platforms/libqxcb\.so$')")/..
mkdir -p "$dir/usr/lib/qt6/plugins"
for kind in platforms/libqxcb.so platforms/libqoffscreen.so imageformats/libqsvg.so imageformats/libqjpeg.so \
  iconengines/libqsvgicon.so platforminputcontexts/libcomposeplatforminputcontextplugin.so; do
  install -D -m 644 "$(realpath "$qt/$kind")" "$dir/usr/lib/qt6/plugins/$kind"
done

# Debian 12 has /lib as a link to /usr/lib, and packages that name either.
owner_of() { { dpkg -S "$1" || dpkg -S "${1#/usr}"; } 2>/dev/null | head -n 1 | cut -d: -f1; }

# What every system has, and must have in the version that fits its kernel, drivers and fonts: the C and C++
# runtime, graphics drivers, the X client library and fontconfig.
system='^(ld-linux-x86-64|libc|libm|libdl|librt|libpthread|libresolv|libutil|libnsl|libstdc\+\+|libgcc_s|libGL|libEGL'
system+='|libGLX|libGLdispatch|libOpenGL|libGLESv2|libdrm|libgbm|libX11|libX11-xcb|libxcb|libfontconfig|libfreetype)\.so'
mapfile -t ours < <(find "$dir/usr" -type f \( -name '*.so*' -o -path '*/bin/*' -o -name latent-reader -o -name latent-engine \) -exec sh -c \
  'head -c 4 "$1" | grep -q ELF && echo "$1"' _ {} \;)
LD_LIBRARY_PATH=$own:$own/latent ldd "${ours[@]}" | sed -n 's|.*=> \(/[^ ]*\) .*|\1|p' | sort -u |
  while IFS= read -r library; do
    [[ $library == "$dir"/* || $(basename "$library") =~ $system ]] && continue
    install -m 644 "$(realpath "$library")" "$dir/usr/lib/$(basename "$library")"
    # To the loader a path of its own would go before the program's.
    patchelf --remove-rpath "$dir/usr/lib/$(basename "$library")"
    # A library of Debian comes under the licence that its package has.
    package=$(owner_of "$(realpath "$library")")
    [[ -n $package ]] || { echo "bundle.sh: $library belongs to no Debian package" >&2; exit 1; }
    install -D -m 644 "/usr/share/doc/$package/copyright" "$dir/usr/share/doc/$package/copyright"
  done
# An RPATH of the program holds for all that is loaded with it, and no variable of the environment is needed, which
# programs that are started from here would inherit.
# shellcheck disable=SC2016  # $ORIGIN is the loader's
{
  patchelf --force-rpath --set-rpath '$ORIGIN/../lib/x86_64-linux-gnu/latent:$ORIGIN/../lib' \
    "$dir/usr/bin/latent" "$dir/usr/bin/latent-studio"
  patchelf --force-rpath --set-rpath '$ORIGIN:$ORIGIN/../..' "$own/latent/latent-reader" \
    "$own/latent/latent-engine"
  patchelf --force-rpath --set-rpath '$ORIGIN/latent:$ORIGIN/..' "$own"/liblatent.so.?.*
}
printf '[Paths]\nPrefix = ..\nPlugins = lib/qt6/plugins\n' >"$dir/usr/bin/qt.conf"
cat >"$dir/AppRun" <<'END'
#!/bin/sh
# The desktop app; "AppRun cli ..." is the program for the command line.
here=$(dirname "$(readlink -f "$0")")
if [ "${1:-}" = cli ]; then shift; exec "$here/usr/bin/latent" "$@"; fi
exec "$here/usr/bin/latent-studio" "$@"
END
chmod 755 "$dir/AppRun"
cp "$dir/usr/share/applications/org.latent_photo.studio.desktop" "$dir/"
cp "$dir/usr/share/icons/hicolor/scalable/apps/org.latent_photo.studio.svg" "$dir/"
ln -s usr/bin/latent "$dir/latent"
ln -s usr/bin/latent-studio "$dir/latent-studio"

cd "$out"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git -C "$OLDPWD" log -1 --format=%ct)" -c "$name" |
  zstd -q -15 -T2 -f -o "$name.tar.zst"
du -sh "$name" "$name.tar.zst"

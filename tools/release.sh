#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a release out of a clean commit, without the network: source archive, Debian packages, one folder for other
# systems, SBOM, checksums, and their minisign signature. docs/releases.md says how a user checks them.
#
#   tools/release.sh WHEELS SECRET_KEY [OUT]
#
# WHEELS is what packaging/fetch-wheels.sh fetched. SECRET_KEY is minisign's; it is asked for its password where
# it has one. OUT is build/release-VERSION unless named, and must be empty. LATENT_MAINTAINER="Name <address>" is who
# makes the packages. With LATENT_APPIMAGE_RUNTIME=FILE (packaging/appimage-runtime.sh) there is an AppImage, too.
# tools/install_packages.sh release installs what this needs, once, with a network.
set -euo pipefail
cd "$(dirname "$0")/.."
wheels=$(cd "${1:?usage: tools/release.sh WHEELS SECRET_KEY [OUT]}" && pwd)
key=$(realpath "${2:?usage: tools/release.sh WHEELS SECRET_KEY [OUT]}")
version=$(sed -n 's/^project(latent VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
out=${3:-build/release-$version}
fail() { echo "release.sh: $*" >&2; exit 1; }

[[ -z $(git status --porcelain) ]] || fail "there are changes that are not committed"
grep -q "^## $version" CHANGELOG.md || fail "CHANGELOG.md has nothing about $version"
head -n 1 packaging/debian/changelog | grep -q "^latent ($version)" || fail "packaging/debian/changelog is not at $version"
for tool in minisign patchelf zstd; do command -v "$tool" >/dev/null || fail "$tool is not installed: tools/install_packages.sh release"; done
[[ -n ${LATENT_MAINTAINER:-} ]] || echo "release.sh: LATENT_MAINTAINER is not set; the packages name nobody who can be written to" >&2
mkdir -p "$out"
[[ -z $(ls -A "$out") ]] || fail "$out is not empty"
out=$(cd "$out" && pwd)

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
commit=$(git rev-parse HEAD)
echo "== source"
git archive --prefix="latent-$version/" HEAD | gzip -n9 >"$out/latent-$version.tar.gz"

echo "== Debian packages"
KEEP_TREE=yes packaging/build-deb.sh "$wheels" "$out/tree" >"$out/build.log" 2>&1 ||
  { tail -n 30 "$out/build.log" >&2; fail "the packages were not built"; }
mv "$out"/tree/*.deb "$out/"

echo "== SBOM"
/usr/bin/python3 packaging/sbom.py --prefix "$out/tree/latent-$version/debian/tmp/usr" --out "$out/sbom"
rm -rf "$out/tree" "$out/build.log"

echo "== one folder for other systems"
packaging/bundle.sh "$out" "$out/tree" >/dev/null || fail "the folder was not made"
mv "$out"/tree/*.tar.zst "$out/"
rm -rf "$out/tree"

if [[ -n ${LATENT_APPIMAGE_RUNTIME:-} ]]; then
  echo "== AppImage"
  packaging/appimage.sh "$out/latent-$version-x86_64.tar.zst" "$LATENT_APPIMAGE_RUNTIME" >/dev/null || fail "the AppImage was not made"
fi

echo "== checksums and signature"
cd "$out"
find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS
# One without a password is used at once; else minisign asks.
minisign -S -s "$key" -m SHA256SUMS -t "Latent $version, commit $commit" || fail "the checksums were not signed"
sha256sum --check --quiet SHA256SUMS
ls -l

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian packages, without the network, from the committed tree and a folder of wheels.
#
#   packaging/fetch-wheels.sh WHEELS              once, with a network
#   packaging/build-deb.sh WHEELS [OUT]           default of OUT: build/debian-packages
#
# DEB_BUILD_OPTIONS="parallel=4 ccache" are taken as dpkg-buildpackage takes them. LATENT_MAINTAINER="Name <address>"
# is who the packages name as their maintainer. tools/install_packages.sh release installs what this needs.
set -euo pipefail
cd "$(dirname "$0")/.."
wheels=$(cd "${1:?usage: packaging/build-deb.sh WHEELS [OUT]}" && pwd)
out=${2:-build/debian-packages}
mkdir -p "$out"
out=$(cd "$out" && pwd)
version=$(sed -n 's/^project(latent VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
tree=$out/latent-$version
rm -rf "$tree"
mkdir "$tree"
git archive HEAD | tar -x -C "$tree"
ln -s packaging/debian "$tree/debian"
if [[ -n ${LATENT_MAINTAINER:-} ]]; then packaging/maintainer.py "$tree" "$LATENT_MAINTAINER"; fi
# The same bytes whenever it is built: everything is dated as the commit.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
cd "$tree"
# unshare cuts the network off, where that is allowed: a build that asks for it fails here.
offline=()
if unshare --net true 2>/dev/null; then offline=(unshare --net); fi
LATENT_WHEELS=$wheels "${offline[@]}" dpkg-buildpackage --build=binary --unsigned-changes --no-check-builddeps
cd "$out"
if [[ ${KEEP_TREE:-no} != yes ]]; then rm -rf "$tree"; fi
ls -l -- *.deb

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tries the Debian packages in a fresh Debian 12, as a photographer would: install, denoise the demo
# photograph, read a manual page, open the desktop app on a virtual screen, remove, purge. By hand, as
# root, with a network (debootstrap and apt fetch Debian's packages).
#
#   packaging/fresh-root.sh make ROOT [SUITE]     debootstrap; SUITE is bookworm unless named
#   packaging/fresh-root.sh try ROOT DEBS SHOTS   installs DEBS/*.deb there; SHOTS gets the screenshot
#   packaging/fresh-root.sh remove ROOT SHOTS     the end of it again
#   packaging/fresh-root.sh bundle ROOT TAR SHOTS tries what packaging/bundle.sh made; ROOT of any suite
#   packaging/fresh-root.sh appimage ROOT FILE SHOTS   the same with what packaging/appimage.sh made
#
# It fails at the first step that does not work, and at the end if anything is left on the disk that
# was not there before: all but the user's own files, and apt's and dpkg's own records.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

say() { printf '\n== %s\n' "$*"; }

make_root() {
  local root=$1 suite=${2:-bookworm}
  debootstrap --variant=minbase "$suite" "$root"
  # What a desktop has before Latent is installed; and what takes the screenshot.
  chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    man-db xvfb xauth imagemagick x11-utils zsh fish bash-completion >/dev/null
  chroot "$root" apt-get clean
}

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
as_user() { inside su -l photographer -s /bin/bash -c "$*"; }

# Everything on the disk but what apt and dpkg keep of their own work, and what every program changes.
listing() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./run \
    -o -path ./home -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/lib/dpkg \
    -o -path ./debs \) -prune -o -print | LC_ALL=C sort)
}

mount_all() {
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  mountpoint -q "$root/sys" || mount -t sysfs -o ro sysfs "$root/sys"
  mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
  trap unmount_all EXIT
}
unmount_all() { for place in proc sys dev; do mountpoint -q "$root/$place" && { umount "$root/$place" 2>/dev/null || umount -l "$root/$place"; }; done; true; }

try_packages() {
  root=$(cd "$1" && pwd)
  local debs=$2 shots=$3
  mkdir -p "$shots" "$root/debs"
  rm -f "$root"/debs/*
  cp "$debs"/*.deb "$root/debs/"
  mount_all
  inside id photographer >/dev/null 2>&1 || inside useradd -m photographer
  inside test ! -e /usr/bin/g++ || { echo "there is a compiler in this root"; exit 1; }
  listing >"$shots/before.txt"

  say "apt install ./latent_*.deb, with what it depends on"
  inside sh -c 'apt-get update -qq && cd /debs && apt-get install -y -qq --no-install-recommends \
    ./latent_*.deb ./latent-models_*.deb ./liblatent0_*.deb' 2>&1 | tail -n 3
  as_user 'latent --version --verbose'

  say "latent rawdenoise on the demo photograph"
  cp "$here/../tests/data/colorchart.dng" "$root/home/photographer/photo.dng"
  inside chown photographer: /home/photographer/photo.dng
  as_user 'time latent rawdenoise photo.dng && latent info photo_raw-denoise.dng | head -n 4'
  as_user 'latent doctor'

  say "man latent-rawdenoise"
  as_user 'man latent-rawdenoise | head -n 12'
  as_user 'man -k latent' | head -n 3

  say "completions"
  as_user 'bash -c "source /usr/share/bash-completion/bash_completion; _completion_loader latent; complete -p latent"'
  as_user 'fish -c "complete -C \"latent rawd\""'

  say "all other packages"
  inside sh -c 'cd /debs && apt-get install -y -qq --no-install-recommends ./*.deb' 2>&1 | tail -n 3
  as_user "python3 -c 'import latent, numpy; l = latent.Library(); a = numpy.full((64, 96, 3), 128, numpy.uint8); print(l.denoise(a).shape)'"
  as_user 'latent devices'
  as_user "man latent-studio | head -n 4"

  say "latent-studio on a virtual screen"
  as_user 'mkdir -p shots; cat >look.sh <<"END"
latent-studio "$HOME/photo.dng" & studio=$!
sleep 20
import -window root "$HOME/shots/studio.png"
kill -0 $studio && echo "latent-studio runs"
kill $studio; wait $studio; true
END
xvfb-run -a -s "-screen 0 1280x800x24" bash look.sh'
  cp "$root/home/photographer/shots/studio.png" "$shots/"

  say "sizes in kB as dpkg has them, largest first"
  inside dpkg-query -W -f '${Installed-Size} ${Package}\n' 'latent*' 'liblatent*' python3-latent | sort -rn
  local bytes
  # shellcheck disable=SC2016
  bytes=$(inside sh -c 'dpkg -L latent liblatent0 | sort -u | while read -r f; do [ -f "$f" ] && [ ! -L "$f" ] && stat -c %s "$f"; done' |
    awk '{ all += $1 } END { printf "%d", all }')
  echo "latent and liblatent0: $bytes bytes"
  [[ $bytes -lt 120000000 ]] || { echo "the program takes more than 120 MB"; exit 1; }

  remove_packages "$root" "$shots"
}

# Afterwards nothing is there that was not before, but what is the user's.
remove_packages() {
  root=$(cd "$1" && pwd)
  local shots=$2 names
  mount_all
  say "remove, purge"
  ours() { inside dpkg-query -W -f '${Package} ' 'latent*' 'liblatent*' python3-latent 2>/dev/null || true; }
  for how in remove purge; do
    names=$(ours)
    echo "apt $how: ${names:-nothing is left of them}"
    # shellcheck disable=SC2086
    if [[ -n $names ]]; then inside apt-get "$how" -y -qq $names 2>&1 | tail -n 1; fi
  done
  inside apt-get autoremove --purge -y -qq -o APT::AutoRemove::RecommendsImportant=false \
    -o APT::AutoRemove::SuggestsImportant=false 2>&1 | tail -n 1
  listing >"$shots/after.txt"
  # What a package of Debian that stays has, is Debian's; of the rest nothing may be ours.
  cat "$root"/var/lib/dpkg/info/*.list | sed 's|^/|./|' | LC_ALL=C sort -u >"$shots/debian.txt"
  LC_ALL=C comm -13 "$shots/before.txt" "$shots/after.txt" | LC_ALL=C comm -23 - "$shots/debian.txt" >"$shots/left.txt"
  echo "new on the disk, and of no package that is installed: $(wc -l <"$shots/left.txt")"
  head -n 40 "$shots/left.txt"
  echo "the user's own files:"
  (cd "$root/home/photographer" && find . -type f -not -path './.bash*' | sort | head -n 40)
  ! grep -qi latent "$shots/left.txt"
}

# The folder of packaging/bundle.sh, unpacked by a user in a system that has nothing of Latent's; or its AppImage.
try_bundle() {
  root=$(cd "$1" && pwd)
  local made=$2 shots=$3 name start
  mkdir -p "$shots"
  mount_all
  inside id photographer >/dev/null 2>&1 || inside useradd -m photographer
  rm -rf "$root"/home/photographer/[lL]atent*
  if [[ $made == *.AppImage ]]; then
    name=appimage
    install -m 755 "$made" "$root/home/photographer/Latent.AppImage"
    start=./Latent.AppImage
    # A root in a folder has no FUSE for its users: the image unpacks itself, as in a container.
    [[ -n ${FUSE:-} ]] || start='env APPIMAGE_EXTRACT_AND_RUN=1 ./Latent.AppImage'
  else
    name=bundle
    tar --zstd -xf "$made" -C "$root/home/photographer"
    mv "$root"/home/photographer/latent-* "$root/home/photographer/latent"
    start=latent/AppRun
  fi
  cp "$here/../tests/data/colorchart.dng" "$root/home/photographer/photo.dng"
  inside chown -R photographer: /home/photographer
  say "the program, in $(inside sh -c '. /etc/os-release; echo "$PRETTY_NAME"')"
  as_user "$start cli --version --verbose | head -n 4 && $start cli rawdenoise photo.dng --overwrite && $start cli doctor"
  say "the desktop app, with what every desktop has"
  inside sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends xvfb xauth imagemagick x11-utils \
    libegl1 libgl1 libopengl0 libfontconfig1 libfreetype6 libx11-xcb1 fonts-dejavu-core' >/dev/null 2>&1
  as_user "mkdir -p shots; cat >look.sh <<END
$start \"\$HOME/photo.dng\" & studio=\\\$!
sleep ${LOOK_AFTER:-20}
import -window root \"\$HOME/shots/$name.png\"
kill -0 \\\$studio && echo \"latent-studio runs\"
kill \\\$studio; wait \\\$studio; true
END
xvfb-run -a -s '-screen 0 1280x800x24' bash look.sh"
  cp "$root/home/photographer/shots/$name.png" "$shots/"
}

case "${1:-}" in
  bundle | appimage) try_bundle "${@:2}" ;;
  make) make_root "${@:2}" ;;
  try) try_packages "${@:2}" ;;
  remove) remove_packages "${@:2}" ;;
  *) sed -n '3,15p' "$0"; exit 2 ;;
esac

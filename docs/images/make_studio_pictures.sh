#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pictures of docs/studio.md: drives latent-studio in a screen of its own as a person would.
# Needs: xvfb, openbox, xdotool, imagemagick (import, convert).
# Use:   docs/images/make_studio_pictures.sh PROGRAM FOLDER OUT [DISPLAY]
#   PROGRAM  latent-studio
#   FOLDER   photographs; the first by name is shown, the second is the one with dust, the third has
#            an object in its middle, the fourth a result beside it (NAME_raw-denoise.dng), the fifth
#            a thing in its upper right part that can be erased
set -eu
program=$1 folder=$2 out=$3 display=${4:-77}
mkdir -p "$out"
home=$(mktemp -d)
mkdir -m 700 "$home/run"
export HOME="$home" LANG=C.UTF-8 XDG_RUNTIME_DIR="$home/run" DISPLAY=":$display"
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME
Xvfb ":$display" -screen 0 1280x800x24 -nolisten tcp > /dev/null 2>&1 &
screen=$!
sleep 2
openbox > /dev/null 2>&1 &
manager=$!
sleep 1
app=
trap 'kill $app $manager $screen 2> /dev/null; rm -rf "$home"' EXIT

start() {
  "$program" "$@" > /dev/null 2>&1 &
  app=$!
  sleep 10
}
stop() {
  kill "$app"
  wait "$app" 2> /dev/null || true
}
# A picture of the window, after so many seconds; 256 colours are enough for a guide and a fifth of
# the size.
shot() {
  sleep "$2"
  import -window root "$home/shot.png"
  convert "$home/shot.png" -dither FloydSteinberg -colors 256 "PNG8:$out/studio_$1.png"
}
keys() { xdotool key --delay 200 "$@"; }
at() { xdotool mousemove "$1" "$2"; sleep 0.3; }
click() { at "$1" "$2"; xdotool click 1; sleep 0.3; }
centre() { at 590 372; }

start
shot welcome 1
stop
start "$folder"
centre
keys space
shot dark 12
keys ctrl+comma
sleep 2
keys Right
shot models 3
keys Escape
# The theme is the third button from the right.
click 1111 41
centre
shot light 3
click 1111 41
centre
keys space Right e
sleep 2
keys d
sleep 6
click 828 216 # on a ring: that spot is ticked off
shot dust 2
keys Escape Right m
sleep 6
xdotool mousemove 590 372
sleep 1
xdotool click 1
shot mask 8
keys Escape Right Right e bar
sleep 3
keys bracketright bracketright bracketright bracketright bracketright
at 630 225
xdotool mousedown 1
for y in 225 245 265 285 300; do
  for x in 630 650 670 690 710 730 755; do
    xdotool mousemove "$x" "$y"
    sleep 0.05
  done
done
xdotool mouseup 1
sleep 3
keys Return
shot erase 14
keys Escape Left
sleep 2
keys c
sleep 5
centre
keys space
shot compare 3

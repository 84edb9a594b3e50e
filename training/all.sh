#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every package that ships, from pictures to weights/, one after the other; what is finished is not
# done again, what was interrupted goes on.
#
#   training/all.sh PHOTOS SETS RUNS [DEVICE] [SHARE]
#
# PHOTOS   folder of pictures with PROVENANCE.csv
# SETS     folder that holds kodak24 and set5, to follow the runs with; "" for none
# RUNS     run folders (several hundred MB)
# DEVICE   cpu (default) or cuda
# SHARE    of the steps below, for a trial, whose packages go to RUNS/weights; default 1: to weights/
#
# REDUCED=2/3 in the environment where PHOTOS is a pack of `latent-train prepare`.
set -euo pipefail
photos=$1 sets=$2 runs=$3 device=${4:-cpu} share=${5:-1}
root=$(cd "$(dirname "$0")/.." && pwd)
workers=$(( $(nproc) > 4 ? $(nproc) - 2 : 1 ))
export OMP_WAIT_POLICY=passive

train() { # NAME STEPS SET OPTIONS...
  local name=$1 set=$3 steps
  steps=$(awk "BEGIN { print int($2 * $share) }")
  shift 3
  [[ -f $runs/$name/finished-$steps ]] && return
  local options=()
  [[ -n $sets ]] && options+=(--follow "$sets/$set")
  [[ -f $runs/$name/checkpoint.pt ]] || options+=("$@" ${REDUCED:+--reduced "$REDUCED"})
  latent-train train "$name" --data "$photos" --run "$runs/$name" --device "$device" \
    --workers "$workers" --steps "$steps" "${options[@]}"
  touch "$runs/$name/finished-$steps"
}
package() { # NAME RUN...
  local name=$1 options=() zoo=$root/zoo/$1 weights=$root/weights
  shift
  for run in "$@"; do options+=(--run "$runs/$run"); done
  if [[ $share != 1 ]]; then
    weights=$runs/weights
    mkdir -p "$weights" "$runs/zoo"
    cp -rT "$zoo" "$runs/zoo/$name"
    zoo=$runs/zoo/$name
  fi
  latent-train export "${options[@]}" --data "$photos" --zoo "$zoo" --out "$weights/$name.dtmodel"
  [[ -z $sets ]] || latent-train quantise "$weights/$name.dtmodel" --data "$photos" --sets "$sets"
}

train latent-raw 60000 kodak24
package latent-raw latent-raw
train latent-raw-fast 60000 kodak24
package latent-raw-fast latent-raw-fast
train latent-denoise 60000 kodak24
package latent-denoise latent-denoise
train latent-denoise-fast 60000 kodak24 --begin-from "$runs/latent-raw/checkpoint.pt" --trunk
package latent-denoise-fast latent-denoise-fast
train latent-upscale-x2 60000 set5
train latent-upscale-x4 40000 set5 --begin-from "$runs/latent-upscale-x2/checkpoint.pt" --trunk
package latent-upscale latent-upscale-x2 latent-upscale-x4

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Trains one network for so many minutes on a machine that is lent, from a pack of pictures, and
# leaves what must outlive the machine: MODEL.pt (the average of the weights in half precision,
# below 16 MB) and MODEL.log. Run again, it goes on: from the checkpoint where there is one, else
# from MODEL.pt, else from the weights that ship.
#
#   training/gpu.sh MODEL MINUTES PACK OUT [DEVICE]
#
# PACK is a folder of `latent-train prepare` (2/3 of the size, about 50 MB). DEVICE is cuda where
# there is one, else cpu. BATCH and PATCH (64 and 192 on a GPU), BEGIN (weights) and TEACHER (a larger
# network to learn from) may be set.
#
# What to train, ten minutes each, in this order:
#   latent-raw  latent-denoise  latent-upscale-x2  latent-raw-mono  latent-upscale-x4  latent-raw
# With more time a teacher, three times, and a student of it in another folder:
#   latent-raw-teacher  and then  TEACHER=OUT/latent-raw-teacher.pt training/gpu.sh latent-raw ...
set -euo pipefail
[[ $# -ge 4 ]] || { sed -n '3,18s/^# \{0,1\}//p' "$0" >&2; exit 2; }
model=$1 minutes=$2 pack=$3 out=$4
root=$(cd "$(dirname "$0")/.." && pwd)
export PYTHONPATH=$root/training:$root/python${PYTHONPATH:+:$PYTHONPATH}
python=${PYTHON:-python3}
has_cuda() { "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; }
device=${5:-$(has_cuda && echo cuda || echo cpu)}

mkdir -p "$out"
run=$out/$model
options=()
if [[ -f $run/checkpoint.pt ]]; then
  already=$("$python" -c 'import sys, torch
print(torch.load(sys.argv[1], map_location="cpu", weights_only=True)["elapsed"] / 60)' "$run/checkpoint.pt")
else
  already=0
  shipped=$root/weights/${model%-x[24]}.dtmodel
  options+=(--reduced 2/3)
  [[ -z ${TEACHER:-} ]] || options+=(--teacher "$TEACHER")
  case $device in cuda*) options+=(--batch "${BATCH:-64}" --patch "${PATCH:-192}") ;;
    *) [[ -z ${BATCH:-} ]] || options+=(--batch "$BATCH"); [[ -z ${PATCH:-} ]] || options+=(--patch "$PATCH") ;; esac
  if [[ -n ${BEGIN:-} ]]; then options+=(--begin-from "$BEGIN")
  elif [[ -f $out/$model.pt ]]; then options+=(--begin-from "$out/$model.pt")
  elif [[ $model == latent-raw-mono ]]; then options+=(--begin-from "$root/weights/latent-raw.dtmodel")
  elif [[ -f $shipped ]]; then
    options+=(--begin-from "$shipped")
    case $model in *-x[24]) options+=(--begin-file "model_${model##*-}.onnx") ;; esac
  fi
fi
case $model in
  latent-raw*) options+=(--on-device) ;;                         # the simulation runs on the GPU
  *) options+=(--workers "$(( $(nproc) > 2 ? $(nproc) - 2 : 1 ))") ;; # theirs passes through JPEG
esac
total=$(awk -v a="$already" -v m="$minutes" 'BEGIN { print a + m }')
"$python" -m latent_train.cli train "$model" --data "$pack" --run "$run" --device "$device" \
  --minutes "$total" "${options[@]}"
"$python" -m latent_train.cli average --run "$run" --out "$out/$model.pt"
cp "$run/train.log" "$out/$model.log"

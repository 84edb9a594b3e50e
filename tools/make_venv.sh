#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pinned Python environment build/venv, or brings it up to date: run.txt for the program,
# test.txt and zoo.txt for the tests. A stamp of the requirement file says that nothing is to do.
#
#   tools/make_venv.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."

goal=${1:-run}
venv=build/venv
mkdir -p build
if [[ ! -x $venv/bin/python ]]; then
  echo "Making the Python environment $venv"
  python3 -m venv "$venv"
fi
# Our own packages, as they stand in this checkout.
packages=("$venv"/lib/python3*/site-packages)
printf '%s\n' "$PWD/python" "$PWD/zoo" "$PWD/training" >"${packages[0]}/latent.pth"
goals=(run)
[[ $goal == test ]] && goals+=(test zoo)
for name in "${goals[@]}"; do
  list=tools/requirements/$name.txt
  stamp=$venv/.installed-$name
  if ! cmp -s "$list" "$stamp"; then
    echo "Installing the Python packages of $list"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$list"
    cp "$list" "$stamp"
  fi
done

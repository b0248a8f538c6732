#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Writes sims/NAME.cpp from tests/data/new_sim.in: a table of invented numbers that compiles and passes its
# tests, to be filled in. Usage: tests/new_sim.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-}
file=sims/$name.cpp

# It becomes the program NAMEbridge, the file pitbridge.NAME and the name of a test.
if [[ ! $name =~ ^[a-z][a-z0-9]{0,30}$ ]]; then
  echo "make sim: \"$name\" cannot name a sim: use 1 to 31 small letters and digits, a letter first, as in" \
    "make sim NAME=mygame" >&2
  exit 2
fi
if [[ -e $file ]]; then
  echo "make sim: $file is there already: edit it, or choose another name" >&2
  exit 1
fi
if [[ $name == shm ]]; then
  echo "make sim: shmbridge is the bridge without a sim: choose another name" >&2
  exit 1
fi
sed "s/@NAME@/$name/g" tests/data/new_sim.in > "$file"
echo "$file is written; fill it in by sims/README.md, then: make test-sim SIM=$name"

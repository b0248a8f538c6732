#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: tests/test_clients.sh [--check] DIR
# Runs the readers of others that lie in DIR on the files of our bridges, beside a fake game under Wine, and prints
# what each was to see and saw. Fails when one sees wrong. Nothing of them is copied or changed; they are run in
# namespaces of their own, as they look into the real /dev/shm and at every process. BUILD_DIR names the build.
# With --check only sees that DIR is there.
set -euo pipefail
check=
[[ ${1:-} != --check ]] || { check=yes; shift; }
directory=${1:-}
[[ -n $directory && -d $directory ]] || {
  echo "test_clients: name the directory that holds checkouts of them: make test-clients DIR=path/to/clients" >&2
  echo "  It may hold simapi (built: libsimapi.so), TinyPedal, pyRfactor2SharedMemory, pyLMUSharedMemory, pyirsdk." >&2
  exit 2
}
[[ -z $check ]] || exit 0
directory=$(realpath "$directory")
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# libsimapi is a library: our reader is linked to the one that was built there.
library=$(find "$directory" -maxdepth 4 -name libsimapi.so -print -quit)
header=$(find "$directory" -maxdepth 4 -name simmapper.h -print -quit)
if [[ -n $library && -n $header ]]; then
  "${CC:-cc}" -std=gnu11 -Wall -Wextra -isystem "${header%/*}" -o "$work/simapi" tests/clients/simapi.c "$library" -lm \
    "-Wl,-rpath,${library%/*}"
  export PITBRIDGE_SIMAPI=$work/simapi
fi

export PITBRIDGE_CLIENTS=$directory GTEST_ALSO_RUN_DISABLED_TESTS=1
export GTEST_FILTER=${GTEST_FILTER:-*RealClients.*}
namespaces=(--mount --pid --fork --kill-child --mount-proc)
[[ $(id -u) = 0 ]] || namespaces+=(--user --map-root-user)
unshare "${namespaces[@]}" bash -c 'mount -t tmpfs tmpfs /dev/shm && bash tests/run.sh e2e'

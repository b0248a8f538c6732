#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The first part of `make demo`: a simulated drive, without Wine and without a game, and `pitbridge read` beside it. Everything lives
# under the build directory; every process started here ends here.
# Usage: tests/demo/demo_simulate.sh SIM
set -euo pipefail
sim=$1
cd "$(dirname "$0")/../.."
build=$PWD/${BUILD_DIR:-build}
seconds=${DEMO_SIMULATE_SECONDS:-6}
shm=$build/demo/simulated
export PITBRIDGE_SHM_DIR=$shm PITBRIDGE_CONFIG_FILE=/dev/null

pid=''
cleanup() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; fi
  rm -rf "$shm"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

rm -rf "$shm"
mkdir -p "$shm"
echo "demo: a drive without a game: pitbridge simulate $sim, and beside it pitbridge read $sim"
"$build/bin/pitbridge" simulate "$sim" --race --seconds "$((seconds + 2))" 2>"$build/demo/simulate.log" </dev/null &
pid=$!
for _ in $(seq 100); do
  if "$build/bin/pitbridge" read "$sim" --once >/dev/null 2>&1; then break; fi
  sleep 0.05
done
timeout "$seconds" "$build/bin/pitbridge" read "$sim" --interval 500 || true
status=0
wait "$pid" || status=$?
pid=''
if [ "$status" != 0 ]; then
  cat "$build/demo/simulate.log" >&2
  exit 1
fi
echo "demo: now the same with a stand-in game under Wine, and a bridge"

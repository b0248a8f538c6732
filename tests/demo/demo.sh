#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `make demo`: a fake Assetto Corsa under Wine, acbridge beside it, and a native program that reads the files.
# Needs no display. Everything lives under the build directory; every process started here ends here.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$PWD/${BUILD_DIR:-build}
seconds=${DEMO_SECONDS:-12}
demo=$build/demo
shm=$demo/shm
export WINEPREFIX=$demo/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" DISPLAY=
export PITBRIDGE_SHM_DIR=$shm

bridge_pid='' game_pid=''
cleanup() {
  for pid in $bridge_pid $game_pid; do kill "$pid" 2>/dev/null || true; done
  if [ -d "$WINEPREFIX" ]; then tests/wineserver -k 2>/dev/null || true; fi
  rm -rf "$shm" "$demo/acs.exe"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

mkdir -p "$demo"
rm -rf "$shm"
mkdir "$shm"

if [ ! -f "$WINEPREFIX/system.reg" ]; then
  echo "demo: making a private Wine prefix in $WINEPREFIX (once, about 10 s) ..."
  wineboot --init >/dev/null 2>&1
  tests/wineserver -w
fi

echo "demo: starting acbridge; it waits for the game"
wine "$build/bin/acbridge.exe.so" 2>"$demo/bridge.log" </dev/null &
bridge_pid=$!

# The bridge knows the game by the name of its exe.
cp "$build/tests/fake_game.exe" "$demo/acs.exe"
echo "demo: starting a fake acs.exe, which drives for $seconds s"
wine "$demo/acs.exe" --sim ac --stamp --seconds "$seconds" >/dev/null 2>&1 </dev/null &
game_pid=$!

echo "demo: a native program reads $shm/acpmf_physics, _graphics and _static:"
summary_status=0
"$build/tests/demo_reader" || summary_status=$?

bridge_status=0
wait "$bridge_pid" || bridge_status=$?
bridge_pid=''
wait "$game_pid" || true
game_pid=''

cleared=0 total=0
for file in "$shm"/acpmf_*; do
  total=$((total + 1))
  if ! tr -d '\0' <"$file" | grep -q .; then cleared=$((cleared + 1)); fi
done
echo "When the game had gone the bridge cleared $cleared of $total files and left with status $bridge_status."
if [ "$summary_status" != 0 ] || [ "$bridge_status" != 0 ] || [ "$cleared" != "$total" ]; then
  echo "demo: something went wrong; the bridge's log:" >&2
  cat "$demo/bridge.log" >&2
  exit 1
fi

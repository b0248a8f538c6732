#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `make demo SIM=f1`: a fake game of any sim under Wine, its bridge, or the receiver of its packets, and `pitbridge read`.
# Everything lives under the build directory; every process started here ends here.
# Usage: tests/demo/demo_sim.sh SIM
set -euo pipefail
sim=$1
cd "$(dirname "$0")/../.."
build=$PWD/${BUILD_DIR:-build}
seconds=${DEMO_SECONDS:-12}
demo=$build/demo
shm=$demo/shm
export WINEPREFIX=$demo/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" DISPLAY=
export PITBRIDGE_SHM_DIR=$shm PITBRIDGE_CONFIG_FILE=/dev/null

# Behind the line of the sim comes that of its first game, which ends in the name of an exe.
exe=$("$build/bin/pitbridge" list | awk -v sim="$sim:" 'found { print $NF; exit } $1 == sim { found = 1 }')
if [ -z "$exe" ]; then
  echo "demo: no sim is called $sim; see pitbridge list" >&2
  exit 2
fi

bridge_pid='' game_pid=''
cleanup() {
  for pid in $bridge_pid $game_pid; do kill "$pid" 2>/dev/null || true; done
  if [ -d "$WINEPREFIX" ]; then tests/wineserver -k 2>/dev/null || true; fi
  rm -rf "$shm" "${demo:?}/$exe"
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

if [ -f "$build/bin/${sim}bridge.exe.so" ]; then
  echo "demo: starting ${sim}bridge; it waits for the game"
  wine "$build/bin/${sim}bridge.exe.so" 2>"$demo/bridge.log" </dev/null &
else
  echo "demo: starting pitbridge udp $sim; it waits for packets"
  "$build/bin/pitbridge" udp "$sim" --leave 2>"$demo/bridge.log" </dev/null &
fi
bridge_pid=$!

cp "$build/tests/fake_game.exe" "$demo/$exe"
echo "demo: starting a fake $exe, which drives for $seconds s"
wine "$demo/$exe" --sim "$sim" --seconds "$seconds" >/dev/null 2>&1 </dev/null &
game_pid=$!

timeout "$((seconds > 4 ? seconds - 2 : 2))" "$build/bin/pitbridge" read "$sim" --interval 1000 || true
wait "$game_pid" || true
game_pid=''
bridge_status=0
wait "$bridge_pid" || bridge_status=$?
bridge_pid=''
echo "When the game had gone it left with status $bridge_status."
if [ "$bridge_status" != 0 ]; then
  cat "$demo/bridge.log" >&2
  exit 1
fi

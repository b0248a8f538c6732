#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `make picture`: runs a fake Assetto Corsa and acbridge under Wine, lets `pitbridge read` show them, and draws that
# terminal into read.svg. Everything else lives under the build directory; every process started here ends here.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$PWD/${BUILD_DIR:-build}
work=$build/picture
export WINEPREFIX=$work/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" DISPLAY=
export PITBRIDGE_SHM_DIR=$work/shm PITBRIDGE_CONFIG_FILE=/dev/null NO_COLOR=1

started=()
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  if [ -d "$WINEPREFIX" ]; then tests/wineserver -k 2>/dev/null || true; fi
  rm -rf "$PITBRIDGE_SHM_DIR" "$work/acs.exe"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

rm -rf "$PITBRIDGE_SHM_DIR"
mkdir -p "$PITBRIDGE_SHM_DIR"
if [ ! -f "$WINEPREFIX/system.reg" ]; then
  echo "picture: making a private Wine prefix in $WINEPREFIX (once, about 10 s) ..."
  wineboot --init >/dev/null 2>&1
  tests/wineserver -w
fi
wine "$build/bin/acbridge.exe.so" 2>"$work/bridge.log" </dev/null &
started+=($!)
cp "$build/tests/fake_game.exe" "$work/acs.exe"
wine "$work/acs.exe" --sim ac --seconds 60 >/dev/null 2>&1 </dev/null &
started+=($!)

deadline=$((SECONDS + 40))
until "$build/bin/pitbridge" read ac --once 2>/dev/null | grep -Eq '^activity +live'; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "picture: no live values within 40 s; the bridge's log:" >&2
    cat "$work/bridge.log" >&2
    exit 1
  fi
  sleep 0.1
done
{
  echo '$ pitbridge read ac --once'
  "$build/bin/pitbridge" read ac --once
  echo
  echo '$ pitbridge read ac'
  # Ended by timeout on purpose; SIGINT is how a person ends it.
  timeout --preserve-status -s INT 1.5 "$build/bin/pitbridge" read ac --interval 500 | head -n 3
} >"$work/terminal.txt"
python3 bridges/picture/terminal_svg.py <"$work/terminal.txt" >"$work/read.svg"
cp "$work/read.svg" bridges/picture/read.svg
echo "picture: bridges/picture/read.svg is made anew"

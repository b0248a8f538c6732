#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: drive.sh PITBRIDGE GAME_EXE READER
# The main job of an installed pitbridge, for the user who runs this: a stand-in for Assetto Corsa is started as a launch
# option does it, its values are read, by READER (common/reader/examples/dashboard.c) too, the doctor finds nothing to say,
# and when the game has gone nothing of it is left.
set -eu
pitbridge=$1
game=$HOME/acs.exe # by this name the game is known
reader=$3
export WINEPREFIX="$HOME/prefix" WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
unset DISPLAY

fail() {
  echo "drive: $1" >&2
  sed 's/^/  game: /' "$HOME/game.log" >&2 || true
  find "$HOME/.local/state/pitbridge" -name '*.log' -exec tail -n 20 {} + >&2 2>/dev/null || true
  exit 1
}
if [ ! -f "$WINEPREFIX/system.reg" ]; then
  wineboot --init >/dev/null 2>&1
  wineserver -w
fi

"$pitbridge" doctor >"$HOME/said" && fail "the doctor is content though no game runs: $(cat "$HOME/said")"
cp "$2" "$game"
"$pitbridge" wine "$game" --sim ac --stamp --seconds 12 >"$HOME/game.log" 2>&1 </dev/null &
job=$!
tries=0
until "$pitbridge" read ac --once --json 2>/dev/null | grep -Eq '"activity": ?"live"'; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] || fail "no values after a minute: $("$pitbridge" read ac --once 2>&1)"
  sleep 0.2
done
"$pitbridge" read ac --once
"$reader" ac --once >"$HOME/said" 2>&1 || fail "the reader that was compiled with the headers fails: $(cat "$HOME/said")"
"$pitbridge" doctor ac >"$HOME/said" 2>&1 || fail "the doctor finds: $(cat "$HOME/said")"
head -n 1 "$HOME/said"
wait $job || fail "the launch line ends with $?"
wineserver -w
for file in /dev/shm/acpmf_*; do
  [ "$(tr -d '\0' <"$file" | wc -c)" = 0 ] || fail "$file is not cleared"
done
"$pitbridge" clean --all >/dev/null
rm -f /dev/shm/acpmf_* /dev/shm/pitbridge.* "$game" "$HOME/said" "$HOME/game.log"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: tests/test_proton.sh PROTON
# Runs the launch tests with a real script of Proton, PROTON, in the place of the model's. What it needs beside it
# (its modules) is copied from its directory; its Wine is this machine's, and of all else that it misses an
# empty file is put there. BUILD_DIR names the build.
set -euo pipefail
script=${1:-}
[[ -f $script ]] || { echo "test_proton: name Proton's script: make test-proton PROTON='.../Proton 9.0/proton'" >&2; exit 2; }
script=$(realpath "$script")
cd "$(dirname "$0")/.."

# Below /tmp, which the model's container shares.
tree=$(mktemp -d /tmp/pitbridge-proton.XXXXXX)
trap 'rm -rf "$tree"' EXIT
proton=$tree/proton/proton
mkdir -p "$tree/proton" "$tree/data" "$tree/client" "$tree/home"
cp "$script" "$proton"
chmod +x "$proton"
for file in "${script%/*}"/*.py "${script%/*}"/proton_*_tracked_files; do
  [[ ! -f $file || $file == */user_settings.py ]] || cp "$file" "$tree/proton"
done
echo '1700000000 test' >"$tree/proton/version"
# Older scripts have all in dist, and newer ones remove it.
files=$tree/proton/files
grep -q '"files/' "$script" || files=$tree/proton/dist
mkdir -p "$files/bin" "$files/lib" "$files/lib64" "$files/share/wine/fonts" "$files/share/fonts"
cp "$tree/proton/version" "$files/version"
# Scripts of 6.3 start "steam", which Proton's own Wine finds and this machine's takes for a task of start.exe.
cat >"$files/bin/wine64" <<'END'
#!/bin/sh
[ "$1" != steam ] || { shift; set -- 'c:\windows\system32\steam.exe' "$@"; }
[ -x /usr/lib/wine/wine64 ] && exec /usr/lib/wine/wine64 "$@"
exec /usr/bin/wine "$@"
END
cp "$files/bin/wine64" "$files/bin/wine"
cp tests/wineserver "$files/bin/wineserver"
chmod +x "$files/bin"/*

# The script makes its default prefix, and a prefix from that: each file that it misses is told one at a time.
prepare() {
  env HOME="$tree/home" STEAM_COMPAT_DATA_PATH="$tree/data" STEAM_COMPAT_CLIENT_INSTALL_PATH="$tree/client" \
    WINEDEBUG=-all DISPLAY='' python3 "$proton" getcompatpath / </dev/null >"$tree/said" 2>&1
}
planted=0
until prepare; do
  missing=$(sed -n "s/^FileNotFoundError: .*: '\([^']*\)'.*/\1/p" "$tree/said" | tail -n 1)
  if [[ $missing != "$tree"/proton/* || -e $missing ]] || ((++planted > 200)); then
    cat "$tree/said" >&2
    echo "test_proton: the script cannot be prepared; see above what it wants" >&2
    exit 1
  fi
  mkdir -p "${missing%/*}"
  : >"$missing"
done
WINEPREFIX=$files/share/default_pfx tests/wineserver -k || true
WINEPREFIX=$tree/data/pfx tests/wineserver -k || true

echo "== launch tests with $script ($planted empty files put there)"
export PITBRIDGE_TEST_PROTON=$tree/proton
# Not those that need what only the model does, nor a command in quotes where the script knows none.
quotes=
grep -q 'shlex\.split' "$script" || quotes='SteamDebugCommand.*'
model='Steam.TheModel*:Steam.AGameThatTheScriptLeaves*:Steam.AScriptThatDoesNotWait*'
export GTEST_FILTER=${GTEST_FILTER:-Steam.*:Steam/SteamNeverWaits.*:SteamDebugCommand.*:SteamContainer.*:-$model:$quotes}
bash tests/run.sh e2e

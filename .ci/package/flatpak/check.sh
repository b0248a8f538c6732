#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: check.sh MANIFEST ARCHIVE VERSION
# Builds the extension by flatpak-builder, installs it beside a stand-in for Steam's Flatpak, which has the extension point of
# the real one and a runtime of some programs of this system, and runs the command in there by its name. Nothing is fetched,
# and all lies in a directory of its own.
set -euo pipefail
manifest=$(realpath "$1") archive=$(realpath "$2") version=$3
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export HOME=$work/home FLATPAK_USER_DIR=$work/user XDG_RUNTIME_DIR=$work/run XDG_CACHE_HOME='' XDG_DATA_HOME='' XDG_CONFIG_HOME=''
mkdir -m 700 "$HOME" "$XDG_RUNTIME_DIR"
mkdir -p "$work/runtime/files" "$work/runtime/usr"/{bin,etc,share,lib64,lib/x86_64-linux-gnu}
fail() {
  echo "check-recipes: $*" >&2
  [[ ! -f $work/said ]] || tail -n 20 "$work/said" >&2
  exit 1
}
quietly() { "$@" >"$work/said" 2>&1 || fail "failed: $*"; }

tar -xJf "$archive" -C "$work" --wildcards --strip-components=2 '*/bin/pitbridge'
{
  for tool in sh env cat chmod cp dirname grep id install mkdir rm rmdir sed sha256sum sort stat; do
    program=$(command -v $tool)
    cp -L "$program" "$work/runtime/usr/bin/$tool"
    ldd "$program"
  done
  ldd "$work/pitbridge"
} | grep -o '/[^ ]*' | sort -u >"$work/libraries"
while IFS= read -r library; do
  cp -L "$library" "$work/runtime/usr/lib/x86_64-linux-gnu/"
done <"$work/libraries"
cp -L /lib64/ld-linux-x86-64.so.2 "$work/runtime/usr/lib64/"

sdk=$(sed -n 's|^sdk: org.freedesktop.Sdk//||p' "$manifest")
for name in Sdk Platform; do
  printf '[Runtime]\nname=%s\nruntime=%s\nsdk=%s\n' "org.freedesktop.$name" "org.freedesktop.Platform/x86_64/$sdk" \
    "org.freedesktop.Sdk/x86_64/$sdk" >"$work/runtime/metadata"
  quietly flatpak build-export --runtime --disable-sandbox "$work/repo" "$work/runtime" "$sdk"
done
steam=com.valvesoftware.Steam
quietly flatpak build-update-repo "$work/repo"
quietly flatpak --user remote-add --no-gpg-verify local "$work/repo"
quietly flatpak --user install -y --noninteractive local "org.freedesktop.Sdk//$sdk" "org.freedesktop.Platform//$sdk"

point=()
for row in subdirectories=true directory=utils version=stable 'versions=stable;beta;test' add-ld-path=lib 'merge-dirs=bin;'; do
  point+=("--extension=$steam.Utility=$row")
done
quietly flatpak build-init "$work/steam" "$steam" org.freedesktop.Sdk org.freedesktop.Platform "$sdk"
mkdir -p "$work/steam/files/utils" "$work/steam/files/bin"
cp "$work/runtime/usr/bin/sh" "$work/steam/files/bin/steam"
quietly flatpak build-finish "$work/steam" --command=steam --env=PATH=/app/bin:/app/utils/bin:/usr/bin "${point[@]}"
quietly flatpak build-export --disable-sandbox "$work/repo" "$work/steam" stable
quietly flatpak build-update-repo "$work/repo"
quietly flatpak --user install -y --noninteractive local "$steam//stable"

mkdir "$work/build"
sed "s|url: .*|path: $archive|" "$manifest" >"$work/build/$(basename "$manifest")"
cp "${manifest%.yml}.metainfo.xml" "$work/build/"
(cd "$work/build" && quietly flatpak-builder --user --install --disable-rofiles-fuse --state-dir="$work/state" out "$(basename "$manifest")")

said=$(flatpak run --user "$steam//stable" -c 'pitbridge --version && pitbridge run --dry-run --sim ac -- /usr/bin/env' 2>"$work/said") ||
  fail "the command does not run in there: $said"
grep -qF "$version" <<<"$said" || fail "that is no pitbridge $version: $said"
! grep '^obstacle' <<<"$said" || fail "it finds no bridge in there: $said"
(cd "$work/user/runtime/$steam.Utility.pitbridge/x86_64/stable/active/files" && find . -type f | sort) >"$work/files"
! grep -E '/include/|/man/|\.a$|/systemd/|/install.sh$' "$work/files" || fail "the extension holds what nobody needs in there"
echo "flatpak: the extension is built and runs beside a stand-in for Steam, $(wc -l <"$work/files") files"

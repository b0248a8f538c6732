#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: check_get.sh DIST
# Installs what lies in DIST by its get.sh, from a server on this machine and as a user without rights, and removes it; then
# all the ways in which that can fail: each must say why, install nothing and leave nothing behind.
set -euo pipefail
dist=$(realpath "$1")
work=$(mktemp -d)
server=
cleanup() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap cleanup EXIT
fail() {
  echo "check_get: $*" >&2
  [[ ! -s $work/said ]] || sed 's/^/  said: /' "$work/said" >&2
  exit 1
}

# What root installs goes elsewhere, and root may write everywhere.
nobody=()
if [[ $(id -u) = 0 ]]; then
  nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  chmod 755 "$work"
fi
home=$work/home tmp=$work/tmp release=$work/release tools=$work/tools
mkdir "$home" "$tmp" "$release" "$tools"
cp "$dist"/pitbridge-*-x86_64.tar.xz "$dist"/SHA256SUMS "$dist"/get.sh "$release/"
archive=$(cd "$release" && echo pitbridge-*-x86_64.tar.xz)
[[ $(id -u) != 0 ]] || chown 65534:65534 "$home" "$tmp"

python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$release" >"$work/server" 2>&1 &
server=$!
for _ in {1..100}; do
  port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server")
  [[ -z $port ]] || break
  sleep 0.1
done
[[ -n $port ]] || fail "no server: $(cat "$work/server")"
address=http://127.0.0.1:$port

# What get.sh and install.sh run, and one of these two.
for tool in sh env uname tar xz sha256sum mktemp grep head sed cat cp rm mv mkdir rmdir chmod dirname stat id sort date; do
  ln -s "$(command -v $tool)" "$tools/$tool"
done
with() {
  rm -f "$tools/curl" "$tools/wget"
  [[ $1 = none ]] || ln -s "$(command -v "$1")" "$tools/$1"
}
as_user() { "${nobody[@]}" env -i PATH="$tools" HOME="$home" TMPDIR="$tmp" PITBRIDGE_URL="${url:-$address}" "$@"; }
get() { as_user sh -s -- "$@" <"$release/get.sh" >"$work/said" 2>&1; }
tree() { (cd "$work" && find home tmp | LC_ALL=C sort); }
tree >"$work/before"
untouched() { tree | diff "$work/before" - >"$work/differ" || fail "$1: something is left: $(cat "$work/differ")"; }
refuses() {
  local what=$1 word=$2
  shift 2
  if get "$@"; then fail "$what: is no error"; fi
  grep -qF "$word" "$work/said" || fail "$what: does not say: $word"
  untouched "$what"
}
installs() {
  get || fail "get.sh ends with $?"
  as_user "$home/.local/bin/pitbridge" --version >"$work/version" || fail "the installed command does not run"
  grep -qF "$home/.local/bin/pitbridge %command%" "$work/said" || fail "what to do next is not said"
  [[ -z $(ls -A "$tmp") ]] || fail "left in TMPDIR: $(ls -A "$tmp")"
}
removes() {
  local line
  line=$(sed -n 's/^Remove it with: //p' "$work/said")
  [[ -n $line ]] || fail "how to remove it is not said"
  as_user sh -c "$line" >"$work/said" 2>&1 || fail "cannot be removed by: $line"
  untouched removed
}

with curl
# As the line of the README does it.
as_user sh -c "curl -fsSL $address/get.sh | sh" >"$work/said" 2>&1 || fail "the one line ends with $?"
installs # a second time, over the first
removes
with wget
installs
removes
with none
refuses "no curl and no wget" "neither curl nor wget"
url=file://$release installs
removes
with curl

mv "$tools/xz" "$work/xz"
refuses "no xz" "there is no xz"
mv "$work/xz" "$tools/xz"
url=http://127.0.0.1:1 refuses "no server" "cannot fetch http://127.0.0.1:1/SHA256SUMS"

good=$(cat "$release/SHA256SUMS")
sed -i "/$archive/s/^......../00000000/" "$release/SHA256SUMS"
refuses "wrong checksum" "is not the one of SHA256SUMS"
echo '<html>Not here</html>' >"$release/SHA256SUMS"
refuses "a page for a list" "names no archive"
printf '%s\n' "${good//pitbridge-/../pitbridge-}" >"$release/SHA256SUMS"
refuses "a name with a way out" "names no archive"
printf '%s\n' "$good" >"$release/SHA256SUMS"
truncate -s -1000 "$release/$archive"
refuses "cut archive" "is not the one of SHA256SUMS"
rm "$release/$archive"
refuses "no archive" "cannot fetch $address/$archive"
cp "$dist/$archive" "$release/"

chmod 555 "$home"
refuses "a home that cannot be written" "cannot make $home/.local"
chmod 755 "$home"

# Of a script that is cut anywhere nothing may run.
cp "$release/get.sh" "$work/whole"
last=$(($(stat -c %s "$work/whole") - $(tail -n 1 "$work/whole" | wc -c)))
requests=$(wc -l <"$work/server")
for ((size = 50; size <= last; size += 150)); do
  head -c "$size" "$work/whole" >"$release/get.sh"
  get || true
  untouched "a script of $size bytes"
done
head -c "$last" "$work/whole" >"$release/get.sh"
get || true
untouched "a script without its last line"
[[ $(wc -l <"$work/server") = "$requests" ]] || fail "a script that is cut fetches something"
echo "get: installs by curl, by wget and from a directory, goes again, and says why where it does not"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the newest release of pitbridge below ~/.local (for root: /usr/local), as an immutable system wants it. Needs no
# root, and changes nothing but that directory.
#
#   curl -fsSL ADDRESS/get.sh | sh
#
# ADDRESS is where the release lies, with a SHA256SUMS beside its archives. PITBRIDGE_URL names another one; it may be
# file:///DIRECTORY. What stands behind `sh -s --` goes to install.sh, as --prefix DIR does.

# A shell reads a script from a pipe piece by piece: of one that is cut nothing may run before its end is there.
get_pitbridge() {
  set -eu
  url=${PITBRIDGE_URL:-@RELEASES@/latest/download}
  url=${url%/}

  fail() {
    printf 'get.sh: %s\n' "$1" >&2
    exit 1
  }
  case $(uname -sm) in "Linux x86_64") ;; *) fail "the archive is for Linux on x86_64, and this is $(uname -sm)" ;; esac
  for tool in tar xz sha256sum mktemp; do
    command -v $tool >/dev/null || fail "there is no $tool here; install it, or use a package of your distribution"
  done

  # fetch FROM TO
  case $url in
    file://*) fetch() { cp -- "${1#file://}" "$2"; } ;;
    *)
      if command -v curl >/dev/null; then
        fetch() { curl -fsSL --retry 3 --connect-timeout 20 -o "$2" "$1"; }
      elif command -v wget >/dev/null; then
        fetch() { wget -q --tries=3 --timeout=20 -O "$2" "$1"; }
      else
        fail "there is neither curl nor wget; install one, or fetch the archive by hand from $url and run its install.sh"
      fi
      ;;
  esac

  work=$(mktemp -d) || fail "cannot make a directory for the archive; is /tmp full? TMPDIR names another place"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  fetch "$url/SHA256SUMS" "$work/SHA256SUMS" ||
    fail "cannot fetch $url/SHA256SUMS; is the network there? PITBRIDGE_URL names another address"
  # The archive of the sources has no machine in its name. Nothing but a plain name is believed.
  line=$(grep -E '^[0-9a-f]{64}  pitbridge-[0-9A-Za-z.~+-]+-x86_64\.tar\.xz$' "$work/SHA256SUMS" | head -n 1) || true
  [ -n "$line" ] || fail "$url/SHA256SUMS names no archive for x86_64; is that the address of a release?"
  archive=${line##* }
  echo "get.sh: fetching $url/$archive"
  fetch "$url/$archive" "$work/$archive" || fail "cannot fetch $url/$archive; try again"
  printf '%s\n' "$line" | (cd "$work" && sha256sum --status -c -) ||
    fail "$archive is not the one of SHA256SUMS: cut off, or changed by somebody. Nothing is installed; try again"
  tar -xJf "$work/$archive" -C "$work" || fail "cannot unpack $archive below $work; is the disk full? TMPDIR names another place"
  sh "$work/${archive%.tar.xz}/install.sh" "$@"
}
get_pitbridge "$@"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Lies beside the unpacked programs as install.sh: copies them below a prefix, or takes them away again.
set -eu

usage() {
  cat <<'END'
Usage: ./install.sh [--prefix DIR] [--uninstall]
Installs pitbridge below DIR: /usr/local for root, otherwise ~/.local. What it installs it lists in
DIR/lib/pitbridge/installed; --uninstall removes exactly that. Without installing, bin/pitbridge runs from here.
END
}
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

uninstall=
prefix=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || fail "--prefix needs a directory after it" 2; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --uninstall) uninstall=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; fail "there is no option $1" 2 ;;
  esac
  shift
done
if [ -z "$prefix" ]; then
  if [ "$(id -u)" = 0 ]; then prefix=/usr/local
  else prefix=${HOME:?install.sh: HOME is not set; name a directory with --prefix}/.local; fi
fi
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
prefix=${prefix%/}
list=$prefix/lib/pitbridge/installed

# Lines of the list: "f FILE" or "d DIRECTORY", below the prefix, in the order in which they were made.
remove_installed() {
  # Files first, then the directories that this script made, from the inside out; one that others use stays.
  sed -n 's/^f //p' "$list" | while IFS= read -r name; do rm -f "$prefix/$name"; done
  directories=$(sed -n 's/^d //p' "$list" | sort -r)
  rm -f "$list"
  printf '%s\n' "$directories" | while IFS= read -r name; do
    [ -z "$name" ] || rmdir "$prefix/$name" 2>/dev/null || true
  done
}

if [ -n "$uninstall" ]; then
  [ -f "$list" ] || fail "there is no $list, so nothing below $prefix is from this script; was it another --prefix?"
  [ -w "$prefix/lib/pitbridge" ] || fail "cannot write below $prefix; run it as the user who installed"
  made_prefix=$(grep -c '^p$' "$list" || true)
  remove_installed
  [ "$made_prefix" = 0 ] || rmdir "$prefix" 2>/dev/null || true
  echo "pitbridge is removed from $prefix."
  exit 0
fi

cd "$(dirname "$0")"
[ -f SHA256SUMS ] || fail "there is no SHA256SUMS beside it; unpack the archive anew and run install.sh from there"
sha256sum --quiet -c SHA256SUMS >&2 || fail "a file is not the one that was packed; fetch and unpack the archive anew"

# An older version goes first: it may have had files that this one has not.
if [ -f "$list" ]; then remove_installed; fi

new_list=
note() {
  new_list="$new_list$1
"
}
# Makes a directory below the prefix, and notes each part that was not there.
make_directory() {
  [ -d "$prefix/$1" ] && return
  case $1 in */*) make_directory "${1%/*}" ;; esac
  mkdir "$prefix/$1" || fail "cannot make $prefix/$1; name a directory that you may write with --prefix"
  note "d $1"
}

if [ ! -d "$prefix" ]; then
  mkdir -p "$prefix" || fail "cannot make $prefix; name a directory that you may write with --prefix"
  note p
fi
[ -w "$prefix" ] || fail "cannot write below $prefix; name another directory with --prefix, or run it as root"
# systemd looks below ~/.local/share for a user's own units, and not below ~/.local/lib.
case $prefix in "${HOME:-/nonexistent}"/*) units=share/systemd/user ;; *) units=lib/systemd/user ;; esac

while IFS= read -r line; do
  file=${line#*  }
  case $file in
    bin/* | lib/* | include/* | share/*) to=$file ;;
    README.md | LICENSE | CHANGELOG.md) to=share/doc/pitbridge/$file ;;
    pitbridge.service) to=$units/$file ;;
    *) continue ;;
  esac
  make_directory "${to%/*}"
  # Not over the old one: it may be running.
  rm -f "$prefix/$to"
  if [ "$file" = pitbridge.service ]; then
    # systemd reads % and \ in a path; the other two are sed's own.
    escaped=$(printf '%s' "$prefix" | sed -e 's/%/%%/g' -e 's/[\\|&]/\\&/g')
    sed "s|@PREFIX@|$escaped|" "$file" >"$prefix/$to" && chmod 644 "$prefix/$to"
  else
    cp -p "$file" "$prefix/$to"
  fi || fail "cannot write $prefix/$to; is the disk full?"
  note "f $to"
done <SHA256SUMS
make_directory lib/pitbridge
printf '%s' "$new_list" >"$list"

sh ./say_installed.sh "$prefix" "./install.sh --prefix '$prefix' --uninstall"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Lies beside the packed programs: copies them below a prefix, or takes them away again. `make install` uses it too.
set -eu

usage() {
  cat <<'END'
Usage: ./install.sh [--prefix DIR] [--destdir DIR] [--unit-dir DIR] [--uninstall]
Installs pitbridge below the prefix: /usr/local for root, otherwise ~/.local. What it installs and makes it lists in
PREFIX/lib/pitbridge/installed; --uninstall removes exactly that, and what pitbridge has made for you since (`pitbridge
clean --all`), but for your config.toml. Without installing, bin/pitbridge runs from here.
--destdir puts it below another root, for packages, and makes no list; --unit-dir is where the systemd unit goes.
END
}
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

uninstall=
prefix=
destdir=
units=
removed_by=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --destdir | --unit-dir | --removed-by) [ $# -ge 2 ] || fail "$1 needs a word after it" 2 ;;
  esac
  case $1 in
    --prefix) prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --destdir) destdir=$2; shift ;;
    --unit-dir) units=$2; shift ;;
    --removed-by) removed_by=$2; shift ;; # what `make install` has to say
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
absolute() { case $1 in /*) printf '%s\n' "${1%/}" ;; *) printf '%s\n' "$PWD/${1%/}" ;; esac; }
prefix=$(absolute "$prefix")
[ -z "$destdir" ] || destdir=$(absolute "$destdir")
# systemd looks below ~/.local/share for a user's own units, and not below ~/.local/lib.
case $prefix in "${HOME:-/nonexistent}"/*) share=share ;; *) share=lib ;; esac
units=$(absolute "${units:-$prefix/$share/systemd/user}")
top=$destdir$prefix
list=$top/lib/pitbridge/installed
cd "$(dirname "$0")"

# The packed files, each with the place where it goes, below the destination.
each_place() {
  while IFS= read -r line; do
    file=${line#*  }
    case $file in
      bin/* | lib/* | include/* | share/*) printf '%s\n%s\n' "$file" "$top/$file" ;;
      README.md | LICENSE | CHANGELOG.md) printf '%s\n%s\n' "$file" "$top/share/doc/pitbridge/$file" ;;
      pitbridge.service) printf '%s\n%s\n' "$file" "$destdir$units/$file" ;;
    esac
  done <SHA256SUMS
}

# Lines of the list: "f FILE" or "d DIRECTORY", in the order in which they were made.
remove_listed() {
  # Files first, then the directories that were made, from the inside out; one that others use stays. The names in the
  # list of version 0.2.0 are relative.
  sed -n 's/^f //p' "$list" | (cd "$prefix" && while IFS= read -r name; do rm -f "$name"; done)
  directories=$(sed -n 's/^d //p' "$list" | LC_ALL=C sort -r)
  rm -f "$list"
  printf '%s\n' "$directories" | (cd "$prefix" && while IFS= read -r name; do
    [ -z "$name" ] || rmdir "$name" 2>/dev/null || true
  done)
}
# Where no list was made: our files, and each directory below the destination that is empty then.
remove_known() {
  each_place | while IFS= read -r _ && IFS= read -r to; do
    rm -f "$to"
    directory=${to%/*}
    while [ "$directory" != "$destdir" ] && [ "$directory" != "$prefix" ] && rmdir "$directory" 2>/dev/null; do
      directory=${directory%/*}
    done
  done
}
# What pitbridge made for this user while it ran. No program of another user is run for that.
clean_up() {
  program=$prefix/bin/pitbridge
  [ -z "$destdir" ] && [ -x "$program" ] && [ "$(stat -L -c %u "$program")" = "$(id -u)" ] || return 0
  status=0
  "$program" clean --all || status=$?
  [ $status != 3 ] || fail "nothing is removed while it runs"
}

if [ -n "$uninstall" ]; then
  [ -f "$list" ] || { [ -f SHA256SUMS ] && [ -f "$top/bin/pitbridge" ]; } ||
    fail "there is no $list, so nothing below $top is from this script; was it another prefix?"
  [ -w "$top/lib/pitbridge" ] || fail "cannot write below $top; run it as the user who installed"
  clean_up
  if [ -f "$list" ]; then remove_listed; else remove_known; fi
  echo "pitbridge is removed from $top."
  [ "$(id -u)" != 0 ] || echo "What it made for other users, they remove themselves: ~/.local/share/pitbridge, ~/.local/state/pitbridge."
  exit 0
fi

[ -f SHA256SUMS ] || fail "there is no SHA256SUMS beside it; unpack the archive anew and run install.sh from there"
sha256sum --quiet -c SHA256SUMS >&2 || fail "a file is not the one that was packed; fetch and unpack the archive anew"

new_list=
note() {
  [ -n "$destdir" ] || new_list="$new_list$1
"
}
# An older version goes first: it may have had files that this one has not. Directories that it made stay noted.
if [ -f "$list" ]; then
  while IFS= read -r line; do
    case $line in "d "*) note "$line" ;; esac
  done <"$list"
  remove_listed
fi

# Makes a directory, and notes each part that was not there.
make_directory() {
  [ -d "$1" ] && return
  [ -z "${1%/*}" ] || make_directory "${1%/*}"
  mkdir "$1" || fail "cannot make $1; name a directory that you may write with --prefix"
  note "d $1"
}
make_directory "$top"
[ -w "$top" ] || fail "cannot write below $top; name another directory with --prefix, or run it as root"

places=$(each_place)
while IFS= read -r file && IFS= read -r to; do
  make_directory "${to%/*}"
  # Not over the old one: it may be running.
  rm -f "$to"
  if [ "$file" = pitbridge.service ]; then
    # In quotes systemd reads % \ and " in a path; \ | and & are sed's own.
    escaped=$(printf '%s' "$prefix" | sed -e 's/%/%%/g' -e 's/[\\"]/\\&/g' -e 's/[\\|&]/\\&/g')
    sed "s|@PREFIX@|$escaped|" "$file" >"$to" && chmod 644 "$to"
  else
    cp -p "$file" "$to"
  fi || fail "cannot write $to; is the disk full?"
  note "f $to"
done <<END
$places
END
[ -z "$destdir" ] || exit 0
make_directory "$prefix/lib/pitbridge"
# So that nobody has to keep the archive, who wants to remove it one day.
own=$prefix/lib/pitbridge/install.sh
rm -f "$own"
cp "${0##*/}" "$own" || fail "cannot write $own; is the disk full?"
note "f $own"
printf '%s' "$new_list" >"$list"

sh ./say_installed.sh "$prefix" "${removed_by:-sh $(quoted "$own") --prefix $(quoted "$prefix") --uninstall}"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: check_packages.sh SUITE PACKAGES ARCHIVE GAME_EXE
# Makes a minimal Debian SUITE with Wine in it, and for the Debian packages, the RPM packages and the archive of programs in
# turn: installs it, does the main job as an ordinary user (drive.sh), removes it, and fails when anything is left. Needs
# root, and the network for the packages of Debian. PITBRIDGE_KEEP names a directory that keeps the system for the next run.
set -euo pipefail
suite=$1 packages=$(realpath "$2") archive=$(realpath "$3") game=$(realpath "$4")
here=$(dirname "$(realpath "$0")")
[[ $(id -u) = 0 ]] || { echo "check-packages: a system of its own can only be made as root" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=${PITBRIDGE_KEEP:-$work}/$suite
fail() {
  echo "check-packages: $*" >&2
  exit 1
}

# With processes, mounts and shared memory of its own: whatever happens in there ends with it.
in_system() {
  # shellcheck disable=SC2016 # that shell expands it
  unshare --mount --pid --ipc --fork --kill-child -- bash -c '
    mount -t proc proc "$0/proc" && mount -t tmpfs -o mode=1777 shm "$0/dev/shm" &&
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$0" "$@"' "$root" "$@"
}
as_driver() { in_system setpriv --reuid driver --regid driver --init-groups env HOME=/home/driver USER=driver "$@"; }
quietly() { "$@" >"$work/said" 2>&1 || { tail -n 30 "$work/said" >&2; fail "failed: $*"; }; }

if [[ ! -f $root/made ]]; then
  echo "check-packages: making a minimal $suite with Wine, some minutes"
  # gcc and pkg-config are for the users of the library, rpm for its own packages.
  quietly mmdebstrap --variant=apt --include=passwd,wine,wine64,rpm,gcc,libc6-dev,pkg-config,xz-utils "$suite" "$root"
  quietly in_system useradd --create-home driver
  quietly in_system apt-get update
  touch "$root/made"
fi
rm -rf "$root/new"
mkdir "$root/new"
cp "$packages"/deb/*.deb "$packages"/rpm/*.rpm "$archive" "$game" "$here/drive.sh" "$root/new/"
chmod -R a+rX "$root/new"

# What a package may leave: caches, logs, and the books of apt, dpkg and rpm themselves. The prefix of Wine is the user's.
state() {
  (cd "$root" && find . -path ./proc -prune -o -path ./tmp -prune -o -path ./var/cache -prune -o -path ./var/log -prune -o -path ./var/lib/apt -prune -o \
    -path ./root/.rpmdb -prune -o -path ./var/lib/rpm -prune -o -path ./home/driver/prefix -prune -o -path ./home/driver/.cache -prune -o -path './var/lib/dpkg/*-old' -prune -o \
    -path './var/lib/dpkg/triggers' -prune -o -print | LC_ALL=C sort)
}
is_gone() { state | diff "$work/before" - >"$work/differ" || fail "$1 leaves: $(cat "$work/differ")"; }

# uses NAME PITBRIDGE HEADERS READER: compiles the example of a reader, and lets the user drive.
uses() {
  local name=$1 pitbridge=$2 headers=$3 reader=$4
  quietly as_driver cc -std=c99 "-I$headers/pitbridge" "$reader" -o /home/driver/dashboard
  if ! as_driver sh /new/drive.sh "$pitbridge" "/new/${game##*/}" /home/driver/dashboard >"$work/said" 2>&1; then
    cat "$work/said" >&2
    fail "$name does not do its job"
  fi
  rm -f "$root/home/driver/dashboard"
  grep -q km/h "$work/said" || fail "$name: no speed was read: $(cat "$work/said")"
}
# uses_library LIBDIR DOC: a program that is built with libpitshm publishes a stream, and another one reads it.
uses_library() {
  # shellcheck disable=SC2016 # that shell expands it
  quietly as_driver env "LD_LIBRARY_PATH=$1" "PKG_CONFIG_PATH=$1/pkgconfig" sh -ec '
    cd; cc -std=c99 "$1/examples/pitshm/stream_produce.c" $(pkg-config --cflags --libs pitshm) -o produce
    status=0; ./produce 2>/dev/null || status=$?; rm produce; test $status = 2' sh "$2"
}
state >"$work/before"

echo "check-packages: Debian packages"
quietly in_system sh -c 'apt-get install -y /new/*.deb'
in_system dpkg --audit
quietly as_driver pitbridge relay --help # its libraries are recommended, and so are there
[[ -s $root/usr/share/man/man1/pitbridge.1.gz ]] || fail "there is no man page"
uses "the package" /usr/bin/pitbridge /usr/include /usr/share/doc/libpitshm-dev/examples/pitbridge/dashboard.c
uses_library "" /usr/share/doc/libpitshm-dev
quietly in_system apt-get purge -y pitbridge libpitshm0 libpitshm-dev
quietly in_system apt-get autoremove -y --purge
is_gone "the Debian package"

# The system knows no package that an RPM one names, so what they need is not asked for.
echo "check-packages: RPM packages"
# Directories that packages of a system with RPM hold anyway.
mkdir -p "$root"/usr/lib/systemd/user "$root"/usr/lib64/cmake "$root"/usr/lib64/pkgconfig
state >"$work/before"
# The rpm of Debian 12 wants to be told that it is meant.
force=$(in_system rpm --help | grep -o -m 1 -e '--force-debian' || true)
quietly in_system sh -c "rpm $force --nodeps -i /new/*.rpm"
quietly in_system rpm -Va --nodeps
uses "the RPM package" /usr/bin/pitbridge /usr/include /usr/share/doc/libpitshm-devel/examples/pitbridge/dashboard.c
uses_library /usr/lib64 /usr/share/doc/libpitshm-devel
quietly in_system sh -c "rpm $force -e pitbridge libpitshm libpitshm-devel"
is_gone "the RPM package"

echo "check-packages: the archive, where it is unpacked and below ~/.local"
unpacked=/home/driver/$(basename "$archive" .tar.xz)
quietly as_driver tar -xJf "/new/${archive##*/}" -C /home/driver
uses "the unpacked archive" "$unpacked/bin/pitbridge" "$unpacked/include" "$unpacked/share/doc/pitbridge/examples/dashboard.c"
quietly as_driver "$unpacked/install.sh"
rm -rf "${root:?}$unpacked"
uses "the installed archive" /home/driver/.local/bin/pitbridge /home/driver/.local/include /home/driver/.local/share/doc/pitbridge/examples/dashboard.c
quietly as_driver sh /home/driver/.local/lib/pitbridge/install.sh --uninstall
is_gone "the archive"
echo "packages: installed, used and removed in a minimal $suite: deb, rpm, archive"

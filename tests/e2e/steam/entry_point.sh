#!/bin/sh
# SPDX-License-Identifier: MIT
# Stands in for pressure-vessel's `_v2-entry-point --verb=VERB -- COMMAND...`: user and mount namespaces of its own, in
# which the host's /usr/local, /root, /var/lib and every directory that is not shared are missing. /tmp, /dev/shm, the home
# and with it the places of other disks, the paths that Steam names and those of PRESSURE_VESSEL_FILESYSTEMS_* are shared;
# process ids are the host's.
# The runtime of its own is played by the host's /usr/bin, /usr/lib and /usr/share.
set -eu
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
[ $# -gt 1 ] || { echo "_v2-entry-point: no command behind --" >&2; exit 2; }
shift

# The list of bwrap's options is built behind the command, which is then moved to the end.
count=$#
# Paths below a shared one come after it, or the share would cover them.
share() {
  how=$1
  IFS=:
  for path in $2; do
    [ -e "$path" ] && options="$options$how$nl$path$nl$path$nl"
  done
  unset IFS
}
nl='
'
options=
# A Flatpak has a /dev/shm of its own, which is a directory of the host's.
[ -z "${MODEL_DEV_SHM:-}" ] || options="--bind$nl$MODEL_DEV_SHM$nl/dev/shm$nl"
share --bind /tmp
# The tests' homes lie below /tmp, which is shared: an own home covers it.
if [ "${PRESSURE_VESSEL_SHARE_HOME:-1}" = 0 ]; then
  options="$options--tmpfs$nl$HOME$nl"
else
  share --bind /home:/media:/mnt:/opt:/run/media:/srv:/var/tmp
  # /root is never shared, whoever's home it is.
  case $HOME in /root | /root/*) ;; *) share --bind "$HOME" ;; esac
fi
share --bind "${STEAM_COMPAT_CLIENT_INSTALL_PATH:-}"
share --bind "${STEAM_COMPAT_DATA_PATH:-}"
share --bind "${STEAM_COMPAT_INSTALL_PATH:-}"
share --bind "${STEAM_COMPAT_TOOL_PATHS:-}"
share --bind "${PRESSURE_VESSEL_FILESYSTEMS_RW:-}"
share --ro-bind "${PRESSURE_VESSEL_FILESYSTEMS_RO:-}"
# Where pitbridge was built plays its installation, which no container sees; but it may lie below a shared path.
[ -z "${MODEL_HIDE:-}" ] || options="$options--tmpfs$nl$MODEL_HIDE$nl"
IFS=$nl
# Word splitting at the line ends is meant.
# shellcheck disable=SC2086
set -- "$@" $options
unset IFS
while [ "$count" -gt 0 ]; do
  set -- "$@" "$1"
  shift
  count=$((count - 1))
done
exec bwrap --unshare-user --dir /usr \
  --ro-bind /usr/bin /usr/bin --ro-bind /usr/lib /usr/lib --ro-bind-try /usr/lib64 /usr/lib64 \
  --ro-bind /usr/share /usr/share --ro-bind /usr /run/host/usr \
  --symlink usr/bin /bin --symlink usr/bin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
  --ro-bind /etc /etc --proc /proc --dev-bind /dev /dev --ro-bind-try /sys /sys "$@"

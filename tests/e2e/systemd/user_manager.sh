#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: user_manager.sh
# Runs a service manager of systemd for the user who calls, below XDG_RUNTIME_DIR and HOME, in a cgroup of its own, until
# SIGTERM; its pid goes to XDG_RUNTIME_DIR/manager. Status 77: this machine lets us have none, with the reason.
# systemd asks whether it has booted the machine, by a directory in /run. Where another has, the manager gets a /run of its
# own; its services share that, and so must all that they are to meet.
set -euo pipefail
group=pitbridge-test-$$
manager=

cannot() {
  echo "cannot run a user manager of systemd: $*"
  exit 77
}
clean_up() {
  [[ -z $manager ]] || { kill "$manager" 2>/dev/null && wait "$manager"; } || true
  # The script is in it, too.
  for top in "${!entered[@]}"; do echo $$ >"$top/cgroup.procs" || true; done
  find /sys/fs/cgroup -depth -type d -path "*/$group*" -exec rmdir {} + 2>/dev/null || true
}
declare -A entered=()
trap clean_up EXIT
trap 'exit 0' TERM INT

systemd=$(command -v /usr/lib/systemd/systemd /lib/systemd/systemd | head -n 1) || cannot "systemd is not installed"
mapfile -t places </proc/self/cgroup # at once: it changes with each move
for place in "${places[@]}"; do
  IFS=: read -r _ controllers path <<<"$place"
  case $controllers in
    name=systemd) top=/sys/fs/cgroup/systemd ;;
    '') top=/sys/fs/cgroup/unified; [[ -d $top ]] || top=/sys/fs/cgroup ;;
    *) continue ;;
  esac
  top=$top${path%/}
  [[ -e $top/cgroup.procs ]] || continue
  { mkdir "$top/$group" && echo $$ >"$top/$group/cgroup.procs"; } 2>/dev/null || cannot "may not make a cgroup below $top"
  entered[$top]=1
done
((${#entered[@]})) || cannot "there are no cgroups"

run=("$systemd" --user --unit=basic.target --log-target=console)
if [[ ! -d /run/systemd/system ]]; then
  unshare --mount true 2>/dev/null || cannot "systemd has not booted this machine, and a /run of its own takes the right to mount"
  # shellcheck disable=SC2016 # the inner shell's
  run=(unshare --mount sh -c 'mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec "$@"' sh "${run[@]}")
fi
"${run[@]}" &
manager=$!
echo "$manager" >"$XDG_RUNTIME_DIR/manager"
wait "$manager" || cannot "it has ended"

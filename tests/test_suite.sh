#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: tests/test_suite.sh SUITE [BUILD_DIR]
# Runs the README's two commands, `make demo` and `make test`, on another Debian: the suite is unpacked below build/suites,
# with /dev, /proc and processes of its own, gets this tree (as git sees it) and nothing of the build, and goes in the
# end. With BUILD_DIR it runs the end-to-end tests of those programs instead, as they are, on that suite's Wine.
#   CXX=clang++ PACKAGES=clang   another compiler, and what has to be installed for it
#   GTEST_FILTER=...             some of the end-to-end tests
#   KEEP=1                       leaves the suite there, and uses it again the next time
set -euo pipefail
suite=${1:-}
built=${2:-}
[[ $suite =~ ^[a-z]+$ ]] || { echo "test_suite: name a suite of Debian: make test-suite SUITE=trixie" >&2; exit 2; }
[[ $(id -u) = 0 ]] || { echo "test_suite: a system of its own needs root" >&2; exit 1; }
cd "$(dirname "$0")/.."
mirror=${MIRROR:-http://deb.debian.org/debian}
root=$PWD/build/suites/$suite
log=$PWD/build/suites/$suite.log

inside=
remove() {
  local status=$?
  # The first process there hears nothing else, and takes all others with it; `unshare` ends behind them.
  [[ -z $inside ]] || { pkill -KILL -P "$inside" || kill -KILL "$inside"; wait "$inside"; } 2>/dev/null || true
  # Never through a mount that somebody else has made there.
  [[ -n ${KEEP:-} ]] || rm -rf --one-file-system "$root"
  return "$status"
}
trap remove EXIT
trap 'exit 130' INT TERM

if [[ ! -e $root/etc/debian_version ]]; then
  echo "test_suite: unpacking $suite (some minutes) ..."
  rm -rf --one-file-system "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$log" 2>&1 || { tail -n 5 "$log" >&2; exit 1; }
fi
# The mirror may be an old one, and what is thrown away need not be safe on the disk.
echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99-suite"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/99-suite"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# Where a proxy answers for the registry of npm, this machine knows by what.
[[ ! -e /etc/ssl/certs/ca-certificates.crt ]] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/machine.crt"
rm -rf "$root/src"
mkdir "$root/src"
git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cT - | tar -xC "$root/src"
[[ -z $built ]] || { mkdir -p "$root/src/build" && cp -a "$built"/{bin,tests,examples,lib,pitshm,man,browser} "$root/src/build/"; }

cat >"$root/inside" <<'END'
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive WINEDEBUG=-all HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
[[ ! -e /machine.crt ]] || export NODE_EXTRA_CA_CERTS=/machine.crt
cd /src
apt-get update -q >/apt.log 2>&1 && apt-get install -y -q --no-install-recommends make $PACKAGES >>/apt.log 2>&1 || { tail -n 5 /apt.log; exit 1; }
status=0
if [[ -n $BUILT ]]; then
  sh .ci/deps >>/apt.log 2>&1 || { tail -n 5 /apt.log; exit 1; }
  BUILD_DIR=build bash tests/run.sh e2e || status=1
else
  make demo || { echo "test_suite: make demo failed"; status=1; }
  make test || status=1
fi
echo "$(. /etc/os-release && echo "$PRETTY_NAME"): Wine $(wine --version 2>/dev/null), $(${CXX:-g++} --version | head -n 1), $(ldd --version | head -n 1)"
exit $status
END

# A root of its own, and no chroot: from that no container can be made, which tests do.
cat >"$root/enter" <<'END'
set -eu
mount --bind "$root" "$root"
cd "$root"
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm .host
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t proc proc proc
mount -t tmpfs -o mode=1777 tmpfs tmp
pivot_root . .host
umount -l .host
rmdir .host
exec bash /inside
END

# Processes and mounts end with the namespaces, however this ends. In the background, so that a signal is heard here.
export root BUILT=$built PACKAGES=${PACKAGES:-}
unshare --mount --pid --fork --kill-child --propagation private bash "$root/enter" </dev/null > >(tee -a "$log") 2>&1 &
inside=$!
status=0
wait "$inside" || status=$?
inside=
[[ $status = 0 ]]

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: build.sh PACKED VERSION TIME OUT
# Makes the packages of Debian from what `make dist` packs, without root and without compiling anything. TIME is that of
# every file in them, so that two builds of one commit are the same.
set -euo pipefail
packed=$(realpath "$1") version=$2-1 out=$(realpath -m "$4")
export SOURCE_DATE_EPOCH=$3 LC_ALL=C
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
arch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)

sh "$here/../split.sh" "$packed" "$work/debian" "/usr/lib/$arch" libpitshm0 libpitshm-dev

# dpkg's own tools look for these two where they run, and for the packages' trees beside them.
cp "$here/control" "$work/debian/"
cat >"$work/debian/changelog" <<END
pitbridge ($version) unstable; urgency=medium

  * What changed is in changelog.gz, which is the one of the project.

 -- $(sed -n 's/^Maintainer: //p' "$here/control")  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
cd "$work"
packages=(pitbridge libpitshm0 libpitshm-dev)
for package in "${packages[@]}"; do mkdir "debian/$package/DEBIAN"; done

# What a tool needs beyond the command is recommended: without a broker nobody misses the library of the relay.
depends() {
  local package=$1 field file
  shift
  local -a words=()
  for file in "$@"; do
    field=Depends
    [[ $file != */pitbridge-* ]] || field=Recommends
    words+=("-d$field" "-e$file")
  done
  # Before glibc 2.34 libc was several libraries, and all of them are named for its sake: that is no fault.
  dpkg-shlibdeps --warnings=1 "-Tdebian/$package.substvars" "${words[@]}"
}
# The twins are Windows programs, and need no library of this system.
depends pitbridge debian/pitbridge/usr/bin/* debian/pitbridge/usr/lib/pitbridge/{*.so,pitbridge-*}
# The libc of the command is that of the tools; dpkg takes the old names of symbols for those of the libc they moved to.
sed -i '/Recommends/s/libc6 ([^)]*), //' debian/pitbridge.substvars
depends libpitshm0 debian/libpitshm0/usr/lib/*/*.so.*

soname=$(echo debian/libpitshm0/usr/lib/*/*.so.*)
echo "libpitshm ${soname##*.} libpitshm0 (>= ${version%-*})" >debian/libpitshm0/DEBIAN/shlibs
echo 'activate-noawait ldconfig' >debian/libpitshm0/DEBIAN/triggers

mkdir -p "$out"
rm -f "$out"/*.deb
for package in "${packages[@]}"; do
  tree=debian/$package
  doc=$tree/usr/share/doc/$package
  mkdir -p "$doc"
  install -m 644 "$packed/share/doc/pitbridge/copyright" "$doc/copyright"
  gzip -9nc "$packed/CHANGELOG.md" >"$doc/changelog.gz"
  gzip -9nc debian/changelog >"$doc/changelog.Debian.gz"
  rm -f "$doc/CHANGELOG.md"
  install -d "$tree/usr/share/lintian/overrides"
  for of in all "$package"; do
    [[ ! -f $here/overrides/$of ]] || cat "$here/overrides/$of"
  done >"$tree/usr/share/lintian/overrides/$package"
  touch -a "debian/$package.substvars"
  (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  # A library, and a bridge is one that Wine loads, is no program for the kernel.
  find "$tree" -name '*.so*' -type f -exec chmod 644 {} +
  chmod -R u=rwX,go=rX "$tree"
  dpkg-gencontrol "-p$package" "-P$tree" "-Tdebian/$package.substvars" -fdebian/files
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --build --root-owner-group -Zxz "$tree" "$out" >/dev/null
done

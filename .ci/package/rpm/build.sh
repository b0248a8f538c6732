#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: build.sh PACKED VERSION TIME HOMEPAGE OUT
# Makes RPM packages from what `make dist` packs, without root and without compiling anything, laid out as Fedora and
# openSUSE do. TIME is that of every file in them.
set -euo pipefail
packed=$(realpath "$1") version=$2 homepage=$4 out=$(realpath -m "$5")
export SOURCE_DATE_EPOCH=$3 LC_ALL=C
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
tree=$work/tree

sh "$here/../split.sh" "$packed" "$tree" /usr/lib64 libpitshm libpitshm-devel
install -D -m 644 "$packed/share/doc/pitbridge/copyright" "$tree/libpitshm/usr/share/doc/libpitshm/copyright"

# Each file, and each directory that no other package has.
for package in pitbridge libpitshm libpitshm-devel; do
  find "$tree/$package" -name '*.so*' -type f -exec chmod 755 {} +
  chmod -R u=rwX,go=rX "$tree/$package"
  find "$tree/$package" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$tree/$package" && find . -mindepth 1 -printf '%y /%P\n' | sort -k 2) |
    sed -n -e 's/^[fl] //p' -e '/\/[a-z-]*\(pitbridge\|pitshm\)[^ ]*$/s/^d /%dir /p' >"$tree/$package.files"
done

# What the tools need and the command does not.
needs() { readelf -d "$@" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u; }
recommends='' excluded=''
while IFS= read -r library; do
  recommends+=" $library()(64bit)"
  excluded+="${excluded:+|}^${library//./[.]}[(]"
done < <(comm -13 <(needs "$tree"/pitbridge/usr/bin/* "$tree"/pitbridge/usr/lib/pitbridge/*.so) \
  <(needs "$tree"/pitbridge/usr/lib/pitbridge/pitbridge-*))

rpmbuild -bb --quiet --target x86_64 --define "_topdir $work/rpm" --define "_rpmdir $work/out" \
  --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' --define '_buildhost localhost' \
  --define '_binary_payload w6.xzdio' \
  --define "version $version" --define "homepage $homepage" --define "tree $tree" \
  --define "tool_recommends$recommends %{nil}" --define "tool_libraries ${excluded:-none}" \
  --define "changelog_date $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" "$here/pitbridge.spec" >/dev/null
mkdir -p "$out"
rm -f "$out"/*.rpm
mv "$work"/out/x86_64/*.rpm "$out/"

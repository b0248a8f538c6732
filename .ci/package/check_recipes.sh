#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: check_recipes.sh PACKAGES DIST VERSION
# Checks what `make recipes` has made as far as the tools of those distributions go here: PKGBUILD (and makes the package of
# it), the flake, the manifest for Steam's Flatpak. Nothing is fetched.
set -euo pipefail
packages=$(realpath "$1") dist=$(realpath "$2") version=$3
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
fail() {
  echo "check_recipes: $*" >&2
  exit 1
}
archive=$dist/pitbridge-$version-x86_64.tar.xz
! grep -rn '@[A-Z0-9]*@' "$packages/arch" "$packages/flatpak" || fail "nothing is put in for the lines above"

# Arch. makepkg refuses to run as root, and takes the archive where it lies beside the recipe.
mkdir "$work/arch"
cp "$packages/arch/PKGBUILD" "$archive" "$work/arch/"
nobody=()
if [[ $(id -u) = 0 ]]; then
  chown -R 65534:65534 "$work"
  nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
makepkg() { (cd "$work/arch" && "${nobody[@]}" env HOME="$work" PKGEXT=.pkg.tar makepkg "$@"); }
makepkg --printsrcinfo >"$work/srcinfo" 2>"$work/said" || fail "makepkg does not read the PKGBUILD: $(cat "$work/said")"
grep -qx "	pkgver = $version" "$work/srcinfo" || fail "the PKGBUILD has another version than $version"
makepkg --nodeps --noconfirm >"$work/said" 2>&1 || fail "makepkg makes no package: $(tail -n 20 "$work/said")"
! grep '^==> WARNING' "$work/said" | grep -v 'Skipping dependency checks' || fail "makepkg warns"
tar -tf "$work/arch/pitbridge-bin-$version-1-x86_64.pkg.tar" | grep -v '^\.' | grep -v '/$' | LC_ALL=C sort >"$work/packed"
for file in usr/bin/pitbridge usr/lib/pitbridge/acbridge.exe.so usr/lib/systemd/user/pitbridge.service usr/share/licenses/pitbridge-bin/LICENSE \
  usr/share/man/man1/pitbridge.1.gz; do
  grep -qxF "$file" "$work/packed" || fail "the package of Arch has no $file"
done
echo "arch: $(wc -l <"$work/packed") files"

# Nix, without nixpkgs: syntax, and every expression of ours.
for file in "$here"/nix/*.nix; do
  nix-instantiate --parse "$file" >/dev/null 2>"$work/said" || fail "$file: $(cat "$work/said")"
done
evaluated=$(HOME=$work nix-instantiate --eval --strict --readonly-mode "$here/nix/check.nix" 2>"$work/said") || fail "$(cat "$work/said")"
[[ $evaluated == "\"$version\\n"* ]] || fail "the flake has another version than $version: $evaluated"
echo "nix: evaluates, version $version"

# Flatpak.
manifest=$packages/flatpak/com.valvesoftware.Steam.Utility.pitbridge.yml
(cd "$work" && flatpak-builder --show-manifest "$manifest") >"$work/manifest" 2>"$work/said" || fail "flatpak-builder does not read $manifest: $(cat "$work/said")"
grep -qF "/v$version/" "$work/manifest" || fail "the manifest has another version than $version"
grep -qF "$(sha256sum "$archive" | cut -d' ' -f1)" "$work/manifest" || fail "the manifest has the checksum of another archive"
appstreamcli validate --no-net --explain "${manifest%.yml}.metainfo.xml" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
bash "$here/flatpak/check.sh" "$manifest" "$archive" "$version"

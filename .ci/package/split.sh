#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: split.sh PACKED OUT LIBDIR LIBRARY DEVELOPMENT
# Lays what `make dist` packs out below /usr, as a distribution wants it, and splits it: OUT/pitbridge, OUT/LIBRARY (the
# shared library) and OUT/DEVELOPMENT (what programs are built with). LIBDIR is where the distribution has its libraries.
# The places decide, so whatever the makefile packs goes into one of them, and what none of the rules names into pitbridge.
set -eu
packed=$1
out=$2
libdir=$3
library=$4
development=$5
rm -rf "$out"
mkdir -p "$out"
main=$out/pitbridge
sh "$packed/install.sh" --prefix /usr --destdir "$main"

# move FROM PACKAGE TO: from the first package to a place of that one.
move() {
  [ -e "$main$1" ] || { echo "split.sh: nothing at $1, which belongs into $2" >&2; exit 1; }
  mkdir -p "$out/$2${3%/*}"
  mv "$main$1" "$out/$2$3"
}
for file in "$main"/usr/lib/libpitshm.so.*; do
  move "/usr/lib/${file##*/}" "$library" "$libdir/${file##*/}"
done
for name in libpitshm.so libpitshm.a pkgconfig cmake; do
  move "/usr/lib/$name" "$development" "$libdir/$name"
done
move /usr/include "$development" /usr/include
move /usr/share/man/man7/pitshm.7 "$development" /usr/share/man/man7/pitshm.7
for directory in "$main"/usr/share/doc/*/examples; do
  owner=${directory%/examples}
  move "/usr/share/doc/${owner##*/}/examples" "$development" "/usr/share/doc/$development/examples/${owner##*/}"
done
find "$out" -type d -empty -delete
# In the archive it is a script for the linker, which needs no link.
ln -sf "$(basename "$out/$library$libdir"/libpitshm.so.*)" "$out/$development$libdir/libpitshm.so"

# These find their prefix from where they lie, which holds only where the libraries are right below it.
fix() {
  sed -i "s|$2|$3|" "$out/$development$libdir/$1"
  grep -qxF "$3" "$out/$development$libdir/$1" || { echo "split.sh: cannot put /usr into $1" >&2; exit 1; }
}
fix pkgconfig/pitshm.pc '^prefix=.*' prefix=/usr
fix cmake/pitshm/pitshm-config.cmake '^get_filename_component(_pitshm_prefix .*' 'set(_pitshm_prefix "/usr")'

find "$out" -path '*/share/man/*' -type f -exec gzip -9n {} +
# The licence is in the file copyright, with those of all that is linked in; the notes have their place in each format.
rm -f "$main/usr/share/doc/pitbridge/LICENSE"

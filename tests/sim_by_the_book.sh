#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Adds invented sims to a scratch copy of the tree, by the very commands of sims/README.md, and fails when a
# command fails or when a file has to change that the book does not name. BUILD_DIR names the build, which is
# copied, so that only what the new sims need is compiled.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${BUILD_DIR:-build}
unset MAKEFLAGS MFLAGS MAKELEVEL GTEST_FILTER
tree=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scratch=$work/tree

fail() {
  echo "sim_by_the_book: $*" >&2
  exit 1
}

# With the times of all files, or everything would be compiled anew.
mkdir -p "$scratch/$build"
find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a {} "$scratch" \;
for part in native wine mingw gen; do
  [ ! -d "$build/$part" ] || cp -a --reflink=auto "$build/$part" "$scratch/$build" || fail "cannot copy $build/$part"
done

# What a newcomer would do in an editor: name the game, say how it is known to be driven, and add the line.
cat > "$work/editor" <<'EDITOR'
#!/usr/bin/env bash
set -eu
case $1 in
  CHANGELOG.md) sed -i "0,/^## /{/^## /a\\
\\
- \`$BOOK_SIM\`: an invented sim.
}" "$1" ;;
  *)
    sed -i -e 's/TODO-//' -e 's/TODO[^."]*/invented/g' "$1"
    [ "$BOOK_KIND" = status ] || sed -i -e '/{"state", 4/d' -e '/^constexpr ActivityRule/,/;$/c\
constexpr ActivityRule kMoves[] = {{.activity = kLive, .field = "tick", .changes_within_ms = 500}};' \
      -e 's/kStates/kMoves/' "$1" ;;
esac
EDITOR
chmod +x "$work/editor"
export EDITOR=$work/editor

# The indented lines of the book's chapter.
book=$(awk '/^## /{ inside = /To add a sim/ } inside && /^    /{ print substr($0, 5) }' "$tree/sims/README.md")
[ -n "$book" ] || fail "sims/README.md has no commands below \"To add a sim\""
grep -q '^make test-sim ' <<< "$book" || fail "sims/README.md does not say make test-sim"

cd "$scratch" || exit 1
for kind in status changes; do
  export BOOK_SIM=book$kind BOOK_KIND=$kind
  while IFS= read -r step; do
    step=${step//mygame/$BOOK_SIM}
    printf '\n$ %s\n' "$step"
    # A test's input is not this loop's.
    MAKEFLAGS=-j$(nproc) bash -c "$step" < /dev/null || fail "\"$step\" failed"
  done <<< "$book"
done

echo
echo '$ the files that differ'
diff -rq --exclude=build --exclude=.git "$tree" "$scratch" | sed "s|$scratch|new|g; s|$tree|old|g" | sort | tee "$work/differ"
cat > "$work/expected" <<'EXPECTED'
Files old/CHANGELOG.md and new/CHANGELOG.md differ
Files old/README.md and new/README.md differ
Only in new/sims: bookchanges.cpp
Only in new/sims: bookstatus.cpp
EXPECTED
diff "$work/expected" "$work/differ" || fail "adding a sim touched other files than the book names"

# What else judges every sim, the README and the changelog: all but the slow ones that know no sim.
GTEST_FILTER='-ServeTest.*:RecordProgram.*:RelayMqtt.*:*SlowBroker.*:RegionCrash.*:MemoryModel.*:RingModel.*:PitshmExamples.*' \
  MAKEFLAGS=-j$(nproc) make unit || fail "the unit tests are red with the new sims"

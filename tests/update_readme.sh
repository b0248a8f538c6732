#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Rewrites the table of sims in README.md, between its two markers, from the sims' own tables.
# Usage: tests/update_readme.sh PITBRIDGE
# PITBRIDGE is the built program, for instance build/bin/pitbridge.
set -euo pipefail

if [[ $# -ne 1 ]]; then
  echo "usage: $0 PITBRIDGE" >&2
  exit 2
fi
readme=$(dirname "$0")/../README.md
begin='<!-- sims: begin -->'
end='<!-- sims: end -->'

if [[ $(grep -cxF -e "$begin" -e "$end" "$readme") -ne 2 ]]; then
  echo "$readme: must hold the lines \"$begin\" and \"$end\" once each; put them back" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$1" list --markdown > "$work/table"; then
  echo "$1 list --markdown failed; $readme is left as it was" >&2
  exit 1
fi

awk -v begin="$begin" -v end="$end" -v table="$work/table" '
  $0 == end { inside = 0 }
  !inside { print }
  $0 == begin {
    inside = 1
    while ((getline line < table) > 0) print line
  }
' "$readme" > "$work/readme"

if cmp -s "$work/readme" "$readme"; then
  echo "README.md: the table of sims is up to date"
else
  cat "$work/readme" > "$readme"
  echo "README.md: the table of sims is rewritten"
fi

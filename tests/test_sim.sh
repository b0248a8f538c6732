#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the unit tests and the end-to-end tests of one sim. BUILD_DIR names the build.
# Usage: tests/test_sim.sh [--check] SIM
# --check: says only whether there is such a sim.
set -euo pipefail
cd "$(dirname "$0")/.."
check=
if [[ ${1:-} == --check ]]; then check=1; shift; fi
sim=${1:-}
build=${BUILD_DIR:-build}

known_sims() { for file in sims/*.cpp; do basename "$file" .cpp; done; }

# The one of the given words that takes the fewest letters to change into $1.
nearest_word() {
  awk -v word="$1" '
    function least(a, b, c) { return a < b ? (a < c ? a : c) : (b < c ? b : c) }
    { for (j = 0; j <= length($0); ++j) d[0, j] = j
      for (i = 1; i <= length(word); ++i) {
        d[i, 0] = i
        for (j = 1; j <= length($0); ++j)
          d[i, j] = least(d[i - 1, j] + 1, d[i, j - 1] + 1,
                          d[i - 1, j - 1] + (substr(word, i, 1) != substr($0, j, 1)))
      }
      n = d[length(word), length($0)]
      if (best == "" || n < fewest) { best = $0; fewest = n } }
    END { print best }'
}

if [[ -z $sim || ! -e sims/$sim.cpp ]]; then
  known=$(known_sims)
  if [[ -z $sim ]]; then
    echo "make test-sim: name the sim, as in make test-sim SIM=$(head -n 1 <<< "$known")" >&2
  else
    echo "make test-sim: there is no sims/$sim.cpp; did you mean $(nearest_word "$sim" <<< "$known")?" \
      "To begin a new one: make sim NAME=$sim" >&2
  fi
  exit 2
fi
[[ -z $check ]] || exit 0

status=0
BUILD_DIR=$build GTEST_FILTER="All/EverySim.*/$sim:AllSims.*:Layouts.*" bash tests/run.sh layers unit || status=1
BUILD_DIR=$build GTEST_FILTER="Sims/EveryTitle.*/${sim}_*" bash tests/run.sh e2e || status=1
exit $status

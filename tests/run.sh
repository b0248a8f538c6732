#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the given suites (layers, unit, e2e, book) and ends with one line: N passed, N failed[, N skipped].
# BUILD_DIR names the build; each run has its own temporary directory, which it removes.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${BUILD_DIR:-build}
passed=0 failed=0 skipped=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_script() {
  if bash "$1"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# A GoogleTest program; its XML report is counted, and a program that dies half-way counts as one failure.
run_gtest() {
  local name=$1 program=$2 report=$work/$1.xml
  echo "== $name"
  PITBRIDGE_BUILD_DIR=$build PITBRIDGE_SOURCE_DIR=$PWD PITBRIDGE_TEST_DIR=$work \
    "$program" --gtest_output="xml:$report" --gtest_brief="${GTEST_BRIEF:-1}"
  local status=$?
  local head
  head=$(grep -m1 '<testsuites ' "$report" 2>/dev/null) || { failed=$((failed + 1)); return; }
  local tests failures skips unasked
  tests=$(sed -E 's/.* tests="([0-9]+)".*/\1/' <<<"$head")
  failures=$(sed -E 's/.* failures="([0-9]+)".*/\1/' <<<"$head")
  skips=$(grep -c '<skipped' "$report")
  unasked=$(grep -c 'status="notrun"' "$report")  # those that run only when they are named
  passed=$((passed + tests - failures - skips - unasked))
  failed=$((failed + failures))
  skipped=$((skipped + skips))
  if [ "$status" != 0 ] && [ "$failures" = 0 ]; then failed=$((failed + 1)); fi
}

for suite in "$@"; do
  case $suite in
    layers) run_script tests/check_layers.sh ;;
    unit) run_gtest unit "$build/tests/unit_tests" ;;
    book)
      echo "== a sim by the book"
      BUILD_DIR=$build run_script tests/sim_by_the_book.sh
      ;;
    e2e) run_gtest e2e "$build/tests/e2e_tests" ;;
    *) echo "run.sh: no suite is called $suite" >&2; exit 2 ;;
  esac
done

line="$passed passed, $failed failed"
[ "$skipped" = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ "$failed" = 0 ]

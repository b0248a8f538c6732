#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the given suites (layers, unit, e2e, browser, book) and ends with one line: N passed, N failed[, N skipped].
# BUILD_DIR names the build; each run has its own temporary directory, which it removes.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${BUILD_DIR:-build}
passed=0 failed=0 skipped=0

work=$(mktemp -d)
parts=()  # what runs now, and does not hear the terminal's interrupt
trap 'kill "${parts[@]}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

run_script() {
  if bash "$1"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# A GoogleTest program, in `shards` parts side by side. The XML reports are counted; a part that dies half-way counts as
# one failure.
run_gtest() {
  local name=$1 program=$2 shards=$3 i
  echo "== $name"
  for ((i = 0; i < shards; i++)); do
    mkdir "$work/$name.$i"
    PITBRIDGE_BUILD_DIR=$build PITBRIDGE_SOURCE_DIR=$PWD PITBRIDGE_TEST_DIR=$work/$name.$i GTEST_TOTAL_SHARDS=$shards \
      GTEST_SHARD_INDEX=$i "$program" --gtest_output="xml:$work/$name.$i.xml" --gtest_brief="${GTEST_BRIEF:-1}" &
    parts+=($!)
  done
  for ((i = 0; i < shards; i++)); do
    wait "${parts[i]}"
    count_report "$work/$name.$i.xml" $?
  done
  parts=()
}

# Its last line is the sum of its tests.
run_browser() {
  local sum
  echo "== browser"
  if ! command -v node >/dev/null || [[ ! -x ${CHROMIUM:-/usr/bin/chromium} ]]; then
    echo "browser: skipped, because node or /usr/bin/chromium is not there; see make deps"
    skipped=$((skipped + 1))
    return
  fi
  sum=$(BUILD_DIR=$build TMPDIR=$work node tests/browser/page_test.mjs | tail -n 1)
  if [[ $sum =~ ^browser:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "browser: the tests died half-way: $sum"
    failed=$((failed + 1))
  fi
}

count_report() {
  local report=$1 status=$2 head tests failures skips unasked
  head=$(grep -m1 '<testsuites ' "$report" 2>/dev/null) || { failed=$((failed + 1)); return; }
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
    unit) run_gtest unit "$build/tests/unit_tests" 2 ;;
    browser) run_browser ;;
    book)
      echo "== a sim by the book"
      BUILD_DIR=$build run_script tests/sim_by_the_book.sh
      ;;
    # They mostly wait for Wine, each in a prefix of its own: with two parts on two cores, half of the time nobody works.
    e2e) run_gtest e2e "$build/tests/e2e_tests" 4 ;;
    *) echo "run.sh: no suite is called $suite" >&2; exit 2 ;;
  esac
done

line="$passed passed, $failed failed"
[ "$skipped" = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ "$failed" = 0 ]

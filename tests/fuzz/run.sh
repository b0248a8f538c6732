#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: tests/fuzz/run.sh [--minimise] TARGET...
# Fuzzes each target for SECONDS_EACH, as many at a time as there are cores, from the inputs of tests/fuzz/corpus and of
# earlier runs. With --minimise it runs none, and puts few inputs that reach much into tests/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${BUILD_DIR:-build}/fuzz
most_files=49 # of one target, so that the repository stays small
# A finding must fail the run, whatever the caller's environment says.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

fuzz() {
  local target=$1 log=$work/$1.log
  mkdir -p "$work/corpus/$target" "$work/findings"
  echo "== $target, for ${SECONDS_EACH:-60} s"
  # -reload=0: one process, so nobody else writes into the corpus.
  if ! "$work/$target" -max_total_time="${SECONDS_EACH:-60}" -max_len=16384 -timeout=10 -rss_limit_mb=4096 \
    -reload=0 -print_final_stats=1 -artifact_prefix="$work/findings/$target-" \
    "$work/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "fuzz: $target found something; run $work/$target on the file in $work/findings" >&2
    return 1
  fi
  sed -n "s/^stat::number_of_executed_units: */$target: executions: /p" "$log"
}

minimise() {
  local target=$1 kept=tests/fuzz/corpus/$1 fewest
  fewest=$(mktemp -d)
  # Without counters an input is kept for what it reaches, not for how often.
  "$work/$target" -set_cover_merge=1 -use_counters=0 -max_len=16384 "$fewest" "$kept" "$work/corpus/$target" \
    2>"$work/$target-merge.log"
  rm -f "${kept:?}/"*
  # Of too many, some of every size.
  find "$fewest" -type f -printf '%s %p\n' | sort -n | awk -v most="$most_files" '
    { name[NR] = $2 }
    END { step = NR > most ? NR / most : 1; for (i = NR; i >= 1; i -= step) print name[int(i + 0.5)] }' |
    xargs -I{} cp {} "$kept/"
  echo "$target: $(find "$kept" -type f | wc -l) of $(find "$fewest" -type f | wc -l) inputs," \
    "$(find "$kept" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }') bytes"
  rm -rf "$fewest"
}

case ${1:-} in
  --one) fuzz "$2" ;;
  --minimise)
    shift
    for target in "$@"; do mkdir -p "tests/fuzz/corpus/$target" && minimise "$target"; done
    ;;
  *)
    for target in "$@"; do mkdir -p "tests/fuzz/corpus/$target"; done
    # xargs ends with 123 when one found something; all are let run to their end.
    printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 bash tests/fuzz/run.sh --one
    ;;
esac

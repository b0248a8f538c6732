#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fails when a layer includes or uses what it may not (CONTRIBUTING.md, "The border between the layers").
# Usage: tests/check_layers.sh [ROOT]
# ROOT is the tree to look at, by default the one that holds this script.
set -euo pipefail

root=${1:-$(dirname "$0")/..}
cd "$root"

# What may stand in angle brackets in common/core beside fmt/, tl/ and CLI/. A list of what is allowed cannot
# forget a header of the system, as a list of what is forbidden can. <thread> and <filesystem> are left out on
# purpose.
standard_headers='algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv
chrono cinttypes climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal
cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution
forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch
limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random ranges
ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept
stop_token streambuf string string_view syncstream system_error tuple type_traits typeindex typeinfo
unordered_map unordered_set utility valarray variant vector version'

# The rooms. Each line: a directory, and the directories beside its own whose files it may include. A room that
# is not in the list is a fault, so that none is built without a floor. common/core/error.hpp is open to all.
rooms='
common/core/shm:
common/core/sim:
common/core/decode: common/core/sim
common/core/mirror: common/core/sim common/core/decode common/core/shm
common/core/packets: common/core/sim common/core/mirror
common/core/model: common/core/sim common/core/decode
common/core/settings: common/core/sim common/core/mirror
common/core/launch: common/core/sim common/core/mirror common/core/settings
common/core/twin:
common/posix/floor:
common/posix/system: common/core/sim common/core/mirror
common/posix/region: common/core/shm common/posix/system
common/posix/stream: common/core/shm common/posix/system common/posix/region
common/posix/shm: common/core/shm common/core/sim common/core/decode common/core/mirror common/posix/system common/posix/region
  common/posix/stream
common/posix/settings: common/core/sim common/core/mirror common/core/settings common/posix/system
common/posix/session: common/core common/posix/system common/posix/shm
common/posix/net: common/core common/posix/system common/posix/session
common/posix/launch: common/core common/posix
common/posix/twin: common/core/shm common/core/mirror common/core/twin common/posix/system common/posix/region
common/win32/shm: common/core/shm
common/win32/twin: common/core/sim common/core/twin common/win32
common/win32: common/core/shm common/core/sim common/core/mirror common/posix/system common/win32/shm
common/pitshm: common/core/shm common/core/sim/sim_place.hpp common/posix/system common/posix/region common/posix/stream common/win32/shm
common/pitshm/examples: common/pitshm
common/reader:
common/reader/examples: common/reader
sims: common/core/sim common/core/decode/snapshot.hpp
sims/udp: common/core/sim common/core/decode/snapshot.hpp
bridges: common/core/shm common/core/sim common/core/mirror common/core/settings common/posix/system common/posix/shm
  common/posix/settings common/posix/launch/chained_command.hpp common/core/twin common/posix/twin common/win32
bridges/output: common/core common/posix
bridges/doctor: common/core common/posix bridges/output
bridges/watch: common/core common/posix bridges/output
bridges/host: common/core common/posix
bridges/udp: common/core common/posix common/reader bridges/host
bridges/simulate: common/core common/posix bridges/output bridges/command bridges/host
bridges/dump: common/core common/posix
bridges/command: common/core common/posix bridges/output
bridges/completion: common/core bridges/command
bridges/feed: common/core common/posix common/reader bridges/command
bridges/relay: common/core common/posix common/reader bridges/output bridges/command bridges/feed
bridges/top: common/core common/posix common/reader bridges/output bridges/command bridges/feed bridges/dump
bridges/record: common/core common/posix common/reader bridges/output bridges/command bridges/feed bridges/host
bridges/serve: common/core common/posix common/reader bridges/output bridges/command bridges/feed bridges/doctor
bridges/pitbridge: common/core common/posix bridges/output bridges/command bridges/completion bridges/feed bridges/doctor bridges/dump bridges/watch bridges/udp
'

# What the header for authors of readers may use beside that: the C library and Linux, and nothing to install.
system_headers='errno.h fcntl.h linux/futex.h poll.h stddef.h stdint.h stdio.h stdlib.h string.h sys/mman.h
sys/socket.h sys/stat.h sys/syscall.h sys/un.h time.h unistd.h'

files=()
empty=0
for part in bridges common sims tests Makefile .ci; do
  [[ -e $part ]] || continue
  while IFS= read -r -d '' file; do
    files+=("$file")
    # awk never sees a line of an empty file.
    [[ -s $file ]] || { echo "$file:1: no SPDX-License-Identifier: the file is empty"; empty=$((empty + 1)); }
  done < <(find "$part" -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' -o -name '*.c' -o -name '*.sh' -o -name '*.py' \
    -o -name '*.scd' -o -name Makefile -o -path '.ci/*' ! -name '*.md' \) -print0 | LC_ALL=C sort -z)
done
if [[ ${#files[@]} -eq 0 ]]; then
  echo "layers: no source file below $(pwd); give the root of the repository as the argument" >&2
  exit 1
fi

awk -v faults="$empty" -v room_list="$(tr '\n' ' ' <<<"$rooms")" -v standard="$standard_headers" -v system_list="$system_headers" '
  function fault(line, what) {
    printf "%s:%d: %s\n", FILENAME, line, what
    faults++
  }
  function starts(text, prefix) { return substr(text, 1, length(prefix)) == prefix }
  function end_of_file() {
    if (file != "" && !licensed) {
      printf "%s:1: no SPDX-License-Identifier in the first five lines\n", file
      faults++
    }
    # Debian 12 brings it along with other headers, Debian 13 does not.
    if (algorithm_line && !has_algorithm) {
      printf "%s:%d: uses an algorithm of the library without <algorithm>\n", file, algorithm_line
      faults++
    }
  }
  function directory_of(path) { sub(/\/[^\/]*$/, "", path); return path }
  # Whether `target` lies in the directory `place`, in one below it, or is that very file.
  function is_in(target, place) { return target == place || starts(target, place "/") }
  function may_include(room, target,    n, names, i) {
    if (directory_of(target) == room || target == "common/core/error.hpp") return 1
    n = split(allowed[room], names, / +/)
    for (i = 1; i <= n; i++) if (names[i] != "" && is_in(target, names[i])) return 1
    return 0
  }
  BEGIN {
    n = split(room_list, words, / +/)
    for (i = 1; i <= n; i++) {
      if (words[i] ~ /:$/) { room = substr(words[i], 1, length(words[i]) - 1); allowed[room] = "" }
      else if (words[i] != "") allowed[room] = allowed[room] " " words[i]
    }
    n = split(standard, names, /[ \n]+/)
    for (i = 1; i <= n; i++) is_standard[names[i]] = 1
    n = split(system_list, names, /[ \n]+/)
    for (i = 1; i <= n; i++) is_system[names[i]] = 1
  }
  FNR == 1 {
    end_of_file()
    file = FILENAME
    count++
    licensed = 0
    has_algorithm = 0
    algorithm_line = 0
    is_code = file ~ /\.(cpp|hpp|h|c)$/
    in_core = starts(file, "common/core/")
    in_posix = starts(file, "common/posix/")
    in_reader = starts(file, "common/reader/")
    in_common = starts(file, "common/")
    in_sims = starts(file, "sims/")
    in_bridges = starts(file, "bridges/")
    room = directory_of(file)
    is_command = file ~ /^bridges\/[a-z]+\// && room != "bridges/output"
    has_floor = room in allowed
    # Shared memory, settings and the wrappers below them know no other process: that is the business of session.
    may_see_processes = !(room ~ /^common\/posix\/(system|shm|settings)$/)
    if (is_code && !has_floor && (in_bridges || in_sims || (in_common && file !~ /^common\/core\/(error.hpp|fmt.cpp)$/)))
      fault(1, room "/ is no room of the list in tests/check_layers.sh; put the file into one, or give it a floor there")
    may_windows = starts(file, "common/win32/") || file ~ /^common\/pitshm\/(mapping|named_objects)\.cpp$/ || file ~ /^bridges\/(winelib_session|twin_main|shmbridge_main|shmbridge_run|shared_mapping)\.[ch]pp$/ ||
                  file == "tests/e2e/game/fake_game.cpp" || file == "tests/e2e/pitshm/guard_checks.cpp" || file == "tests/e2e/steam/steam_helper.cpp" ||
                  file == "tests/bench/programs/reference_copier.cpp"
  }
  FNR <= 5 && /SPDX-License-Identifier: MIT/ { licensed = 1 }
  !is_code { next }
  {
    code = $0
    sub(/\/\/.*/, "", code)
  }
  (in_common || in_bridges) && code ~ /std::j?thread/ {
    fault(FNR, "std::thread: a Win32 call from one crashes in Winelib; a bridge has one thread")
  }
  in_common && code ~ /std::filesystem|namespace.*=.*filesystem/ {
    fault(FNR, "std::filesystem does not link under wineg++; use the calls of the system")
  }
  !may_see_processes && code ~ /"\/proc/ && code !~ /"\/proc\/self\// {
    fault(FNR, "looks at /proc: other processes are the business of common/posix/session")
  }
  !algorithm_line && code ~ /std::(all_of|any_of|none_of|find|find_if|count|count_if|equal|sort|copy|copy_n|fill|fill_n|min|max|clamp|min_element|max_element|replace|reverse|search|transform|unique)\(/ {
    algorithm_line = FNR
  }
  # What a game or a directory is called must not reach the terminal raw.
  in_bridges && is_command && code ~ /fmt::print|printf|fputs|fwrite|std::c(out|err|log)/ {
    fault(FNR, "prints by itself; bridges/output makes every line printable, and notes what could not be written")
  }
  in_core && code ~ /getenv/ {
    fault(FNR, "reads the environment: core is handed it")
  }
  code ~ /^[ \t]*#[ \t]*(include|import)/ {
    angle = code ~ /</
    target = code
    if (angle) { sub(/^[^<]*</, "", target); sub(/>.*/, "", target) }
    else { sub(/^[^"]*"/, "", target); sub(/".*/, "", target) }
    lower = tolower(target)
    if (target == "algorithm") has_algorithm = 1
    windows = lower == "windows.h" || starts(target, "common/win32")
    library = starts(target, "fmt/") || starts(target, "tl/") || starts(target, "CLI/")
    if (target == "thread" && (in_common || in_bridges))
      fault(FNR, "includes <thread>: a bridge has one thread")
    else if (target == "filesystem" && in_common)
      fault(FNR, "includes <filesystem>, which does not link under wineg++")
    else if (target ~ /(^|\/)\.\.?\//)
      fault(FNR, "includes \"" target "\" by a relative path; name it from the root of the repository")
    else if ((in_common || in_sims) && (starts(target, "bridges/") || starts(target, "tests/")))
      fault(FNR, "includes " target ": common and sims know nothing of bridges and tests")
    else if (in_core && angle && !library && !(target in is_standard))
      fault(FNR, "includes <" target ">: core may use the C++ standard library, fmt, tl and CLI only")
    else if (in_core && !angle && !starts(target, "common/core/"))
      fault(FNR, "includes \"" target "\": core may include common/core only")
    else if (in_reader && angle && !(target in is_standard) && !(target in is_system))
      fault(FNR, "includes <" target ">: a reader header may use the standard library and Linux only")
    else if (in_reader && !angle && target !~ /^pitbridge\.hp?p?$/)
      fault(FNR, "includes \"" target "\": who copies a reader header has nothing else of ours")
    else if (in_sims && (angle ? !(target in is_standard) : target !~ /^(common\/core|sims)\//))
      fault(FNR, "includes " target ": a sim may include common/core, a header of sims and the C++ standard library only")
    else if (has_floor && !in_reader && !windows && !angle && target ~ /^(common|bridges|sims|tests)\// && !may_include(room, target))
      fault(FNR, "includes \"" target "\", which is not below " room "/ (the list of rooms in tests/check_layers.sh)")
    else if (windows && in_posix)
      fault(FNR, "includes " target ": posix is compiled without Wine")
    else if (windows && !may_windows)
      fault(FNR, "includes " target ": only common/win32, the mains of the bridges and the Windows programs of the tests may")
  }
  END {
    end_of_file()
    if (faults) {
      printf "layers: %d files, %d fault%s\n", count, faults, faults == 1 ? "" : "s"
      exit 1
    }
    printf "layers: %d files, no fault\n", count
  }
' "${files[@]}"

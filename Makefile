# SPDX-License-Identifier: MIT
# pitbridge: one non-recursive makefile; everything it makes is under build/. `make help` lists the targets.

VERSION := 0.1.0
MODE    ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
# systemd looks below ~/.local/share for a user's own units, and not below ~/.local/lib.
UNIT_DIR ?= $(PREFIX)/$(if $(filter $(HOME)/%,$(abspath $(PREFIX))),share,lib)/systemd/user

# make predefines CXX, so ?= would never take.
ifeq ($(origin CXX),default)
CXX := g++
endif
WINECXX  ?= wineg++
MINGWCXX ?= x86_64-w64-mingw32-g++
# Not asked for: a 32-bit game is tested where both this and a 32-bit Wine are installed.
MINGW32CXX ?= i686-w64-mingw32-g++
# libFuzzer belongs to clang.
FUZZCXX  ?= clang++

ifeq ($(filter $(MODE),release debug asan tsan),)
$(error MODE is "$(MODE)"; it must be release, debug, asan or tsan)
endif

# Release builds straight into build/; the others beside it, so that switching rebuilds nothing.
OUT := build$(if $(filter-out release,$(MODE)),/$(MODE))
BIN := $(OUT)/bin
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')

MODE_FLAGS.release := -O2 -g
MODE_FLAGS.debug   := -O0 -g
# GCC 12 takes <regex> for uninitialised under sanitizers.
MODE_FLAGS.asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -Wno-maybe-uninitialized
# GCC rejects fences under TSan, which does not model them.
MODE_FLAGS.tsan    := -O1 -g -fsanitize=thread -Wno-tsan -Wno-maybe-uninitialized

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
COMMON   := -std=c++20 $(WARNINGS) -I. -I$(OUT)/gen -MMD -MP $(CXXFLAGS)
# common/core/fmt.cpp holds fmt itself.
NATIVE   := $(COMMON) $(MODE_FLAGS.$(MODE)) -fPIC -fvisibility=hidden -DCLI11_HAS_FILESYSTEM=0
# Neither sanitizers nor LTO link under wineg++.
WINE     := $(COMMON) -O2 -g -fPIC
FUZZ     := $(COMMON) -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
            -fno-sanitize-recover=all
MINGW    := $(COMMON) -O2 -DFMT_HEADER_ONLY -isystem $(OUT)/gen/mingw-include

# What exists decides: one more file of sims/ is one more bridge, registry entry and set of tests.
SIM_NAMES   := $(patsubst sims/%.cpp,%,$(wildcard sims/*.cpp))
CORE_SRC    := common/core/fmt.cpp $(wildcard common/core/*/*.cpp)
POSIX_SRC   := $(wildcard common/posix/*/*.cpp)
WIN32_SRC   := $(wildcard common/win32/*.cpp)
SIM_SRC     := $(wildcard sims/*.cpp)
# What the command and the unit tests share.
DOCTOR_SRC  := $(wildcard bridges/doctor/*.cpp)
WATCH_SRC   := $(wildcard bridges/watch/*.cpp)
COMMAND_SRC := $(wildcard bridges/pitbridge/*.cpp) $(WATCH_SRC) $(DOCTOR_SRC)
UNIT_SRC    := $(wildcard tests/unit/*/*.cpp)
GAME_SRC    := $(wildcard tests/e2e/game/*.cpp)
# The tests know by the game's own lap model what it must have written.
E2E_SRC     := $(wildcard tests/e2e/*.cpp) tests/e2e/game/game_lap.cpp
FUZZ_SRC    := $(wildcard tests/fuzz/*_fuzz.cpp)
# What authors of readers copy, and how they use it.
READER_SRC  := $(wildcard common/reader/*.h common/reader/*.hpp)
EXAMPLE_SRC := $(wildcard common/reader/examples/dashboard.*)
BENCH_SRC   := $(filter-out %/reference_copier.cpp %/native_writer.cpp %/micro_bench.cpp,$(wildcard tests/bench/*.cpp))
MAN_SRC     := $(wildcard bridges/man/*.scd)

comma := ,
native = $(patsubst %.cpp,$(OUT)/native/%.o,$(1))
wine   = $(patsubst %.cpp,$(OUT)/wine/%.o,$(1))
mingw  = $(patsubst %.cpp,$(OUT)/mingw/%.o,$(1))
mingw32 = $(patsubst %.cpp,$(OUT)/mingw32/%.o,$(1))
fuzz   = $(patsubst %.cpp,$(OUT)/fuzz/%.o,$(1))

BRIDGES  := $(if $(filter release debug,$(MODE)),$(SIM_NAMES:%=$(BIN)/%bridge.exe.so) $(BIN)/shmbridge.exe.so)
COMMAND  := $(BIN)/pitbridge
GAME     := $(OUT)/tests/fake_game.exe
# The model of Steam's launch chain; its scripts are used where they lie.
STEAM    := $(OUT)/tests/steam/reaper $(OUT)/tests/steam/steam.exe
GAME32   := $(if $(shell command -v $(MINGW32CXX)),$(OUT)/tests/fake_game32.exe)
READER   := $(OUT)/tests/demo_reader
UNIT     := $(OUT)/tests/unit_tests
E2E      := $(OUT)/tests/e2e_tests
BENCH    := $(OUT)/tests/bench
MICRO    := $(OUT)/tests/micro_bench
COPIER   := $(OUT)/tests/reference_copier.exe.so
WRITER   := $(OUT)/tests/native_writer
FUZZERS  := $(FUZZ_SRC:tests/fuzz/%_fuzz.cpp=$(OUT)/fuzz/%)
MAN      := $(MAN_SRC:bridges/man/%.scd=$(OUT)/man/%)

UNIT_FILE := $(OUT)/systemd/pitbridge.service
EXAMPLES := $(OUT)/examples/dashboard_c $(OUT)/examples/dashboard_cpp

LIBRARY_OBJ := $(call native,$(CORE_SRC) $(POSIX_SRC))
SIM_OBJ     := $(call native,$(SIM_SRC))
WIN32_OBJ   := $(call wine,$(WIN32_SRC) bridges/bridge_run.cpp)
# The fake game knows the sims by the same tables; it needs nothing of core beyond them.
GAME_CORE   := common/core/sim/sim.cpp common/core/sim/snapshot.cpp common/core/sim/telemetry.cpp common/core/sim/text.cpp \
               $(SIM_SRC)

# The two commands of the README, and what CI runs, install what is missing; plain `make` never does.
NEED_DEPS := $(if $(filter demo picture test e2e unit soak bench fuzz fuzz-corpus,$(MAKECMDGOALS)),$(OUT)/deps.ok)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all help deps demo picture test unit e2e sim test-sim soak bench micro-bench fuzz fuzz-corpus check-layers \
        format format-check tidy readme reader-header install uninstall clean FORCE

all: $(BRIDGES) $(COMMAND) $(MAN) $(UNIT_FILE) $(OUT)/compile_commands.json ## Build everything that is installed (MODE=release|debug|asan|tsan, V=1)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

deps: ## Install the packages that are missing (apt, dnf or pacman)
	$(Q)sh .ci/deps

$(OUT)/deps.ok: FORCE
	$(Q)sh .ci/deps && mkdir -p $(@D) && touch $@

$(OUT)/deps-bench.ok:
	$(Q)sh .ci/deps bench && mkdir -p $(@D) && touch $@

# Only fuzzing needs clang.
$(OUT)/deps-fuzz.ok:
	$(Q)sh .ci/deps fuzz && mkdir -p $(@D) && touch $@

demo: $(BRIDGES) $(READER) $(GAME) ## Show the main job: a fake game, a bridge, and a native reader
	$(Q)BUILD_DIR=$(OUT) bash tests/demo/demo.sh

picture: $(BIN)/acbridge.exe.so $(COMMAND) $(GAME) ## Make bridges/picture/read.svg anew, from a run under Wine
	$(Q)BUILD_DIR=$(OUT) bash bridges/picture/make_picture.sh

test: $(UNIT) $(E2E) $(BRIDGES) $(COMMAND) $(EXAMPLES) $(GAME) $(GAME32) $(STEAM) $(MAN) ## Run all tests: layers, unit, end to end, a sim by the book
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh layers unit e2e book

unit: $(UNIT) $(COMMAND) $(EXAMPLES) $(MAN) ## Run the layer check and the unit tests only (also with MODE=asan or tsan)
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh layers unit

e2e: $(E2E) $(BRIDGES) $(COMMAND) $(EXAMPLES) $(GAME) $(GAME32) $(STEAM) ## Run the end-to-end tests only
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh e2e

sim: ## Write the skeleton of a new sim, sims/NAME.cpp (NAME=mygame)
	$(Q)bash tests/new_sim.sh '$(NAME)'

test-sim: ## Build and test one sim (SIM=ac)
	$(Q)bash tests/test_sim.sh --check '$(SIM)'
	$(Q)$(MAKE) --no-print-directory $(UNIT) $(E2E) $(GAME) $(BIN)/$(SIM)bridge.exe.so
	$(Q)BUILD_DIR=$(OUT) bash tests/test_sim.sh '$(SIM)'

soak: $(E2E) $(BRIDGES) $(COMMAND) $(GAME) ## Let games come and go for MINUTES=10, and print what grew
	$(Q)PITBRIDGE_BUILD_DIR=$(OUT) PITBRIDGE_SOAK_MINUTES=$(or $(MINUTES),10) $(E2E) --gtest_also_run_disabled_tests --gtest_filter='Resources.DISABLED_Soak'

# SECONDS is also the length of fuzzing, so its default is here.
bench: SECONDS = 2
bench: $(BENCH) $(COPIER) $(WRITER) $(BRIDGES) $(GAME) ## Measure the bridges beside what others do (ROUNDS=3 SECONDS=2 SIMS=ac,pcars2,rf2,lmu ARGS=--help)
	$(Q)mkdir -p $(OUT)/bench && PITBRIDGE_BUILD_DIR=$(OUT) $(BENCH) --json $(OUT)/bench/bench.json --seconds $(SECONDS) \
	  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SIMS),--sims $(SIMS)) $(ARGS)

micro-bench: $(MICRO) ## Measure the steps of one look alone, without Wine
	$(Q)$(MICRO) $(ARGS)

SECONDS ?= 60
fuzz: $(FUZZERS) ## Fuzz each decoder for SECONDS=60; findings and new inputs go to build/fuzz
	$(Q)BUILD_DIR=$(OUT) SECONDS_EACH=$(SECONDS) bash tests/fuzz/run.sh $(notdir $(FUZZERS))

fuzz-corpus: $(FUZZERS) ## Put few inputs that reach much into tests/fuzz/corpus
	$(Q)BUILD_DIR=$(OUT) bash tests/fuzz/run.sh --minimise $(notdir $(FUZZERS))

check-layers: ## Fail when a layer includes what it may not
	$(Q)bash tests/check_layers.sh

# --- Programs -------------------------------------------------------------------------------------------

$(BIN)/%bridge.exe.so: $(OUT)/native/sims/%.o $(call wine,bridges/bridge_main.cpp) $(LIBRARY_OBJ) $(WIN32_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(WINECXX) -mconsole -o $@ $^

# The generic bridge has no sim.
$(BIN)/shmbridge.exe.so: $(call wine,bridges/shmbridge_main.cpp) $(LIBRARY_OBJ) $(WIN32_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(WINECXX) -mconsole -o $@ $^

$(COMMAND): $(call native,$(COMMAND_SRC)) $(SIM_OBJ) $(LIBRARY_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ $(LDFLAGS)

$(READER): $(call native,tests/demo/demo_reader.cpp) $(SIM_OBJ) $(LIBRARY_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ $(LDFLAGS)

# The fuzzers are compiled with the tests, though only clang links them, so that they follow every change.
$(UNIT): $(call native,$(UNIT_SRC) $(DOCTOR_SRC) tests/bench/statistics.cpp) $(SIM_OBJ) $(LIBRARY_OBJ) | $(call native,$(FUZZ_SRC))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ -lgtest -lgtest_main $(LDFLAGS)

# So is the benchmark, which no test runs.
$(E2E): $(call native,$(E2E_SRC)) $(SIM_OBJ) $(LIBRARY_OBJ) | $(BENCH) $(COPIER) $(WRITER)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ -lgtest $(LDFLAGS)

# As the authors of readers compile: the oldest standards that are promised, and nothing of ours in the path.
$(OUT)/examples/%_c: common/reader/examples/%.c $(READER_SRC)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=c99 $(WARNINGS) $(MODE_FLAGS.$(MODE)) -Icommon/reader -o $@ $< $(LDFLAGS)

$(OUT)/examples/%_cpp: common/reader/examples/%.cpp $(READER_SRC)
	$(call say,CXX,$@)
	$(Q)mkdir -p $(@D) && $(CXX) -std=c++17 $(WARNINGS) $(MODE_FLAGS.$(MODE)) -Icommon/reader -o $@ $< $(LDFLAGS)

$(BENCH): $(call native,$(BENCH_SRC) tests/e2e/process.cpp tests/e2e/wine_environment.cpp) $(SIM_OBJ) $(LIBRARY_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ $(LDFLAGS)

$(MICRO): $(call native,tests/bench/micro_bench.cpp) $(LIBRARY_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ -lbenchmark $(LDFLAGS)

# Only the micro benchmarks need Google Benchmark.
$(call native,tests/bench/micro_bench.cpp): | $(OUT)/deps-bench.ok

$(WRITER): $(call native,tests/bench/native_writer.cpp tests/e2e/game/game_writer.cpp tests/e2e/game/game_iracing.cpp tests/e2e/game/game_lap.cpp) \
           $(SIM_OBJ) $(LIBRARY_OBJ)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ $(LDFLAGS)

$(COPIER): $(call wine,tests/bench/reference_copier.cpp)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(WINECXX) -mconsole -o $@ $^

$(GAME): $(call mingw,$(GAME_SRC) $(GAME_CORE))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(MINGWCXX) -static -o $@ $^

$(OUT)/tests/fake_game32.exe: $(call mingw32,$(GAME_SRC) $(GAME_CORE))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(MINGW32CXX) -static -o $@ $^

$(OUT)/tests/steam/reaper: $(call native,tests/e2e/steam/reaper.cpp)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(MODE_FLAGS.$(MODE)) -o $@ $^ $(LDFLAGS)

$(OUT)/tests/steam/steam.exe: $(call mingw,tests/e2e/steam/steam_helper.cpp)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(MINGWCXX) -static -o $@ $^

$(FUZZERS): $(OUT)/fuzz/%: $(OUT)/fuzz/tests/fuzz/%_fuzz.o $(call fuzz,$(CORE_SRC) $(POSIX_SRC) $(SIM_SRC))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(FUZZCXX) -fsanitize=fuzzer,address,undefined -o $@ $^

# --- Objects: g++ for core, posix, sims and tests; wineg++ for win32; mingw-w64 for the fake game --------

GENERATED := $(OUT)/gen/build_info.hpp $(OUT)/gen/sim_names.hpp

# Tests are compiled more often than they are run: half the time without optimisation.
$(OUT)/native/tests/unit/%.o $(OUT)/native/tests/e2e/%.o: OPTIMISE := $(if $(filter release,$(MODE)),-O0)

$(OUT)/native/%.o: %.cpp | $(GENERATED) $(NEED_DEPS)
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) $(NATIVE) $(OPTIMISE) -c -o $@ $<

$(OUT)/wine/%.o: %.cpp | $(GENERATED) $(NEED_DEPS)
	$(call say,WINECXX,$<)
	$(Q)mkdir -p $(@D) && $(WINECXX) $(WINE) -c -o $@ $<

$(OUT)/mingw/%.o: %.cpp | $(GENERATED) $(OUT)/gen/mingw-include $(NEED_DEPS)
	$(call say,MINGW,$<)
	$(Q)mkdir -p $(@D) && $(MINGWCXX) $(MINGW) -c -o $@ $<

$(OUT)/fuzz/%.o: %.cpp | $(GENERATED) $(NEED_DEPS) $(OUT)/deps-fuzz.ok
	$(call say,FUZZCXX,$<)
	$(Q)mkdir -p $(@D) && $(FUZZCXX) $(FUZZ) -c -o $@ $<

$(OUT)/mingw32/%.o: %.cpp | $(GENERATED) $(OUT)/gen/mingw-include $(NEED_DEPS)
	$(call say,MINGW32,$<)
	$(Q)mkdir -p $(@D) && $(MINGW32CXX) $(MINGW) -c -o $@ $<

# Strings go through a header: Debian's wineg++ passes its arguments unquoted and tears -DX="a b".
$(OUT)/gen/build_info.hpp: Makefile
	$(Q)mkdir -p $(@D)
	$(Q)printf '// Generated by the Makefile.\n#pragma once\ninline constexpr char kVersion[] = "%s";\ninline constexpr char kCompiler[] = "g++ " __VERSION__;\n' '$(VERSION)' > $@

# A bridge has one sim linked in, and judges a configuration file that names them all.
$(OUT)/gen/sim_names.hpp: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '// Generated by the Makefile.\n#pragma once\n#include <string_view>\ninline constexpr std::string_view kSimNames[] = {$(SIM_NAMES:%="%"$(comma))};\n' > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# The header-only libraries for the cross compiler, without the rest of /usr/include.
$(OUT)/gen/mingw-include: | $(NEED_DEPS)
	$(Q)mkdir -p $@ && ln -sfn /usr/include/CLI $@/CLI && ln -sfn /usr/include/tl $@/tl && ln -sfn /usr/include/fmt $@/fmt

$(OUT)/man/%: bridges/man/%.scd | $(NEED_DEPS)
	$(call say,SCDOC,$@)
	$(Q)mkdir -p $(@D) && scdoc < $< > $@

define compile_command
{"directory":"$(CURDIR)"$(comma)"file":"$(1)"$(comma)"command":"$(CXX) $(filter-out -MMD -MP,$(NATIVE)) $(2) -c $(1)"}
endef
NATIVE_SRC := $(CORE_SRC) $(POSIX_SRC) $(SIM_SRC) $(COMMAND_SRC) $(UNIT_SRC) $(E2E_SRC) $(BENCH_SRC) tests/bench/native_writer.cpp tests/demo/demo_reader.cpp
# clang needs to be told what wineg++ tells g++.
CLANG_WINE := -fshort-wchar -D_WIN32 -D__WIN32__ -D__WINNT -D_WIN64 -I/usr/include/wine/wine/windows

$(OUT)/compile_commands.json: Makefile $(NATIVE_SRC) $(WIN32_SRC)
	$(Q)mkdir -p $(@D)
	$(Q)printf '%s\n' '[' $(foreach f,$(NATIVE_SRC),'$(call compile_command,$(f)),') $(foreach f,$(WIN32_SRC),'$(call compile_command,$(f),$(CLANG_WINE)),') '{"directory":"$(CURDIR)","file":"Makefile","command":"true"}]' > $@

# Anew each time: the prefix may be another.
$(UNIT_FILE): bridges/systemd/pitbridge.service FORCE
	$(Q)mkdir -p $(@D) && sed 's|@PREFIX@|$(abspath $(PREFIX))|' $< > $@

# --- Upkeep ---------------------------------------------------------------------------------------------

FORMATTED := $(wildcard bridges/*.?pp bridges/*/*.?pp common/*/*.?pp common/*/*/*.?pp sims/*.?pp tests/*/*.?pp tests/*/*/*.?pp) \
             $(READER_SRC) $(filter %.c %.cpp,$(EXAMPLE_SRC))

format: ## Format all sources with clang-format
	$(Q)clang-format -i $(FORMATTED)

format-check: ## Fail when a source is not formatted
	$(Q)clang-format --dry-run -Werror $(FORMATTED)

tidy: $(OUT)/compile_commands.json $(GENERATED) ## Run clang-tidy over the native sources
	$(Q)clang-tidy --quiet -p $(OUT) $(CORE_SRC) $(POSIX_SRC) $(SIM_SRC) $(COMMAND_SRC) $(UNIT_SRC) $(E2E_SRC)

readme: $(COMMAND) ## Rewrite the generated table of sims in README.md
	$(Q)bash tests/update_readme.sh $(COMMAND)

reader-header: ## Put common/reader/pitbridge.h into pitbridge.hpp, which must be enough alone
	$(Q)sed -i -e '/^\/\/ --- begin of pitbridge.h$$/,/^\/\/ --- end of pitbridge.h$$/{//!d}' \
	  -e '/^\/\/ --- begin of pitbridge.h$$/r common/reader/pitbridge.h' common/reader/pitbridge.hpp

clean: ## Remove build/
	$(Q)rm -rf build

# --- Installation: one table of "mode, file, directory" ------------------------------------------------

INSTALLED = \
  755:$(COMMAND):$(PREFIX)/bin \
  $(BRIDGES:%=755:%:$(PREFIX)/lib/pitbridge) \
  $(foreach page,$(MAN),644:$(page):$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))) \
  $(READER_SRC:%=644:%:$(PREFIX)/include/pitbridge) \
  $(EXAMPLE_SRC:%=644:%:$(PREFIX)/share/doc/pitbridge/examples) \
  644:$(UNIT_FILE):$(UNIT_DIR) \
  644:README.md:$(PREFIX)/share/doc/pitbridge \
  644:LICENSE:$(PREFIX)/share/doc/pitbridge
part = $(word $(2),$(subst :, ,$(1)))

install: all ## Install below DESTDIR/PREFIX (no root needed for PREFIX=$HOME/.local)
	$(Q)$(foreach row,$(INSTALLED),install -D -m $(call part,$(row),1) $(call part,$(row),2) '$(DESTDIR)$(call part,$(row),3)/$(notdir $(call part,$(row),2))' &&) true

uninstall: ## Remove what install put there
	$(Q)$(foreach row,$(INSTALLED),rm -f '$(DESTDIR)$(call part,$(row),3)/$(notdir $(call part,$(row),2))' &&) true
	$(Q)rmdir '$(DESTDIR)$(PREFIX)/lib/pitbridge' '$(DESTDIR)$(PREFIX)/include/pitbridge' \
	  '$(DESTDIR)$(PREFIX)/share/doc/pitbridge/examples' '$(DESTDIR)$(PREFIX)/share/doc/pitbridge' 2>/dev/null || true

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

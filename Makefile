# SPDX-License-Identifier: MIT
# pitbridge: one non-recursive makefile; everything it makes is under build/. `make help` lists the targets.

VERSION := 0.2.0
MODE    ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
# Where the unit of systemd goes. Empty: below PREFIX, where systemd looks for it.
UNIT_DIR ?=

# make predefines CXX, so ?= would never take.
ifeq ($(origin CXX),default)
CXX := g++
endif
WINECXX  ?= wineg++
MINGWCXX ?= x86_64-w64-mingw32-g++
# Not asked for: a 32-bit game is tested where both this and a 32-bit Wine are installed.
MINGW32CXX ?= i686-w64-mingw32-g++

ifeq ($(filter $(MODE),release debug asan tsan),)
$(error MODE is "$(MODE)"; it must be release, debug, asan or tsan)
endif

# All cores, unless the caller says how many. Only make 4.4 shows the caller's -j here; an older one prefers it anyway.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
# "make clean all" means one after the other.
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# Release builds straight into build/; the others beside it, so that switching rebuilds nothing.
OUT := build$(if $(filter-out release,$(MODE)),/$(MODE))
BIN := $(OUT)/bin
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')

# $(call gcc_only,FLAGS): what clang does not know; and the other way round.
gcc_only   = $(if $(findstring clang,$(CXX)),,$(1))
clang_only = $(if $(findstring clang,$(CXX)),$(1))

MODE_FLAGS.release := -O2 -g
MODE_FLAGS.debug   := -O0 -g
# GCC 12 takes <regex> for uninitialised under sanitizers.
# Optimised, it takes three times as long to compile, and finds no more.
MODE_FLAGS.asan    := -O0 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined $(call gcc_only,-Wno-maybe-uninitialized)
# GCC rejects fences under TSan, which does not model them.
MODE_FLAGS.tsan    := -O1 -g -fsanitize=thread $(call gcc_only,-Wno-tsan -Wno-maybe-uninitialized)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
# What is shipped does not tell where it was built, and holds no section that nothing uses.
LAYOUT   := -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=.
COMMON   := -std=c++20 $(WARNINGS) -I. -I$(OUT)/gen -MMD -MP $(CXXFLAGS)
# common/core/fmt.cpp holds fmt itself.
NATIVE   := $(COMMON) $(MODE_FLAGS.$(MODE)) $(if $(filter asan,$(MODE)),$(call clang_only,-fsanitize=fuzzer-no-link)) $(LAYOUT) -DCLI11_HAS_FILESYSTEM=0
# Neither sanitizers nor LTO link under wineg++.
WINE     := $(COMMON) -O2 -g $(LAYOUT)
MINGW    := $(COMMON) -O2 -DFMT_HEADER_ONLY -isystem $(OUT)/gen/mingw-include

# The commands of the README, and what CI runs, install what is missing; plain `make` never does.
NEED_DEPS := $(if $(filter demo demo-wine picture picture-serve test test-proton test-clients e2e unit browser soak bench bench-serve fuzz fuzz-corpus check-floor check-dist dist deb rpm recipes check-deb check-rpm check-recipes check-get check-packages,$(MAKECMDGOALS)),$(OUT)/deps.ok $(call clang_only,$(OUT)/deps-fuzz.ok))

# The page of `pitbridge serve` has a charting library in it, which npm fetches. Without npm all else is built.
CHARTS   := build/web/node_modules/uplot
LEFT_OUT := $(if $(NEED_DEPS)$(wildcard $(CHARTS))$(shell command -v npm),,serve)
$(if $(LEFT_OUT),$(info pitbridge-serve is left out, as LEFT_OUT says or because npm is not installed, which fetches a library for its page: make deps))

# What exists decides: one more file of sims/ is one more bridge, registry entry and set of tests.
sources = $(foreach room,$(1),$(wildcard $(room)/*.cpp))
native  = $(patsubst %.cpp,$(OUT)/native/%.o,$(call with_joined,$(1)))
wine    = $(patsubst %.cpp,$(OUT)/wine/%.o,$(1))
mingw   = $(patsubst %.cpp,$(OUT)/mingw/%.o,$(call with_joined,$(1)))
mingw32 = $(patsubst %.cpp,$(OUT)/mingw32/%.o,$(call with_joined,$(1)))
comma  := ,

# Alone, a source takes three times as long to compile as among eight of its room, which include the same. So nothing of
# these rooms is linked without the rest, and within one no two names of unnamed namespaces are the same.
JOINED_ROOMS := $(addprefix bridges/,command completion doctor dump feed output pitbridge record relay serve simulate top udp watch) \
                $(addprefix common/core/,decode launch mirror model packets settings) \
                $(addprefix common/posix/,launch net region session settings shm stream twin) $(patsubst %/,%,$(wildcard tests/unit/*/)) tests/e2e
# Of the tools, what reads bytes of others and opens no file.
FUZZED_SRC := $(patsubst %,bridges/record/%.cpp,wire format frames packing)
# What is linked without the rest, and what runs code thousands of times, for which it has flags of its own.
ALONE   := %/main.cpp common/posix/launch/chained_command.cpp $(FUZZED_SRC) tests/unit/memory_model/%
JOINED  := $(OUT)/gen/joined
EIGHTS  := 1-8 9-16 17-24 25-32 33-40 41-48 49-56 57-64
# Of tests only those that have all in an unnamed namespace.
joinable = $(filter-out $(ALONE),$(wildcard $(1)/$(if $(filter tests/%,$(1)),*_test.cpp,*.cpp)))
# $(call joined_eight,JOINED FILE,ITS SOURCES)
define joined_eight
$(foreach source,$(2),$(eval JOINED_IN.$(source) := $(1)))
$(1): $(2) .ci/join FORCE
	$$(Q)mkdir -p $$(@D) && sh .ci/join $(2) > $$@.new && { cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@; }
endef
$(foreach room,$(JOINED_ROOMS),$(foreach n,$(EIGHTS),$(if $(word $(firstword $(subst -, ,$(n))),$(call joinable,$(room))),$(eval $(call joined_eight,$(JOINED)/$(room)/$(n).cpp,$(wordlist $(firstword $(subst -, ,$(n))),$(lastword $(subst -, ,$(n))),$(call joinable,$(room))))))))
# The sources to compile in the place of these.
with_joined = $(sort $(foreach source,$(1),$(or $(JOINED_IN.$(source)),$(source))))

BRIDGED_SRC := $(call sources,sims)
BRIDGED     := $(BRIDGED_SRC:sims/%.cpp=%)
# Sims that send packets need no program in the game's session: the command receives them.
SENDING_SRC := $(call sources,sims/udp)
SIM_SRC     := $(BRIDGED_SRC) $(SENDING_SRC)
SIM_NAMES   := $(sort $(BRIDGED) $(SENDING_SRC:sims/udp/%.cpp=%))
SIM_NAMES_SRC := $(OUT)/gen/sim_names.cpp
# What runs beside the game links these rooms and nothing else: a bridge that needs more does not link.
BRIDGE_SRC  := common/core/fmt.cpp $(SIM_NAMES_SRC) $(call sources,$(addprefix common/core/,shm sim decode mirror settings) \
               $(addprefix common/posix/,system region stream shm settings)) common/posix/launch/chained_command.cpp bridges/place.cpp
# The life of a bridge, whichever session it is in (bridges/session.hpp).
BRIDGE_RUN_SRC := bridges/bridge_run.cpp bridges/sim_bridge.cpp
# One guard for Winelib (common/win32), one for Windows programs.
WIN32_SRC   := $(filter-out common/win32/shm/seh_guard.cpp,$(call sources,common/win32 common/win32/shm)) bridges/winelib_session.cpp
# The twins: a Windows program for each sim, which a Wine without Winelib runs, and the native half of them all.
TWIN_SRC    := bridges/twin_main.cpp $(call sources,$(addprefix common/core/,sim decode twin) common/win32/shm common/win32/twin) common/core/shm/relaxed_copy.cpp \
               $(patsubst %,common/win32/%.cpp,file_mapping handle_count owned_mappings process_watch system_process wine_version)
KEEPER_SRC  := bridges/keeper_main.cpp $(call sources,common/core/twin common/posix/twin)
SHMBRIDGE_SRC := bridges/shmbridge_main.cpp bridges/shmbridge_run.cpp bridges/shared_mapping.cpp
LIBRARY_SRC := $(sort $(BRIDGE_SRC) $(call sources,common/core/packets common/core/model common/core/launch common/posix/net common/posix/session common/posix/launch))
# In what is shipped, and in no test: it takes the place of functions that sanitizers watch.
FLOOR_SRC   := $(call sources,common/posix/floor)
# The library for others, which is the bridges' own code beneath another interface; some of it is for Windows alone.
PITSHM_SRC  := $(filter-out %/mapping.cpp %/named_objects.cpp,$(call sources,common/pitshm))
# What the command and the unit tests share.
TESTED_SRC  := $(call sources,bridges/output bridges/command bridges/completion bridges/feed bridges/doctor bridges/dump bridges/watch bridges/host bridges/udp)
COMMAND_SRC := $(call sources,bridges/pitbridge) $(TESTED_SRC)
# The tools beside it (common/core/launch/tools.hpp): what has a main of its own. What one links beside its room and the
# library, and which rooms of its are in the unit tests too.
TOOLS       := $(filter-out $(LEFT_OUT),$(patsubst bridges/%/main.cpp,%,$(filter-out bridges/pitbridge/%,$(wildcard bridges/*/main.cpp))))
TOOL_SRC    := $(call sources,$(TOOLS:%=bridges/%))
TOOL_ROOMS  := bridges/output bridges/command bridges/feed
# Linked into a tool, where there is one to link: other systems have another version of it, or none. The shell looks for
# it when the tool is linked, since it may have been installed only now.
static_library = `$(CXX) -print-file-name=lib$(1).a | grep / || echo -l$(1)`
TOOL_LIBS.top    := $(call static_library,ncursesw) $(call static_library,tinfo)
TOOL_LIBS.record := $(call static_library,zstd)
TOOL_LIBS.relay  := -lmosquitto -lcurl
TOOL_LIBS.serve  := $(call static_library,event) -ldl
TOOL_ROOMS.record   := bridges/host
TOOL_ROOMS.serve    := bridges/doctor
TOOL_ROOMS.simulate := bridges/host
TOOL_ROOMS.top      := bridges/dump
# A tool's main is in no test.
TESTED_TOOL_SRC := $(filter-out %/main.cpp,$(TOOL_SRC))
UNIT_SRC    := $(filter-out $(LEFT_OUT:%=tests/unit/%/%),$(wildcard tests/unit/*/*.cpp)) tests/bench/statistics.cpp
# The fake game knows the sims by the same tables; it needs nothing of core beyond them.
GAME_SRC    := $(call sources,tests/e2e/game common/core/sim common/core/decode common/core/model) $(SIM_SRC)
E2E_SRC     := $(call sources,tests/e2e) tests/bench/usage.cpp
READER_SRC  := $(wildcard common/reader/*.h common/reader/*.hpp)
EXAMPLE_SRC := $(wildcard common/reader/examples/dashboard.*)
MAN_SRC     := $(wildcard bridges/man/*.scd)

LIBRARY := $(call native,$(SIM_SRC) $(LIBRARY_SRC))
FLOOR   := $(if $(filter release debug,$(MODE)),$(call native,$(FLOOR_SRC)))

BRIDGES  := $(if $(FLOOR),$(patsubst %,$(BIN)/%bridge.exe.so,$(BRIDGED) shm))
TWIN64   := $(if $(FLOOR),$(if $(shell command -v $(MINGWCXX)),$(BRIDGED:%=$(BIN)/%bridge.exe)))
TWIN32   := $(if $(FLOOR),$(if $(shell command -v $(MINGW32CXX)),$(BRIDGED:%=$(BIN)/win32/%bridge.exe)))
KEEPER   := $(BIN)/pitbridge-keeper
COMMAND  := $(BIN)/pitbridge
TOOL     := $(TOOLS:%=$(BIN)/pitbridge-%)
# gdb finds them by what is left in the programs.
DEBUG    := $(if $(filter release,$(MODE)),$(patsubst $(BIN)/%,$(OUT)/debug/%.debug,$(COMMAND) $(TOOL) $(KEEPER) $(BRIDGES)))
GAME     := $(OUT)/tests/fake_game.exe
# The model of Steam's launch chain; its scripts are used where they lie.
STEAM    := $(OUT)/tests/steam/reaper $(OUT)/tests/steam/steam.exe
GAME32   := $(if $(shell command -v $(MINGW32CXX)),$(OUT)/tests/fake_game32.exe)
READER   := $(OUT)/tests/demo_reader
# What drives the browser; it has no browser of its own.
DRIVER   := $(if $(LEFT_OUT),,build/browser/node_modules/puppeteer-core/package.json)
UNIT     := $(OUT)/tests/unit_tests
E2E      := $(OUT)/tests/e2e_tests
MAN      := $(MAN_SRC:bridges/man/%.scd=$(OUT)/man/%)
# What a shell completes our words by, as the programs themselves declare them.
COMPLETION_DIR := $(OUT)/completions
COMPLETIONS := $(addprefix $(COMPLETION_DIR)/,pitbridge _pitbridge pitbridge.fish)
# What authors of readers copy: in the C++ header the C header stands, so that each is enough alone.
HEADERS  := common/reader/pitbridge.h $(OUT)/include/pitbridge.hpp
# Of the shared memory library; .ci/pitshm.mk says how they are built.
PITSHM_EXAMPLE_SRC := $(addprefix common/pitshm/examples/,region_publish.c region_read.cpp region_read.py stream_produce.c stream_consume.cpp camera_in_place.cpp exchange.c exchange.cpp exchange.py)
EXAMPLES := $(OUT)/examples/dashboard_c $(OUT)/examples/dashboard_cpp \
            $(patsubst common/pitshm/%,$(OUT)/%,$(basename $(filter-out %.py %/exchange.c %/exchange.cpp,$(PITSHM_EXAMPLE_SRC))))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all twins help deps deps-32 demo demo-wine picture picture-serve test unit e2e browser test-proton sim test-sim check-layers readme generated clean FORCE

all: $(BRIDGES) twins $(COMMAND) $(TOOL) pitshm $(MAN) $(COMPLETIONS) $(HEADERS) $(OUT)/compile_commands.json ## Build everything that is installed (MODE=release|debug|asan|tsan, V=1)

twins: $(TWIN64) $(TWIN32) $(KEEPER) ## Build the Windows programs that take the place of the bridges where Wine loads no Winelib

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile .ci/*.mk

deps: ## Install the packages that are missing (apt, dnf or pacman)
	$(Q)sh .ci/deps

deps-32: ## Install what 32-bit games and their prefixes are tested with, where that is missing
	$(Q)sh .ci/deps 32

$(OUT)/deps.ok: FORCE
	$(Q)sh .ci/deps && mkdir -p $(@D) && touch $@

# Only fuzzing needs clang, only micro benchmarks Google Benchmark, only lint the checkers.
$(OUT)/deps-%.ok:
	$(Q)sh .ci/deps $* && mkdir -p $(@D) && touch $@

demo: $(COMMAND) $(BIN)/pitbridge-simulate ## Show a simulated drive, then the main job: a fake game, a bridge, and a native reader (SIM=ac)
	$(Q)BUILD_DIR=$(OUT) bash tests/demo/demo_simulate.sh '$(or $(SIM),ac)'
	$(Q)$(MAKE) --no-print-directory demo-wine

demo-wine: $(BRIDGES) $(COMMAND) $(READER) $(GAME)
	$(Q)BUILD_DIR=$(OUT) bash $(if $(filter-out ac,$(SIM)),tests/demo/demo_sim.sh '$(SIM)',tests/demo/demo.sh)

picture-serve: $(TOOL) $(DRIVER) ## Make bridges/picture/serve.png anew, from the page in a headless Chromium
	$(Q)BUILD_DIR=$(OUT) node tests/browser/picture.mjs bridges/picture/serve.png

picture: $(BIN)/acbridge.exe.so $(COMMAND) $(GAME) ## Make bridges/picture/read.svg anew, from a run under Wine
	$(Q)BUILD_DIR=$(OUT) bash bridges/picture/make_picture.sh

test: $(UNIT) $(E2E) $(BRIDGES) twins $(COMMAND) $(TOOL) $(COMPLETIONS) $(EXAMPLES) $(GAME) $(GAME32) pitshm-tests $(STEAM) $(MAN) $(DRIVER) ## Run all tests: layers, unit, end to end, the page in a browser, a sim by the book
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh layers unit e2e $(if $(LEFT_OUT),,browser) book

unit: $(UNIT) $(COMMAND) $(TOOL) $(COMPLETIONS) $(EXAMPLES) $(MAN) ## Run the layer check and the unit tests only (also with MODE=asan or tsan)
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh layers unit

e2e: $(E2E) $(BRIDGES) twins $(COMMAND) $(TOOL) $(EXAMPLES) $(GAME) $(GAME32) pitshm-tests $(STEAM) ## Run the end-to-end tests only
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh e2e

browser: $(TOOL) $(DRIVER) ## Run the tests of the page of pitbridge serve in a headless Chromium only
	$(Q)BUILD_DIR=$(OUT) bash tests/run.sh browser

test-proton: $(E2E) $(BRIDGES) $(COMMAND) $(GAME) $(STEAM) ## Run the launch tests with a real script of Proton (PROTON=path/to/proton)
	$(Q)BUILD_DIR=$(OUT) bash tests/test_proton.sh '$(PROTON)'

sim: ## Write the skeleton of a new sim, sims/NAME.cpp (NAME=mygame)
	$(Q)bash tests/new_sim.sh '$(NAME)'

test-sim: ## Build and test one sim (SIM=ac)
	$(Q)bash tests/test_sim.sh --check '$(SIM)'
	$(Q)$(MAKE) --no-print-directory $(UNIT) $(E2E) $(GAME) $(BIN)/$(SIM)bridge.exe.so
	$(Q)BUILD_DIR=$(OUT) bash tests/test_sim.sh '$(SIM)'

check-layers: ## Fail when a layer includes what it may not
	$(Q)bash tests/check_layers.sh

# --- Programs -------------------------------------------------------------------------------------------

# $(call program,FILE,OBJECTS,LINKER,LIBRARIES): one object that is newer links the program anew.
define program
$(1): $(2)
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D) && $(3) -o $$@ $(2) $(4)
endef
# The same for what is shipped: no shared libstdc++, the old names of glibc, and what debuggers want apart.
define shipped_program
$(call program,$(1),$(2) $(FLOOR),$(3) $(SHIPPED_LINK),$(OLD_LIBRARIES) $(4))
$(if $(DEBUG),	$$(Q)mkdir -p $(OUT)/debug && cd $$(@D) && objcopy --only-keep-debug $$(@F) ../debug/$$(@F).debug && \
	  objcopy --strip-all --add-gnu-debuglink=../debug/$$(@F).debug $$(@F))
endef
SHIPPED_LINK  := $(if $(FLOOR),-static-libstdc++ -static-libgcc -Wl$(comma)--gc-sections$(comma)--exclude-libs$(comma)ALL)
# Before glibc 2.34 they held what is in libc now.
OLD_LIBRARIES := $(if $(FLOOR),-Wl$(comma)--no-as-needed$(comma)-l:libpthread.so.0$(comma)-l:libdl.so.2)
LINK  := $(CXX) $(MODE_FLAGS.$(MODE))
WLINK := $(WINECXX) -mconsole -Wl,--version-script=common/win32/exports.map

define bridge
$(call shipped_program,$(BIN)/$(1)bridge.exe.so,$(call wine,$(WIN32_SRC) $(2)) $(call native,$(BRIDGE_SRC) $(BRIDGE_RUN_SRC) $(3)),$(WLINK))
endef
$(foreach sim,$(BRIDGED),$(eval $(call bridge,$(sim),bridges/bridge_main.cpp,sims/$(sim).cpp)))
# Both halves of a twin. No DLL of the compiler is needed beside the Windows half.
define twin
$(call program,$(BIN)/$(1)bridge.exe,$(call mingw,$(TWIN_SRC) sims/$(1).cpp),$(MINGWCXX) -static -s)
$(call program,$(BIN)/win32/$(1)bridge.exe,$(call mingw32,$(TWIN_SRC) sims/$(1).cpp),$(MINGW32CXX) -static -s)
endef
$(foreach sim,$(BRIDGED),$(eval $(call twin,$(sim))))
$(eval $(call shipped_program,$(KEEPER),$(call native,$(KEEPER_SRC) $(BRIDGE_SRC) $(BRIDGE_RUN_SRC) $(BRIDGED_SRC)),$(LINK),$(LDFLAGS)))
# The generic bridge has no sim.
$(eval $(call bridge,shm,$(SHMBRIDGE_SRC)))
$(eval $(call shipped_program,$(COMMAND),$(call native,$(COMMAND_SRC)) $(LIBRARY),$(LINK),$(LDFLAGS)))
$(foreach t,$(TOOLS),$(eval $(call shipped_program,$(BIN)/pitbridge-$(t),$(call native,$(call sources,bridges/$(t) $(TOOL_ROOMS) $(TOOL_ROOMS.$(t)))) $(LIBRARY),$(LINK),$(TOOL_LIBS.$(t)) $(LDFLAGS))))

$(eval $(call program,$(READER),$(call native,tests/demo/demo_reader.cpp) $(LIBRARY),$(LINK),$(LDFLAGS)))
$(eval $(call program,$(UNIT),$(call native,$(UNIT_SRC) $(filter-out bridges/%,$(KEEPER_SRC)) $(PITSHM_SRC) $(TESTED_SRC) $(TESTED_TOOL_SRC)) $(LIBRARY),$(LINK),-lgtest -lgtest_main $(foreach t,$(TOOLS),$(TOOL_LIBS.$(t))) $(LDFLAGS)))
$(eval $(call program,$(E2E),$(call native,$(E2E_SRC) $(PITSHM_SRC)) $(LIBRARY),$(LINK),-lgtest $(LDFLAGS)))
$(eval $(call program,$(OUT)/tests/steam/reaper,$(call native,tests/e2e/steam/reaper.cpp),$(LINK),$(LDFLAGS)))
# Proton's script wants it to be marked as Wine's own.
$(eval $(call program,$(OUT)/tests/steam/steam.exe,$(call mingw,tests/e2e/steam/steam_helper.cpp),$(MINGWCXX) -static,&& winebuild --builtin $$@))
$(OUT)/tests/steam/steam.exe: Makefile  # that it is marked stands here
$(eval $(call program,$(GAME),$(call mingw,$(GAME_SRC)),$(MINGWCXX) -static,-lws2_32))
$(eval $(call program,$(OUT)/tests/fake_game32.exe,$(call mingw32,$(GAME_SRC)),$(MINGW32CXX) -static,-lws2_32))

$(OUT)/include/pitbridge.hpp: $(READER_SRC)
	$(Q)mkdir -p $(@D) && sed -e '/^#include "pitbridge.h"/{r common/reader/pitbridge.h' -e 'd}' common/reader/pitbridge.hpp > $@

# As the authors of readers compile: the oldest standards that are promised, and one header of ours in the path.
$(OUT)/examples/%_c: common/reader/examples/%.c common/reader/pitbridge.h | $(NEED_DEPS)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=c99 $(WARNINGS) $(MODE_FLAGS.$(MODE)) -Icommon/reader -o $@ $< $(LDFLAGS)

$(OUT)/examples/%_cpp: common/reader/examples/%.cpp $(OUT)/include/pitbridge.hpp | $(NEED_DEPS)
	$(call say,CXX,$@)
	$(Q)mkdir -p $(@D) && $(CXX) -std=c++17 $(WARNINGS) $(MODE_FLAGS.$(MODE)) -I$(OUT)/include -o $@ $< $(LDFLAGS)

# --- Objects: g++ for core, posix, sims and tests; wineg++ for win32; mingw-w64 for the fake game --------

GENERATED := $(OUT)/gen/build_info.hpp

# Tests are compiled more often than they are run: half the time without optimisation.
$(OUT)/native/tests/unit/%.o $(OUT)/native/tests/e2e/%.o $(OUT)/native/$(JOINED)/tests/%.o: FILE_FLAGS := $(if $(filter release,$(MODE)),-O0 -g1)
# But not those that run code thousands of times.
$(OUT)/native/tests/unit/memory_model/%.o: FILE_FLAGS :=
# Where it looks for null pointers, GCC 12 takes the address of a function for no constant, and a table holds some.
$(OUT)/native/sims/%.o: FILE_FLAGS := $(if $(filter asan,$(MODE)),-fno-sanitize=null$(comma)returns-nonnull-attribute$(comma)nonnull-attribute)

# $(call objects,KIND,COMPILER,FLAGS,WHAT MUST BE THERE)
define objects
$(OUT)/$(1)/%.o: %.cpp | $(GENERATED) $(NEED_DEPS) $(4)
	$$(call say,$(2),$$<)
	$$(Q)mkdir -p $$(@D) && $$($(2)) $$($(3)) $$(FILE_FLAGS) -c -o $$@ $$<
endef
$(eval $(call objects,native,CXX,NATIVE))
$(eval $(call objects,wine,WINECXX,WINE))
$(eval $(call objects,mingw,MINGWCXX,MINGW,$(OUT)/gen/mingw-include))
$(eval $(call objects,mingw32,MINGW32CXX,MINGW,$(OUT)/gen/mingw-include))

# Strings go through a header: Debian's wineg++ passes its arguments unquoted and tears -DX="a b".
$(OUT)/gen/build_info.hpp: Makefile
	$(Q)mkdir -p $(@D)
	$(Q)printf '// Generated by the Makefile.\n#pragma once\ninline constexpr char kVersion[] = "%s";\ninline constexpr char kCompiler[] = "g++ " __VERSION__;\n' '$(VERSION)' > $@

# All that changes with one more sim.
$(SIM_NAMES_SRC): FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '// Generated by the Makefile.\n#include "common/core/settings/sim_names.hpp"\nstd::span<const std::string_view> pitbridge::sim_names() {\n  static constexpr std::string_view kNames[] = {$(SIM_NAMES:%="%"$(comma))};\n  return kNames;\n}\n' > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# The header-only libraries for the cross compiler, without the rest of /usr/include.
$(OUT)/gen/mingw-include: | $(NEED_DEPS)
	$(Q)mkdir -p $@ && ln -sfn /usr/include/CLI $@/CLI && ln -sfn /usr/include/tl $@/tl && ln -sfn /usr/include/fmt $@/fmt

# The page of `pitbridge serve`, and what it has from others: fetched once, by the lock file, and never into the tree.
WEB := $(wildcard bridges/serve/web/*.html bridges/serve/web/*.css bridges/serve/web/*.js bridges/serve/web/*.svg)

# $(call fetched,FILE,DIRECTORY WITH THE LOCK FILE,DIRECTORY BELOW build)
define fetched
$(1): $(2)/package.json $(2)/package-lock.json | $(NEED_DEPS)
	$$(call say,NPM,build/$(3))
	$$(Q)mkdir -p build/$(3) && cp $$^ build/$(3)/ && (cd build/$(3) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1) || \
	  { cat build/$(3)/npm.log >&2; echo "npm could not fetch what $(2)/package-lock.json names; it needs the network once. make LEFT_OUT=serve builds all else" >&2; exit 1; }
	$$(Q)touch $$@
endef
$(eval $(call fetched,$(CHARTS)/package.json,bridges/serve/web,web))
$(eval $(call fetched,build/browser/node_modules/puppeteer-core/package.json,tests/browser,browser))

$(OUT)/gen/serve_page.hpp: $(CHARTS)/package.json $(WEB) bridges/serve/web/bundle.sh LICENSE
	$(call say,PAGE,$@)
	$(Q)mkdir -p $(@D) && sh bridges/serve/web/bundle.sh $(CHARTS) $(WEB) > $@

$(call native,bridges/serve/page.cpp): $(OUT)/gen/serve_page.hpp

$(OUT)/man/%: bridges/man/%.scd | $(NEED_DEPS)
	$(call say,SCDOC,$@)
	$(Q)mkdir -p $(@D) && scdoc < $< > $@

SHELL_OF.pitbridge      := bash
SHELL_OF._pitbridge     := zsh
SHELL_OF.pitbridge.fish := fish
$(COMPLETIONS): $(COMMAND) $(TOOL)
	$(call say,COMPLETE,$@)
	$(Q)mkdir -p $(@D) && PITBRIDGE_CONFIG_FILE=/dev/null $(COMMAND) completions $(SHELL_OF.$(@F)) > $@

# --- Upkeep ---------------------------------------------------------------------------------------------

readme: $(COMMAND) ## Rewrite the generated tables of README.md
	$(Q)bash tests/update_readme.sh $(COMMAND)

generated: $(UNIT) ## Rewrite what pitbridge-values(7) and pitbridge.h say of the values
	-$(Q)PITBRIDGE_REWRITE=1 $(UNIT) --gtest_filter='*Generated*' --gtest_brief=1

clean: ## Remove build/
	$(Q)rm -rf build

include .ci/pitshm.mk .ci/measure.mk .ci/ship.mk .ci/package.mk
-include $(shell find $(OUT) -path $(OUT)/suites -prune -o -type f -name '*.d' -print 2>/dev/null)

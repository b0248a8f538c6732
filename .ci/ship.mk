# SPDX-License-Identifier: MIT
# The part of the makefile that is about what others get: checks of the sources, installation, archives.
.PHONY: format format-check lint lint-quick spelling shellcheck check-desktop tidy install install-debug uninstall dist check-dist check-repro \
        check-floor

# --- Checks of the sources ------------------------------------------------------------------------------

NATIVE_SRC := $(sort $(filter-out $(SIM_NAMES_SRC),$(LIBRARY_SRC)) $(BRIDGE_RUN_SRC) $(KEEPER_SRC) $(PITSHM_SRC) $(FLOOR_SRC) $(SIM_SRC) $(COMMAND_SRC) $(TOOL_SRC) $(UNIT_SRC) $(E2E_SRC) $(BENCH_SRC) $(STREAM_BENCH_SRC) $(WRITER_SRC) $(FUZZ_SRC)) \
              tests/bench/programs/micro_bench.cpp tests/bench/programs/record_bench.cpp tests/demo/demo_reader.cpp tests/e2e/steam/reaper.cpp
WINE_SRC   := $(WIN32_SRC) $(SHMBRIDGE_SRC) bridges/bridge_main.cpp tests/bench/programs/reference_copier.cpp
# What only the cross compiler sees; the rest of the game is in the writer too.
MINGW_SRC  := $(filter-out $(NATIVE_SRC),$(GAME_SRC) $(PITSHM_WIN_API) $(filter-out $(WIN32_SRC),$(TWIN_SRC))) common/win32/shm/seh_guard.cpp tests/e2e/pitshm/pitshm_program.cpp \
              tests/e2e/steam/steam_helper.cpp
# clang needs to be told what wineg++ tells g++.
CLANG_WINE := -fshort-wchar -D_WIN32 -D__WIN32__ -D__WINNT -D_WIN64 -I/usr/include/wine/wine/windows
# What clang does not know is no finding.
TIDIED = $(filter-out -MMD -MP -Werror,$(NATIVE)) -Wno-unknown-warning-option
compile_command = {"directory":"$(CURDIR)","file":"$(1)","command":"$(CXX) $(filter-out -MMD -MP,$(NATIVE)) $(2) -c $(1)"},

# By make itself: no shell takes so long a line.
$(OUT)/compile_commands.json: Makefile $(wildcard .ci/*.mk) $(NATIVE_SRC) $(WINE_SRC) | $(GENERATED)
	$(file >$@,[)
	$(foreach f,$(NATIVE_SRC),$(file >>$@,$(call compile_command,$(f))))
	$(foreach f,$(WINE_SRC) $(MINGW_SRC),$(file >>$@,$(call compile_command,$(f),$(CLANG_WINE))))
	$(file >>$@,{"directory":"$(CURDIR)","file":"Makefile","command":"true"}])

FORMATTED := $(wildcard bridges/*.?pp bridges/*/*.?pp common/*/*.?pp common/*/*/*.?pp sims/*.?pp sims/*/*.?pp tests/*/*.?pp tests/*/*/*.?pp) \
             $(READER_SRC) $(wildcard common/pitshm/*.h tests/e2e/pitshm/*.[ch]) $(filter %.c %.cpp,$(EXAMPLE_SRC) $(PITSHM_EXAMPLE_SRC))

format: | $(OUT)/deps-lint.ok ## Format all sources with clang-format
	$(Q)clang-format -i $(FORMATTED)

format-check: | $(OUT)/deps-lint.ok ## Fail when a source is not formatted
	$(Q)clang-format --dry-run -Werror $(FORMATTED)

SCRIPTS := $(filter-out %.mk .ci/package,$(wildcard .ci/*)) $(wildcard .ci/package/*.sh .ci/package/*/*.sh tests/*.sh tests/wineserver tests/*/*.sh tests/e2e/*/*.sh bridges/*/*.sh bridges/*/*/*.sh)

shellcheck: | $(OUT)/deps-lint.ok
	$(Q)shellcheck $(SCRIPTS)

# The words are names of tables, of tyres, of what Rust calls a library and of made-up misspellings in tests.
spelling: | $(OUT)/deps-lint.ok
	$(Q)codespell --ignore-words-list=crate,kno,kown,tread,childs,raed,seh,toi $(filter-out %.svg,$(shell find bridges common sims tests .ci .github *.md Makefile -type f -not -path '*/corpus/*'))

check-desktop: | $(OUT)/deps-lint.ok ## Fail when the desktop entry or the metainfo is not as its standard has it
	$(Q)bash .ci/check_desktop

lint-quick: format-check check-layers shellcheck spelling check-desktop ## Check format, layers, scripts, spelling and desktop files

lint: lint-quick tidy ## The same, and run clang-tidy over all

tidy: $(GENERATED) $(OUT)/gen/mingw-include $(PITSHM_INCLUDE) | $(OUT)/deps-lint.ok ## Run clang-tidy over all sources on all cores; about 10 minutes
	$(Q)bash .ci/tidy $(OUT)/tidy --flags '$(TIDIED)' $(NATIVE_SRC) --flags '$(TIDIED) $(CLANG_WINE)' $(WINE_SRC) \
	  --flags '$(TIDIED) $(CLANG_WINE) -DWINE_UNICODE_NATIVE -DPITSHM_STATIC' $(MINGW_SRC) \
	  --flags '-std=c99 -Icommon/reader' $(filter %.c,$(EXAMPLE_SRC)) --flags '-std=c++17 -Icommon/reader' $(filter %.cpp,$(EXAMPLE_SRC)) \
	  --flags '-std=c99 -I$(OUT)/include' $(filter %.c,$(PITSHM_EXAMPLE_SRC)) --flags '-std=c++20 -I$(OUT)/include' $(filter %.cpp,$(PITSHM_EXAMPLE_SRC))

# --- What is shipped starts with old systems too --------------------------------------------------------

check-floor: $(COMMAND) $(TOOL) $(KEEPER) $(BRIDGES) $(PITSHM_SHARED) ## Fail when a shipped program needs more than glibc 2.28, or is not stripped
	$(Q)bash .ci/check_floor $^

# --- Installation, and archives: one that runs where it is unpacked, one of the sources -------------------

PACKAGE := pitbridge-$(VERSION)-x86_64
DIST    := $(OUT)/dist
# What is installed, one table of "mode:file:place", and how install.sh finds it: $(call pack,DIRECTORY).
PACKED = \
  755:$(COMMAND):bin/ \
  $(BRIDGES:%=755:%:lib/pitbridge/) $(TOOL:%=755:%:lib/pitbridge/) \
  $(patsubst %,755:%:lib/pitbridge/,$(KEEPER) $(TWIN64)) $(TWIN32:%=755:%:lib/pitbridge/win32/) \
  $(foreach page,$(MAN),644:$(page):share/man/man$(subst .,,$(suffix $(page)))/) \
  644:$(COMPLETION_DIR)/pitbridge:share/bash-completion/completions/ \
  644:$(COMPLETION_DIR)/_pitbridge:share/zsh/site-functions/ \
  644:$(COMPLETION_DIR)/pitbridge.fish:share/fish/vendor_completions.d/ \
  644:$(DESKTOP).desktop:share/applications/ 644:$(DESKTOP).metainfo.xml:share/metainfo/ \
  644:$(DESKTOP).svg:share/icons/hicolor/scalable/apps/ \
  $(HEADERS:%=644:%:include/pitbridge/) \
  $(PITSHM_HEADERS:%=644:%:include/pitshm/) \
  $(foreach file,$(PITSHM_LINUX),644:$(file):$(dir $(file:$(OUT)/%=%))) \
  $(EXAMPLE_SRC:%=644:%:share/doc/pitbridge/examples/) \
  $(PITSHM_EXAMPLE_SRC:%=644:%:share/doc/pitshm/examples/) \
  $(patsubst %,644:%:,README.md LICENSE CHANGELOG.md bridges/systemd/pitbridge.service) \
  644:.ci/package/copyright:share/doc/pitbridge/ \
  755:.ci/install.sh: 755:.ci/say_installed.sh:
DESKTOP := bridges/desktop/io.github.pitbridge.pitbridge
part = $(word $(2),$(subst :, ,$(1)))
pack = rm -rf $(1) && $(foreach row,$(PACKED),install -D -m $(call part,$(row),1) $(call part,$(row),2) $(1)/$(call part,$(row),3)$(notdir $(call part,$(row),2)) &&) \
  cd $(1) && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum > SHA256SUMS
# A prefix may hold blanks and quotes.
quoted = '$(subst ','\'',$(1))'
TO = --prefix $(call quoted,$(PREFIX)) --destdir $(call quoted,$(DESTDIR)) --unit-dir $(call quoted,$(UNIT_DIR))
STAGE := $(OUT)/stage

install: all ## Install below DESTDIR/PREFIX (no root needed for PREFIX=$HOME/.local)
	$(Q)$(call pack,$(STAGE))
	$(Q)sh $(STAGE)/install.sh $(TO) --removed-by $(call quoted,make uninstall PREFIX=$(call quoted,$(PREFIX)))

# By build id, so that gdb knows a copied bridge too. It looks below /usr/lib/debug by itself, elsewhere after
# "set debug-file-directory PREFIX/lib/debug".
each_debug_file = for file in $(DEBUG); do id=$$(readelf -n $$file 2>/dev/null | sed -n 's/.*Build ID: //p'); \
  to=$(call quoted,$(DESTDIR)$(PREFIX))/lib/debug/.build-id/$$(echo $$id | cut -c1-2)/$$(echo $$id | cut -c3-).debug; $(1) || exit 1; done

install-debug: all ## Install what a debugger wants below PREFIX/lib/debug
	$(Q)$(call each_debug_file,install -D -m 644 $$file "$$to")

uninstall: ## Remove what install and install-debug put there, and what pitbridge made for you since
	$(Q)$(call each_debug_file,rm -f "$$to" && (cd $(call quoted,$(DESTDIR)$(PREFIX)) && rmdir -p lib/debug/.build-id/$$(echo $$id | cut -c1-2)) 2>/dev/null || true)
	$(Q)sh $(firstword $(wildcard $(STAGE)/install.sh) .ci/install.sh) $(TO) --uninstall

# The time of all files in it: of the commit, or of the changelog where there is no git.
DIST_TIME = $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)

# git gives its files the time of the commit; a tree without git is an unpacked one already.
dist: all ## Make build/dist/pitbridge-VERSION-x86_64.tar.xz, which runs from where it is unpacked, one of the sources, and get.sh
	$(Q)rm -rf $(DIST) && $(call pack,$(DIST)/$(PACKAGE))
	$(Q)cd $(DIST) && tar --sort=name --mtime=@$(DIST_TIME) --owner=0 --group=0 --numeric-owner --mode=go=u-w -cJf $(PACKAGE).tar.xz $(PACKAGE)
	$(call say,DIST,$(DIST)/$(PACKAGE).tar.xz)
ifneq ($(wildcard .git),)
	$(Q)git diff --quiet HEAD || echo 'dist: the sources are those of the last commit, without what was changed since'
	$(Q)git archive --prefix=pitbridge-$(VERSION)/ HEAD | xz > $(DIST)/pitbridge-$(VERSION).tar.xz
	$(call say,DIST,$(DIST)/pitbridge-$(VERSION).tar.xz)
endif
	$(Q)sed 's|@RELEASES@|$(RELEASES)|' .ci/package/get.sh > $(DIST)/get.sh && cd $(DIST) && sha256sum *.tar.xz > SHA256SUMS

check-dist: dist ## Unpack, run, install and remove the archive of programs
	$(Q)bash .ci/check_dist $(DIST)/$(PACKAGE).tar.xz $(BIN)

check-repro: dist ## Build the unpacked sources elsewhere, and fail when one bit of the programs differs; some minutes
	$(Q)bash .ci/check_repro $(DIST)/pitbridge-$(VERSION).tar.xz $(DIST)/$(PACKAGE).tar.xz

# SPDX-License-Identifier: MIT
# The part of the makefile that makes libpitshm, the shared memory library, which is the code of the bridges.
.PHONY: pitshm pitshm-tests

# --- Windows: pitshm.dll, its import library, and the static library, for 64 and 32 bits ------------------

# What the public headers promise there, and the rooms behind it. The guard of Winelib is not in these rooms.
PITSHM_WIN_API  := $(addprefix common/pitshm/,answer.cpp sequence_lock.cpp mapping.cpp named_objects.cpp)
PITSHM_WIN_SRC  := common/core/shm/relaxed_copy.cpp $(call sources,common/win32/shm)
PITSHM_WIN_BITS := 64 $(if $(shell command -v $(MINGW32CXX)),32)
PITSHM_WIN      := $(foreach bits,$(PITSHM_WIN_BITS),$(addprefix $(OUT)/pitshm/win$(bits)/,pitshm.dll libpitshm.a))
# Neither when nor where it was made is in it, and no DLL of the compiler is needed beside it.
PITSHM_WIN_LINK := -static -s -Wl,--no-insert-timestamp

# Pieces of 16 bytes are copied at once also there, where no caller aligns the stack for them.
$(OUT)/mingw32/common/core/shm/%.o: FILE_FLAGS := -msse2 -mstackrealign

# $(call pitshm_windows,BITS,KIND OF OBJECTS,COMPILER): an export is said in the source, so the DLL and the static
# library have objects of their own.
define pitshm_windows
$(OUT)/pitshm/win$(1)/%.dll.o: %.cpp | $(NEED_DEPS) $(OUT)/gen/mingw-include
	$$(call say,$(3),$$<)
	$$(Q)mkdir -p $$(@D) && $$($(3)) $$(MINGW) -DPITSHM_BUILD -c -o $$@ $$<

$(OUT)/pitshm/win$(1)/%.a.o: %.cpp | $(NEED_DEPS) $(OUT)/gen/mingw-include
	$$(call say,$(3),$$<)
	$$(Q)mkdir -p $$(@D) && $$($(3)) $$(MINGW) -DPITSHM_STATIC -c -o $$@ $$<

$(OUT)/pitshm/win$(1)/pitshm.dll: $(PITSHM_WIN_API:%.cpp=$(OUT)/pitshm/win$(1)/%.dll.o) $(call $(2),$(PITSHM_WIN_SRC))
	$$(call say,LINK,$$@)
	$$(Q)$$($(3)) -shared $(PITSHM_WIN_LINK) -Wl,--out-implib,$$(@D)/libpitshm.dll.a -o $$@ $$^

$(OUT)/pitshm/win$(1)/libpitshm.a: $(PITSHM_WIN_API:%.cpp=$(OUT)/pitshm/win$(1)/%.a.o) $(call $(2),$(PITSHM_WIN_SRC))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(patsubst %g++,%ar,$$($(3))) rcsD $$@ $$^

# The program of the tests, with the DLL beside it and without.
$(OUT)/tests/pitshm/pe$(1)/pitshm_program.exe: $(PITSHM_TEST_SRC:%=$(OUT)/pitshm/win$(1)/%.dll-user.o) $(OUT)/pitshm/win$(1)/pitshm.dll
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D) && cp $(OUT)/pitshm/win$(1)/pitshm.dll $$(@D)/ && $$($(3)) -static -o $$@ $$(filter %.o,$$^) -L$(OUT)/pitshm/win$(1) -lpitshm.dll

$(OUT)/tests/pitshm/pe$(1)-static/pitshm_program.exe: $(PITSHM_TEST_SRC:%=$(OUT)/pitshm/win$(1)/%.a-user.o) $(OUT)/pitshm/win$(1)/libpitshm.a
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D) && $$($(3)) -static -o $$@ $$^

$(OUT)/pitshm/win$(1)/%.cpp.dll-user.o: %.cpp | $(NEED_DEPS) $(OUT)/gen/mingw-include
	$$(call say,$(3),$$<)
	$$(Q)mkdir -p $$(@D) && $$($(3)) $$(MINGW) -c -o $$@ $$<

$(OUT)/pitshm/win$(1)/%.cpp.a-user.o: %.cpp | $(NEED_DEPS) $(OUT)/gen/mingw-include
	$$(call say,$(3),$$<)
	$$(Q)mkdir -p $$(@D) && $$($(3)) $$(MINGW) -DPITSHM_STATIC -c -o $$@ $$<

# The headers are promised to C99.
$(OUT)/pitshm/win$(1)/%.c.dll-user.o: %.c | $(NEED_DEPS)
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D) && $$(patsubst %g++,%gcc,$$($(3))) -std=c99 $$(WARNINGS) -O2 -I. -MMD -MP -c -o $$@ $$<

$(OUT)/pitshm/win$(1)/%.c.a-user.o: %.c | $(NEED_DEPS)
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D) && $$(patsubst %g++,%gcc,$$($(3))) -std=c99 $$(WARNINGS) -O2 -I. -MMD -MP -DPITSHM_STATIC -c -o $$@ $$<
endef
# What the end-to-end tests run.
PITSHM_TEST_SRC := $(wildcard tests/e2e/pitshm/*.cpp tests/e2e/pitshm/*.c)
PITSHM_TESTS    := $(foreach bits,$(PITSHM_WIN_BITS),$(OUT)/tests/pitshm/pe$(bits)/pitshm_program.exe $(OUT)/tests/pitshm/pe$(bits)-static/pitshm_program.exe) \
                   $(OUT)/examples/exchange_c $(OUT)/examples/exchange_cpp
pitshm-tests: $(PITSHM_TESTS)

$(eval $(call pitshm_windows,64,mingw,MINGWCXX))
$(eval $(call pitshm_windows,32,mingw32,MINGW32CXX))

# --- Linux: the shared and the static library, and how others find them ----------------------------------

# What the public headers promise there, and the rooms behind it, and no more: what they need beside that does not link.
PITSHM_LINUX_SRC  := common/core/fmt.cpp common/core/sim/sim_place.cpp $(PITSHM_SRC) $(call sources,common/core/shm common/posix/region common/posix/stream) \
                     $(patsubst %,common/posix/system/%.cpp,fault_guard monotonic_clock paths sealed_memfd small_file system_error wait_readable)
PITSHM_LINUX_OBJ  := $(call native,$(PITSHM_LINUX_SRC))
PITSHM_HEADERS    := $(wildcard common/pitshm/*.h) $(filter-out %/answer.hpp %/deadline.hpp %/library_directory.hpp %/section_client.hpp,$(wildcard common/pitshm/*.hpp))
PITSHM_SONAME     := libpitshm.so.0
PITSHM_SHARED     := $(OUT)/lib/$(PITSHM_SONAME)
PITSHM_STATIC     := $(OUT)/lib/libpitshm.a
PITSHM_FOR_OTHERS := $(addprefix $(OUT)/lib/,libpitshm.so pkgconfig/pitshm.pc cmake/pitshm/pitshm-config.cmake cmake/pitshm/pitshm-config-version.cmake)
PITSHM_LINUX      := $(if $(FLOOR),$(PITSHM_SHARED) $(PITSHM_STATIC) $(PITSHM_FOR_OTHERS))

# What is one for the whole process can be made local to nothing.
$(PITSHM_LINUX_OBJ): FILE_FLAGS += $(call gcc_only,-fno-gnu-unique)

$(eval $(call shipped_program,$(PITSHM_SHARED),$(PITSHM_LINUX_OBJ),$(LINK) -shared -Wl$(comma)-soname$(comma)$(PITSHM_SONAME) -Wl$(comma)-z$(comma)defs -Wl$(comma)--version-script=common/pitshm/package/exports.map))
$(PITSHM_SHARED): common/pitshm/package/exports.map

# One object, in which all but the interface is local: a program may have another fmt of its own. Without groups, of which
# a linker keeps one of a name: that of the program, and then ours would be missing.
$(PITSHM_STATIC): $(PITSHM_LINUX_OBJ) $(FLOOR)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && ld -r --force-group-allocation -o $@.o $^ && \
	  objcopy --strip-debug -w --keep-global-symbol='pitshm_*' $@.o && ar rcsD $@ $@.o && rm $@.o

# What -lpitshm finds; of a symbolic link the archive would have to know.
$(OUT)/lib/libpitshm.so: Makefile .ci/pitshm.mk
	$(Q)mkdir -p $(@D) && printf '/* A script for the linker. */\nINPUT(-l:%s)\n' $(PITSHM_SONAME) > $@

$(OUT)/lib/pkgconfig/%.pc: common/pitshm/package/%.pc.in Makefile
	$(Q)mkdir -p $(@D) && sed 's/@VERSION@/$(VERSION)/' $< > $@

$(OUT)/lib/cmake/pitshm/%.cmake: common/pitshm/package/%.cmake.in Makefile
	$(Q)mkdir -p $(@D) && sed 's/@VERSION@/$(VERSION)/' $< > $@

# The examples, compiled as strictly as the headers promise, with the headers as they are installed.
PITSHM_INCLUDE := $(PITSHM_HEADERS:common/%=$(OUT)/include/%)

$(OUT)/include/pitshm/%: common/pitshm/%
	$(Q)mkdir -p $(@D) && cp $< $@

$(OUT)/examples/%.c.o: common/pitshm/examples/%.c $(PITSHM_INCLUDE) | $(NEED_DEPS)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -std=c99 $(WARNINGS) $(MODE_FLAGS.$(MODE)) -I$(OUT)/include -c -o $@ $<

$(OUT)/examples/%.cpp.o: common/pitshm/examples/%.cpp $(PITSHM_INCLUDE) | $(NEED_DEPS)
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) -std=c++20 $(WARNINGS) $(MODE_FLAGS.$(MODE)) -I$(OUT)/include -c -o $@ $<

$(foreach source,$(filter-out %.py %/exchange.c %/exchange.cpp,$(PITSHM_EXAMPLE_SRC)),$(eval $(call program,$(patsubst common/pitshm/%,$(OUT)/%,$(basename $(source))),$(source:common/pitshm/%=$(OUT)/%.o) $(PITSHM_LINUX_OBJ),$(LINK),$(LDFLAGS))))

# Both have one name.
$(foreach kind,c cpp,$(eval $(call program,$(OUT)/examples/exchange_$(kind),$(OUT)/examples/exchange.$(kind).o $(PITSHM_LINUX_OBJ),$(LINK),$(LDFLAGS))))

pitshm: $(PITSHM_LINUX) $(PITSHM_INCLUDE) $(PITSHM_WIN) ## Build libpitshm, the shared memory library

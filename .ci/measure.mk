# SPDX-License-Identifier: MIT
# The part of the makefile that is about what takes as long as one likes (benchmarks, the soak test, fuzzers), or needs
# what somebody has on disk (readers of others).
.PHONY: soak soak-record soak-stream model test-suite test-wine test-clients bench bench-record bench-serve bench-stream micro-bench fuzz fuzz-corpus

# libFuzzer belongs to clang.
FUZZCXX ?= clang++
FUZZ    := $(COMMON) -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
           -fno-sanitize-recover=all
# With MODE=asan CXX=clang++ the fuzzers are of the same objects as the unit tests.
fuzz     = $(if $(and $(filter asan,$(MODE)),$(call clang_only,clang)),$(call native,$(1)),$(patsubst %.cpp,$(OUT)/fuzz/%.o,$(call with_joined,$(1))))

BENCH_SRC  := $(call sources,tests/bench) tests/e2e/process.cpp tests/e2e/wine_environment.cpp
STREAM_BENCH_SRC := tests/bench/programs/stream_bench.cpp tests/bench/statistics.cpp $(call sources,tests/bench/stream)
WRITER_SRC := tests/bench/programs/native_writer.cpp
FUZZ_SRC   := $(wildcard tests/fuzz/*_fuzz.cpp)

BENCH   := $(OUT)/tests/bench
MICRO   := $(OUT)/tests/micro_bench
BENCH_RECORD := $(OUT)/tests/record_bench
BENCH_STREAM := $(OUT)/tests/stream_bench
SOAK_STREAM  := $(OUT)/tests/stream_soak
COPIER  := $(OUT)/tests/reference_copier.exe.so
WRITER  := $(OUT)/tests/native_writer
LOOP    := $(OUT)/tests/packet_copier
FUZZERS := $(FUZZ_SRC:tests/fuzz/%_fuzz.cpp=$(OUT)/fuzz/%)

soak: $(E2E) $(BRIDGES) $(COMMAND) $(GAME) ## Eight sims at once, twenty readers each, games that come, go and crash for MINUTES=10; prints what grew
	$(Q)PITBRIDGE_BUILD_DIR=$(OUT) PITBRIDGE_SOAK_MINUTES=$(or $(MINUTES),10) $(E2E) --gtest_also_run_disabled_tests --gtest_filter='Soak.*'

# CXX, PACKAGES, GTEST_FILTER and KEEP go through by the environment.
test-suite: | $(OUT)/deps-suite.ok ## Run make demo and make test on another Debian, as root (SUITE=trixie CXX=clang++ PACKAGES=clang)
	$(Q)bash tests/test_suite.sh '$(SUITE)'

test-wine: $(E2E) $(BRIDGES) twins $(COMMAND) $(TOOL) $(EXAMPLES) $(GAME) $(GAME32) pitshm-tests $(STEAM) | $(OUT)/deps-suite.ok ## Run the end-to-end tests of what was built here on another Debian's Wine, as root (SUITE=trixie)
	$(Q)bash tests/test_suite.sh '$(SUITE)' $(OUT)

test-clients: ## Run readers of others on a fake game (DIR=path/to/their/checkouts)
	$(Q)bash tests/test_clients.sh --check '$(DIR)'
	$(Q)$(MAKE) -s --no-print-directory $(E2E) $(BRIDGES) $(COMMAND) $(GAME)
	$(Q)BUILD_DIR=$(OUT) bash tests/test_clients.sh '$(DIR)'

# SECONDS is also the length of fuzzing, so its default is here.
bench: SECONDS = 2
bench: $(BENCH) $(BENCH_STREAM) $(COPIER) $(WRITER) $(LOOP) $(BRIDGES) twins $(COMMAND) $(GAME) ## Measure the bridges beside what others do (ROUNDS=3 SECONDS=2 SIMS=ac,pcars2,rf2,lmu ARGS=--help)
	$(Q)mkdir -p $(OUT)/bench && PITBRIDGE_BUILD_DIR=$(OUT) $(BENCH) --json $(OUT)/bench/bench.json --seconds $(SECONDS) \
	  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SIMS),--sims $(SIMS)) $(ARGS)
	$(Q)$(BENCH_STREAM) --json $(OUT)/bench/stream.json --rounds 1 --soak-seconds 10

bench-record: $(BENCH_RECORD) $(TOOL) ## Measure pitbridge record and replay, without Wine (ARGS=--help)
	$(Q)PITBRIDGE_BUILD_DIR=$(OUT) $(BENCH_RECORD) $(ARGS)

# ARGS="--peer FILE": with the public peer, which is built by hand (tests/bench).
bench-stream: SECONDS = 0.2
bench-stream: $(BENCH_STREAM) ## Measure streams beside sockets, pipes and queues, without Wine (SECONDS=0.2 ARGS=--help)
	$(Q)mkdir -p $(OUT)/bench && $(BENCH_STREAM) --json $(OUT)/bench/stream.json --seconds $(SECONDS) $(ARGS)

soak-record: $(BENCH_RECORD) $(TOOL) ## Record for MINUTES=10, and count the frames that are lost
	$(Q)PITBRIDGE_BUILD_DIR=$(OUT) $(BENCH_RECORD) --seconds $$(( $(or $(MINUTES),10) * 60 )) $(ARGS)

soak-stream: $(SOAK_STREAM) ## Kill and stop the consumers of a stream for MINUTES=10, and see what the others lost
	$(Q)$(SOAK_STREAM) $$(( $(or $(MINUTES),10) * 60 )) $(ARGS)

model: $(UNIT) ## Explore the ring and the locks in shared memory deeper than the unit tests do (DEPTH=2: minutes)
	$(Q)PITBRIDGE_MODEL_DEPTH=$(or $(DEPTH),2) $(UNIT) --gtest_filter='MemoryModel.*:RingModel.*:SequenceLockModel.*:WaitingModel.*'

micro-bench: $(MICRO) ## Measure the steps of one look alone, without Wine
	$(Q)$(MICRO) $(ARGS)

bench-serve: SECONDS = 5
bench-serve: $(TOOL) ## Measure pitbridge serve with 1, 10 and 100 clients (SECONDS=5)
	$(Q)python3 tests/bench/serve_load.py $(OUT) $(SECONDS)

SECONDS ?= 60
fuzz: $(FUZZERS) ## Fuzz each decoder for SECONDS=60; findings and new inputs go to build/fuzz
	$(Q)BUILD_DIR=$(OUT) SECONDS_EACH=$(SECONDS) bash tests/fuzz/run.sh $(notdir $(FUZZERS))

fuzz-corpus: $(FUZZERS) ## Put few inputs that reach much into tests/fuzz/corpus
	$(Q)BUILD_DIR=$(OUT) bash tests/fuzz/run.sh --minimise $(notdir $(FUZZERS))

$(eval $(call program,$(BENCH),$(call native,$(BENCH_SRC)) $(LIBRARY),$(LINK),$(LDFLAGS)))
$(eval $(call program,$(MICRO),$(call native,tests/bench/programs/micro_bench.cpp) $(LIBRARY),$(LINK),-lbenchmark $(LDFLAGS)))
$(eval $(call program,$(BENCH_RECORD),$(call native,tests/bench/programs/record_bench.cpp tests/bench/statistics.cpp $(filter-out %/main.cpp,$(call sources,bridges/record bridges/command bridges/feed bridges/output bridges/host))) $(LIBRARY),$(LINK),$(TOOL_LIBS.record) $(LDFLAGS)))
$(eval $(call program,$(BENCH_STREAM),$(call native,$(STREAM_BENCH_SRC) $(PITSHM_SRC)) $(LIBRARY),$(LINK),-ldl $(LDFLAGS)))
$(eval $(call program,$(SOAK_STREAM),$(call native,tests/bench/programs/stream_soak.cpp) $(LIBRARY),$(LINK),$(LDFLAGS)))
$(eval $(call program,$(WRITER),$(call native,$(WRITER_SRC)) $(LIBRARY),$(LINK),$(LDFLAGS)))
$(eval $(call program,$(LOOP),$(call native,tests/bench/programs/packet_copier.cpp),$(LINK),$(LDFLAGS)))
$(eval $(call program,$(COPIER),$(call wine,tests/bench/programs/reference_copier.cpp),$(WLINK)))
$(foreach f,$(FUZZ_SRC),$(eval $(call program,$(f:tests/fuzz/%_fuzz.cpp=$(OUT)/fuzz/%),$(call fuzz,$(f) $(FUZZED_SRC) $(filter-out common/core/model/%,$(LIBRARY_SRC)) $(SIM_SRC)),$(FUZZCXX) -fsanitize=fuzzer$(comma)address$(comma)undefined,$(TOOL_LIBS.record))))
$(eval $(call objects,fuzz,FUZZCXX,FUZZ,$(OUT)/deps-fuzz.ok))

# No test runs the fuzzers and the benchmark; they are compiled with the tests, so that they follow every change.
$(UNIT): | $(call native,$(FUZZ_SRC))
$(E2E): | $(BENCH) $(BENCH_RECORD) $(BENCH_STREAM) $(SOAK_STREAM) $(COPIER) $(WRITER) $(LOOP)
$(call native,tests/bench/programs/micro_bench.cpp): | $(OUT)/deps-bench.ok

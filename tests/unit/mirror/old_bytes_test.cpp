// SPDX-License-Identifier: MIT
// A launcher or a reader keeps the mappings of a game that has gone, and a bridge starts afresh: what it
// finds is old until somebody writes it, whatever the sim's own rule for updates is.
#include <gtest/gtest.h>

#include "common/core/mirror/bridge.hpp"
#include "common/core/sim/describe.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::size_t kBytes = 256;
constexpr std::string_view kCar = "Local\\toy_car";
constexpr std::string_view kStatic = "Local\\toy_static";

constexpr Title kTitles[] = {{.id = "toy_one",
                              .name = "Toy One",
                              .exe_names = {"toy.exe"},
                              .app_ids = {},
                              .layouts = {},
                              .channels = {},
                              .activity_rules = {}}};

struct Rule {
  const char* name;
  Detector detector;
};
constexpr Rule kRules[] = {
    {"None", {.rule = Consistency::kNone, .nominal_rate_hz = 60}},
    {"Counter", {.rule = Consistency::kCounter, .offset_bytes = 0, .nominal_rate_hz = 60}},
    {"Sequence", {.rule = Consistency::kSequence, .offset_bytes = 0, .nominal_rate_hz = 60}},
    {"VersionPair",
     {.rule = Consistency::kVersionPair, .offset_bytes = 0, .end_offset_bytes = 4, .nominal_rate_hz = 60}},
    {"Rotating",
     {.rule = Consistency::kRotating,
      .offset_bytes = 16,
      .end_offset_bytes = 8,
      .stride_bytes = 16,
      .count = 2,
      .nominal_rate_hz = 60}},
};

class OldBytes : public testing::TestWithParam<Rule> {
 protected:
  void SetUp() override {
    mappings_[0].detector = GetParam().detector;
    for (const Mapping& mapping : mappings_) {
      source_.make(mapping.name, kBytes);
      for (std::byte& byte : bytes(mapping.name)) byte = std::byte{2};
    }
    if (GetParam().detector.rule == Consistency::kRotating) {
      put(bytes(kCar), 8, std::uint32_t{32});  // the length of a buffer
      put(bytes(kCar), 16, std::uint32_t{1});  // ticks, and where the buffers are
      put(bytes(kCar), 20, std::uint32_t{64});
      put(bytes(kCar), 32, std::uint32_t{2});
      put(bytes(kCar), 36, std::uint32_t{128});
    }
    status_.start("toy", "/prefix", 1, 1, file_names(sim_));
    bridge_.emplace(sim_, BridgeSettings{}, source_, files_, clock_, log_, status_);
    ASSERT_TRUE(bridge_->start());
  }
  Bytes& bytes(std::string_view name) { return source_.sections.find(name)->second->bytes; }
  void run(std::int64_t duration_ns) {
    for (const std::int64_t end = clock_.now + duration_ns; !bridge_->finished();) {
      const std::int64_t next = bridge_->step();
      if (next > end) break;
      clock_.now = next;
    }
  }
  /// One update as the rule has it, from whole to whole.
  void write() {
    Bytes& car = bytes(kCar);
    const auto add = [&](std::size_t at, std::uint32_t by) {
      put(car, at, get<std::uint32_t>(car, at) + by);
    };
    put(car, 200, get<std::uint32_t>(car, 200) + 7);
    switch (GetParam().detector.rule) {
      case Consistency::kNone:
        break;
      case Consistency::kCounter:
        return add(0, 1);
      case Consistency::kSequence:
        return add(0, 2);
      case Consistency::kVersionPair:
        add(0, 1);
        return add(4, 1);
      case Consistency::kRotating:
        return add(16, 2);
    }
  }
  void expect_nothing_shown() {
    EXPECT_EQ(bridge_->state(), BridgeState::kWaiting);
    EXPECT_TRUE(all_zero(files_.at("toy_car").content));
    EXPECT_TRUE(all_zero(files_.at("toy_static").content));
    EXPECT_EQ(read_status(page_.bytes)->find("toy_car")->attached, 0U);
  }
  void expect_shown() {
    EXPECT_EQ(bridge_->state(), BridgeState::kAttached);
    EXPECT_EQ(files_.at("toy_car").content, bytes(kCar));
    EXPECT_EQ(files_.at("toy_static").content, bytes(kStatic)) << "what never changes belongs to it";
  }

  Mapping mappings_[2] = {{.name = kCar, .size_bytes = kBytes, .min_file_bytes = kBytes},
                          {.name = kStatic, .size_bytes = kBytes, .min_file_bytes = kBytes}};
  Sim sim_ = {.name = "toy", .description = "Toy", .mappings = mappings_, .titles = kTitles};
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeClock clock_;
  FakeLog log_;
  FakeSource source_{&clock_};
  FakeSinkFactory files_;
  std::optional<Bridge> bridge_;
};

TEST_P(OldBytes, AreNotShownAndTheStateSaysWhy) {
  run(60 * kSecond);
  expect_nothing_shown();
  EXPECT_NE(fixed_text(read_status(page_.bytes)->header.message).find("held by a program that is no game"),
            std::string::npos);
  EXPECT_EQ(log_.count("held by a program that is no game"), 1U) << "it is said once";
  EXPECT_LE(source_.find_calls, 62) << "a search costs milliseconds";
}

TEST_P(OldBytes, AreNewAsSoonAsAGameIsThere) {
  run(10 * kSecond);
  source_.game = Game{20, "toy.exe"};
  run(1500 * kMs);
  expect_shown();
}

TEST_P(OldBytes, OfAGameThatIsThereFromTheStartAreShownAtOnce) {
  source_.game = Game{20, "toy.exe"};
  run(1);
  expect_shown();
}

TEST_P(OldBytes, OfAGameWithAnUnknownExeAreShownByItsNextUpdate) {
  run(100 * kMs);
  expect_nothing_shown();
  write();
  run(400 * kMs);
  expect_shown();
  EXPECT_FALSE(log_.has("no game"));
}

TEST_P(OldBytes, AreOldAgainWhenAnotherProgramHoldsThemAnew) {
  run(2 * kSecond);
  source_.sections.clear();
  run(2 * kSecond);
  source_.make(kCar, kBytes);
  bytes(kCar)[3] = std::byte{9};
  source_.make(kStatic, kBytes);
  run(5 * kSecond);
  expect_nothing_shown();
  EXPECT_EQ(log_.count("held by a program that is no game"), 2U);
}

INSTANTIATE_TEST_SUITE_P(ByRule, OldBytes, ::testing::ValuesIn(kRules),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace pitbridge

// SPDX-License-Identifier: MIT
// The headers for authors of readers and their examples against a real bridge and a game under Wine.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <regex>

#include "common/core/model/lap.hpp"
#include "common/posix/system/paths.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using namespace std::chrono_literals;
using reader::Reader;
using reader::Result;

class ReaderHeader : public WineRun {
 protected:
  Reader open() const {
    auto reader = Reader::open("ac", shm_path());
    EXPECT_TRUE(reader);
    return std::move(*reader);
  }
  /// The first answer that holds, after waiting as a dashboard does.
  static std::optional<reader::Values> first_values(Reader& reader) {
    std::optional<reader::Values> found;
    (void)eventually([&] {
      (void)reader.wait(100ms);
      if (const auto values = reader.values()) found = *values;
      return found && found->activity() == reader::Activity::kLive;
    });
    return found;
  }
};

TEST_F(ReaderHeader, ReaderFirstSeesTheGameLive) {
  Reader reader = open();
  EXPECT_EQ(reader.liveness(), Result::kAbsent);
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  EXPECT_EQ(reader.wait(0ms), Result::kNoGame);
  Process game = start_game({.arguments = {"--at", "131.7"}});
  ASSERT_EQ(reader.wait_for_data("acpmf_physics", 30s), Result::kOk) << bridge.output();

  const auto values = first_values(reader);
  ASSERT_TRUE(values) << bridge.output();
  const model::LapState wrote = model::lap_state_at(131.7);
  EXPECT_TRUE(eventually([&] {
    const auto now = reader.values();
    return now && now->number("rpm") == wrote.number(Quantity::kRpm);
  }));
  EXPECT_NEAR(values->number("speed").value_or(-1), wrote.number(Quantity::kSpeed), 1e-3);
  EXPECT_EQ(values->text("car"), wrote.car);

  game.tell("stop");
  EXPECT_TRUE(
      eventually([&] { return reader.wait(10ms) != Result::kOk && reader.liveness() != Result::kOk; }));
  EXPECT_FALSE(reader.values());
}

TEST_F(ReaderHeader, IsWokenByEachUpdate) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  Reader reader = open();
  ASSERT_EQ(reader.wait(10s), Result::kOk);
  const auto first = reader.snapshot("acpmf_physics");
  ASSERT_TRUE(first) << message(first.result());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(reader.wait(10s), Result::kOk);
  const auto last = reader.snapshot("acpmf_physics");
  ASSERT_TRUE(last) << message(last.result());
  EXPECT_GT(last->record.updates, first->record.updates + 10);
}

TEST_F(ReaderHeader, FollowsARestartedBridge) {
  Process game = start_game();
  Reader reader = open();
  for (int round = 0; round < 2; ++round) {
    Process bridge = start_bridge();
    ASSERT_EQ(reader.wait_for_data("acpmf_physics", 30s), Result::kOk) << bridge.output();
    EXPECT_TRUE(first_values(reader)) << bridge.output();
    bridge.signal(round == 0 ? SIGKILL : SIGTERM);
    ASSERT_TRUE(bridge.wait());
    EXPECT_TRUE(eventually([&] { return reader.liveness() == Result::kDead; }));
    EXPECT_FALSE(reader.values());
  }
}

TEST_F(ReaderHeader, MapsTheGamesOwnPages) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  Reader reader = open();
  auto section = reader.section("acpmf_physics");
  ASSERT_TRUE(section) << message(section.result());
  EXPECT_GE(section->size_bytes(), 2048U);
  EXPECT_EQ(reader.check(*section), Result::kOk);
  const auto packet = [&] { return section->load<std::int32_t>(0); };
  const auto before = packet();
  EXPECT_TRUE(eventually([&] { return packet() != before; })) << "the game's own pages move";
  game.tell("stop");
  EXPECT_TRUE(eventually([&] { return reader.check(*section) != Result::kOk; }));
}

/// An example, started as its user starts it.
class ReaderExamples : public ReaderHeader, public ::testing::WithParamInterface<const char*> {
 protected:
  Process start_example(const std::vector<std::string>& options) const {
    const std::string name = GetParam();
    std::vector<std::string> words = {built("examples/" + name), "ac"};
    if (name == "dashboard.py")
      words = {"python3", environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/common/reader/examples/" + name,
               "ac"};
    words.insert(words.end(), options.begin(), options.end());
    return Process({.arguments = words, .environment = {{"PITBRIDGE_SHM_DIR", shm_path()}}});
  }
};

TEST_P(ReaderExamples, ShowTheGameThatComesLater) {
  Process example = start_example({"--seconds", "120"});
  Process bridge = start_bridge();
  Process game = start_game({.arguments = {"--at", "131.7"}});
  const model::LapState wrote = model::lap_state_at(131.7);
  char wanted[128];
  std::snprintf(wanted, sizeof wanted, "live    rpm %5.0f  gear %2.0f  speed %3.0f km/h  updates ",
                wrote.number(Quantity::kRpm), wrote.number(Quantity::kGear), wrote.number(Quantity::kSpeed));
  EXPECT_TRUE(example.says(wanted)) << example.output() << bridge.output();

  bridge.signal(SIGKILL);
  ASSERT_TRUE(bridge.wait());
  const auto shown = [&] {
    const std::string output = example.output();
    return std::count(output.begin(), output.end(), '\n');
  };
  ASSERT_TRUE(eventually([&] { return reading().status && !reading().bridge_runs; }));
  Process again = start_bridge();
  ASSERT_TRUE(becomes_live()) << again.output();
  const auto before = shown();
  EXPECT_TRUE(eventually([&] { return shown() >= before + 2; })) << "a restart is followed\n"
                                                                 << example.output();
}

TEST_P(ReaderExamples, OnceShowsOneLine) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  Process example = start_example({"--once"});
  EXPECT_EQ(example.wait(), 0) << example.output();
  EXPECT_TRUE(std::regex_search(
      example.output(),
      std::regex("live    rpm +[0-9]+  gear +-?[0-9]+  speed +[0-9]+ km/h  updates [1-9][0-9]*\n")))
      << example.output();
}

INSTANTIATE_TEST_SUITE_P(Languages, ReaderExamples,
                         ::testing::Values("dashboard_c", "dashboard_cpp", "dashboard.py"),
                         [](const auto& example) { return std::string(example.param).substr(10); });

}  // namespace
}  // namespace pitbridge::e2e

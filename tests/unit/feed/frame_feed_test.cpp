// SPDX-License-Identifier: MIT
// Every frame, from a live bridge of this process, and by the programs as users run them.
#include "bridges/feed/frame_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "bridges/feed/frame_states.hpp"
#include "tests/unit/serve/serve_run.hpp"
#include "tests/unit/support/model_drive.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {
namespace {

using Next = FrameFeed::Next;
using nlohmann::json;

class FrameFeedTest : public testing::Test {
 protected:
  void attach(FrameFeed& feed, ModelDrive& drive) {
    ASSERT_TRUE(soon([&] {
      drive.show();
      MappingFrame frame;
      (void)feed.next(frame, 0);
      return feed.is_attached();
    }));
  }

  TempDirectory directory_;
};

TEST_F(FrameFeedTest, GivesEachStateOfEachMappingWithItsName) {
  ModelDrive drive(*find_sim("ac"), directory_.path());
  auto feed = FrameFeed::in(drive.sim(), directory_.path(), 0);
  ASSERT_TRUE(feed) << feed.error().message;
  attach(*feed, drive);
  constexpr int kUpdates = 40;
  for (int i = 0; i < kUpdates; ++i) drive.drive(i * 0.1);
  std::map<std::string, int, std::less<>> frames;
  FrameStates states(drive.sim());
  MappingFrame frame;
  std::uint64_t sequence = 0;
  while (feed->next(frame, 0).value() == Next::kFrame) {
    if (frame.is_repeated) continue;
    EXPECT_EQ(frame.lost, 0U);
    EXPECT_GE(frame.sequence, sequence);
    sequence = frame.sequence;
    ++frames[std::string(frame.mapping)];
    states.take(frame);
  }
  EXPECT_EQ(frames["acpmf_physics"], kUpdates);
  EXPECT_GE(frames["acpmf_graphics"], 1);
  EXPECT_GE(frames["acpmf_static"], 1);
  ASSERT_NE(states.find_title(""), nullptr);
  EXPECT_TRUE(states.decode(1).number(Quantity::kRpm));
}

TEST_F(FrameFeedTest, AGameThatStandsStillBecomesAPausedOneWithoutAFrame) {
  ModelDrive drive(*find_sim("forza"), directory_.path());
  auto feed = FrameFeed::in(drive.sim(), directory_.path(), 0);
  ASSERT_TRUE(feed) << feed.error().message;
  attach(*feed, drive);
  FrameStates states(drive.sim());
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto driven_at = [&](double lap_s, std::int64_t now_ns) {
    drive.drive(lap_s);
    MappingFrame frame;
    while (feed->next(frame, 0).value() == Next::kFrame) states.take(frame);
    EXPECT_NE(states.find_title(drive.sim().titles.front().id), nullptr);
    return states.decode(now_ns).activity;
  };
  (void)driven_at(1, kSecond);
  EXPECT_EQ(driven_at(2, 2 * kSecond), Activity::kLive);
  EXPECT_EQ(states.decode(2 * kSecond + 1).activity, Activity::kLive);
  EXPECT_EQ(states.decoded_ns(), 2 * kSecond) << "it could be no other";
  EXPECT_EQ(states.decode(4 * kSecond).activity, Activity::kPaused);
  EXPECT_EQ(states.decoded_ns(), 4 * kSecond);
}

TEST_F(FrameFeedTest, WhoComesLaterGetsWhatThereIsOfEachMapping) {
  ModelDrive drive(*find_sim("ac"), directory_.path());
  drive.drive(1);
  auto feed = FrameFeed::in(drive.sim(), directory_.path(), 0);
  ASSERT_TRUE(feed);
  std::set<std::string, std::less<>> repeated;
  EXPECT_TRUE(soon([&] {
    drive.show();
    MappingFrame frame;
    while (feed->next(frame, 0).value() == Next::kFrame)
      if (frame.is_repeated) repeated.insert(std::string(frame.mapping));
    return repeated.contains("acpmf_physics") && repeated.contains("acpmf_graphics") &&
           repeated.contains("acpmf_static");
  })) << repeated.size();
}

class StreamProgram : public testing::Test {
 protected:
  Outcome stream(std::vector<std::string> words) const {
    words.insert(words.begin(), "stream");
    return run_pitbridge(std::move(words),
                         {"PITBRIDGE_SHM_DIR=" + directory_.path(), "HOME=" + directory_.path()}, "2>&1");
  }
  void drive() {
    live_ = std::make_unique<serve::ServedProgram>(
        (build_dir() / "bin/pitbridge-simulate").string(),
        std::vector<std::string>{"simulate", "ac", "--rate", "200"},
        std::vector<std::pair<std::string, std::string>>{{"PITBRIDGE_SHM_DIR", directory_.path()},
                                                         {"HOME", directory_.path()},
                                                         {"PITBRIDGE_CONFIG_FILE", "/dev/null"}});
    ASSERT_NE(live_->said("simulating").find("simulating"), std::string::npos);
  }
  static std::vector<json> objects(const std::string& text) {
    std::vector<json> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
    return all;
  }

  TempDirectory directory_;
  std::unique_ptr<serve::ServedProgram> live_;
};

TEST_F(StreamProgram, PrintsOneObjectAFrameAndLosesNone) {
  drive();
  const Outcome outcome = stream({"ac/acpmf_physics", "--json", "--raw", "--frames", "60"});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  const auto frames = objects(outcome.output);
  ASSERT_EQ(frames.size(), 60U);
  std::set<std::string> times;
  for (const json& frame : frames) {
    EXPECT_EQ(frame["sim"], "ac");
    EXPECT_EQ(frame["mapping"], "acpmf_physics");
    EXPECT_EQ(frame["lost"], 0);
    EXPECT_FALSE(frame["gone"].get<bool>());
    EXPECT_TRUE(frame["raw"].contains("rpms")) << frame["raw"];
    times.insert(frame["time_ns"].dump());
  }
  EXPECT_EQ(times.size(), 60U);
  EXPECT_TRUE(frames.back()["values"].contains("rpm")) << frames.back();
}

TEST_F(StreamProgram, PrintsALineAFrameOfAllMappings) {
  drive();
  const Outcome outcome = stream({"ac", "--frames", "20"});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("acpmf_physics"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("as it was"), std::string::npos) << outcome.output;
  EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 20);
}

TEST_F(StreamProgram, AMappingThatIsNoneIsToldWithTheNearest) {
  const Outcome outcome = stream({"ac/acpmf_fysics"});
  EXPECT_EQ(outcome.status, static_cast<int>(ExitCode::kUsage));
  EXPECT_NE(outcome.output.find("did you mean \"acpmf_physics\""), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace pitbridge

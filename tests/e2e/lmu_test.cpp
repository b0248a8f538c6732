// SPDX-License-Identifier: MIT
// Le Mans Ultimate, the plugin of rFactor 2, and readers that know only the one or the other.
#include <sys/stat.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "common/core/model/lap.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using nlohmann::json;

constexpr double kMoment = 131.7;      // in the second lap
constexpr double kPluginsMoment = 20;  // with another engine speed
constexpr const char* kExe = "Le Mans Ultimate.exe";
constexpr const char* kScoring = "$rFactor2SMMP_Scoring$";
constexpr const char* kTelemetry = "$rFactor2SMMP_Telemetry$";

double rpm_at(double moment) {
  return model::lap_state_at(moment).number(Quantity::kRpm);
}

class LmuFiles : public WineRun {
 protected:
  Process start_lmu() { return start_game({kExe, {"--sim", "lmu", "--at", std::to_string(kMoment)}}); }
  /// What a reader of rFactor 2 makes of its two files.
  Telemetry as_rfactor2() const {
    const Sim& rf2 = *find_sim("rf2");
    return decode(rf2.titles.front(), read_mirror(shm_path(), rf2).snapshot);
  }
  StatusMapping entry(const char* name) const { return *reading("lmu").status->find(name); }
  std::uint64_t bytes_of(const char* name) const {
    struct stat file = {};
    return ::stat(shm_path(name).c_str(), &file) == 0 ? static_cast<std::uint64_t>(file.st_size) : 0;
  }
  std::pair<std::uint32_t, std::uint32_t> versions(const char* name) const {
    std::uint32_t words[2] = {};
    const MirrorReading now = reading("lmu");
    const auto* bytes = now.snapshot.bytes(name);
    if (bytes != nullptr && bytes->size() >= sizeof words) std::memcpy(words, bytes->data(), sizeof words);
    return {words[0], words[1]};
  }
};

TEST_F(LmuFiles, ThoseOfThePluginAreMadeOfTheGamesOwn) {
  Process bridge = start_bridge({.sim = "lmu"});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lmu")) << bridge.output();
  EXPECT_EQ(bytes_of(kTelemetry), 0U) << "readers take it for a running game";
  Process game = start_lmu();
  ASSERT_TRUE(becomes_live("lmu")) << bridge.output();
  ASSERT_TRUE(eventually([&] { return as_rfactor2().number(Quantity::kRpm) == rpm_at(kMoment); }))
      << bridge.output();
  const Telemetry got = as_rfactor2();
  const Telemetry wanted = telemetry("lmu");
  EXPECT_EQ(got.activity, Activity::kLive);
  for (const QuantityInfo& info : kQuantities)
    if (wanted.reason(info.quantity) != AbsentReason::kNotGiven) {
      EXPECT_EQ(got[info.quantity], wanted[info.quantity]) << info.name;
    }
  EXPECT_GE(bytes_of(kScoring), 75312U);
  EXPECT_GE(bytes_of(kTelemetry), 241680U);

  const auto before = versions(kTelemetry);
  ASSERT_TRUE(eventually([&] { return versions(kTelemetry).second > before.second + 10; }));
  for (int i = 0; i < 100; ++i) {
    const auto now = versions(kTelemetry);
    ASSERT_EQ(now.first, now.second);
  }

  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_EQ(versions(kTelemetry).second, 0U);
  EXPECT_FALSE(as_rfactor2().number(Quantity::kRpm));
  EXPECT_EQ(entry(kTelemetry).attached, 0U);
}

TEST_F(LmuFiles, ThePluginsOwnTakeTheirPlaceAndGiveItBack) {
  Process bridge = start_bridge({.sim = "lmu"});
  Process game = start_lmu();
  ASSERT_TRUE(eventually([&] { return as_rfactor2().number(Quantity::kRpm) == rpm_at(kMoment); }))
      << bridge.output();
  EXPECT_EQ(entry(kTelemetry).section_inode, 0U);
  Process plugin = start_game({"plugin.exe", {"--sim", "rf2", "--at", std::to_string(kPluginsMoment)}});
  ASSERT_TRUE(eventually([&] { return as_rfactor2().number(Quantity::kRpm) == rpm_at(kPluginsMoment); }))
      << bridge.output();
  EXPECT_NE(entry(kTelemetry).section_inode, 0U);
  plugin.tell("pause");
  ASSERT_TRUE(plugin.says("ok pause"));
  for (const char* name : {kScoring, kTelemetry})
    EXPECT_TRUE(eventually([&] { return is_mirrored(name, "lmu"); })) << name;
  EXPECT_EQ(telemetry("lmu").number(Quantity::kRpm), rpm_at(kMoment)) << "the game's own word counts more";
  plugin.tell("stop");
  ASSERT_EQ(plugin.wait(), 0);
  EXPECT_TRUE(eventually([&] { return as_rfactor2().number(Quantity::kRpm) == rpm_at(kMoment); }))
      << bridge.output();
}

TEST_F(LmuFiles, OfAnUnknownVersionOfTheGameNoneAreMade) {
  Process bridge = start_bridge({.sim = "lmu"});
  Process game = start_game({kExe, {"--sim", "lmu", "--version", "20000"}});
  ASSERT_TRUE(eventually([&] {
    const MirrorReading now = reading("lmu");
    return now.status && now.status->find("LMU_Data")->updates > 10;
  })) << bridge.output();
  EXPECT_EQ(bytes_of(kTelemetry), 0U);
}

TEST_F(LmuFiles, ValuesComeFromThePluginWhereItIsAlone) {
  Process bridge = start_bridge({.sim = "lmu"});
  Process game =
      start_game({kExe,
                  {"--sim", "lmu", "--version", "3.7.15.1", "--at", std::to_string(kMoment), "--with",
                   kScoring, "--with", kTelemetry, "--with", "$rFactor2SMMP_Extended$"}});
  ASSERT_TRUE(becomes_live("lmu")) << bridge.output();
  Process read = run_pitbridge({"read", "lmu", "--once", "--json"});
  ASSERT_EQ(read.wait(), 0) << read.output();
  const json got = json::parse(read.output());
  ASSERT_TRUE(got["values"].contains("rpm") && got["values"].contains("driver")) << read.output();
  EXPECT_EQ(got["activity"], "live");
  EXPECT_EQ(got["version"], "3.7.15.1");
  EXPECT_EQ(got["values"]["rpm"], rpm_at(kMoment));
  EXPECT_EQ(got["values"]["driver"], model::lap_state_at(kMoment).driver);
  Process doctor = run_pitbridge({"doctor", "lmu"});
  doctor.wait();
  EXPECT_EQ(doctor.output().find("does not find LMU_Data"), std::string::npos) << doctor.output();
}

}  // namespace
}  // namespace pitbridge::e2e

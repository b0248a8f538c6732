// SPDX-License-Identifier: MIT
// The fake game holds what the clients of others look for before they call a game alive, at the offsets of
// the fact sheet (tests/data/layouts.csv) and not of our tables. `make test-clients` runs such clients on it.
#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "common/core/model/lap.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

constexpr double kMoment = 200;
constexpr std::size_t kScoringBytes = 584;
constexpr std::size_t kTelemetryBytes = 1888;

/// The offset of a field, as the fact sheet has it.
std::size_t fact(const std::string& title, const std::string& mapping, const std::string& field) {
  std::ifstream sheet(environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/tests/data/layouts.csv");
  for (std::string line; std::getline(sheet, line);) {
    std::istringstream in(line);
    std::vector<std::string> parts;
    for (std::string part; std::getline(in, part, ';');) parts.push_back(part);
    if (parts[0] == title && parts[1] == mapping && parts[3] == field) return std::stoul(parts[4]);
  }
  ADD_FAILURE() << "the fact sheet does not know " << title << " " << mapping << " " << field;
  return 0;
}

class FakeGame : public WineRun {
 protected:
  /// A bridge, and the title at one moment of its drive.
  void start(const std::string& sim, const std::string& title) {
    sim_ = sim;
    title_ = title;
    bridge_.emplace(start_bridge({.sim = sim}));
    GameSetup setup = setup_of(*find_sim(sim), *find_sim(sim)->find_title(title));
    setup.arguments.insert(setup.arguments.end(), {"--at", std::to_string(kMoment)});
    game_.emplace(start_game(setup));
    ASSERT_TRUE(becomes_live(sim)) << bridge_->output();
  }
  void tell(const std::string& command) {
    game_->tell(command);
    ASSERT_TRUE(game_->says("ok " + command));
  }

  template <typename T>
  T at(const std::string& mapping, std::size_t offset) const {
    const MirrorReading now = reading(sim_);
    const auto* bytes = now.snapshot.bytes(mapping);
    T value = {};
    if (bytes == nullptr || offset + sizeof value > bytes->size())
      ADD_FAILURE() << mapping << " ends before " << offset;
    else
      std::memcpy(&value, bytes->data() + offset, sizeof value);
    return value;
  }
  template <typename T>
  T at(const std::string& mapping, const std::string& field, std::size_t shift = 0) const {
    return at<T>(mapping, fact(title_, mapping, field) + shift);
  }
  bool moves(const std::string& mapping, const std::string& field) const {
    const auto first = at<double>(mapping, field);
    return eventually([&] { return at<double>(mapping, field) > first; });
  }

  /// The player's index among `count` vehicles of Scoring, by the flag and by the word of control.
  int player_in_scoring(const std::string& mapping, const std::string& record, int count) const {
    int player = -1;
    for (int i = 0; i < count; ++i) {
      const std::size_t shift = static_cast<std::size_t>(i) * kScoringBytes;
      const bool is_player = at<std::uint8_t>(mapping, record + "mIsPlayer", shift) == 1;
      EXPECT_EQ(at<std::int8_t>(mapping, record + "mControl", shift), is_player ? 0 : 1) << i;
      if (is_player) player = i;
    }
    return player;
  }
  /// The record of Telemetry, whose name of fields begins with `record`, is that of a car which drives
  /// forward.
  void expect_driven(const std::string& mapping, const std::string& record, std::size_t shift) const {
    const model::LapState wrote = model::lap_state_at(kMoment);
    EXPECT_EQ(at<double>(mapping, record + "mEngineRPM", shift), wrote.number(Quantity::kRpm));
    EXPECT_EQ(at<double>(mapping, record + "mLocalVel", shift), 0) << "x points to the left";
    EXPECT_NEAR(at<double>(mapping, record + "mLocalVel", shift + 16), -wrote.number(Quantity::kSpeed) / 3.6,
                1e-6);
    EXPECT_EQ(at<std::int32_t>(mapping, record + "mLapNumber", shift), wrote.number(Quantity::kLap));
    // Kelvin; the carcass stands 76 bytes behind the first of the three of the tread.
    const std::size_t tread = fact(title_, mapping, record + "wheel0.mTemperature") + shift;
    EXPECT_GT(at<double>(mapping, tread + 76), at<double>(mapping, tread));
    EXPECT_GT(at<double>(mapping, tread), 300);
  }

  std::string sim_, title_;
  std::optional<Process> bridge_, game_;
};

TEST_F(FakeGame, Rfactor2HasOtherCarsClocksAndAVersion) {
  const std::string scoring = "$rFactor2SMMP_Scoring$", telemetry = "$rFactor2SMMP_Telemetry$";
  start("rf2", "rfactor_2");
  ASSERT_TRUE(eventually([&] { return at<char>("$rFactor2SMMP_Extended$", "mVersion") == '3'; }));
  EXPECT_EQ(at<std::uint8_t>(scoring, "mScoringInfo.mGamePhase"), 5) << "a green flag";
  EXPECT_TRUE(moves(scoring, "mScoringInfo.mCurrentET"));
  EXPECT_TRUE(moves(telemetry, "veh0.mElapsedTime"));

  const auto count = at<std::int32_t>(scoring, "mScoringInfo.mNumVehicles");
  EXPECT_EQ(at<std::int32_t>(telemetry, "mNumVehicles"), count);
  const int player = player_in_scoring(scoring, "veh0.", count);
  ASSERT_GT(player, 0) << "the player is not the first";
  const auto id = at<std::int32_t>(scoring, "veh0.mID", static_cast<std::size_t>(player) * kScoringBytes);
  int found = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if (at<std::int32_t>(telemetry, "veh0.mID", i * kTelemetryBytes) != id) continue;
    ++found;
    EXPECT_NE(static_cast<int>(i), player) << "Telemetry has another order";
    expect_driven(telemetry, "veh0.", i * kTelemetryBytes);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(FakeGame, LeMansUltimateHasOtherCarsClocksAVersionAndEvents) {
  const std::string data = "LMU_Data";
  start("lmu", "le_mans_ultimate");
  EXPECT_EQ(at<std::int32_t>(data, "generic.gameVersion"), 14200);
  const std::size_t events = fact(title_, data, "generic.events");
  EXPECT_NE(at<std::uint32_t>(data, events + 40), 0U) << "SME_UPDATE_SCORING";
  EXPECT_NE(at<std::uint32_t>(data, events + 44), 0U) << "SME_UPDATE_TELEMETRY";
  EXPECT_EQ(at<std::uint8_t>(data, "scoring.scoringInfo.mGamePhase"), 5);
  EXPECT_TRUE(moves(data, "scoring.scoringInfo.mCurrentET"));
  EXPECT_TRUE(moves(data, "telem0.mElapsedTime"));

  const auto count = at<std::int32_t>(data, "scoring.scoringInfo.mNumVehicles");
  EXPECT_EQ(at<std::uint8_t>(data, "telemetry.activeVehicles"), count);
  EXPECT_GT(player_in_scoring(data, "scoring.veh0.", count), 0);
  const auto index = at<std::uint8_t>(data, "telemetry.playerVehicleIdx");
  EXPECT_GT(index, 0);
  expect_driven(data, "telem0.", index * kTelemetryBytes);
}

TEST_F(FakeGame, ItsClockStandsWhileItIsPaused) {
  start("rf2", "rfactor_2");
  tell("activity paused");
  const auto phase = [&] { return at<std::uint8_t>("$rFactor2SMMP_Scoring$", "mScoringInfo.mGamePhase"); };
  ASSERT_TRUE(eventually([&] { return phase() == 9; }));
  const auto clock = [&] { return at<double>("$rFactor2SMMP_Scoring$", "mScoringInfo.mCurrentET"); };
  const auto updates = [&] { return reading("rf2").status->find("$rFactor2SMMP_Scoring$")->updates; };
  const double stood = clock();
  const auto before = updates();
  ASSERT_TRUE(eventually([&] { return updates() > before + 1; }));
  EXPECT_EQ(clock(), stood);
}

TEST_F(FakeGame, ProjectCarsHasParticipantsAndALap) {
  for (const auto& [title, mapping] :
       {std::pair{"automobilista_2", "$pcars2$"}, std::pair{"project_cars_2", "$pcars2$"},
        std::pair{"project_cars_1", "$pcars$"}}) {
    start("pcars2", title);
    EXPECT_EQ(at<std::int32_t>(mapping, "mNumParticipants"), 3) << title;
    const std::size_t lap = fact(title, mapping, "mParticipantInfo0.mCurrentLap");
    for (const std::size_t shift : {0U, 100U, 200U})
      EXPECT_EQ(at<std::uint32_t>(mapping, lap + shift), 3U) << title << " " << shift;
    EXPECT_NE(at<char>(mapping, "mParticipantInfo0.mName", 100), '\0') << title;
    game_->tell("stop");
    EXPECT_EQ(bridge_->wait(), 0) << bridge_->output();
  }
}

TEST_F(FakeGame, IRacingHasFourLinesArraysDoublesAndAnEmptyLineBetweenSections) {
  const std::string map = "IRSDKMemMapFileName";
  start("ir", "iracing");
  ASSERT_EQ(at<std::int32_t>(map, "numBuf"), 4);
  const auto lines_are_used = [&] {
    return at<std::int32_t>(map, "varBuf0.tickCount") > 0 && at<std::int32_t>(map, "varBuf1.tickCount") > 0 &&
           at<std::int32_t>(map, "varBuf2.tickCount") > 0 && at<std::int32_t>(map, "varBuf3.tickCount") > 0;
  };
  EXPECT_TRUE(eventually(lines_are_used));

  std::map<std::string, std::pair<int, int>> variables;  // type and number of elements, by name
  const auto headers = static_cast<std::size_t>(at<std::int32_t>(map, "varHeaderOffset"));
  for (int i = 0; i < at<std::int32_t>(map, "numVars"); ++i) {
    const std::size_t record = headers + static_cast<std::size_t>(i) * 144;
    const auto name = at<std::array<char, 32>>(map, record + 16);
    variables[name.data()] = {at<std::int32_t>(map, record), at<std::int32_t>(map, record + 8)};
  }
  EXPECT_EQ(variables["SessionTime"], (std::pair{5, 1})) << "a double";
  EXPECT_EQ(variables["SessionNum"], (std::pair{2, 1}));
  EXPECT_EQ(variables["CarIdxPosition"], (std::pair{2, 64}));
  EXPECT_EQ(variables["CarIdxLapDistPct"], (std::pair{4, 64}));

  const auto text =
      at<std::array<char, 4096>>(map, static_cast<std::size_t>(at<std::int32_t>(map, "sessionInfoOffset")));
  for (const char* section : {"\n\nSessionInfo:\n", "\n\nDriverInfo:\n", "\n\n...\n"})
    EXPECT_NE(std::string(text.data()).find(section), std::string::npos) << section;
}

}  // namespace
}  // namespace pitbridge::e2e

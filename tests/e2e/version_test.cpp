// SPDX-License-Identifier: MIT
// The version that a game's memory states decides by which layout it is read, or that it is not.
#include <nlohmann/json.hpp>

#include "common/core/model/lap.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using nlohmann::json;

class Versions : public WineRun {
 protected:
  Process start_raceroom(const std::string& version) {
    GameSetup setup = setup_of(*find_sim("r3e"), find_sim("r3e")->titles.front());
    setup.arguments.insert(setup.arguments.end(), {"--at", "131.7", "--version", version});
    return start_game(setup);
  }
  json read_once() {
    Process read = run_pitbridge({"read", "r3e", "--once", "--json"});
    EXPECT_EQ(read.wait(), 0) << read.output();
    return json::parse(read.output());
  }
};

TEST_F(Versions, AnOlderOneIsReadByItsOwnLayout) {
  Process game = start_raceroom("2.16");
  Process bridge = start_bridge({.sim = "r3e"});
  ASSERT_TRUE(becomes_live("r3e")) << bridge.output();
  const json got = read_once();
  const model::LapState wrote = model::lap_state_at(131.7);
  EXPECT_EQ(got["version"], "2.16");
  EXPECT_NEAR(got["values"]["rpm"].get<double>(), wrote.number(Quantity::kRpm), 1);
  EXPECT_NEAR(got["values"]["speed"].get<double>(), wrote.number(Quantity::kSpeed), 0.1);
  EXPECT_EQ(got["values"]["track"], wrote.track);
}

TEST_F(Versions, OneThatIsNotKnownIsMirroredAndNotDecoded) {
  constexpr const char* kFault = "version 2.4 is not known (3.4 to 3.5, 3.3, 3.2, 3.1, 2.6 to 2.16)";
  Process game = start_raceroom("2.4");
  Process bridge = start_bridge({.sim = "r3e"});
  ASSERT_TRUE(eventually([&] { return is_mirrored("$R3E", "r3e"); })) << bridge.output();
  ASSERT_TRUE(eventually([&] { return read_once()["version"] == "2.4"; }));
  const json got = read_once();
  EXPECT_TRUE(got["values"].empty()) << got;
  EXPECT_EQ(got["absent"]["rpm"], "unknown_version");
  EXPECT_NE(got["version_fault"].get<std::string>().find(kFault), std::string::npos) << got;
  EXPECT_EQ(got["activity"], "unknown");

  Process status = run_pitbridge({"status"});
  EXPECT_TRUE(status.says(kFault)) << status.output();
  Process doctor = run_pitbridge({"doctor", "r3e", "--json"});
  EXPECT_TRUE(doctor.says(kFault)) << doctor.output();
  const json links = (doctor.wait(), json::parse(doctor.output()));
  const auto state_of = [&](const char* id) {
    for (const json& link : links)
      if (link["id"] == id) return link["state"];
    return json();
  };
  EXPECT_EQ(state_of("layout-version"), "broken");
  EXPECT_EQ(state_of("data"), "ok");
}

}  // namespace
}  // namespace pitbridge::e2e

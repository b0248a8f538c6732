// SPDX-License-Identifier: MIT
// Every title of every family, under a real Wine: the fake game drives with that title's layout, rate and exe
// name, and the native side must see the same values and the same bytes. A new file of sims/ is tested by
// this without an edit.
#include <algorithm>
#include <cmath>

#include "common/core/model/lap.hpp"
#include "common/core/sim/describe.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

constexpr double kMoment = 131.7;  // in the second lap

struct Case {
  const Sim* sim;
  const Title* title;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (sim->packets == nullptr) cases.push_back({sim, &title});  // see udp_test.cpp for the others
  return cases;
}

class EveryTitle : public WineRun, public ::testing::WithParamInterface<Case> {
 protected:
  std::string sim() const { return std::string(GetParam().sim->name); }
  const Title& title() const { return *GetParam().title; }

  bool can_be_paused() const {
    return std::any_of(title().activity_rules.begin(), title().activity_rules.end(), [](const auto& rule) {
      return rule.activity == Activity::kPaused || rule.changes_within_ms != 0;
    });
  }

  GameSetup game_setup(const std::string& exe_name) const {
    GameSetup setup = setup_of(*GetParam().sim, title());
    setup.exe_name = exe_name;
    setup.arguments.insert(setup.arguments.end(), {"--at", std::to_string(kMoment)});
    return setup;
  }
};

void expect_value(const QuantityInfo& info, const Value& got, const model::LapState& wrote) {
  if (info.text) {
    EXPECT_EQ(std::get<std::string>(got), wrote.text(info.quantity)) << info.name;
    return;
  }
  for (int i = 0; i < info.count; ++i) {
    const double value = info.count == 1 ? std::get<double>(got)
                                         : std::get<std::vector<double>>(got)[static_cast<std::size_t>(i)];
    const double wanted = wrote.number(info.quantity, i);
    EXPECT_NEAR(value, wanted, 1e-3 * std::max(1.0, std::abs(wanted))) << info.name << " " << i;
  }
}

TEST_P(EveryTitle, MirrorsTheBytesAndDecodesTheValues) {
  Process bridge = start_bridge({.sim = sim()});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, sim())) << bridge.output();
  Process game = start_game(game_setup(std::string(title().exe_names.front())));
  ASSERT_TRUE(becomes_live(sim())) << bridge.output();
  const auto right_title = [&] { return reading(sim()).title == &title(); };
  EXPECT_TRUE(eventually(right_title)) << "the bridge must know the game by its exe name";

  if (can_be_paused()) {
    const auto does = [&](Activity activity) {
      return eventually([&] { return telemetry(sim()).activity == activity; });
    };
    game.tell("activity paused");
    EXPECT_TRUE(does(Activity::kPaused)) << activity_name(telemetry(sim()).activity);
    game.tell("activity live");
    EXPECT_TRUE(does(Activity::kLive)) << activity_name(telemetry(sim()).activity);
  }

  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  for (const Layout& layout : title().layouts)
    EXPECT_TRUE(eventually([&] { return is_mirrored(layout.mapping, sim()); })) << layout.mapping;

  const model::LapState wrote = model::lap_state_at(kMoment);
  const Telemetry got = telemetry(sim());
  for (const Channel& channel : title().channels) {
    // The fake game writes what a field holds as it is, and cannot work back what is computed.
    if (channel.compute != nullptr || !wrote.knows(quantity_info(channel.quantity))) continue;
    const auto& value = got[channel.quantity];
    ASSERT_TRUE(value.has_value()) << quantity_info(channel.quantity).name;
    expect_value(quantity_info(channel.quantity), *value, wrote);
  }

  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear(sim()));
}

TEST_P(EveryTitle, IsKnownByItsDataWhenTheExeIsNot) {
  // One that stands still might be what a launcher keeps of it, so this one drives.
  GameSetup setup = setup_of(*GetParam().sim, title());
  setup.exe_name = "renamed.exe";
  Process game = start_game(setup);
  Process bridge = start_bridge({.sim = sim()});
  const std::string_view mapping = title().layouts.front().mapping;
  ASSERT_TRUE(eventually([&] { return reading(sim()).snapshot.has_data(mapping); })) << bridge.output();
  // Where the data do not name the title it is an unknown variant, and its bytes are mirrored all the same.
  const bool names_itself = title().recognises != nullptr || GetParam().sim->titles.size() == 1;
  EXPECT_TRUE(eventually([&] { return reading(sim()).title == (names_itself ? &title() : nullptr); }))
      << bridge.output();
  EXPECT_EQ(reading(sim()).status->header.game_pid, 0U);
}

using TitleByUser = WineRun;

TEST_F(TitleByUser, GoesBeforeTheExeAndTheData) {
  const Sim& sim = *find_sim("ac");
  Process bridge = start_bridge({.sim = "ac", .arguments = {"--title", "acc"}});
  Process game = start_game(setup_of(sim, *sim.find_title("assetto_corsa")));
  ASSERT_TRUE(becomes_live("ac")) << bridge.output();
  EXPECT_EQ(reading("ac").title, sim.find_title("assetto_corsa_competizione"));
}

TEST_F(TitleByUser, AWrongWordCostsItself) {
  Process bridge = start_bridge({.sim = "ac", .arguments = {"--title", "acq"}});
  EXPECT_TRUE(becomes(BridgeState::kWaiting, "ac"));
  EXPECT_TRUE(bridge.says("no sim is called \"acq\", and no title, exe or app id; did you mean"))
      << bridge.output();
}

// By sim and title, so that `make test-sim` can choose.
INSTANTIATE_TEST_SUITE_P(Sims, EveryTitle, ::testing::ValuesIn(all_cases()), [](const auto& test) {
  return std::string(test.param.sim->name) + "_" + std::string(test.param.title->id);
});

}  // namespace
}  // namespace pitbridge::e2e
